//! The exported files in other tools: Icarus Verilog computes the same bits, Yosys finds the expected primitives.

use ef_compiler::{Network, PixelFormat, compile};
use ef_model::ModelDevice;
use ef_program::config::SIM_2X2;
use ef_program::load::scratch_banks;
use ef_program::{Config, Device, regs};
use ef_rtl::top::SOFTMAX_AW;
use std::fs;
use std::path::Path;

const NETWORK: &str = r#"
name = "tiny"
[input]
channels = 1
rows = 4
columns = 4
[[layer]]
kind = "conv"
outputs = 3
kernel = 3
padding = 1
[[layer]]
kind = "relu"
[[layer]]
kind = "max_pool"
[[layer]]
kind = "fc"
outputs = 3
"#;

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
    let network = Network::from_toml(NETWORK).unwrap();
    let plan = compile(&network, config, batch, PixelFormat::U8 { shift: 2 }).unwrap();
    let mut model = ModelDevice::new(config, plan.map.memory_words);
    for (k, layer) in plan.map.layers.iter().enumerate() {
        let value = |i: usize| ((i * 37 + k * 11) % 19) as f32 / 19.0 - 0.45;
        let weight: Vec<f32> = (0..layer.shape.weights()).map(value).collect();
        let bias: Vec<f32> = (0..layer.shape.outputs).map(value).collect();
        model.write_memory(layer.weights, &layer.pack(&weight, &bias)).unwrap();
    }
    let pixels: Vec<u8> = (0..16 * batch as u32).map(|i| (i * i % 5) as u8).collect();
    let images: Vec<u32> = pixels.chunks(16).flat_map(|i| plan.map.pack_image(i)).collect();
    model.write_memory(plan.map.images, &images).unwrap();
    model.write_memory(plan.map.labels, &[2, 0, 1][..batch]).unwrap();
    let settings = [
        (regs::LEARNING_RATE, 0.1f32),
        (regs::MOMENTUM, 0.9),
        (regs::WEIGHT_DECAY, 0.01),
        (regs::INV_BATCH, 1.0 / batch as f32),
    ]
    .map(|(register, value)| (register, value.to_bits()));
    let (at, length) = (plan.map.programs.train, plan.train.len());
    model.load_program(at, &plan.train).unwrap();
    let mut before = vec![0; plan.map.memory_words as usize];
    model.read_memory(0, &mut before).unwrap();
    for (register, value) in settings {
        model.write_register(register, value).unwrap();
    }
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
    let registers: Vec<(u32, u32)> = settings.into_iter().chain(place).collect();
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

/// Cells of the ECP5 after memory mapping, by kind.
fn yosys_cells(config: &Config) -> serde_json::Value {
    let yosys = ef_tools::yosys().unwrap();
    let dir = tempfile::tempdir().unwrap();
    ef_export::export(config, &dir.path().join("rtl"), true).unwrap();
    let script = "read_verilog rtl/ef_accelerator.v rtl/ef_mult18_ecp5.v\n\
                  synth_ecp5 -top ef_accelerator -no-rw-check -run begin:map_gates\n\
                  tee -q -o cells.json stat -json\n";
    fs::write(dir.path().join("run.ys"), script).unwrap();
    let run =
        yosys.command().current_dir(dir.path()).args(["-q", "-l", "yosys.log", "run.ys"]).output().unwrap();
    let log = fs::read_to_string(dir.path().join("yosys.log")).unwrap_or_default();
    assert!(run.status.success(), "{}", log.lines().rev().take(20).collect::<Vec<_>>().join("\n"));
    assert!(!log.contains("Latch inferred"), "a latch");
    let cells = fs::read_to_string(dir.path().join("cells.json")).unwrap();
    let cells: serde_json::Value = serde_json::from_str(&cells).unwrap();
    cells["design"]["num_cells_by_type"].clone()
}

/// DP16KD for a RAM of 2^aw words: it is 36 bits wide at up to 2^9 words, and half as wide at twice as many.
fn block_rams(aw: usize, bits: usize) -> usize {
    let width = [36, 18, 9, 4, 2, 1][aw.max(9) - 9];
    bits.div_ceil(width)
}

/// One elementwise multiplier (4), and the special function unit: argument product 4, polynomial 3, ln's multiplier 4.
const VECTOR_UNIT_MULTIPLIERS: usize = 4 + 4 + 3 + 4;

/// Words that wait for the memory in the store engine, log2.
const STORE_WORDS_AW: usize = 8;

/// The two tables of the special function unit.
const TABLES: usize = 2;

/// Field values of the command streams, log2.
const FIELDS_AW: usize = 11;

#[test]
fn yosys_finds_the_multipliers_and_block_rams_of_an_ecp5() {
    let c = &SIM_2X2;
    let cells = yosys_cells(c);
    let count = |kind: &str| cells[kind].as_u64().unwrap_or(0) as usize;
    assert_eq!(count("MULT18X18D"), 2 * c.lanes * c.lanes + VECTOR_UNIT_MULTIPLIERS);
    let banks: usize =
        [c.feature_aw, c.loss_aw, c.weight_aw].map(|aw| c.lanes * block_rams(aw, 32)).iter().sum();
    // every partial sum twice: one copy for the kernel, one for the store engine
    let psums = 2 * c.lanes * block_rams(c.psum_aw, 32);
    let words: usize = [c.operand_aw, c.code_aw, c.code_aw, SOFTMAX_AW, STORE_WORDS_AW, FIELDS_AW]
        .map(|aw| block_rams(aw, 32))
        .iter()
        .sum();
    let scratch_banks = scratch_banks(c.lanes);
    let scratch = scratch_banks * block_rams(c.scratch_aw - scratch_banks.ilog2() as usize, 32);
    let program = 2 * block_rams(c.fetch_aw, 32);
    let handover = block_rams(c.handover_aw(), 32);
    assert_eq!(count("DP16KD"), banks + psums + words + scratch + program + handover + TABLES);
}
