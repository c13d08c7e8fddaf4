//! MAP: a map leaves the partial sums.

pub mod codes;
pub mod drain;
pub mod map_walk;
pub mod order_key;
pub mod pool_lane;
pub mod serialise;
