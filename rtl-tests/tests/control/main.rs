//! The controller and the memory arbiter.
mod arbiter;
mod bench;
mod clear;
mod docs;
mod errors;
mod far;
mod host_port;
mod lockstep;
mod lockstep_fetch;
mod program;
mod runs;
