//! [`ExponentMax`]: the largest exponent of a dot product.

use ef_hdl_kit::{block, glue, vec_of};
use rust_hdl::prelude::*;

/// Clock edges from the lanes' exponents to the largest: three levels for up to eight lanes, one for the addend.
pub const LATENCY: usize = 4;

/// Levels of the lane tree, whether or not `T` lanes need them all.
const TREE_LEVELS: usize = 3;

block! {
    /// The larger of two 9-bit unsigned numbers, registered.
    pub struct MaxRegister {
        /// Clock.
        in clock: Clock,
        /// First number.
        in a: Bits<9>,
        /// Second number.
        in b: Bits<9>,
        /// The larger one, one clock later.
        out larger: Bits<9>,
        reg held => larger: Bits<9>,
    }
}

impl Logic for MaxRegister {
    #[hdl_gen]
    fn update(&mut self) {
        self.held.d.next = self.b.val();
        if self.a.val() > self.b.val() {
            self.held.d.next = self.a.val();
        }
    }
}

block! {
    /// Largest of `T` lane exponents and the addend's, one level of comparison per stage: two were the critical path.
    ///
    /// ```text
    ///  edge      1            2            3              4
    ///  e[0..T] --[ max ]-- .. [ max ]-- .. [ max ]--+--[ max ]-- e_max 9
    ///  e_addend (three clocks after e) -------------+
    /// ```
    ///
    /// `T` is 2, 4 or 8; fewer lanes pass through plain registers, so that [`LATENCY`] is 4 for all. Free-running.
    pub struct ExponentMax<const T: usize> {
        assert!(matches!(T, 2 | 4 | 8), "a dot product has 2, 4 or 8 lanes, not {T}");
        /// Clock.
        in clock: Clock,
        /// Exponent of each lane; 0 if the lane is absent.
        in e: Vec<Bits<9>> = vec_of(T),
        /// Exponent of the addend, three clocks later than `e`.
        in e_addend: Bits<9>,
        /// The largest exponent.
        out e_max: Bits<9>,
        /// The tree in level order: `T/2` leaves first, the root last.
        node: Vec<MaxRegister> = vec_of(T - 1),
        delay: Vec<DFF<Bits<9>>> = vec_of(TREE_LEVELS - T.ilog2() as usize),
        last: MaxRegister,
    }
}

glue! { [const T: usize] ExponentMax<T>; self => {
    for i in 0..T / 2 {
        wire!(self.node[i] <- self: a = e[2 * i], b = e[2 * i + 1]);
    }
    for i in T / 2..T - 1 {
        wire!(self.node[i] <- self: a = node[2 * i - T].larger, b = node[2 * i - T + 1].larger);
    }
    for i in 0..T - 1 {
        wire!(self.node[i].clock, self.clock);
    }
    for i in 0..self.delay.len() {
        wire!(self.delay[i].clock, self.clock);
    }
    for i in 1..self.delay.len() {
        wire!(self.delay[i].d, self.delay[i - 1].q);
    }
    wire!(self.last.clock, self.clock);
    if T == 8 {
        wire!(self.last.a, self.node[T - 2].larger);
    }
    if T < 8 {
        wire!(self.delay[0].d, self.node[T - 2].larger);
        wire!(self.last.a, self.delay[self.delay.len() - 1].q);
    }
    wire!(self.last.b, self.e_addend);
    wire!(self.e_max, self.last.larger);
}}
