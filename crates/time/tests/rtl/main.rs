//! The model of time against the RTL in Verilator.

mod bench;
mod compute;
mod fetch;
mod load;
mod networks;
mod store;
