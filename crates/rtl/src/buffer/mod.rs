//! On-chip buffers: T banks of 32-bit words, skewed so that "T channels of one pixel" and "T consecutive pixels
//! of one channel" are both read without a bank conflict.

pub mod rotator;

pub use rotator::Rotator;
