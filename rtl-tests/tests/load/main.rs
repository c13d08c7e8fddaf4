//! The load engine and its parts.

mod bench;
mod commands;
mod engine;
mod lockstep;
