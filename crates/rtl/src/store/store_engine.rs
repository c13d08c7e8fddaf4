//! [`StoreEngine`]: partial sums through the vector unit back to DRAM.

use super::drain::Drain;
use super::handover_writer::HandoverWriter;
use super::operand_ram::OperandRam;
use super::psum_port::PsumPort;
use super::run_writer::RunWriter;
use super::store_control::StoreControl;
use super::store_latch::{FIELDS, StoreLatch};
use super::vector::VectorUnit;
use super::word_buffer::WordBuffer;
use super::word_mux::WordMux;
use ef_hdl_kit::{block, glue, vec_of};
use ef_isa::StoreDesc;
use ef_isa::regs::HYPERPARAMETERS;
use rust_hdl::prelude::*;

block! {
    /// Executes store descriptors: see [`ef_isa::store`] for what each does.
    ///
    /// ```text
    ///  start, field --> [ StoreLatch ] --> [ StoreControl ] --> done, bad, overflow_*
    ///                         | start, finished
    ///                     +---+----------------------+
    ///  p_addr  <--+   [ Drain ]                [ VectorUnit ] --> loss_sum, mean_loss, correct
    ///             |    MAP, codes                VECTOR  | <-- operand_w*
    ///  p_data --[ PsumPort ]---------------------------> |
    ///             |       |               operand_w* --[ OperandRam ]
    ///             |       v words                        v words
    ///             |   [ WordMux ] --> [ WordBuffer 2 x 256 ] --> [ RunWriter ] --> cmd_*, data_*
    ///             |   [ HandoverWriter ] of MAP's words --> handover_*
    /// ```
    ///
    /// T lanes; operand RAM of 2^OAW words, code RAM of 2^CAW, partial sums LAT cycles after their address (1..=6). MAP: a word per
    /// cycle; VECTOR: an element per period of its recipe.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `start`, `field[24]`, `ready`, `done`, `bad` | 1, 32, 1, 1, 1 | engine protocol; `done` when the last word has been taken |
    /// | `cancel` | 1 | level: ends the command, without `done`; bursts that were issued are completed with zeros |
    /// | `cmd_valid`, `cmd_ready`, `cmd_addr`, `cmd_len` | 1, 1, 32, 16 | bursts |
    /// | `data_valid`, `data_ready`, `data` | 1, 1, 32 | their words |
    /// | `p_addr`, `p_data[T]` | 16, 32 | partial sums |
    /// | `operand_we`, `operand_waddr`, `operand_wdata` | 1, 16, 32 | the load engine writes the operand RAM, or the tables of the vector unit |
    /// | `handover_we`, `handover_waddr`, `handover_wdata` | 1, 16, 32 | words of maps for the hand-over RAM |
    /// | `hyper[4]` | 32 | the optimiser's registers, stable while a command runs |
    /// | `loss_sum`, `mean_loss`, `correct` | 32 | totals, kept until `clear` |
    /// | `clear` | 1 | they become 0 |
    /// | `words_written`, `burst_issued` | 1 | pulses |
    /// | `overflow_set`, `overflow_tag` | 1, 5 | pulse: a result of a command with this tag was saturated |
    ///
    /// ```
    /// use ef_rtl::store::StoreEngine;
    /// # ef_hdl_kit::export::verilog(&mut StoreEngine::<2, 9, 8, 3>::default(), "store_engine").unwrap();
    /// ```
    pub struct StoreEngine<const T: usize, const OAW: usize, const CAW: usize, const LAT: usize> {
        assert!((1..=6).contains(&LAT), "partial sums are read with a latency of 1 to 6 cycles");
        in clock: Clock, in reset, start, cancel, cmd_ready, data_ready, operand_we, clear: Bit,
        in field: Vec<Bits<32>> = vec_of(FIELDS), in p_data: Vec<Bits<32>> = vec_of(T),
        in operand_waddr: Bits<16>,
        in operand_wdata: Bits<32>, in hyper: Vec<Bits<32>> = vec_of(HYPERPARAMETERS.len()),
        out ready, done, bad, cmd_valid, data_valid, handover_we, words_written, burst_issued: Bit,
        out overflow_set: Bit, out cmd_addr, data, handover_wdata, loss_sum, mean_loss, correct: Bits<32>,
        out cmd_len, p_addr, handover_waddr: Bits<16>, out overflow_tag: Bits<5>,
        latch: StoreLatch,
        control: StoreControl,
        drain: Drain<T, CAW, LAT>,
        vector: VectorUnit<LAT>,
        operands: OperandRam<OAW>,
        psum: PsumPort<T, LAT>,
        handover: HandoverWriter,
        words: WordMux,
        buffer: WordBuffer,
        writer: RunWriter,
    }
}

