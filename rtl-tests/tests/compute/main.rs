//! The compute engine and its parts.

mod commands;
mod engine;
mod harness;
mod lockstep;
mod protocol;
mod skew;
