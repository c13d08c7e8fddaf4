//! The arithmetic units.

mod dot;
mod sfu;
mod support;
mod units;
