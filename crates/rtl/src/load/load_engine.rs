//! [`LoadEngine`]: the reshaping DMA, load side.

use super::{Field16, Gather, HandoverRam, LoadControl, ReadRoute, RunReader, Vectors, Words};
use ef_hdl_kit::{block, glue, vec_of};
use ef_program::{Descriptor, LoadDesc};
use rust_hdl::prelude::*;

/// Cycles from the last word at `data` to `done`: VECTORS.
pub const VECTOR: u64 = 8;
/// The same with pool.
pub const POOLED: u64 = 11;
/// The same for WORDS.
pub const WORD: u64 = 6;
/// The same for WORDS with unpack.
pub const UNPACKED: u64 = 5;
/// Cycles from `start` to `done` of a command without a word.
pub const NOTHING: u64 = 2;

block! {
    /// Executes the commands of [`ef_program::load`]: T lanes, a scratch of W banks of 2^BAW words, 2^CAW words of
    /// codes, a hand-over RAM of 2^HAW words.
    ///
    /// ```text
    ///            +-----------+  words                     +---------+  feature_we, loss_we, weight_we
    ///  memory -->| ReadRoute |--[RunReader]--+----------->| Vectors |--> waddr, wdata[T]
    ///         +->|           |               |   +------->| (codes) |
    ///         |  +-----------+  +--------+   |   | taps   +---------+
    ///  [HandoverRam]            | Gather |---|---+          ^ code_we
    ///         ^ handover_we     |(scratch|   |            +---------+  operand_we
    ///                           +--------+   +----------->|  Words  |--> operand_waddr, operand_wdata
    ///                               ^ scratch_we ---------+---------+
    ///  start, field[] -> LoadControl -> starts, routing, done, bad
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `start`, `field[]` | 1, 32 | a command, one input per entry of [`LoadDesc::FIELDS`] |
    /// | `ready`, `done`, `bad` | 1 | can start; all effects are visible; undefined destination |
    /// | `cancel` | 1 | level: end the command without `done`, take and drop the beats under way; then `ready` |
    /// | `cmd_valid`, `cmd_ready`, `cmd_addr`, `cmd_len` | 1, 1, 32, 16 | bursts to read |
    /// | `data_valid`, `data_ready`, `data` | 1, 1, 32 | their words |
    /// | `feature_we`, `loss_we`, `weight_we` | 1 | write enables of the three buffers |
    /// | `waddr`, `wdata[T]` | 16, 32 | their address and data, bank order |
    /// | `operand_we`, `operand_waddr`, `operand_wdata` | 1, 16, 32 | write port of the operand RAM |
    /// | `handover_we`, `handover_waddr`, `handover_wdata` | 1, 16, 32 | write port of the hand-over RAM |
    /// | `words_read`, `burst_issued` | 1 | pulses for the counters |
    ///
    /// Rates: VECTORS and WORDS one word per clock (un-pooling 4 clocks per vector, unpacking 4 / W per word), ZERO one vector per clock,
    /// GATHER a step of up to W taps per clock ([`gather_cycles`](super::gather_cycles)). Latencies: first `cmd_valid` 2 cycles after
    /// `start`; a vector is written 6 cycles after its last word arrives, a word 4; `done` 2 cycles after the last write.
    ///
    /// A command whose runs hold fewer or more words than it moves never ends: cancel it.
    ///
    /// ```
    /// use ef_rtl::load::LoadEngine;
    /// # ef_hdl_kit::export::verilog(&mut LoadEngine::<4, 4, 7, 8, 10>::default(), "load_engine").unwrap();
    /// ```
    pub struct LoadEngine<const T: usize, const W: usize, const BAW: usize, const CAW: usize, const HAW: usize> {
        in clock: Clock,
        in reset, cancel, start: Bit,
        in field: Vec<Bits<32>> = vec_of(LoadDesc::FIELDS.len()),
        out ready, done, bad, cmd_valid: Bit,
        in cmd_ready: Bit,
        out cmd_addr: Bits<32>,
        out cmd_len: Bits<16>,
        in data_valid: Bit,
        out data_ready: Bit,
        in data: Bits<32>,
        out feature_we, loss_we, weight_we: Bit,
        out waddr: Bits<16>,
        out wdata: Vec<Bits<32>> = vec_of(T),
        out operand_we: Bit,
        out operand_waddr: Bits<16>,
        out operand_wdata: Bits<32>,
        in handover_we: Bit,
        in handover_waddr: Bits<16>,
        in handover_wdata: Bits<32>,
        out words_read, burst_issued: Bit,
        half: Vec<Field16> = vec_of(LoadDesc::FIELDS.len()),
        control: LoadControl,
        reader: RunReader,
        route: ReadRoute,
        handover: HandoverRam<HAW>,
        gather: Gather<T, W, BAW>,
        words: Words<W>,
        vectors: Vectors<T, CAW>,
    }
}

