//! The accelerator's exported Verilog in Verilator, with a DRAM model, as an [`ef_program::Device`].

mod device;
mod dram;
mod harness;

pub use device::RtlDevice;
pub use dram::DramSettings;
pub use harness::Statistics;
