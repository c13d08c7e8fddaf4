//! [`StoreEngine`]: partial sums through the vector unit back to DRAM.

use super::arithmetic::Arithmetic;
use super::drain::Drain;
use super::handover_writer::HandoverWriter;
use super::operand_ram::OperandRam;
use super::psum_port::PsumPort;
use super::run_writer::RunWriter;
use super::softmax::Softmax;
use super::store_control::StoreControl;
use super::store_latch::{FIELDS, StoreLatch};
use super::update::Update;
use super::word_buffer::WordBuffer;
use super::word_mux::WordMux;
use ef_hdl_kit::{block, glue, vec_of};
use ef_isa::StoreDesc;
use rust_hdl::prelude::*;

block! {
    /// Executes store descriptors: see [`ef_isa::store`] for what each does.
    ///
    /// ```text
    ///  start, field --> [ StoreLatch ] --> [ StoreControl ] --> done, bad, overflow_*
    ///                                         | start, finished
    ///                     +-------------------+-------------------+
    ///  p_addr  <--+   [ Drain ]          [ Update ]          [ Softmax ] --> loss_sum, mean_loss, correct
    ///             |    MAP, codes         SGD |  \            /  |  \
    ///  p_data --[ PsumPort ]                  |  [ Arithmetic ]  |   [ Sfu ]
    ///             |       |                   |    + and *       |
    ///             |       |       operand_* --[ OperandRam ]-----+
    ///             |       v words
    ///             |   [ WordMux ] --> [ WordBuffer 256 ] --> [ RunWriter ] --> cmd_*, data_*
    ///             |   [ HandoverWriter ] of MAP's words --> handover_*
    /// ```
    ///
    /// T lanes; operand RAM of 2^OAW words, code RAM of 2^CAW, softmax up to 2^EAW classes, partial sums LAT cycles after their
    /// address (1..=6). MAP: a word per cycle; UPDATE: a word every 3 cycles; SOFTMAX: see [`Softmax`].
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `start`, `field[18]`, `ready`, `done`, `bad` | 1, 32, 1, 1, 1 | engine protocol; `done` when the last word has been taken |
    /// | `cancel` | 1 | level: ends the command, without `done`; bursts that were issued are completed with zeros |
    /// | `cmd_valid`, `cmd_ready`, `cmd_addr`, `cmd_len` | 1, 1, 32, 16 | bursts |
    /// | `data_valid`, `data_ready`, `data` | 1, 1, 32 | their words |
    /// | `p_addr`, `p_data[T]` | 16, 32 | partial sums |
    /// | `operand_we`, `operand_waddr`, `operand_wdata` | 1, 16, 32 | the load engine writes the operand RAM |
    /// | `handover_we`, `handover_waddr`, `handover_wdata` | 1, 16, 32 | words of maps for the hand-over RAM |
    /// | `learning_rate`, `momentum`, `weight_decay`, `inv_batch` | 32 | FP32, stable while a command runs |
    /// | `loss_sum`, `mean_loss`, `correct` | 32 | totals, kept until `clear` |
    /// | `clear` | 1 | they become 0 |
    /// | `words_written`, `burst_issued` | 1 | pulses |
    /// | `overflow_set`, `overflow_tag` | 1, 5 | pulse: a result of a command with this tag was saturated |
    ///
    /// ```
    /// use ef_rtl::store::StoreEngine;
    /// # ef_hdl_kit::export::verilog(&mut StoreEngine::<2, 9, 8, 6, 3>::default(), "store_engine").unwrap();
    /// ```
    pub struct StoreEngine<const T: usize, const OAW: usize, const CAW: usize, const EAW: usize, const LAT: usize> {
        assert!((1..=6).contains(&LAT), "partial sums are read with a latency of 1 to 6 cycles");
        in clock: Clock, in reset, start, cancel, cmd_ready, data_ready, operand_we, clear: Bit,
        in field: Vec<Bits<32>> = vec_of(FIELDS), in p_data: Vec<Bits<32>> = vec_of(T),
        in operand_waddr: Bits<16>,
        in operand_wdata, learning_rate, momentum, weight_decay, inv_batch: Bits<32>,
        out ready, done, bad, cmd_valid, data_valid, handover_we, words_written, burst_issued: Bit,
        out overflow_set: Bit, out cmd_addr, data, handover_wdata, loss_sum, mean_loss, correct: Bits<32>,
        out cmd_len, p_addr, handover_waddr: Bits<16>, out overflow_tag: Bits<5>,
        latch: StoreLatch,
        control: StoreControl,
        drain: Drain<T, CAW, LAT>,
        sgd: Update<LAT>,
        softmax: Softmax<T, EAW, LAT>,
        arithmetic: Arithmetic,
        operands: OperandRam<OAW>,
        psum: PsumPort<T, LAT>,
        element: ChooseElement,
        handover: HandoverWriter,
        words: WordMux,
        buffer: WordBuffer,
        writer: RunWriter,
    }
}

