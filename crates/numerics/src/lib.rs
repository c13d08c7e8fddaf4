//! The one definition, bit for bit, of every arithmetic operation that the hardware performs.
//!
//! The golden model computes with these functions, the compiler folds constants with them, and the RTL is tested
//! against them; nothing else in the workspace defines arithmetic.
//!
//! # Number system
//!
//! A word is a `u32` in the FP32 layout: 1 sign, 8 exponent field, 23 fraction bits.
//!
//! * Field 0 is zero, whatever the fraction and the sign: denormals are zero in and out, and every zero result is `+0`.
//! * There is no infinity and no NaN. Field 255 in an *input* is an ordinary binade, `±1.f * 2^128`.
//! * A result is first rounded to 24 bits with an unbounded exponent. If its field is then 255 or more, the result is
//!   [`MAX_FINITE`] with its sign, and the overflow flag (the `bool` of the pair) is set. If it is less than 1, the
//!   result is `+0`, silently.
//! * The elementwise operations round to nearest, ties to even. [`dot()`] rounds once, but truncates before it adds.
//!   The special functions interpolate a table: see [`sfu`].
//!
//! Saturation exists because a sticky flag and a finite number are what a training run can recover from; dropping
//! denormals, infinities and NaN is what keeps eight lanes inside the LUT budget of a small FPGA.

mod add;
mod compare;
mod convert;
mod dot;
mod mul;
pub mod sfu;
mod word;

pub use add::{add, sub};
pub use compare::{gt, is_positive};
pub use convert::{int, pixel};
pub use dot::{dot, dot8};
pub use mul::mul;
pub use sfu::{exp, ln, recip, rsqrt};
pub use word::{MAX_FINITE, flush};
