//! FP32 arithmetic, bit for bit `ef_numerics`.
//!
//! Every unit is a free-running pipeline: operands enter at every clock edge, the result of the operands of one edge leaves
//! `LATENCY` edges later, nothing stalls, and there is no valid bit (whoever needs one delays it as long).
//!
//! | unit | operation | latency | DSP blocks |
//! |---|---|---|---|
//! | [`dot::Dot`] | `c + sum a[i] * b[i]` over 2, 4 or 8 lanes, fused | 16 | 2 per lane |
//! | [`fp_add::FpAdd`] | `a + b`, `a - b` | 9 | 0 |
//! | [`fp_mul::FpMul`] | `a * b` | 7 | 4 |
//! | [`fp_gt::FpGt`] | `a > b` | 0 | 0 |
//! | [`pixel::Pixel`] | `byte * 2^-shift` | 1 | 0 |
//! | [`sfu::Sfu`] | `1/x`, `1/sqrt(x)`, `e^x`, `ln x` | 28 | 11 |
//!
//! The number system has no infinity, NaN or denormal; a result too large for it is saturated, and the unit's `overflow`
//! output says so beside the result. Designs that multiply need the text of [`mult18::mult18_verilog`] beside their
//! export.

pub mod dot;
pub mod fp;
pub mod mult18;
pub mod pixel;
pub mod sfu;

pub use dot::{aligner, dot_lane, exponent_max, sig_product, signed_sum};
pub use fp::{fp_add, fp_gt, fp_mul, normalise_round, round_pack};
pub use sfu::{sfu_finish, sfu_interpolate, sfu_reduce, sig_product_exact};
