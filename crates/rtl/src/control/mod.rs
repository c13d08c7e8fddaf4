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

pub mod arrivals;
pub mod controller;
pub mod counters;
pub mod descriptor;
pub mod dispatch;
pub mod execute;
pub mod fetch;
pub mod field_state;
pub mod host_port;
pub mod keep;
pub mod loops;
pub mod overflow;
pub mod pack;
pub mod predecode;
pub mod prefetch;
pub mod program_buffer;
pub mod queue;
pub mod read_mux;
pub mod refill;
pub mod registers;
pub mod run_control;
pub mod signals;
pub mod tokens;
pub mod write_registers;

pub use controller::Controller;
