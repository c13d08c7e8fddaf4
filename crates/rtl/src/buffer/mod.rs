//! On-chip buffers: T banks of 32-bit words, skewed so that "T channels of one pixel" and "T consecutive pixels
//! of one channel" are both read without a bank conflict.

pub mod banks;
pub mod clocked_ram;
pub mod delay;
pub mod rotator;
pub mod skew_address;
pub mod skew_buffer;

pub use banks::Banks;
pub use clocked_ram::ClockedRam;
pub use delay::{Delay, PulseDelay};
pub use rotator::Rotator;
pub use skew_address::SkewAddress;
pub use skew_buffer::SkewBuffer;
