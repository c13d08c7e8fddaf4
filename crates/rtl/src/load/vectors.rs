//! [`Vectors`]: from words to vectors in the feature, loss and weight buffers.

use super::{BufferWriter, CodeReader, Collector, Expander, Levels, Walker};
use crate::stream::Skid;
use ef_hdl_kit::{glue, vec_of};
use rust_hdl::prelude::*;

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
#[derive(LogicBlock)]
pub struct Vectors<const T: usize, const CAW: usize> {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub start: Signal<In, Bit>,
    pub zero: Signal<In, Bit>,
    pub gather: Signal<In, Bit>,
    pub mask: Signal<In, Bit>,
    pub pool: Signal<In, Bit>,
    pub base: Signal<In, Bits<16>>,
    pub phase: Signal<In, Bits<16>>,
    pub n: Vec<Signal<In, Bits<16>>>,
    pub a: Vec<Signal<In, Bits<16>>>,
    pub p: Vec<Signal<In, Bits<16>>>,
    pub a_down: Signal<In, Bits<16>>,
    pub p_down: Signal<In, Bits<16>>,
    pub channels: Signal<In, Bits<16>>,
    pub kernel_rows: Signal<In, Bits<16>>,
    pub kernel_cols: Signal<In, Bits<16>>,
    pub code_base: Signal<In, Bits<16>>,
    pub to: Signal<In, Bits<2>>,
    pub word_valid: Signal<In, Bit>,
    pub word_ready: Signal<Out, Bit>,
    pub word: Signal<In, Bits<32>>,
    pub tap: Vec<Signal<In, Bits<32>>>,
    pub put: Signal<In, Bits<8>>,
    pub in_image: Signal<In, Bits<8>>,
    pub spill: Signal<In, Bits<8>>,
    pub fills: Signal<In, Bit>,
    pub ends: Signal<In, Bit>,
    pub code_we: Signal<In, Bit>,
    pub code_waddr: Signal<In, Bits<16>>,
    pub code_wdata: Signal<In, Bits<32>>,
    pub idle: Signal<Out, Bit>,
    pub feature_we: Signal<Out, Bit>,
    pub loss_we: Signal<Out, Bit>,
    pub weight_we: Signal<Out, Bit>,
    pub waddr: Signal<Out, Bits<16>>,
    pub wdata: Vec<Signal<Out, Bits<32>>>,
    levels: Levels,
    walker: Walker,
    codes: CodeReader<T, CAW>,
    skid: Skid<32>,
    collector: Collector<T>,
    expander: Expander<T>,
    writer: BufferWriter<T>,
}

impl<const T: usize, const CAW: usize> Default for Vectors<T, CAW> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            start: Default::default(),
            zero: Default::default(),
            gather: Default::default(),
            mask: Default::default(),
            pool: Default::default(),
            base: Default::default(),
            phase: Default::default(),
            n: vec_of(4),
            a: vec_of(4),
            p: vec_of(4),
            a_down: Default::default(),
            p_down: Default::default(),
            channels: Default::default(),
            kernel_rows: Default::default(),
            kernel_cols: Default::default(),
            code_base: Default::default(),
            to: Default::default(),
            word_valid: Default::default(),
            word_ready: Default::default(),
            word: Default::default(),
            tap: vec_of(T),
            put: Default::default(),
            in_image: Default::default(),
            spill: Default::default(),
            fills: Default::default(),
            ends: Default::default(),
            code_we: Default::default(),
            code_waddr: Default::default(),
            code_wdata: Default::default(),
            idle: Default::default(),
            feature_we: Default::default(),
            loss_we: Default::default(),
            weight_we: Default::default(),
            waddr: Default::default(),
            wdata: vec_of(T),
            levels: Default::default(),
            walker: Default::default(),
            codes: Default::default(),
            skid: Default::default(),
            collector: Default::default(),
            expander: Default::default(),
            writer: Default::default(),
        }
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
