//! The controller: fetches the program, runs loops, feeds the engines' queues, keeps tokens, counts, answers the host.
//!
//! | module | what |
//! |---|---|
//! | [`controller`] | all of it wired together |
//! | [`fetch`] = [`prefetch`] + [`execute`] + [`loops`] + [`field_state`] | runs the program |
//! | [`prefetch`] = [`refill`] + [`keep`] + [`arrivals`] + [`program_buffer`] + [`predecode`] | reads it out of DRAM |
//! | [`queue`] = [`dispatch`] + [`descriptor`] + [`signals`] | one per engine |
//! | [`tokens`] | order among the engines |
//! | [`run_control`] | start, stop, clear, errors |
//! | [`registers`] = [`host_port`] + [`read_mux`] + [`write_registers`] + [`pack`] | what the host sees |
//! | [`counters`], [`overflow`] | what is counted and remembered |

pub mod controller;
pub mod counters;
pub mod overflow;
pub mod program;
pub mod queue;
pub mod registers;
pub mod run_control;
pub mod tokens;

pub use program::{
    arrivals, execute, fetch, field_state, keep, loops, predecode, prefetch, program_buffer, refill,
};
pub use queue::{descriptor, dispatch, signals};
pub use registers::{host_port, pack, read_mux, write_registers};

pub use controller::Controller;
