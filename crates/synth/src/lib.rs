//! From the Verilog of a board to its bitstream: Yosys, nextpnr, ecppack, a report of what came out, and onto the board.
//!
//! [`build()`] makes a [`Design`] into files, [`program()`](program::program) loads one of them. What the reports contain and do not check is told in
//! `docs/synth.md`.

mod build;
mod design;
mod netlist;
mod nextpnr;
pub mod program;
mod report;
mod report_text;
mod run;
mod stages;
mod tools;
pub mod yosys;

pub use build::{Built, Options, build};
pub use design::Design;
pub use report::{Clock, Part, Report, SeedResult, Step, Use};