glue! { [const T: usize, const OAW: usize, const CAW: usize, const EAW: usize, const LAT: usize]
StoreEngine<T, OAW, CAW, EAW, LAT>; self => {
    // the command
    wire!(self.latch <- self: clock, start);
    for i in 0..FIELDS {
        wire!(self.latch.field[i], self.field[i]);
    }
    wire!(self.control <- self: clock, reset, start, cancel);
    wire!(self.control <- self.latch: op = half[StoreDesc::op], tag = half[StoreDesc::tag]);
    wire!(self.control <- self.latch: dram = word[StoreDesc::dram], run = half[StoreDesc::run]);
    wire!(self.control <- self.latch: n_run = half[StoreDesc::n_run], d_run = word[StoreDesc::d_run]);
    wire!(self.control <- self.latch: code_dram = word[StoreDesc::code_dram]);
    wire!(self.control <- self.latch: code_run = half[StoreDesc::code_run]);
    wire!(self.control <- self.latch: code_d_run = word[StoreDesc::code_d_run]);
    wire!(self.control <- self: map_finished = drain.finished, update_busy = sgd.busy);
    wire!(self.control <- self: softmax_busy = softmax.busy, writing = writer.busy);
    wire!(self.control <- self.drain: pending, sending);
    wire!(self.control.saturated, self.arithmetic.saturated);
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
    // UPDATE
    wire!(self.sgd <- self: clock, learning_rate, momentum, weight_decay);
    wire!(self.sgd <- self.control: clear, velocity);
    wire!(self.sgd.start, self.control.update_start);
    wire!(self.sgd <- self.latch: p_base = half[StoreDesc::p_base], p_g = half[StoreDesc::p_g]);
    wire!(self.sgd <- self.latch: p_n = half[StoreDesc::p_n], n_g = half[StoreDesc::n_g]);
    wire!(self.sgd <- self.latch: n_r = half[StoreDesc::n_r], n_c = half[StoreDesc::n_c]);
    wire!(self.sgd <- self.latch: o_w = half[StoreDesc::o_w], o_v = half[StoreDesc::o_v]);
    wire!(self.sgd.stall, self.buffer.stall);
    wire!(self.sgd.operand, self.operands.operand);
    wire!(self.sgd.element, self.psum.element);
    wire!(self.sgd <- self.arithmetic: sum, product);
    // SOFTMAX
    wire!(self.softmax <- self: clock, inv_batch);
    wire!(self.softmax <- self.control: clear, gradient);
    wire!(self.softmax <- self: clear_totals = clear, start = control.softmax_start);
    wire!(self.softmax <- self.latch: p_base = half[StoreDesc::p_base], p_g = half[StoreDesc::p_g]);
    wire!(self.softmax <- self.latch: n_i = half[StoreDesc::n_i], n_c = half[StoreDesc::n_c]);
    wire!(self.softmax <- self.latch: o_w = half[StoreDesc::o_w]);
    wire!(self.softmax.stall, self.buffer.stall);
    wire!(self.softmax.operand, self.operands.operand);
    wire!(self.softmax.element, self.psum.element);
    wire!(self.softmax <- self.arithmetic: sum, product);
    wire!(self <- self.softmax: loss_sum, mean_loss, correct);
    // what UPDATE and SOFTMAX share
    wire!(self.{arithmetic, operands} <- self: clock);
    wire!(self.arithmetic.clear, self.control.clear);
    wire!(self.arithmetic.second, self.control.softmax);
    wire!(self.arithmetic <- self.sgd: add[0] = add, add_a[0] = add_a, add_b[0] = add_b);
    wire!(self.arithmetic <- self.sgd: subtract[0] = subtract, multiply[0] = multiply, mul_a[0] = mul_a);
    wire!(self.arithmetic <- self.sgd: mul_b[0] = mul_b);
    wire!(self.arithmetic <- self.softmax: add[1] = add, add_a[1] = add_a, add_b[1] = add_b);
    wire!(self.arithmetic <- self.softmax: subtract[1] = subtract, multiply[1] = multiply);
    wire!(self.arithmetic <- self.softmax: mul_a[1] = mul_a, mul_b[1] = mul_b);
    wire!(self.operands <- self: operand_we, operand_waddr, operand_wdata);
    wire!(self.operands.softmax, self.control.softmax);
    wire!(self.operands <- self: update_address = sgd.operand_address);
    wire!(self.operands <- self: softmax_address = softmax.operand_address);
    // partial sums
    wire!(self.element.softmax, self.control.softmax);
    wire!(self.element <- self.sgd: update_address = psum_address, update_lane = psum_lane);
    wire!(self.element <- self.softmax: softmax_address = psum_address, softmax_lane = psum_lane);
    wire!(self.psum.clock, self.clock);
    wire!(self.psum.map, self.control.map);
    wire!(self.psum.map_address, self.drain.address);
    wire!(self.psum <- self.element: word_address = address, word_lane = lane);
    wire!(self.p_addr, self.psum.p_addr);
    // words of a map to the hand-over RAM
    wire!(self.handover.clock, self.clock);
    wire!(self.handover.clear, self.control.clear);
    wire!(self.handover <- self.latch: op = half[StoreDesc::op], n_run = half[StoreDesc::n_run]);
    wire!(self.handover <- self.latch: base = half[StoreDesc::o_w]);
    wire!(self.handover.start, self.control.map_start);
    wire!(self.handover <- self.drain: push, word);
    wire!(self <- self.handover: handover_we = we, handover_waddr = waddr, handover_wdata = wdata);
    // words to memory
    wire!(self.{words, buffer, writer} <- self: clock);
    wire!(self.{words, buffer} <- self.control: clear);
    wire!(self.words.in_push[0], self.handover.memory_push);
    wire!(self.words <- self.drain: in_word[0] = word, in_push[1] = code_push, in_word[1] = code_word);
    wire!(self.words <- self.sgd: in_push[2] = push, in_word[2] = word);
    wire!(self.words <- self.softmax: in_push[3] = push, in_word[3] = word);
    wire!(self.buffer <- self.words: push, word);
    wire!(self.buffer.out_ready, self.writer.in_ready);
    wire!(self.writer <- self: reset, cmd_ready, data_ready);
    wire!(self.writer <- self.control: cancel = writer_cancel, start = write, dram = write_dram);
    wire!(self.writer <- self.control: run = write_run, n_run = write_n_run, d_run = write_d_run);
    wire!(self.writer <- self.control: forget = clear);
    wire!(self.writer.prefill, self.control.prefill);
    wire!(self.writer.push, self.words.push);
    wire!(self.writer <- self.buffer: in_valid = out_valid, in_data = out_data);
    wire!(self <- self.writer: cmd_valid, cmd_addr, cmd_len, data_valid, data, burst_issued, words_written);
}}

block! {
    /// The word that UPDATE or SOFTMAX reads from the partial sums.
    pub struct ChooseElement {
        in softmax: Bit, in update_address, softmax_address: Bits<16>,
        in update_lane, softmax_lane: Bits<3>,
        out address: Bits<16>, out lane: Bits<3>,
    }
}

impl Logic for ChooseElement {
    #[hdl_gen]
    fn update(&mut self) {
        self.address.next = self.update_address.val();
        self.lane.next = self.update_lane.val();
        if self.softmax.val() {
            self.address.next = self.softmax_address.val();
            self.lane.next = self.softmax_lane.val();
        }
    }
}
