//! [`Words`]: the word stream into the operand buffer, the scratch or the code RAM.

use crate::arith::pixel::Pixel;
use ef_hdl_kit::{block, vec_of};
use rust_hdl::prelude::*;

block! {
    /// Writes the words of the stream at `base`, `base + 1`, ...; with `unpack` each word is four pixels, low byte first, W of which are
    /// written at once.
    ///
    /// ```text
    ///  in_word --> [held] -------+------> [raw] ----------\
    ///                | >> 8W     |                         mux --> [wdata[W]]
    ///                +-- W bytes +--> [ W x Pixel ] ------/
    ///                       base, + 1, with unpack + W, per write --> [waddr], / W: [scratch_waddr]
    /// ```
    ///
    /// A word per clock; with `unpack` one per 4 / W clocks. Latency 3.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `start` | 1 | takes `to` (0 operand, 1 scratch, 2 code), `unpack` (scratch only), `shift`, `base` |
    /// | `in_valid`, `in_ready`, `in_word` | 1, 1, 32 | words |
    /// | `operand_we`, `code_we`, `waddr` | 1, 1, 16 | which memory is written, and where |
    /// | `scratch_we[W]`, `scratch_waddr` | 1, 16 | which banks of the scratch are written, and where |
    /// | `wdata[W]` | 32 | the words to write; without `unpack` all of them are the same word |
    /// | `idle` | 1 | every word taken has been written |
    pub struct Words<const W: usize> {
        assert!(matches!(W, 2 | 4), "2 or 4 pixels at once");
        let bits = |value: usize| value as u64;
        in clock: Clock, in reset, start, unpack, in_valid: Bit, in to: Bits<2>,
        in shift: Bits<4>, in base: Bits<16>, in in_word: Bits<32>,
        out in_ready, operand_we, code_we, idle: Bit, out waddr, scratch_waddr: Bits<16>,
        out scratch_we: Vec<Bit> = vec_of(W), out wdata: Vec<Bits<32>> = vec_of(W),
        // the command
        reg target: Bits<2>, reg unpacking: Bit, reg scale: Bits<4>,
        // the word held, and how often W bytes are still to follow
        reg(reset) busy: Bit, reg held: Bits<32>, reg left: Bits<2>,
        net last_bytes: Bit, net bytes: Vec<Bits<32>> = vec_of(W),
        // beside the pixel units
        pixel: Vec<Pixel> = vec_of(W),
        reg(reset) valid: Bit, reg raw: Bits<32>,
        // the write
        reg next_at, at => waddr, row => scratch_waddr: Bits<16>, reg word: Vec<Bits<32>> = vec_of(W),
        reg writing, operand => operand_we, code => code_we: Bit, reg scratch: Vec<Bit> = vec_of(W),
        net next_bank: Bits<16>,
        byte_at: Vec<Constant<Bits<5>>> = (0..W).map(|i| Constant::new(bits(8 * i).into())).collect(),
        number: Vec<Constant<Bits<16>>> = (0..W).map(|i| Constant::new(bits(i).into())).collect(),
        const top: Bits<16> = bits(W - 1), const banks: Bits<16> = bits(W),
        const banks_log: Bits<2> = u64::from(W.ilog2()), const bytes_width: Bits<5> = bits(8 * W % 32),
        const more: Bits<2> = bits(4 / W - 1), const aligned: Bits<16> = 0xfffc,
    }
}

impl<const W: usize> Logic for Words<W> {
    #[hdl_gen]
    fn update(&mut self) {
        self.last_bytes.next = !self.unpacking.q.val() || !self.left.q.val().any();
        self.in_ready.next = !self.busy.q.val() || self.last_bytes.val();
        if !self.busy.q.val() || self.last_bytes.val() {
            self.busy.d.next = self.in_valid.val();
            self.held.d.next = self.in_word.val();
            self.left.d.next = self.more.val();
        } else {
            self.held.d.next = self.held.q.val() >> self.bytes_width.val();
            self.left.d.next = self.left.q.val() - 1;
        }
        self.raw.d.next = self.held.q.val();
        self.valid.d.next = self.busy.q.val();

        self.next_bank.next = self.next_at.q.val() & self.top.val();
        for i in 0..W {
            self.bytes[i].next = self.held.q.val() >> self.byte_at[i].val();
            self.pixel[i].clock.next = self.clock.val();
            self.pixel[i].pixel.next = self.bytes[i].val().get_bits::<8>(0);
            self.pixel[i].shift.next = self.scale.q.val();
            self.word[i].d.next = self.raw.q.val();
            if self.unpacking.q.val() {
                self.word[i].d.next = self.pixel[i].y.val();
            }
            self.wdata[i].next = self.word[i].q.val();
            self.scratch[i].d.next = self.valid.q.val()
                && self.target.q.val().get_bit(0)
                && (self.unpacking.q.val() || (self.next_bank.val() == self.number[i].val()));
            self.scratch_we[i].next = self.scratch[i].q.val();
        }
        self.at.d.next = self.next_at.q.val();
        self.row.d.next = self.next_at.q.val() >> self.banks_log.val();
        if self.valid.q.val() {
            self.next_at.d.next = self.next_at.q.val() + 1;
            if self.unpacking.q.val() {
                self.next_at.d.next = self.next_at.q.val() + self.banks.val();
            }
        }
        self.writing.d.next = self.valid.q.val();
        self.operand.d.next = self.valid.q.val() && !self.target.q.val().any();
        self.code.d.next = self.valid.q.val() && self.target.q.val().get_bit(1);

        self.idle.next = !self.busy.q.val() && !self.valid.q.val() && !self.writing.q.val();

        if self.start.val() {
            self.target.d.next = self.to.val();
            self.unpacking.d.next = self.unpack.val() && self.to.val().get_bit(0);
            self.scale.d.next = self.shift.val();
            self.next_at.d.next = self.base.val();
            if self.unpack.val() && self.to.val().get_bit(0) {
                self.next_at.d.next = self.base.val() & self.aligned.val();
            }
        }
    }
}
