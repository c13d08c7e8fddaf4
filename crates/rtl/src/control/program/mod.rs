//! The program: out of DRAM, through loops, to the queues.

pub mod arrivals;
pub mod execute;
pub mod fetch;
pub mod field_state;
pub mod keep;
pub mod loops;
pub mod predecode;
pub mod prefetch;
pub mod program_buffer;
pub mod refill;
