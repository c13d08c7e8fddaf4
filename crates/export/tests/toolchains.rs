//! The exported files: they are complete, and Icarus Verilog computes the same bits.
//!
//! Yosys reads them in the test `boards` of `ef-sim`, which needs its netlist.

use ef_compiler::tiny;
use ef_isa::config::SIM_2X2;
use ef_isa::{Config, Device, regs};
use ef_model::ModelDevice;
use std::fs;
use std::path::Path;

fn hex(words: impl IntoIterator<Item = u64>, digits: usize) -> String {
    words.into_iter().map(|w| format!("{w:0digits$x}\n")).collect()
}

#[test]
fn the_files_are_complete_and_name_every_module_once() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let files = ef_export::export(&SIM_2X2, &out, false).unwrap();
    for file in &files {
        assert!(out.join(file).is_file(), "{}", file.display());
    }
    let list = fs::read_to_string(out.join("files_ecp5.f")).unwrap();
    let all: String = list.lines().map(|f| fs::read_to_string(out.join(f)).unwrap()).collect();
    let mut names: Vec<&str> = all
        .lines()
        .filter_map(|l| l.strip_prefix("module "))
        .map(|l| l.split(['(', ' ', ';']).next().unwrap())
        .collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "a module is defined twice");
    assert!(names.contains(&"ef_accelerator"));
    let json: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(out.join("ef_accelerator.json")).unwrap()).unwrap();
    assert_eq!(json["config"]["lanes"], 2);
    assert_eq!(json["multipliers"]["dsp48e1"], 2 * (2 * 2 * 2 + 15));
    assert_eq!(json["registers"].as_array().unwrap().len(), regs::ALL.len());
    assert!(json["ports"].as_array().unwrap().iter().any(|p| p["name"] == "cmd_valid"));
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("mine"), "x").unwrap();
    let error = ef_export::export(&SIM_2X2, dir.path(), true).unwrap_err().to_string();
    assert!(error.contains("is not empty"), "{error}");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

/// Runs a step of training in Icarus and compares all memory with the golden model.
fn icarus_equals_the_model(multipliers: &[&str], batch: usize) {
    let (iverilog, vvp) = match (ef_tools::iverilog(), ef_tools::vvp()) {
        (Ok(a), Ok(b)) => (a, b),
        (Err(e), _) | (_, Err(e)) => {
            println!("SKIPPED: {e}; install it with: apt-get install iverilog");
            return;
        }
    };
    let config: &'static Config = &SIM_2X2;
    let plan = tiny::plan(batch);
    let mut model = ModelDevice::new(config, plan.map.memory_words);
    tiny::prepare(&mut model, &plan).unwrap();
    let (at, length) = (plan.map.programs.train, plan.train.len());
    let mut before = vec![0; plan.map.memory_words as usize];
    model.read_memory(0, &mut before).unwrap();
    model.run().unwrap();
    let mut want = vec![0; before.len()];
    model.read_memory(0, &mut want).unwrap();
    assert_ne!(before, want);

    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("rtl");
    ef_export::export(config, &out, true).unwrap();
    let file = |name: &str| dir.path().join(name);
    fs::write(file("memory.hex"), hex(before.iter().map(|w| u64::from(*w)), 8)).unwrap();
    let place = [(regs::PROGRAM_ADDRESS, at), (regs::PROGRAM_LENGTH, length as u32)];
    let settings = regs::HYPERPARAMETERS.iter().map(|(_, register)| *register);
    let settings = settings.map(|register| (register, model.read_register(register).unwrap()));
    let registers: Vec<(u32, u32)> = settings.chain(place).collect();
    let words = registers.iter().flat_map(|(r, v)| [u64::from(*r), u64::from(*v)]);
    fs::write(file("registers.hex"), hex(words, 8)).unwrap();
    let bench = Path::new(env!("CARGO_MANIFEST_DIR")).join("verilog/run_program.v");
    let mut build = iverilog.command();
    build.current_dir(dir.path()).args(["-g2005", "-o", "sim.vvp", "-s", "run_program"]);
    build.arg(format!("-Prun_program.MEMORY={}", before.len()));
    build.arg(format!("-Prun_program.REGISTERS={}", registers.len()));
    build.arg(bench).arg(out.join("ef_accelerator.v"));
    build.args(multipliers.iter().map(|m| out.join(m)));
    let built = build.output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let run = vvp.command().current_dir(dir.path()).args(["-n", "sim.vvp"]).output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(said.contains("DONE"), "{said}");
    let got: Vec<u32> = fs::read_to_string(file("result.hex"))
        .unwrap()
        .lines()
        .filter(|l| !l.starts_with("//"))
        .map(|l| u32::from_str_radix(l.trim(), 16).expect("a memory word is undefined"))
        .collect();
    assert_eq!(got, want);
}

#[test]
fn icarus_trains_like_the_model_with_portable_multipliers() {
    icarus_equals_the_model(&["ef_mult18_portable.v"], 3);
}

#[test]
fn icarus_trains_like_the_model_with_the_model_of_mult18x18d() {
    icarus_equals_the_model(&["ef_mult18_ecp5.v", "mult18x18d_model.v", "lut4_model.v"], 1);
}
