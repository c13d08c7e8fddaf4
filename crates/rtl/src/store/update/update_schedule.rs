//! When each step of an SGD update happens.
//!
//! An element enters every [`PERIOD`] = 3 cycles, and its three products, three sums and three operand reads share
//! one multiplier, one adder and one read port. So the uses of each must fall into three different
//! cycles modulo 3: 0, `SECOND` and `THIRD` cycles after the first use, for all three alike.
//!
//! ```text
//!  operand   w              v                 w again
//!  multiply     t1 = wd*w      t3 = mu*v      t4 = lr*v'
//!  add             t2 = g+t1      v' = t3+t2     w' = w-t4
//! ```
//! Times are cycles after the element was issued. Reading w twice is what saves delaying it for 40 cycles.

use crate::store::arithmetic::{ADD, MULTIPLY};
use crate::store::operand_ram::LATENCY as OPERAND;
use crate::store::psum_port::element_latency;

/// Cycles from an element to the next.
pub const PERIOD: usize = 3;

/// From t1, t2 to t3, v': the first time at which t2 is ready and the slot is free.
const SECOND: usize = if ADD.is_multiple_of(PERIOD) { ADD + 1 } else { ADD };
/// From t1, t2 to t4, w': the first time at which v' is ready and the third slot is free.
const THIRD: usize = {
    let ready = MULTIPLY + SECOND + ADD;
    ready + (2 * PERIOD - SECOND % PERIOD - ready % PERIOD) % PERIOD
};
const _: () = assert!(SECOND % PERIOD + THIRD % PERIOD == PERIOD && !SECOND.is_multiple_of(PERIOD));

/// Cycles that t2 waits for t3.
pub const HOLD_TOTAL: usize = SECOND - ADD;
/// Cycles that v' waits for its turn at the multiplier.
pub const HOLD_VELOCITY: usize = THIRD - MULTIPLY - SECOND - ADD;
/// Cycles that w, read again, waits for t4: its read keeps the slot of t4.
pub const HOLD_WEIGHT: usize = MULTIPLY % PERIOD;

/// The times of one update, for partial sums with a read latency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The address of the partial sum is given.
    pub gradient: usize,
    /// The address of w is given.
    pub weight: usize,
}

impl Schedule {
    /// For partial sums that are read with this latency, in cycles.
    pub const fn new(psum_latency: usize) -> Self {
        // g and t1 meet at the adder
        let product = OPERAND + MULTIPLY;
        let element = element_latency(psum_latency);
        if element > product {
            Schedule { gradient: 0, weight: element - product }
        } else {
            Schedule { gradient: product - element, weight: 0 }
        }
    }
    /// The address of v is given.
    pub const fn velocity(self) -> usize {
        self.weight + SECOND
    }
    /// The address of w is given again.
    pub const fn weight_again(self) -> usize {
        self.weight + THIRD + MULTIPLY - HOLD_WEIGHT
    }
    /// t1 = mul(wd, w) begins.
    pub const fn decay(self) -> usize {
        self.weight + OPERAND
    }
    /// t3 = mul(mu, v) begins.
    pub const fn carry(self) -> usize {
        self.decay() + SECOND
    }
    /// t4 = mul(lr, v') begins.
    pub const fn scale(self) -> usize {
        self.decay() + THIRD
    }
    /// t2 = add(g, t1) begins.
    pub const fn total(self) -> usize {
        self.decay() + MULTIPLY
    }
    /// v' = add(t3, t2) begins.
    pub const fn accumulate(self) -> usize {
        self.total() + SECOND
    }
    /// w' = sub(w, t4) begins.
    pub const fn step(self) -> usize {
        self.total() + THIRD
    }
    /// v' is there.
    pub const fn new_velocity(self) -> usize {
        self.accumulate() + ADD
    }
    /// w' is there: the end of the update.
    pub const fn new_weight(self) -> usize {
        self.step() + ADD
    }
}
