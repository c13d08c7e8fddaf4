//! [`Fifo`]: a queue of 2^AW words.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// Cycles of a word through an empty queue.
pub const LATENCY: u64 = 2;

block! {
    /// Synchronous FIFO of 2^AW words (AW >= 2), valid/ready on both sides; the first word falls through.
    ///
    /// ```text
    ///            +-----+ read_data = word at `head`
    ///  in_data ->| RAM |------------------------------> out_data
    ///            +-----+
    ///            tail ^  ^ head, one ahead in a cycle that takes a word
    ///  in_ready <- not [full]     [valid] <- head != tail --> out_valid
    /// ```
    ///
    /// The RAM's read register is the output register: the RAM is asked for the word that will be at the head in the
    /// next cycle. So `out_data` comes straight out of the RAM: up to AW = 5 that is a LUT RAM and a flip-flop; behind a deeper
    /// one put a [`Skid`](super::Skid). Latency 2, one word per clock, `in_ready` and `out_valid` are flip-flops.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `clock`, `reset` | 1 | reset empties the queue |
    /// | `in_valid`, `in_ready`, `in_data` | 1, 1, W | words taken |
    /// | `out_valid`, `out_ready`, `out_data` | 1, 1, W | words given |
    ///
    /// ```
    /// use ef_rtl::stream::Fifo;
    /// # ef_hdl_kit::export::verilog(&mut Fifo::<32, 4>::default(), "fifo").unwrap();
    /// ```
    pub struct Fifo<const W: usize, const AW: usize> {
        in clock: Clock, in reset, in_valid, out_ready: Bit, in in_data: Bits<W>,
        out in_ready, out_valid: Bit, out out_data: Bits<W>,
        ram: RAM<Bits<W>, AW>,
        reg(reset) head, tail: Bits<AW>, reg(reset) full, valid => out_valid: Bit,
        net put, take: Bit, net head_next, tail_next: Bits<AW>,
    }
}

impl<const W: usize, const AW: usize> Logic for Fifo<W, AW> {
    #[hdl_gen]
    fn update(&mut self) {
        self.put.next = self.in_valid.val() && !self.full.q.val();
        self.take.next = self.valid.q.val() && self.out_ready.val();
        self.head_next.next = self.head.q.val();
        if self.take.val() {
            self.head_next.next = self.head.q.val() + 1;
        }
        self.tail_next.next = self.tail.q.val() + 1;

        self.ram.write_clock.next = self.clock.val();
        self.ram.write_address.next = self.tail.q.val();
        self.ram.write_data.next = self.in_data.val();
        self.ram.write_enable.next = self.put.val();
        self.ram.read_clock.next = self.clock.val();
        self.ram.read_address.next = self.head_next.val();

        // a word written in this cycle is not read by it, so it does not count as present yet
        self.head.d.next = self.head_next.val();
        self.valid.d.next =
            (self.head_next.val() != self.tail.q.val()) || (self.full.q.val() && !self.take.val());
        if self.put.val() {
            self.tail.d.next = self.tail_next.val();
            self.full.d.next = !self.take.val() && (self.tail_next.val() == self.head.q.val());
        } else if self.take.val() {
            self.full.d.next = false;
        }

        self.in_ready.next = !self.full.q.val();
        self.out_data.next = self.ram.read_data.val();
    }
}
