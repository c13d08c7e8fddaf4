//! [`Debounce`]: a switch as a clean level.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
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
    pub struct Debounce<const N: usize> {
        in clock: Clock, in raw: Bit,
        out level: Bit,
        reg sync, sampled, clean => level: Bit, reg pulse count: Bits<N>,
        const zero: Bits<N> = 0, const one: Bits<N> = 1,
        net next_count: Bits<N>,
    }
}

impl<const N: usize> Logic for Debounce<N> {
    #[hdl_gen]
    fn update(&mut self) {
        self.sync.d.next = self.raw.val();
        self.sampled.d.next = self.sync.q.val();
        self.next_count.next = self.count.q.val() + self.one.val();
        if self.sampled.q.val() != self.clean.q.val() {
            self.count.d.next = self.next_count.val();
            if self.next_count.val() == self.zero.val() {
                self.clean.d.next = self.sampled.q.val();
            }
        }
    }
}
