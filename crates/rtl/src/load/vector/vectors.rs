//! [`Vectors`]: from words to vectors in the feature, loss and weight buffers.

use crate::load::{BufferWriter, CodeReader, Collector, Expander, Levels, Walker};
use crate::stream::Skid;
use ef_hdl_kit::{block, glue, vec_of};
use rust_hdl::prelude::*;

block! {
    /// The vector path of the load engine: collects T words or taps, masks, un-pools, rotates and writes them where the loop nest says.
    ///
    /// ```text
    ///                 +--------+   +--------+
    ///  descriptor --->| Levels |-->| Walker |--- address, phase --+
    ///                 +--------+   +--------+                     v
    ///                 +-----------+                          +----------+   +--------------+
    ///  word -> Skid ->| Collector |------- vector ---------->| Expander |-->| BufferWriter |--> we, waddr, wdata[T]
    ///  tap[T] ------->+-----------+                          +----------+   +--------------+
    ///                 +------------+                              ^
    ///  code words --->| CodeReader |------- code -----------------+
    ///                 +------------+
    /// ```
    ///
    /// A vector is written 5 cycles after its last word is taken, 4 after its last taps. Words flow at one per clock, except that un-pooling
    /// takes 4 cycles per vector (a back-pressure only for T = 2). Taps have no back-pressure.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `start` | 1 | takes `zero` to `code_base` and the descriptor's loop nest |
    /// | `to` | 2 | buffer; constant while busy |
    /// | `word_valid`, `word_ready`, `word` | 1, 1, 32 | words |
    /// | `tap[T]`, `put`, `in_image`, `spill`, `fills`, `ends` | 32, 8, 8, 8, 1, 1 | taps, see [`Collector`] |
    /// | `code_we`, `code_waddr`, `code_wdata` | 1, 16, 32 | write port of the code RAM |
    /// | `idle` | 1 | no vector is to come and the last write has happened |
    /// | `feature_we`, `loss_we`, `weight_we`, `waddr`, `wdata[T]` | 1, 1, 1, 16, 32 | the buffers' write ports, bank order |
    pub struct Vectors<const T: usize, const CAW: usize> {
        in clock: Clock, in reset, start, zero, gather, mask, pool, word_valid, fills, ends, code_we: Bit,
        in base, phase, a_down, p_down, channels, kernel_rows, kernel_cols, code_base, code_waddr: Bits<16>,
        in n, a, p: Vec<Bits<16>> = vec_of(4), in to: Bits<2>, in word, code_wdata: Bits<32>,
        in tap: Vec<Bits<32>> = vec_of(T), in put, in_image, spill: Bits<8>,
        out word_ready, idle, feature_we, loss_we, weight_we: Bit, out waddr: Bits<16>,
        out wdata: Vec<Bits<32>> = vec_of(T),
        levels: Levels,
        walker: Walker,
        codes: CodeReader<T, CAW>,
        skid: Skid<32>,
        collector: Collector<T>,
        expander: Expander<T>,
        writer: BufferWriter<T>,
    }
}

glue! { [const T: usize, const CAW: usize] Vectors<T, CAW>; self => {
    wire!(self.levels <- self: clock, reset, start, zero, gather, channels, kernel_rows, kernel_cols, base);
    wire!(self.levels <- self: phase);

    wire!(self.walker <- self: clock, reset);
    wire!(self.walker.start, self.levels.walk_start);
    for k in 0..4 {
        wire!(self.levels <- self: n[k] = n[k], a[k] = a[k], p[k] = p[k]);
        wire!(self.walker <- self.levels: n[k] = count[k], a[k] = stride[k], p[k] = phase_stride[k]);
    }
    wire!(self.walker <- self.levels: base = walk_base, from_phase = walk_phase);
    wire!(self.walker <- self: step = expander.accept, cut = collector.out_cut);

    wire!(self.codes <- self: clock, reset, start, mask, pool);
    wire!(self.codes <- self: we = code_we, waddr = code_waddr, wdata = code_wdata, base = code_base);
    wire!(self.codes <- self: take = expander.accept);
    wire!(self.codes.row_end, self.walker.row_end);

    wire!(self.skid <- self: clock, reset);
    wire!(self.skid <- self: in_valid = word_valid, in_data = word, out_ready = collector.in_ready);
    wire!(self.word_ready, self.skid.in_ready);

    wire!(self.collector <- self: clock, reset, start, zero, gather, put, in_image, spill, fills, ends);
    wire!(self.collector <- self.skid: in_valid = out_valid, in_word = out_data);
    wire!(self.collector.out_ready, self.expander.in_ready);

    wire!(self.expander <- self: clock, reset, start, mask, pool, a_down, p_down);
    wire!(self.expander <- self: coming = levels.walk_start, in_valid = collector.out_valid);
    wire!(self.expander <- self: codes_valid = codes.valid);
    wire!(self.expander <- self.collector: present, keep);
    wire!(self.expander <- self.walker: at_valid = valid, at = address);
    wire!(self.expander.phase, self.walker.phase);
    wire!(self.expander.code, self.codes.code);

    wire!(self.writer <- self: clock, to);
    wire!(self.writer <- self.expander: pending, address, turn);
    wire!(self.writer.valid, self.expander.out_valid);
    for n in 0..T {
        wire!(self.collector.tap[n], self.tap[n]);
        wire!(self.expander.vector[n], self.collector.vector[n]);
        wire!(self.writer.word[n], self.expander.word[n]);
        wire!(self.wdata[n], self.writer.wdata[n]);
    }

    wire!(self <- self.writer: idle, feature_we, loss_we, weight_we, waddr);
}}
