//! [`Debounce`]: a switch as a clean level.

use ef_hdl_kit::K;
use rust_hdl::prelude::*;

/// Takes a new level of an asynchronous input after the input has held it for 2^N cycles.
///
/// ```text
///  raw --[FF]--[FF]--+-- != level --> [count N] -- all ones --+
///                    +--------------------------------> d  [level]--> level
/// ```
///
/// A glitch or a bounce shorter than 2^N cycles has no effect. Latency 2^N + 2. The level is low when the FPGA starts.
///
/// | port | width | |
/// |---|---|---|
/// | `clock` | 1 | |
/// | `raw` | 1 | from a pin, any time |
/// | `level` | 1 | a register |
///
/// ```
/// use ef_soc::clocking::Debounce;
/// # ef_hdl_kit::export::verilog(&mut Debounce::<20>::default(), "debounce").unwrap();
/// ```
#[derive(LogicBlock, Default)]
pub struct Debounce<const N: usize> {
    pub clock: Signal<In, Clock>,
    pub raw: Signal<In, Bit>,
    pub level: Signal<Out, Bit>,
    sync: DFF<Bit>,
    sampled: DFF<Bit>,
    count: DFF<Bits<N>>,
    clean: DFF<Bit>,
    zero: K<N, 0>,
    one: K<N, 1>,
    next_count: Signal<Local, Bits<N>>,
}

impl<const N: usize> Logic for Debounce<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, sync, sampled, count, clean);
        self.sync.d.next = self.raw.val();
        self.sampled.d.next = self.sync.q.val();
        self.next_count.next = self.count.q.val() + self.one.val();
        self.count.d.next = self.zero.val();
        if self.sampled.q.val() != self.clean.q.val() {
            self.count.d.next = self.next_count.val();
            if self.next_count.val() == self.zero.val() {
                self.clean.d.next = self.sampled.q.val();
            }
        }
        self.level.next = self.clean.q.val();
    }
}
