//! The store engine and its parts.

mod bench;
mod by_channel;
mod commands;
mod engine;
mod lockstep;
mod recipes;
mod reference;
mod vector;
mod vector_bench;
mod vector_lockstep;
mod walks;
