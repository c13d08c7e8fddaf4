//! Rotation of a vector of T words: between lane order and bank order.

use ef_hdl_kit::{block, glue, vec_of};
use rust_hdl::prelude::*;

block! {
    /// `y[n] = x[(n + rot) mod T]`, one cycle later. T is 2, 4 or 8; only the low log2 T bits of `rot` count.
    ///
    /// Banks to lanes: `rot` = the phase a vector was written with. Lanes to banks: `rot` = minus the phase.
    ///
    /// ```text
    ///         rot[0]      rot[1]      rot[2]
    ///  x[T] --> by 1 ------> by 2 ------> by 4 ----> [DFF] --> y[T]
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `clock` | | |
    /// | `rot` | 3 | in the cycle of `x` |
    /// | `x[T]` | W | |
    /// | `y[T]` | W | [`LATENCY`](Self::LATENCY) cycles after `x` |
    ///
    /// ```
    /// use ef_rtl::buffer::Rotator;
    /// # ef_hdl_kit::export::verilog(&mut Rotator::<4, 32>::default(), "rotator").unwrap();
    /// ```
    pub struct Rotator<const T: usize, const W: usize> {
        assert!(matches!(T, 2 | 4 | 8), "a rotator has 2, 4 or 8 lanes");
        in clock: Clock, in rot: Bits<3>, in x: Vec<Bits<W>> = vec_of(T),
        out y: Vec<Bits<W>> = vec_of(T),
        stage: Vec<RotateStage<T, W>> =
            (0..u64::from(T.ilog2())).map(|digit| RotateStage::new(digit.into())).collect(),
        q: Vec<DFF<Bits<W>>> = vec_of(T),
    }
}

impl<const T: usize, const W: usize> Rotator<T, W> {
    /// Cycles from `x` and `rot` to `y`.
    pub const LATENCY: usize = 1;
}

glue! { [const T: usize, const W: usize] Rotator<T, W>; self => {
    let stages = self.stage.len();
    for s in 0..stages {
        wire!(self.stage[s].rot, self.rot);
        for n in 0..T {
            if s == 0 {
                wire!(self.stage[s] <- self: stay[n] = x[n], turn[n] = x[(n + (1 << s)) % T]);
            } else {
                wire!(self.stage[s] <- self.stage[s - 1]: stay[n] = y[n], turn[n] = y[(n + (1 << s)) % T]);
            }
        }
    }
    for n in 0..T {
        wire!(self.q[n].clock, self.clock);
        wire!(self.q[n].d, self.stage[stages - 1].y[n]);
        wire!(self.y[n], self.q[n].q);
    }
}}

block! {
    /// T two-way multiplexers steered by one bit of the rotation.
    ///
    /// `digit` is the bit of `rot`.
    pub struct RotateStage<const T: usize, const W: usize>(digit: Bits<2>) {
        in rot: Bits<3>, in stay, turn: Vec<Bits<W>> = vec_of(T),
        out y: Vec<Bits<W>> = vec_of(T),
        const digit: Bits<2> = digit,
    }
}

impl<const T: usize, const W: usize> Logic for RotateStage<T, W> {
    #[hdl_gen]
    fn update(&mut self) {
        for n in 0..T {
            if self.rot.val().get_bit(self.digit.val().index()) {
                self.y[n].next = self.turn[n].val();
            } else {
                self.y[n].next = self.stay[n].val();
            }
        }
    }
}
