//! The load engine and its parts.

mod bench;
mod commands;
mod cycles;
mod engine;
mod gather;
mod lockstep;
mod taps;