glue! { [const T: usize, const OAW: usize, const CAW: usize, const LAT: usize]
StoreEngine<T, OAW, CAW, LAT>; self => {
    // the command
    wire!(self.latch <- self: clock, start);
    for i in 0..FIELDS {
        wire!(self.latch.field[i], self.field[i]);
    }
    wire!(self.control <- self: clock, reset, start, cancel);
    wire!(self.control <- self.latch: op = half[StoreDesc::op], tag = half[StoreDesc::tag]);
    wire!(self.control <- self.latch: recipe = word[StoreDesc::recipe], prefill = half[StoreDesc::prefill]);
    wire!(self.control <- self.latch: dram = word[StoreDesc::dram], run = half[StoreDesc::run]);
    wire!(self.control <- self.latch: n_run = half[StoreDesc::n_run], d_run = word[StoreDesc::d_run]);
    wire!(self.control <- self.latch: second_dram = word[StoreDesc::second_dram]);
    wire!(self.control <- self.latch: second_run = half[StoreDesc::second_run]);
    wire!(self.control <- self.latch: second_d_run = word[StoreDesc::second_d_run]);
    wire!(self.control <- self: map_finished = drain.finished, vector_busy = vector.busy, writing = writer.busy);
    wire!(self.control <- self.drain: pending, sending);
    wire!(self.control.saturated, self.vector.saturated);
    wire!(self <- self.control: ready, done, bad, overflow_set, overflow_tag);
    // MAP
    wire!(self.drain.clock, self.clock);
    wire!(self.drain <- self.control: clear, relu, pool, send);
    wire!(self.drain.start, self.control.map_start);
    wire!(self.drain <- self.latch: p_base = half[StoreDesc::p_base], p_g = half[StoreDesc::p_g]);
    wire!(self.drain <- self.latch: n_i = half[StoreDesc::n_i], n_g = half[StoreDesc::n_g]);
    wire!(self.drain <- self.latch: n_r = half[StoreDesc::n_r], n_c = half[StoreDesc::n_c]);
    wire!(self.drain.stall, self.buffer.stall);
    for i in 0..T {
        wire!(self.drain.p_data[i], self.p_data[i]);
        wire!(self.psum.p_data[i], self.p_data[i]);
    }
    // VECTOR
    wire!(self.vector <- self: clock, clear_totals = clear);
    wire!(self.vector <- self.control: clear, start = vector_start);
    wire!(self.vector.recipe, self.latch.word[StoreDesc::recipe]);
    wire!(self.vector <- self.latch: turns[0] = half[StoreDesc::n_c], turns[1] = half[StoreDesc::n_r]);
    wire!(self.vector <- self.latch: turns[2] = half[StoreDesc::n_g], turns[3] = half[StoreDesc::n_i]);
    wire!(self.vector <- self.latch: move_by[0] = half[StoreDesc::p_c], move_by[1] = half[StoreDesc::p_r]);
    wire!(self.vector <- self.latch: move_by[2] = half[StoreDesc::p_g], move_by[3] = half[StoreDesc::p_i]);
    wire!(self.vector <- self.latch: p_base = half[StoreDesc::p_base], limit = half[StoreDesc::limit]);
    wire!(self.vector <- self.latch: o_a = half[StoreDesc::o_a], o_b = half[StoreDesc::o_b]);
    wire!(self.vector.o_c, self.latch.half[StoreDesc::o_c]);
    for i in 0..HYPERPARAMETERS.len() {
        wire!(self.vector.register[i], self.hyper[i]);
    }
    wire!(self.vector.table_write, self.operands.table_we);
    wire!(self.vector <- self: table_address = operand_waddr, table_data = operand_wdata);
    wire!(self.vector.stall, self.buffer.stall);
    wire!(self <- self.vector: loss_sum, mean_loss, correct);
    wire!(self.operands <- self: clock, operand_we, operand_waddr, operand_wdata);
    wire!(self.operands.operand_address, self.vector.operand_address);
    wire!(self.vector.operand, self.operands.operand);
    // partial sums
    wire!(self.psum.clock, self.clock);
    wire!(self.psum.map, self.control.map);
    wire!(self.psum.map_address, self.drain.address);
    wire!(self.psum <- self.vector: word_address = psum_address, word_lane = psum_lane);
    wire!(self.vector.element, self.psum.element);
    wire!(self.p_addr, self.psum.p_addr);
    // words of a map to the hand-over RAM
    wire!(self.handover.clock, self.clock);
    wire!(self.handover.clear, self.control.clear);
    wire!(self.handover <- self.latch: op = half[StoreDesc::op], n_run = half[StoreDesc::n_run]);
    wire!(self.handover <- self.latch: base = half[StoreDesc::o_a]);
    wire!(self.handover.start, self.control.map_start);
    wire!(self.handover <- self.drain: push, word);
    wire!(self <- self.handover: handover_we = we, handover_waddr = waddr, handover_wdata = wdata);
    // words to memory
    wire!(self.{words, buffer, writer} <- self: clock);
    wire!(self.{words, buffer} <- self.control: clear);
    wire!(self.words.in_push[0], self.handover.memory_push);
    wire!(self.words <- self.drain: in_word[0] = word, in_push[1] = code_push, in_word[1] = code_word);
    wire!(self.words <- self.vector: in_push[2] = push_x, in_word[2] = word, in_push[3] = push_y, in_word[3] = word);
    wire!(self.buffer <- self.words: push, second, word);
    wire!(self.buffer <- self: two = control.two, run = latch.half[StoreDesc::run]);
    wire!(self.buffer.out_ready, self.writer.in_ready);
    wire!(self.writer <- self: reset, cmd_ready, data_ready);
    wire!(self.writer <- self.control: cancel = writer_cancel, start = write, dram = write_dram);
    wire!(self.writer <- self.control: run = write_run, n_run = write_n_run, d_run = write_d_run);
    wire!(self.writer <- self.control: forget = clear, two, prefill = write_prefill);
    wire!(self.writer <- self.latch: second_dram = word[StoreDesc::second_dram]);
    wire!(self.writer <- self.latch: second_d_run = word[StoreDesc::second_d_run]);
    wire!(self.writer <- self.words: push, second);
    wire!(self.writer <- self.buffer: in_valid = out_valid, in_data = out_data);
    wire!(self <- self.writer: cmd_valid, cmd_addr, cmd_len, data_valid, data, burst_issued, words_written);
}}
