//! The arithmetic units.

mod dot;
mod lockstep;
mod sfu;
mod support;
mod units;
