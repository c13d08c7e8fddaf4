//! The load engine and its parts.

mod bench;
mod commands;
mod engine;
mod gather;
mod lockstep;
mod taps;
