//! [`Words`]: the word stream into the operand buffer, the scratch or the code RAM.

use crate::arith::pixel::Pixel;
use rust_hdl::prelude::*;

/// Cycles per word with `unpack`.
pub const UNPACK: u64 = 4;

/// Writes the words of the stream at `base`, `base + 1`, ...; with `unpack` each word is four pixels, low byte first.
///
/// ```text
///  in_word --> [held] -------+------> [raw] ----------\
///                | >> 8      |                         mux --> [wdata]
///                +-- byte ---+--> [ Pixel ] ----------/
///                                   base, + 1 per write ----> [waddr]
/// ```
///
/// One write per clock: a word per clock, or a word in four with `unpack`. Latency 3.
///
/// | port | width | |
/// |---|---|---|
/// | `start` | 1 | takes `to` (0 operand, 1 scratch, 2 code), `unpack`, `shift`, `base` |
/// | `in_valid`, `in_ready`, `in_word` | 1, 1, 32 | words |
/// | `operand_we`, `scratch_we`, `code_we` | 1 | which memory is written |
/// | `waddr`, `wdata` | 16, 32 | where, and what |
/// | `idle` | 1 | every word taken has been written |
#[derive(LogicBlock, Default)]
pub struct Words {
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
    pub scratch_we: Signal<Out, Bit>,
    pub code_we: Signal<Out, Bit>,
    pub waddr: Signal<Out, Bits<16>>,
    pub wdata: Signal<Out, Bits<32>>,
    pub idle: Signal<Out, Bit>,
    // the command
    target: DFF<Bits<2>>,
    unpacking: DFF<Bit>,
    scale: DFF<Bits<4>>,
    // the word held, and its bytes after the lowest
    busy: DFF<Bit>,
    held: DFF<Bits<32>>,
    left: DFF<Bits<2>>,
    last_byte: Signal<Local, Bit>,
    // beside the pixel unit
    pixel: Pixel,
    valid: DFF<Bit>,
    raw: DFF<Bits<32>>,
    // the write
    next_at: DFF<Bits<16>>,
    at: DFF<Bits<16>>,
    word: DFF<Bits<32>>,
    operand: DFF<Bit>,
    scratch: DFF<Bit>,
    code: DFF<Bit>,
}

impl Logic for Words {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, target, unpacking, scale, busy, held, left);
        dff_setup!(self, clock, valid, raw, next_at, at, word, operand, scratch, code);
        self.last_byte.next = !self.unpacking.q.val() || !self.left.q.val().any();
        self.in_ready.next = !self.busy.q.val() || self.last_byte.val();
        if !self.busy.q.val() || self.last_byte.val() {
            self.busy.d.next = self.in_valid.val();
            self.held.d.next = self.in_word.val();
            self.left.d.next = 3.into();
        } else {
            self.held.d.next = self.held.q.val() >> 8;
            self.left.d.next = self.left.q.val() - 1;
        }

        self.pixel.clock.next = self.clock.val();
        self.pixel.pixel.next = self.held.q.val().get_bits::<8>(0);
        self.pixel.shift.next = self.scale.q.val();
        self.raw.d.next = self.held.q.val();
        self.valid.d.next = self.busy.q.val();

        self.word.d.next = self.raw.q.val();
        if self.unpacking.q.val() {
            self.word.d.next = self.pixel.y.val();
        }
        self.at.d.next = self.next_at.q.val();
        if self.valid.q.val() {
            self.next_at.d.next = self.next_at.q.val() + 1;
        }
        self.operand.d.next = self.valid.q.val() && !self.target.q.val().any();
        self.scratch.d.next = self.valid.q.val() && self.target.q.val().get_bit(0);
        self.code.d.next = self.valid.q.val() && self.target.q.val().get_bit(1);

        self.operand_we.next = self.operand.q.val();
        self.scratch_we.next = self.scratch.q.val();
        self.code_we.next = self.code.q.val();
        self.waddr.next = self.at.q.val();
        self.wdata.next = self.word.q.val();
        self.idle.next = !self.busy.q.val()
            && !self.valid.q.val()
            && !self.operand.q.val()
            && !self.scratch.q.val()
            && !self.code.q.val();

        if self.start.val() {
            self.target.d.next = self.to.val();
            self.unpacking.d.next = self.unpack.val();
            self.scale.d.next = self.shift.val();
            self.next_at.d.next = self.base.val();
        }
        if self.reset.val() {
            self.busy.d.next = false;
            self.valid.d.next = false;
        }
    }
}
