//! Stationary matrices on their way into the array.

pub mod fetch_address;
pub mod fetch_control;
pub mod fetcher;
pub mod lanes;
