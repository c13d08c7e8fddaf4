//! The store engine and its parts.

mod bench;
mod commands;
mod engine;
mod lockstep;
mod schedule;
mod vector;
mod vector_lockstep;
