//! Sum, product, comparison and rounding of two FP32 numbers.

pub mod fp_add;
pub mod fp_gt;
pub mod fp_mul;
pub mod normalise_round;
pub mod round_pack;
