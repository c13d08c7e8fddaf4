//! [`Skid`]: the pipeline cut of a valid/ready stream.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// Spill register: cuts `valid`, `data` and `ready` with flip-flops and still passes one word per clock.
    ///
    /// ```text
    ///  in_data  --+-------------------->|0|
    ///             |                     | |--[head]--> out_data
    ///             +--[spill]----------->|1|
    ///                   |                    [valid]-> out_valid
    ///  in_ready <-- not [spilled] <------------------- out_ready
    /// ```
    ///
    /// `in_ready` is a flip-flop, so it learns one cycle late that the consumer has stopped; the word that arrives
    /// in that cycle waits in `spill`. Latency 1.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `clock`, `reset` | 1 | reset empties the cell |
    /// | `in_valid`, `in_ready`, `in_data` | 1, 1, W | words taken |
    /// | `out_valid`, `out_ready`, `out_data` | 1, 1, W | words given |
    ///
    /// ```
    /// use ef_rtl::stream::Skid;
    /// # ef_hdl_kit::export::verilog(&mut Skid::<32>::default(), "skid").unwrap();
    /// ```
    pub struct Skid<const W: usize> {
        in clock: Clock, in reset, in_valid, out_ready: Bit, in in_data: Bits<W>,
        out in_ready, out_valid: Bit, out out_data: Bits<W>,
        reg(reset) valid => out_valid, spilled: Bit, reg head => out_data, spill: Bits<W>,
    }
}

impl<const W: usize> Logic for Skid<W> {
    #[hdl_gen]
    fn update(&mut self) {
        self.in_ready.next = !self.spilled.q.val();
        if !self.spilled.q.val() {
            self.spill.d.next = self.in_data.val();
        }
        if !self.valid.q.val() || self.out_ready.val() {
            self.valid.d.next = self.spilled.q.val() || self.in_valid.val();
            self.spilled.d.next = false;
            if self.spilled.q.val() {
                self.head.d.next = self.spill.q.val();
            } else {
                self.head.d.next = self.in_data.val();
            }
        } else if self.in_valid.val() {
            self.spilled.d.next = true;
        }
    }
}
