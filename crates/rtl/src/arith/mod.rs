//! FP32 arithmetic: free-running pipelines, bit for bit `ef_numerics`.

pub mod aligner;
pub mod dot;
pub mod dot_lane;
pub mod exponent_max;
pub mod fp_add;
pub mod fp_gt;
pub mod fp_mul;
pub mod mult18;
pub mod normalise_round;
pub mod pixel;
pub mod round_pack;
pub mod sig_product;
pub mod sig_product_exact;
pub mod signed_sum;
