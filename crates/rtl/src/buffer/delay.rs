//! Delay lines.

use ef_hdl_kit::{block, glue, vec_of};
use rust_hdl::prelude::*;

block! {
    /// A value, `stages` cycles later.
    ///
    /// ```text
    ///  d --> [DFF] --> [DFF] --> ... --> q
    /// ```
    ///
    /// ```
    /// use ef_rtl::buffer::Delay;
    /// use rust_hdl::prelude::*;
    /// # ef_hdl_kit::export::verilog(&mut Delay::<Bits<16>>::new(8), "delay").unwrap();
    /// ```
    ///
    /// At least one stage.
    pub struct Delay<D: Synth>(stages: usize) {
        assert!(stages > 0, "a delay line has at least one stage");
        in clock: Clock, in d: D,
        out q: D,
        stage: Vec<DFF<D>> = vec_of(stages),
    }
}

glue! { [D: Synth] Delay<D>; self => {
    let stages = self.stage.len();
    for i in 0..stages {
        wire!(self.stage[i].clock, self.clock);
        if i == 0 {
            wire!(self.stage[i].d, self.d);
        } else {
            wire!(self.stage[i].d, self.stage[i - 1].q);
        }
    }
    wire!(self.q, self.stage[stages - 1].q);
}}

block! {
    /// A pulse, N cycles later (1..=32). A reset takes away the pulses under way.
    ///
    /// One shift register, so it costs a simulator one operation per cycle.
    pub struct PulseDelay<const N: usize> {
        assert!((1..=32).contains(&N), "a pulse is delayed by 1 to 32 cycles");
        in clock: Clock, in reset, d: Bit,
        out q: Bit,
        reg(reset) line: Bits<N>,
        const one: Bits<N> = 1, const top: Bits<5> = N as u64 - 1,
    }
}

impl<const N: usize> Logic for PulseDelay<N> {
    #[hdl_gen]
    fn update(&mut self) {
        self.line.d.next = self.line.q.val() << 1;
        if self.d.val() {
            self.line.d.next = (self.line.q.val() << 1) | self.one.val();
        }
        self.q.next = self.line.q.val().get_bit(self.top.val().index());
    }
}