glue! { [const T: usize, const W: usize, const BAW: usize, const CAW: usize, const HAW: usize]
LoadEngine<T, W, BAW, CAW, HAW>; self => {
    for i in 0..self.field.len() {
        wire!(self.half[i].field, self.field[i]);
    }

    wire!(self.control.clock, self.clock);
    wire!(self.control.reset, self.reset);
    wire!(self.control.cancel, self.cancel);
    wire!(self.control.start, self.start);
    wire!(self.control.op, self.half[LoadDesc::op].value);
    wire!(self.ready, self.control.ready);
    wire!(self.done, self.control.done);
    wire!(self.bad, self.control.bad);
    wire!(self.control.reader_idle, self.reader.idle);
    wire!(self.control.vectors_idle, self.vectors.idle);
    wire!(self.control.words_idle, self.words.idle);
    wire!(self.control.word_valid, self.reader.word_valid);
    wire!(self.control.words_ready, self.words.in_ready);
    wire!(self.control.collector_ready, self.vectors.word_ready);

    wire!(self.reader.clock, self.clock);
    wire!(self.reader.reset, self.reset);
    wire!(self.reader.cancel, self.cancel);
    wire!(self.reader.start, self.control.reader_start);
    wire!(self.reader.dram, self.field[LoadDesc::dram]);
    wire!(self.reader.run, self.half[LoadDesc::run].value);
    wire!(self.reader.n_run0, self.half[LoadDesc::n_run0].value);
    wire!(self.reader.d_run0, self.field[LoadDesc::d_run0]);
    wire!(self.reader.n_run1, self.half[LoadDesc::n_run1].value);
    wire!(self.reader.d_run1, self.field[LoadDesc::d_run1]);
    wire!(self.reader.cmd_ready, self.route.reader_cmd_ready);
    wire!(self.reader.data_valid, self.route.reader_data_valid);
    wire!(self.reader.data, self.route.reader_data);
    wire!(self.reader.word_ready, self.control.word_ready);
    wire!(self.route.handed, self.control.handed);
    wire!(self.route.reader_cmd_valid, self.reader.cmd_valid);
    wire!(self.route.reader_data_ready, self.reader.data_ready);
    wire!(self.route.reader_word_read, self.reader.word_read);
    wire!(self.route.reader_burst_issued, self.reader.burst_issued);
    wire!(self.route.cmd_ready, self.cmd_ready);
    wire!(self.route.data_valid, self.data_valid);
    wire!(self.route.data, self.data);
    wire!(self.route.ram_cmd_ready, self.handover.cmd_ready);
    wire!(self.route.ram_valid, self.handover.data_valid);
    wire!(self.route.ram_data, self.handover.data);
    wire!(self.handover.clock, self.clock);
    wire!(self.handover.reset, self.reset);
    wire!(self.handover.we, self.handover_we);
    wire!(self.handover.waddr, self.handover_waddr);
    wire!(self.handover.wdata, self.handover_wdata);
    wire!(self.handover.cmd_valid, self.route.ram_cmd_valid);
    wire!(self.handover.cmd_addr, self.reader.cmd_addr);
    wire!(self.handover.cmd_len, self.reader.cmd_len);
    wire!(self.handover.data_ready, self.route.ram_ready);
    wire!(self.cmd_valid, self.route.cmd_valid);
    wire!(self.cmd_addr, self.reader.cmd_addr);
    wire!(self.cmd_len, self.reader.cmd_len);
    wire!(self.data_ready, self.route.data_ready);
    wire!(self.words_read, self.route.words_read);
    wire!(self.burst_issued, self.route.burst_issued);

    wire!(self.gather.clock, self.clock);
    wire!(self.gather.reset, self.control.clear);
    wire!(self.gather.start, self.control.gather_start);
    wire!(self.gather.n0, self.half[LoadDesc::n0].value);
    wire!(self.gather.n1, self.half[LoadDesc::n1].value);
    wire!(self.gather.channels, self.half[LoadDesc::g_ch].value);
    wire!(self.gather.kernel_rows, self.half[LoadDesc::g_kr].value);
    wire!(self.gather.kernel_cols, self.half[LoadDesc::g_kc].value);
    wire!(self.gather.row, self.half[LoadDesc::g_row].value);
    wire!(self.gather.col, self.half[LoadDesc::g_col].value);
    wire!(self.gather.stride_down, self.half[LoadDesc::g_sr].value);
    wire!(self.gather.stride_across, self.half[LoadDesc::g_sc].value);
    wire!(self.gather.height, self.half[LoadDesc::g_h].value);
    wire!(self.gather.width, self.half[LoadDesc::g_w].value);
    wire!(self.gather.source, self.half[LoadDesc::g_src].value);
    wire!(self.gather.row_stride, self.half[LoadDesc::g_row_stride].value);
    wire!(self.gather.channel_stride, self.half[LoadDesc::g_ch_stride].value);
    wire!(self.gather.waddr, self.words.scratch_waddr);
    for b in 0..W {
        wire!(self.gather.we[b], self.words.scratch_we[b]);
        wire!(self.gather.wdata[b], self.words.wdata[b]);
    }

    wire!(self.words.clock, self.clock);
    wire!(self.words.reset, self.control.clear);
    wire!(self.words.start, self.control.words_start);
    wire!(self.words.to, self.control.destination);
    wire!(self.words.unpack, self.control.unpack);
    wire!(self.words.shift, self.control.shift);
    wire!(self.words.base, self.half[LoadDesc::base].value);
    wire!(self.words.in_valid, self.control.words_valid);
    wire!(self.words.in_word, self.reader.word);
    wire!(self.operand_we, self.words.operand_we);
    wire!(self.operand_waddr, self.words.waddr);
    wire!(self.operand_wdata, self.words.wdata[0]);

    wire!(self.vectors.clock, self.clock);
    wire!(self.vectors.reset, self.control.clear);
    wire!(self.vectors.start, self.control.vectors_start);
    wire!(self.vectors.zero, self.control.zero);
    wire!(self.vectors.gather, self.control.gather);
    wire!(self.vectors.mask, self.control.mask);
    wire!(self.vectors.pool, self.control.pool);
    wire!(self.vectors.base, self.half[LoadDesc::base].value);
    wire!(self.vectors.phase, self.half[LoadDesc::phase].value);
    for k in 0..4 {
        wire!(self.vectors.n[k], self.half[LoadDesc::n0 + k].value);
        wire!(self.vectors.a[k], self.half[LoadDesc::a0 + k].value);
        wire!(self.vectors.p[k], self.half[LoadDesc::p0 + k].value);
    }
    wire!(self.vectors.a_down, self.half[LoadDesc::a_down].value);
    wire!(self.vectors.p_down, self.half[LoadDesc::p_down].value);
    wire!(self.vectors.channels, self.half[LoadDesc::g_ch].value);
    wire!(self.vectors.kernel_rows, self.half[LoadDesc::g_kr].value);
    wire!(self.vectors.kernel_cols, self.half[LoadDesc::g_kc].value);
    wire!(self.vectors.code_base, self.half[LoadDesc::code].value);
    wire!(self.vectors.to, self.control.to);
    wire!(self.vectors.word_valid, self.control.collector_valid);
    wire!(self.vectors.word, self.reader.word);
    wire!(self.vectors.put, self.gather.put);
    wire!(self.vectors.in_image, self.gather.in_image);
    wire!(self.vectors.spill, self.gather.spill);
    wire!(self.vectors.fills, self.gather.fills);
    wire!(self.vectors.ends, self.gather.ends);
    wire!(self.vectors.code_we, self.words.code_we);
    wire!(self.vectors.code_waddr, self.words.waddr);
    wire!(self.vectors.code_wdata, self.words.wdata[0]);
    wire!(self.feature_we, self.vectors.feature_we);
    wire!(self.loss_we, self.vectors.loss_we);
    wire!(self.weight_we, self.vectors.weight_we);
    wire!(self.waddr, self.vectors.waddr);
    for n in 0..T {
        wire!(self.vectors.tap[n], self.gather.tap[n % W]);
        wire!(self.wdata[n], self.vectors.wdata[n]);
    }
}}
