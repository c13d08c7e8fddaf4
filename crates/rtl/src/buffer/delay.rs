//! Delay lines.

use ef_hdl_kit::{K, glue, vec_of};
use rust_hdl::prelude::*;

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
#[derive(LogicBlock)]
pub struct Delay<D: Synth> {
    pub clock: Signal<In, Clock>,
    pub d: Signal<In, D>,
    pub q: Signal<Out, D>,
    stage: Vec<DFF<D>>,
}

impl<D: Synth> Delay<D> {
    /// At least one stage.
    pub fn new(stages: usize) -> Self {
        assert!(stages > 0, "a delay line has at least one stage");
        Self {
            clock: Default::default(),
            d: Default::default(),
            q: Default::default(),
            stage: vec_of(stages),
        }
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

/// A pulse, N cycles later (1..=32). A reset takes away the pulses under way.
///
/// One shift register, so it costs a simulator one operation per cycle.
#[derive(LogicBlock)]
pub struct PulseDelay<const N: usize> {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub d: Signal<In, Bit>,
    pub q: Signal<Out, Bit>,
    line: DFF<Bits<N>>,
    none: K<N, 0>,
    one: K<N, 1>,
    top: Constant<Bits<5>>,
}

impl<const N: usize> Default for PulseDelay<N> {
    fn default() -> Self {
        assert!((1..=32).contains(&N), "a pulse is delayed by 1 to 32 cycles");
        Self {
            clock: Default::default(),
            reset: Default::default(),
            d: Default::default(),
            q: Default::default(),
            line: Default::default(),
            none: Default::default(),
            one: Default::default(),
            top: Constant::new((N as u64 - 1).into()),
        }
    }
}

impl<const N: usize> Logic for PulseDelay<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, line);
        self.line.d.next = self.line.q.val() << 1;
        if self.d.val() {
            self.line.d.next = (self.line.q.val() << 1) | self.one.val();
        }
        if self.reset.val() {
            self.line.d.next = self.none.val();
        }
        self.q.next = self.line.q.val().get_bit(self.top.val().index());
    }
}
