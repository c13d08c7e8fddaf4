//! [`WordBuffer`]: the words on their way to memory.

use crate::stream::{Fifo, Skid};
use ef_hdl_kit::{K, glue};
use rust_hdl::prelude::*;

/// log2 of the words that the buffer holds.
pub const DEPTH_LOG2: usize = 8;
/// Words that a producer may still push after it has seen `stall`.
pub const MARGIN: usize = 64;

/// A FIFO of 256 words which pipelines push into without asking: they stop issuing while `stall` is up, and the 64 words
/// of [`MARGIN`] take what they still had under way.
///
/// ```text
///  push, word --+--> [ Fifo 256 ] --> [ Skid ] --> out_*
///               +--> [ + fill - ] >= 192 ? --> stall
/// ```
///
/// | port | width | |
/// |---|---|---|
/// | `clock`, `clear` | 1 | clear empties the buffer |
/// | `push`, `word` | 1, 32 | a word enters |
/// | `stall` | 1 | issue nothing more |
/// | `out_valid`, `out_ready`, `out_data` | 1, 1, 32 | stream of the words, in order |
///
/// ```
/// use ef_rtl::store::word_buffer::WordBuffer;
/// # ef_hdl_kit::export::verilog(&mut WordBuffer::default(), "word_buffer").unwrap();
/// ```
#[derive(LogicBlock, Default)]
pub struct WordBuffer {
    pub clock: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub push: Signal<In, Bit>,
    pub word: Signal<In, Bits<32>>,
    pub stall: Signal<Out, Bit>,
    pub out_valid: Signal<Out, Bit>,
    pub out_ready: Signal<In, Bit>,
    pub out_data: Signal<Out, Bits<32>>,
    fifo: Fifo<32, DEPTH_LOG2>,
    skid: Skid<32>,
    fill: Fill,
}

glue! { WordBuffer; self => {
    wire!(self.fifo.clock, self.clock);
    wire!(self.fifo.reset, self.clear);
    wire!(self.fifo.in_valid, self.push);
    wire!(self.fifo.in_data, self.word);
    wire!(self.fifo.out_ready, self.skid.in_ready);
    wire!(self.skid.clock, self.clock);
    wire!(self.skid.reset, self.clear);
    wire!(self.skid.in_valid, self.fifo.out_valid);
    wire!(self.skid.in_data, self.fifo.out_data);
    wire!(self.skid.out_ready, self.out_ready);
    wire!(self.out_valid, self.skid.out_valid);
    wire!(self.out_data, self.skid.out_data);
    wire!(self.fill.clock, self.clock);
    wire!(self.fill.clear, self.clear);
    wire!(self.fill.push, self.push);
    wire!(self.fill.valid, self.fifo.out_valid);
    wire!(self.fill.ready, self.skid.in_ready);
    wire!(self.stall, self.fill.stall);
}}

/// Counts the words in the FIFO.
#[derive(LogicBlock, Default)]
struct Fill {
    pub clock: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub push: Signal<In, Bit>,
    pub valid: Signal<In, Bit>,
    pub ready: Signal<In, Bit>,
    pub stall: Signal<Out, Bit>,
    count: DFF<Bits<9>>,
    stalled: DFF<Bit>,
    take: Signal<Local, Bit>,
    limit: K<9, { ((1 << DEPTH_LOG2) - MARGIN) as u64 }>,
}

impl Logic for Fill {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, count, stalled);
        self.take.next = self.valid.val() && self.ready.val();
        if self.push.val() && !self.take.val() {
            self.count.d.next = self.count.q.val() + 1;
        } else if self.take.val() && !self.push.val() {
            self.count.d.next = self.count.q.val() - 1;
        }
        self.stalled.d.next = self.count.q.val() >= self.limit.val();
        if self.clear.val() {
            self.count.d.next = 0.into();
            self.stalled.d.next = false;
        }
        self.stall.next = self.stalled.q.val();
    }
}
