//! [`Vectors`]: from words to vectors in the feature, loss and weight buffers.

use super::{BufferWriter, CodeReader, Collector, Expander, Levels, Walker};
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
        in clock: Clock,
        in reset, start, zero, gather, mask, pool: Bit,
        in base, phase: Bits<16>,
        in n, a, p: Vec<Bits<16>> = vec_of(4),
        in a_down, p_down, channels, kernel_rows, kernel_cols, code_base: Bits<16>,
        in to: Bits<2>,
        in word_valid: Bit,
        out word_ready: Bit,
        in word: Bits<32>,
        in tap: Vec<Bits<32>> = vec_of(T),
        in put, in_image, spill: Bits<8>,
        in fills, ends, code_we: Bit,
        in code_waddr: Bits<16>,
        in code_wdata: Bits<32>,
        out idle, feature_we, loss_we, weight_we: Bit,
        out waddr: Bits<16>,
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
    wire!(self.levels.clock, self.clock);
    wire!(self.levels.reset, self.reset);
    wire!(self.levels.start, self.start);
    wire!(self.levels.zero, self.zero);
    wire!(self.levels.gather, self.gather);
    wire!(self.levels.channels, self.channels);
    wire!(self.levels.kernel_rows, self.kernel_rows);
    wire!(self.levels.kernel_cols, self.kernel_cols);
    wire!(self.levels.base, self.base);
    wire!(self.levels.phase, self.phase);

    wire!(self.walker.clock, self.clock);
    wire!(self.walker.reset, self.reset);
    wire!(self.walker.start, self.levels.walk_start);
    for k in 0..4 {
        wire!(self.levels.n[k], self.n[k]);
        wire!(self.levels.a[k], self.a[k]);
        wire!(self.levels.p[k], self.p[k]);
        wire!(self.walker.n[k], self.levels.count[k]);
        wire!(self.walker.a[k], self.levels.stride[k]);
        wire!(self.walker.p[k], self.levels.phase_stride[k]);
    }
    wire!(self.walker.base, self.levels.walk_base);
    wire!(self.walker.from_phase, self.levels.walk_phase);
    wire!(self.walker.step, self.expander.accept);
    wire!(self.walker.cut, self.collector.out_cut);

    wire!(self.codes.clock, self.clock);
    wire!(self.codes.reset, self.reset);
    wire!(self.codes.we, self.code_we);
    wire!(self.codes.waddr, self.code_waddr);
    wire!(self.codes.wdata, self.code_wdata);
    wire!(self.codes.start, self.start);
    wire!(self.codes.mask, self.mask);
    wire!(self.codes.pool, self.pool);
    wire!(self.codes.base, self.code_base);
    wire!(self.codes.take, self.expander.accept);
    wire!(self.codes.row_end, self.walker.row_end);

    wire!(self.skid.clock, self.clock);
    wire!(self.skid.reset, self.reset);
    wire!(self.skid.in_valid, self.word_valid);
    wire!(self.skid.in_data, self.word);
    wire!(self.skid.out_ready, self.collector.in_ready);
    wire!(self.word_ready, self.skid.in_ready);

    wire!(self.collector.clock, self.clock);
    wire!(self.collector.reset, self.reset);
    wire!(self.collector.start, self.start);
    wire!(self.collector.zero, self.zero);
    wire!(self.collector.gather, self.gather);
    wire!(self.collector.in_valid, self.skid.out_valid);
    wire!(self.collector.in_word, self.skid.out_data);
    wire!(self.collector.put, self.put);
    wire!(self.collector.in_image, self.in_image);
    wire!(self.collector.spill, self.spill);
    wire!(self.collector.fills, self.fills);
    wire!(self.collector.ends, self.ends);
    wire!(self.collector.out_ready, self.expander.in_ready);

    wire!(self.expander.clock, self.clock);
    wire!(self.expander.reset, self.reset);
    wire!(self.expander.start, self.start);
    wire!(self.expander.mask, self.mask);
    wire!(self.expander.pool, self.pool);
    wire!(self.expander.a_down, self.a_down);
    wire!(self.expander.p_down, self.p_down);
    wire!(self.expander.coming, self.levels.walk_start);
    wire!(self.expander.in_valid, self.collector.out_valid);
    wire!(self.expander.present, self.collector.present);
    wire!(self.expander.keep, self.collector.keep);
    wire!(self.expander.at_valid, self.walker.valid);
    wire!(self.expander.at, self.walker.address);
    wire!(self.expander.phase, self.walker.phase);
    wire!(self.expander.codes_valid, self.codes.valid);
    wire!(self.expander.code, self.codes.code);

    wire!(self.writer.clock, self.clock);
    wire!(self.writer.to, self.to);
    wire!(self.writer.pending, self.expander.pending);
    wire!(self.writer.valid, self.expander.out_valid);
    wire!(self.writer.address, self.expander.address);
    wire!(self.writer.turn, self.expander.turn);
    for n in 0..T {
        wire!(self.collector.tap[n], self.tap[n]);
        wire!(self.expander.vector[n], self.collector.vector[n]);
        wire!(self.writer.word[n], self.expander.word[n]);
        wire!(self.wdata[n], self.writer.wdata[n]);
    }

    wire!(self.idle, self.writer.idle);
    wire!(self.feature_we, self.writer.feature_we);
    wire!(self.loss_we, self.writer.loss_we);
    wire!(self.weight_we, self.writer.weight_we);
    wire!(self.waddr, self.writer.waddr);
}}
