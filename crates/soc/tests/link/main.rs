//! The host link's RTL: against its own Verilog, against the software of the same protocol, and at work over faulty wires.

mod bench;
mod faults;
mod line;
mod lockstep;
mod memory_mux;
mod same_bytes;
