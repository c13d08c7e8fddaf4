//! Simulations as an [`ef_isa::Device`]: the accelerator's exported Verilog with a DRAM model ([`RtlDevice`]), or a whole board
//! ([`ChipDevice`]).

mod chip;
mod counted;
mod device;
mod dram;
mod harness;

pub use chip::{ChipBench, ChipDevice, ChipPort, reset};
pub use counted::counted;
pub use device::RtlDevice;
pub use dram::DramSettings;
pub use harness::Statistics;
