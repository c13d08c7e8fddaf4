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
use ef_hdl_kit::{glue, vec_of};
use ef_program::StoreDesc;
use rust_hdl::prelude::*;

/// Executes store descriptors: see [`ef_program::store`] for what each does.
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
#[derive(LogicBlock)]
pub struct StoreEngine<const T: usize, const OAW: usize, const CAW: usize, const EAW: usize, const LAT: usize>
{
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub start: Signal<In, Bit>,
    pub field: Vec<Signal<In, Bits<32>>>,
    pub ready: Signal<Out, Bit>,
    pub done: Signal<Out, Bit>,
    pub bad: Signal<Out, Bit>,
    pub cancel: Signal<In, Bit>,
    pub cmd_valid: Signal<Out, Bit>,
    pub cmd_ready: Signal<In, Bit>,
    pub cmd_addr: Signal<Out, Bits<32>>,
    pub cmd_len: Signal<Out, Bits<16>>,
    pub data_valid: Signal<Out, Bit>,
    pub data_ready: Signal<In, Bit>,
    pub data: Signal<Out, Bits<32>>,
    pub p_addr: Signal<Out, Bits<16>>,
    pub p_data: Vec<Signal<In, Bits<32>>>,
    pub operand_we: Signal<In, Bit>,
    pub operand_waddr: Signal<In, Bits<16>>,
    pub operand_wdata: Signal<In, Bits<32>>,
    pub handover_we: Signal<Out, Bit>,
    pub handover_waddr: Signal<Out, Bits<16>>,
    pub handover_wdata: Signal<Out, Bits<32>>,
    pub learning_rate: Signal<In, Bits<32>>,
    pub momentum: Signal<In, Bits<32>>,
    pub weight_decay: Signal<In, Bits<32>>,
    pub inv_batch: Signal<In, Bits<32>>,
    pub loss_sum: Signal<Out, Bits<32>>,
    pub mean_loss: Signal<Out, Bits<32>>,
    pub correct: Signal<Out, Bits<32>>,
    pub clear: Signal<In, Bit>,
    pub words_written: Signal<Out, Bit>,
    pub burst_issued: Signal<Out, Bit>,
    pub overflow_set: Signal<Out, Bit>,
    pub overflow_tag: Signal<Out, Bits<5>>,
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

impl<const T: usize, const OAW: usize, const CAW: usize, const EAW: usize, const LAT: usize> Default
    for StoreEngine<T, OAW, CAW, EAW, LAT>
{
    fn default() -> Self {
        assert!((1..=6).contains(&LAT), "partial sums are read with a latency of 1 to 6 cycles");
        Self {
            clock: Default::default(),
            reset: Default::default(),
            start: Default::default(),
            field: vec_of(FIELDS),
            ready: Default::default(),
            done: Default::default(),
            bad: Default::default(),
            cancel: Default::default(),
            cmd_valid: Default::default(),
            cmd_ready: Default::default(),
            cmd_addr: Default::default(),
            cmd_len: Default::default(),
            data_valid: Default::default(),
            data_ready: Default::default(),
            data: Default::default(),
            p_addr: Default::default(),
            p_data: vec_of(T),
            operand_we: Default::default(),
            operand_waddr: Default::default(),
            operand_wdata: Default::default(),
            handover_we: Default::default(),
            handover_waddr: Default::default(),
            handover_wdata: Default::default(),
            learning_rate: Default::default(),
            momentum: Default::default(),
            weight_decay: Default::default(),
            inv_batch: Default::default(),
            loss_sum: Default::default(),
            mean_loss: Default::default(),
            correct: Default::default(),
            clear: Default::default(),
            words_written: Default::default(),
            burst_issued: Default::default(),
            overflow_set: Default::default(),
            overflow_tag: Default::default(),
            latch: Default::default(),
            control: Default::default(),
            drain: Default::default(),
            sgd: Default::default(),
            softmax: Default::default(),
            arithmetic: Default::default(),
            operands: Default::default(),
            psum: Default::default(),
            element: Default::default(),
            handover: Default::default(),
            words: Default::default(),
            buffer: Default::default(),
            writer: Default::default(),
        }
    }
}

glue! { [const T: usize, const OAW: usize, const CAW: usize, const EAW: usize, const LAT: usize]
StoreEngine<T, OAW, CAW, EAW, LAT>; self => {
    // the command
    wire!(self.latch.clock, self.clock);
    wire!(self.latch.start, self.start);
    for i in 0..FIELDS {
        wire!(self.latch.field[i], self.field[i]);
    }
    wire!(self.control.clock, self.clock);
    wire!(self.control.reset, self.reset);
    wire!(self.control.start, self.start);
    wire!(self.control.cancel, self.cancel);
    wire!(self.control.op, self.latch.half[StoreDesc::op]);
    wire!(self.control.tag, self.latch.half[StoreDesc::tag]);
    wire!(self.control.dram, self.latch.word[StoreDesc::dram]);
    wire!(self.control.run, self.latch.half[StoreDesc::run]);
    wire!(self.control.n_run, self.latch.half[StoreDesc::n_run]);
    wire!(self.control.d_run, self.latch.word[StoreDesc::d_run]);
    wire!(self.control.code_dram, self.latch.word[StoreDesc::code_dram]);
    wire!(self.control.code_run, self.latch.half[StoreDesc::code_run]);
    wire!(self.control.code_d_run, self.latch.word[StoreDesc::code_d_run]);
    wire!(self.control.map_finished, self.drain.finished);
    wire!(self.control.update_busy, self.sgd.busy);
    wire!(self.control.softmax_busy, self.softmax.busy);
    wire!(self.control.pending, self.drain.pending);
    wire!(self.control.sending, self.drain.sending);
    wire!(self.control.writing, self.writer.busy);
    wire!(self.control.saturated, self.arithmetic.saturated);
    wire!(self.ready, self.control.ready);
    wire!(self.done, self.control.done);
    wire!(self.bad, self.control.bad);
    wire!(self.overflow_set, self.control.overflow_set);
    wire!(self.overflow_tag, self.control.overflow_tag);
    // MAP
    wire!(self.drain.clock, self.clock);
    wire!(self.drain.clear, self.control.clear);
    wire!(self.drain.start, self.control.map_start);
    wire!(self.drain.relu, self.control.relu);
    wire!(self.drain.pool, self.control.pool);
    wire!(self.drain.p_base, self.latch.half[StoreDesc::p_base]);
    wire!(self.drain.p_g, self.latch.half[StoreDesc::p_g]);
    wire!(self.drain.n_i, self.latch.half[StoreDesc::n_i]);
    wire!(self.drain.n_g, self.latch.half[StoreDesc::n_g]);
    wire!(self.drain.n_r, self.latch.half[StoreDesc::n_r]);
    wire!(self.drain.n_c, self.latch.half[StoreDesc::n_c]);
    wire!(self.drain.stall, self.buffer.stall);
    wire!(self.drain.send, self.control.send);
    for i in 0..T {
        wire!(self.drain.p_data[i], self.p_data[i]);
        wire!(self.psum.p_data[i], self.p_data[i]);
    }
    // UPDATE
    wire!(self.sgd.clock, self.clock);
    wire!(self.sgd.clear, self.control.clear);
    wire!(self.sgd.start, self.control.update_start);
    wire!(self.sgd.velocity, self.control.velocity);
    wire!(self.sgd.p_base, self.latch.half[StoreDesc::p_base]);
    wire!(self.sgd.p_g, self.latch.half[StoreDesc::p_g]);
    wire!(self.sgd.p_n, self.latch.half[StoreDesc::p_n]);
    wire!(self.sgd.n_g, self.latch.half[StoreDesc::n_g]);
    wire!(self.sgd.n_r, self.latch.half[StoreDesc::n_r]);
    wire!(self.sgd.n_c, self.latch.half[StoreDesc::n_c]);
    wire!(self.sgd.o_w, self.latch.half[StoreDesc::o_w]);
    wire!(self.sgd.o_v, self.latch.half[StoreDesc::o_v]);
    wire!(self.sgd.learning_rate, self.learning_rate);
    wire!(self.sgd.momentum, self.momentum);
    wire!(self.sgd.weight_decay, self.weight_decay);
    wire!(self.sgd.stall, self.buffer.stall);
    wire!(self.sgd.operand, self.operands.operand);
    wire!(self.sgd.element, self.psum.element);
    wire!(self.sgd.sum, self.arithmetic.sum);
    wire!(self.sgd.product, self.arithmetic.product);
    // SOFTMAX
    wire!(self.softmax.clock, self.clock);
    wire!(self.softmax.clear, self.control.clear);
    wire!(self.softmax.clear_totals, self.clear);
    wire!(self.softmax.start, self.control.softmax_start);
    wire!(self.softmax.gradient, self.control.gradient);
    wire!(self.softmax.p_base, self.latch.half[StoreDesc::p_base]);
    wire!(self.softmax.p_g, self.latch.half[StoreDesc::p_g]);
    wire!(self.softmax.n_i, self.latch.half[StoreDesc::n_i]);
    wire!(self.softmax.n_c, self.latch.half[StoreDesc::n_c]);
    wire!(self.softmax.o_w, self.latch.half[StoreDesc::o_w]);
    wire!(self.softmax.inv_batch, self.inv_batch);
    wire!(self.softmax.stall, self.buffer.stall);
    wire!(self.softmax.operand, self.operands.operand);
    wire!(self.softmax.element, self.psum.element);
    wire!(self.softmax.sum, self.arithmetic.sum);
    wire!(self.softmax.product, self.arithmetic.product);
    wire!(self.loss_sum, self.softmax.loss_sum);
    wire!(self.mean_loss, self.softmax.mean_loss);
    wire!(self.correct, self.softmax.correct);
    // what UPDATE and SOFTMAX share
    wire!(self.arithmetic.clock, self.clock);
    wire!(self.arithmetic.clear, self.control.clear);
    wire!(self.arithmetic.second, self.control.softmax);
    wire!(self.arithmetic.add[0], self.sgd.add);
    wire!(self.arithmetic.add_a[0], self.sgd.add_a);
    wire!(self.arithmetic.add_b[0], self.sgd.add_b);
    wire!(self.arithmetic.subtract[0], self.sgd.subtract);
    wire!(self.arithmetic.multiply[0], self.sgd.multiply);
    wire!(self.arithmetic.mul_a[0], self.sgd.mul_a);
    wire!(self.arithmetic.mul_b[0], self.sgd.mul_b);
    wire!(self.arithmetic.add[1], self.softmax.add);
    wire!(self.arithmetic.add_a[1], self.softmax.add_a);
    wire!(self.arithmetic.add_b[1], self.softmax.add_b);
    wire!(self.arithmetic.subtract[1], self.softmax.subtract);
    wire!(self.arithmetic.multiply[1], self.softmax.multiply);
    wire!(self.arithmetic.mul_a[1], self.softmax.mul_a);
    wire!(self.arithmetic.mul_b[1], self.softmax.mul_b);
    wire!(self.operands.clock, self.clock);
    wire!(self.operands.operand_we, self.operand_we);
    wire!(self.operands.operand_waddr, self.operand_waddr);
    wire!(self.operands.operand_wdata, self.operand_wdata);
    wire!(self.operands.softmax, self.control.softmax);
    wire!(self.operands.update_address, self.sgd.operand_address);
    wire!(self.operands.softmax_address, self.softmax.operand_address);
    // partial sums
    wire!(self.element.softmax, self.control.softmax);
    wire!(self.element.update_address, self.sgd.psum_address);
    wire!(self.element.update_lane, self.sgd.psum_lane);
    wire!(self.element.softmax_address, self.softmax.psum_address);
    wire!(self.element.softmax_lane, self.softmax.psum_lane);
    wire!(self.psum.clock, self.clock);
    wire!(self.psum.map, self.control.map);
    wire!(self.psum.map_address, self.drain.address);
    wire!(self.psum.word_address, self.element.address);
    wire!(self.psum.word_lane, self.element.lane);
    wire!(self.p_addr, self.psum.p_addr);
    // words of a map to the hand-over RAM
    wire!(self.handover.clock, self.clock);
    wire!(self.handover.clear, self.control.clear);
    wire!(self.handover.op, self.latch.half[StoreDesc::op]);
    wire!(self.handover.n_run, self.latch.half[StoreDesc::n_run]);
    wire!(self.handover.base, self.latch.half[StoreDesc::o_w]);
    wire!(self.handover.start, self.control.map_start);
    wire!(self.handover.push, self.drain.push);
    wire!(self.handover.word, self.drain.word);
    wire!(self.handover_we, self.handover.we);
    wire!(self.handover_waddr, self.handover.waddr);
    wire!(self.handover_wdata, self.handover.wdata);
    // words to memory
    wire!(self.words.clock, self.clock);
    wire!(self.words.clear, self.control.clear);
    wire!(self.words.in_push[0], self.handover.memory_push);
    wire!(self.words.in_word[0], self.drain.word);
    wire!(self.words.in_push[1], self.drain.code_push);
    wire!(self.words.in_word[1], self.drain.code_word);
    wire!(self.words.in_push[2], self.sgd.push);
    wire!(self.words.in_word[2], self.sgd.word);
    wire!(self.words.in_push[3], self.softmax.push);
    wire!(self.words.in_word[3], self.softmax.word);
    wire!(self.buffer.clock, self.clock);
    wire!(self.buffer.clear, self.control.clear);
    wire!(self.buffer.push, self.words.push);
    wire!(self.buffer.word, self.words.word);
    wire!(self.buffer.out_ready, self.writer.in_ready);
    wire!(self.writer.clock, self.clock);
    wire!(self.writer.reset, self.reset);
    wire!(self.writer.cancel, self.control.writer_cancel);
    wire!(self.writer.start, self.control.write);
    wire!(self.writer.dram, self.control.write_dram);
    wire!(self.writer.run, self.control.write_run);
    wire!(self.writer.n_run, self.control.write_n_run);
    wire!(self.writer.d_run, self.control.write_d_run);
    wire!(self.writer.prefill, self.control.prefill);
    wire!(self.writer.push, self.words.push);
    wire!(self.writer.forget, self.control.clear);
    wire!(self.writer.in_valid, self.buffer.out_valid);
    wire!(self.writer.in_data, self.buffer.out_data);
    wire!(self.writer.cmd_ready, self.cmd_ready);
    wire!(self.writer.data_ready, self.data_ready);
    wire!(self.cmd_valid, self.writer.cmd_valid);
    wire!(self.cmd_addr, self.writer.cmd_addr);
    wire!(self.cmd_len, self.writer.cmd_len);
    wire!(self.data_valid, self.writer.data_valid);
    wire!(self.data, self.writer.data);
    wire!(self.burst_issued, self.writer.burst_issued);
    wire!(self.words_written, self.writer.words_written);
}}

/// The word that UPDATE or SOFTMAX reads from the partial sums.
#[derive(LogicBlock, Default)]
pub struct ChooseElement {
    pub softmax: Signal<In, Bit>,
    pub update_address: Signal<In, Bits<16>>,
    pub update_lane: Signal<In, Bits<3>>,
    pub softmax_address: Signal<In, Bits<16>>,
    pub softmax_lane: Signal<In, Bits<3>>,
    pub address: Signal<Out, Bits<16>>,
    pub lane: Signal<Out, Bits<3>>,
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
