//! The whole accelerator, in its smallest configuration, against the golden model.
mod bench;
mod lockstep;
mod runs;
mod step;
