//! [`Words`]: the word stream into the operand buffer, the scratch or the code RAM.

use crate::arith::pixel::Pixel;
use ef_hdl_kit::{K, vec_of};
use rust_hdl::prelude::*;

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
/// | `wdata[W]` | 32 | what; a word as it is is in all of them |
/// | `idle` | 1 | every word taken has been written |
#[derive(LogicBlock)]
pub struct Words<const W: usize> {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub start: Signal<In, Bit>,
    pub to: Signal<In, Bits<2>>,
    pub unpack: Signal<In, Bit>,
    pub shift: Signal<In, Bits<4>>,
    pub base: Signal<In, Bits<16>>,
    pub in_valid: Signal<In, Bit>,
    pub in_ready: Signal<Out, Bit>,
    pub in_word: Signal<In, Bits<32>>,
    pub operand_we: Signal<Out, Bit>,
    pub code_we: Signal<Out, Bit>,
    pub waddr: Signal<Out, Bits<16>>,
    pub scratch_we: Vec<Signal<Out, Bit>>,
    pub scratch_waddr: Signal<Out, Bits<16>>,
    pub wdata: Vec<Signal<Out, Bits<32>>>,
    pub idle: Signal<Out, Bit>,
    // the command
    target: DFF<Bits<2>>,
    unpacking: DFF<Bit>,
    scale: DFF<Bits<4>>,
    // the word held, and how often W bytes are still to follow
    busy: DFF<Bit>,
    held: DFF<Bits<32>>,
    left: DFF<Bits<2>>,
    last_bytes: Signal<Local, Bit>,
    bytes: Vec<Signal<Local, Bits<32>>>,
    // beside the pixel units
    pixel: Vec<Pixel>,
    valid: DFF<Bit>,
    raw: DFF<Bits<32>>,
    // the write
    next_at: DFF<Bits<16>>,
    next_bank: Signal<Local, Bits<16>>,
    at: DFF<Bits<16>>,
    row: DFF<Bits<16>>,
    word: Vec<DFF<Bits<32>>>,
    writing: DFF<Bit>,
    operand: DFF<Bit>,
    scratch: Vec<DFF<Bit>>,
    code: DFF<Bit>,
    byte_at: Vec<Constant<Bits<5>>>,
    number: Vec<Constant<Bits<16>>>,
    top: Constant<Bits<16>>,
    banks: Constant<Bits<16>>,
    banks_log: Constant<Bits<2>>,
    bytes_width: Constant<Bits<5>>,
    more: Constant<Bits<2>>,
    aligned: K<16, 0xfffc>,
}

impl<const W: usize> Default for Words<W> {
    fn default() -> Self {
        assert!(matches!(W, 2 | 4), "2 or 4 pixels at once");
        let bits = |value: usize| value as u64;
        Self {
            clock: Default::default(),
            reset: Default::default(),
            start: Default::default(),
            to: Default::default(),
            unpack: Default::default(),
            shift: Default::default(),
            base: Default::default(),
            in_valid: Default::default(),
            in_ready: Default::default(),
            in_word: Default::default(),
            operand_we: Default::default(),
            code_we: Default::default(),
            waddr: Default::default(),
            scratch_we: vec_of(W),
            scratch_waddr: Default::default(),
            wdata: vec_of(W),
            idle: Default::default(),
            target: Default::default(),
            unpacking: Default::default(),
            scale: Default::default(),
            busy: Default::default(),
            held: Default::default(),
            left: Default::default(),
            last_bytes: Default::default(),
            bytes: vec_of(W),
            pixel: vec_of(W),
            valid: Default::default(),
            raw: Default::default(),
            next_at: Default::default(),
            next_bank: Default::default(),
            at: Default::default(),
            row: Default::default(),
            word: vec_of(W),
            writing: Default::default(),
            operand: Default::default(),
            scratch: vec_of(W),
            code: Default::default(),
            byte_at: (0..W).map(|i| Constant::new(bits(8 * i).into())).collect(),
            number: (0..W).map(|i| Constant::new(bits(i).into())).collect(),
            top: Constant::new(bits(W - 1).into()),
            banks: Constant::new(bits(W).into()),
            banks_log: Constant::new(u64::from(W.ilog2()).into()),
            bytes_width: Constant::new(bits(8 * W % 32).into()),
            more: Constant::new(bits(4 / W - 1).into()),
            aligned: Default::default(),
        }
    }
}

impl<const W: usize> Logic for Words<W> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, target, unpacking, scale, busy, held, left);
        dff_setup!(self, clock, valid, raw, next_at, at, row, writing, operand, code);
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
            self.word[i].clock.next = self.clock.val();
            self.word[i].d.next = self.raw.q.val();
            if self.unpacking.q.val() {
                self.word[i].d.next = self.pixel[i].y.val();
            }
            self.wdata[i].next = self.word[i].q.val();
            self.scratch[i].clock.next = self.clock.val();
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

        self.operand_we.next = self.operand.q.val();
        self.code_we.next = self.code.q.val();
        self.waddr.next = self.at.q.val();
        self.scratch_waddr.next = self.row.q.val();
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
        if self.reset.val() {
            self.busy.d.next = false;
            self.valid.d.next = false;
        }
    }
}
