//! The operands of one row: the stationary words it holds and the streamed words it passes on.

use ef_hdl_kit::{block, vec_of};
use rust_hdl::prelude::*;

block! {
    /// One row of the stationary matrix, twice: the active words multiply while the shadow words of the next step arrive.
    ///
    /// ```text
    ///  s[T] --s_we--> [shadow T] --swap--> [active T] --> held[T]
    ///  x[T] ------------------------------> [DFF T] ----> x_out[T]   aligned with held
    /// ```
    ///
    /// `swap` comes with the first vector of a step: `held` is the new row from the cycle in which that vector is at `x_out`.
    pub struct Stationary<const T: usize> {
        in clock: Clock, in s, x: Vec<Bits<32>> = vec_of(T), in s_we, swap: Bit,
        out held, x_out: Vec<Bits<32>> = vec_of(T),
        reg shadow, active, vector: Vec<Bits<32>> = vec_of(T),
    }
}

impl<const T: usize> Logic for Stationary<T> {
    #[hdl_gen]
    fn update(&mut self) {
        for n in 0..T {
            self.vector[n].d.next = self.x[n].val();
            if self.s_we.val() {
                self.shadow[n].d.next = self.s[n].val();
            }
            if self.swap.val() {
                self.active[n].d.next = self.shadow[n].q.val();
            }
            self.held[n].next = self.active[n].q.val();
            self.x_out[n].next = self.vector[n].q.val();
        }
    }
}
