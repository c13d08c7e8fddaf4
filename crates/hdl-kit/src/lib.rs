//! Everything the project adds to rust-hdl 0.46: what the language lacks, and a guard against what it gets
//! silently wrong.
//!
//! - [`block!`], [`glue!`], [`UInt`], [`vec_of`]: blocks with each field named once, structural wiring, widening products.
//! - [`lint`]: reports constructs whose exported Verilog means something else than the Rust code.
//! - [`export`]: Verilog with one readable module per design.
//! - [`Vsim`]: the exported Verilog as a fast compiled simulation, through Verilator.
//! - [`lockstep!`]: runs a block and its Verilog side by side and compares every output in every cycle.
mod block;
pub mod export;
mod glue;
#[doc(hidden)]
pub mod __block {
    //! What the expansion of `block!` calls.
    pub use crate::block::{Registers, Shown};
}
#[doc(hidden)]
pub mod __glue {
    //! What the expansion of `glue!` calls.
    pub use crate::glue::{begin, finish, step, wire};
}
mod lint;
mod lockstep;
mod ports;
mod uint;
pub mod vsim;

pub use block::block;
pub use lint::{lint, lint_sources};
pub use lockstep::{Lockstep, Summary};
pub use ports::{Port, ports};
pub use rand;
pub use rust_hdl;
pub use uint::UInt;
pub use vsim::Vsim;

/// `n` default values: the usual content of a `Vec` field of submodules or signals.
pub fn vec_of<T: Default>(n: usize) -> Vec<T> {
    std::iter::repeat_with(T::default).take(n).collect()
}
