//! The functions by their number, and how the exponent of a result is coded between the parts of the unit.

use ef_numerics::sfu::Function;

/// `op` of `1 / x`.
pub const RECIP: u64 = Function::Recip as u64;
/// `op` of `1 / sqrt(|x|)`.
pub const RSQRT: u64 = Function::Rsqrt as u64;
/// `op` of `e^x`.
pub const EXP: u64 = Function::Exp as u64;
/// `op` of `ln |x|`.
pub const LN: u64 = Function::Ln as u64;

/// Added to the field of a result, so that all of -58..=311 is a 9-bit unsigned number.
pub const SCALE_OFFSET: u64 = 64;
