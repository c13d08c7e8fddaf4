//! Everything the project adds to rust-hdl 0.46: what the language lacks, and a guard against what it gets
//! silently wrong.
//!
//! - [`K`], [`UInt`], [`glue!`], [`vec_of`]: constants with a width, widening products, structural wiring.
//! - [`lint`]: reports constructs whose exported Verilog means something else than the Rust code.
//! - [`export`]: Verilog with one readable module per design.
//! - [`Vsim`]: the exported Verilog as a fast compiled simulation, through Verilator.
//! - [`lockstep!`]: runs a block and its Verilog side by side and compares every output in every cycle.
pub mod export;
mod glue;
#[doc(hidden)]
pub mod __glue {
    //! What the expansion of `glue!` calls.
    pub use crate::glue::{begin, finish, step, wire};
}
mod konst;
mod lint;
mod lockstep;
mod ports;
mod uint;
pub mod vsim;

pub use ef_hdl_macros::block;
pub use konst::K;
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
