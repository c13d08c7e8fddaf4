//! The operands of one row: the stationary words it holds and the streamed words it passes on.

use ef_hdl_kit::vec_of;
use rust_hdl::prelude::*;

/// One row of the stationary matrix, twice: the active words multiply while the shadow words of the next step arrive.
///
/// ```text
///  s[T] --s_we--> [shadow T] --swap--> [active T] --> held[T]
///  x[T] ------------------------------> [DFF T] ----> x_out[T]   aligned with held
/// ```
///
/// `swap` comes with the first vector of a step: `held` is the new row from the cycle in which that vector is at `x_out`.
#[derive(LogicBlock)]
pub struct Stationary<const T: usize> {
    pub clock: Signal<In, Clock>,
    pub s: Vec<Signal<In, Bits<32>>>,
    pub s_we: Signal<In, Bit>,
    pub swap: Signal<In, Bit>,
    pub x: Vec<Signal<In, Bits<32>>>,
    pub held: Vec<Signal<Out, Bits<32>>>,
    pub x_out: Vec<Signal<Out, Bits<32>>>,
    shadow: Vec<DFF<Bits<32>>>,
    active: Vec<DFF<Bits<32>>>,
    vector: Vec<DFF<Bits<32>>>,
}

impl<const T: usize> Default for Stationary<T> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            s: vec_of(T),
            s_we: Default::default(),
            swap: Default::default(),
            x: vec_of(T),
            held: vec_of(T),
            x_out: vec_of(T),
            shadow: vec_of(T),
            active: vec_of(T),
            vector: vec_of(T),
        }
    }
}

impl<const T: usize> Logic for Stationary<T> {
    #[hdl_gen]
    fn update(&mut self) {
        for n in 0..T {
            self.shadow[n].clock.next = self.clock.val();
            self.active[n].clock.next = self.clock.val();
            self.vector[n].clock.next = self.clock.val();
            self.shadow[n].d.next = self.shadow[n].q.val();
            self.active[n].d.next = self.active[n].q.val();
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
