//! [`LoadEngine`]: the reshaping DMA, load side.

use super::{Field16, Gather, HandoverRam, LoadControl, ReadRoute, RunReader, Vectors, Words};
use ef_hdl_kit::{block, glue, vec_of};
use ef_isa::{Descriptor, LoadDesc};
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
    /// Executes the commands of [`ef_isa::load`]: T lanes, a scratch of W banks of 2^BAW words, 2^CAW words of
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
        in clock: Clock, in reset, cancel, start, cmd_ready, data_valid, handover_we: Bit,
        in field: Vec<Bits<32>> = vec_of(LoadDesc::FIELDS.len()), in data, handover_wdata: Bits<32>,
        in handover_waddr: Bits<16>,
        out ready, done, bad, cmd_valid, data_ready, feature_we, loss_we, weight_we, operand_we: Bit,
        out words_read, burst_issued: Bit, out cmd_addr, operand_wdata: Bits<32>,
        out cmd_len, waddr, operand_waddr: Bits<16>, out wdata: Vec<Bits<32>> = vec_of(T),
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

    wire!(self.control <- self: clock, reset, cancel, start);
    wire!(self.control <- self: op = half[LoadDesc::op].value, reader_idle = reader.idle);
    wire!(self <- self.control: ready, done, bad);
    wire!(self.control <- self.vectors: vectors_idle = idle, collector_ready = word_ready);
    wire!(self.control <- self.words: words_idle = idle, words_ready = in_ready);
    wire!(self.control.word_valid, self.reader.word_valid);

    wire!(self.{reader, handover} <- self: clock, reset);
    wire!(self.reader.cancel, self.cancel);
    wire!(self.reader <- self: start = control.reader_start, dram = field[LoadDesc::dram]);
    wire!(self.reader <- self: run = half[LoadDesc::run].value, n_run0 = half[LoadDesc::n_run0].value);
    wire!(self.reader <- self: d_run0 = field[LoadDesc::d_run0], n_run1 = half[LoadDesc::n_run1].value);
    wire!(self.reader <- self: d_run1 = field[LoadDesc::d_run1]);
    wire!(self.reader <- self.route: cmd_ready = reader_cmd_ready, data_valid = reader_data_valid);
    wire!(self.reader <- self.route: data = reader_data);
    wire!(self.reader.word_ready, self.control.word_ready);
    wire!(self.route.handed, self.control.handed);
    wire!(self.route <- self.reader: reader_cmd_valid = cmd_valid, reader_data_ready = data_ready);
    wire!(self.route <- self.reader: reader_word_read = word_read, reader_burst_issued = burst_issued);
    wire!(self.route <- self: cmd_ready, data_valid, data);
    wire!(self.route <- self.handover: ram_cmd_ready = cmd_ready, ram_valid = data_valid, ram_data = data);
    wire!(self.handover <- self: we = handover_we, waddr = handover_waddr, wdata = handover_wdata);
    wire!(self.handover <- self.route: cmd_valid = ram_cmd_valid, data_ready = ram_ready);
    wire!(self.handover <- self.reader: cmd_addr, cmd_len);
    wire!(self <- self.route: cmd_valid, data_ready, words_read, burst_issued);
    wire!(self <- self.reader: cmd_addr, cmd_len);

    wire!(self.gather.clock, self.clock);
    wire!(self.gather <- self.control: reset = clear, start = gather_start);
    wire!(self.gather <- self: n0 = half[LoadDesc::n0].value, n1 = half[LoadDesc::n1].value);
    wire!(self.gather <- self: channels = half[LoadDesc::g_ch].value);
    wire!(self.gather <- self: kernel_rows = half[LoadDesc::g_kr].value);
    wire!(self.gather <- self: kernel_cols = half[LoadDesc::g_kc].value, row = half[LoadDesc::g_row].value);
    wire!(self.gather <- self: col = half[LoadDesc::g_col].value, stride_down = half[LoadDesc::g_sr].value);
    wire!(self.gather <- self: stride_across = half[LoadDesc::g_sc].value);
    wire!(self.gather <- self: height = half[LoadDesc::g_h].value, width = half[LoadDesc::g_w].value);
    wire!(self.gather <- self: source = half[LoadDesc::g_src].value);
    wire!(self.gather <- self: row_stride = half[LoadDesc::g_row_stride].value);
    wire!(self.gather <- self: channel_stride = half[LoadDesc::g_ch_stride].value);
    wire!(self.gather <- self: waddr = words.scratch_waddr);
    for b in 0..W {
        wire!(self.gather <- self.words: we[b] = scratch_we[b], wdata[b] = wdata[b]);
    }

    wire!(self.words.clock, self.clock);
    wire!(self.words <- self.control: reset = clear, start = words_start, to = destination);
    wire!(self.words <- self.control: in_valid = words_valid);
    wire!(self.words <- self.control: unpack, shift);
    wire!(self.words <- self: base = half[LoadDesc::base].value, in_word = reader.word);
    wire!(self.operand_we, self.words.operand_we);
    wire!(self <- self.words: operand_waddr = waddr, operand_wdata = wdata[0]);

    wire!(self.vectors.clock, self.clock);
    wire!(self.vectors <- self.control: reset = clear, start = vectors_start);
    wire!(self.vectors <- self.control: zero, gather, mask, pool);
    wire!(self.vectors <- self: base = half[LoadDesc::base].value, phase = half[LoadDesc::phase].value);
    for k in 0..4 {
        wire!(self.vectors <- self: n[k] = half[LoadDesc::n0 + k].value);
        wire!(self.vectors <- self: a[k] = half[LoadDesc::a0 + k].value);
        wire!(self.vectors <- self: p[k] = half[LoadDesc::p0 + k].value);
    }
    wire!(self.vectors <- self: a_down = half[LoadDesc::a_down].value);
    wire!(self.vectors <- self: p_down = half[LoadDesc::p_down].value);
    wire!(self.vectors <- self: channels = half[LoadDesc::g_ch].value);
    wire!(self.vectors <- self: kernel_rows = half[LoadDesc::g_kr].value);
    wire!(self.vectors <- self: kernel_cols = half[LoadDesc::g_kc].value);
    wire!(self.vectors <- self: code_base = half[LoadDesc::code].value);
    wire!(self.vectors <- self: word_valid = control.collector_valid);
    wire!(self.vectors.to, self.control.to);
    wire!(self.vectors.word, self.reader.word);
    wire!(self.vectors <- self.gather: put, in_image, spill, fills, ends);
    wire!(self.vectors.code_we, self.words.code_we);
    wire!(self.vectors <- self.words: code_waddr = waddr, code_wdata = wdata[0]);
    wire!(self <- self.vectors: feature_we, loss_we, weight_we, waddr);
    for n in 0..T {
        wire!(self.vectors.tap[n], self.gather.tap[n % W]);
        wire!(self.wdata[n], self.vectors.wdata[n]);
    }
}}
