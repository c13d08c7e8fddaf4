//! The compute engine.

use super::command::FIELDS;
use super::{Array, Psum, Row, Sequencer};
use crate::buffer::{Delay, PulseDelay, SkewBuffer};
use ef_hdl_kit::{block, glue, vec_of};
use rust_hdl::prelude::*;

/// Cycles from `p_addr` to `p_data`.
pub const PSUM_READ_LATENCY: usize = 1 + Psum::<1>::LATENCY;

/// Cycles from a streamed vector's issue to its arrival at row 0.
const TO_ROW: usize = Sequencer::<2>::X_LATENCY + SkewBuffer::<2, 1, 1, 1>::LATENCY;
/// Cycles from the read of a stationary row to its words.
const TO_SHADOW: usize = Sequencer::<2>::S_LATENCY + SkewBuffer::<2, 1, 1, 1>::LATENCY;
/// Cycles from issue to the partial-sum read and write of row 0.
const TO_READ: usize = TO_ROW - Row::<2, 1>::READ_AHEAD;
const TO_WRITE: usize = TO_ROW + Row::<2, 1>::WRITE_BEHIND;

// a stationary row is in place when the bias and the words of a step that was issued a cycle after its fetch swap
const _: () = assert!(TO_SHADOW < TO_ROW);

block! {
    /// The unified kernel with its buffers: executes `ComputeDesc`s, semantics in `ef_isa::compute`.
    ///
    /// ```text
    ///                 feature_*, loss_*, weight_* write ports
    ///                                |
    ///  start, field  +-----------+   v  addresses   +------------+  x[T], s[T]  +-------+
    ///  ready, done ->| Sequencer |----------------->| SkewBuffer |------------->| Array |--> p_data[T]
    ///                +-----------+                  +------------+              +-------+<-- p_addr
    ///                      | issue, psum, init, swap                               ^ |
    ///                      +-------------------> delays ---------------------------+ +--> overflow
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `reset` | 1 | stops everything; partial sums of vectors under way are lost |
    /// | `start`, `field[28]`, `ready`, `done`, `bad` | 1, 32, 1, 1, 1 | engine protocol. `ready` rises while a command still streams, so that the next one overlaps with it |
    /// | `feature_we`, `feature_waddr`, `feature_wdata[T]` | 1, 16, 32 | write port in bank order; likewise `loss_`, `weight_` |
    /// | `p_addr`, `p_data[T]` | 16, 32 | read port for the store engine: word of row m, [`PSUM_READ_LATENCY`] cycles later |
    /// | `stream_active` | 1 | a vector is issued |
    /// | `wait_stationary`, `wait_hazard` | 1 | a command waits for its matrix, or for partial sums in the pipeline |
    /// | `phase` | 2 | of the newest command that streams or did |
    /// | `overflow_set`, `overflow_tag` | 1, 5 | pulse: a result of a command with this tag was saturated |
    ///
    /// Latency: the first vector is issued 5 cycles after `start` (with a bias 6, in pixel mode T + 7) if nothing else is under way;
    /// `done` comes [`DONE_LATENCY`](Self::DONE_LATENCY) cycles after the last one.
    ///
    /// ```
    /// use ef_rtl::compute::ComputeEngine;
    /// // 2 x 2 lanes, 16 vectors in each buffer
    /// let mut engine = ComputeEngine::<2, 4, 4, 4, 4>::default();
    /// # ef_hdl_kit::export::verilog(&mut engine, "compute_engine").unwrap();
    /// ```
    pub struct ComputeEngine<
        const T: usize,
        const FAW: usize,
        const LAW: usize,
        const WAW: usize,
        const PAW: usize,
    > {
        in clock: Clock, in reset, start, feature_we, loss_we, weight_we: Bit,
        in field: Vec<Bits<32>> = vec_of(FIELDS),
        in feature_waddr, loss_waddr, weight_waddr, p_addr: Bits<16>,
        in feature_wdata, loss_wdata, weight_wdata: Vec<Bits<32>> = vec_of(T),
        out ready, done, bad, stream_active, wait_stationary, wait_hazard, overflow_set: Bit,
        out p_data: Vec<Bits<32>> = vec_of(T), out phase: Bits<2>, out overflow_tag: Bits<5>,
        sequencer: Sequencer<T>,
        buffer: SkewBuffer<T, FAW, LAW, WAW>,
        array: Array<T, PAW>,
        s_we_at_row, bias_at_row: PulseDelay<TO_SHADOW>,
        swap_at_row: PulseDelay<{ TO_ROW - 1 }>,
        issue_at_write, stop_at_write: PulseDelay<TO_WRITE>,
        stop_at_end: PulseDelay<T>,
        init_at_row: Delay<Bits<2>> = Delay::new(TO_ROW),
        psum_at_read: Delay<Bits<16>> = Delay::new(TO_READ),
        psum_at_write: Delay<Bits<16>> = Delay::new(TO_WRITE - TO_READ),
        tag_at_end: Delay<Bits<5>> = Delay::new(TO_WRITE + T),
        p_addr_q: DFF<Bits<16>>,
    }
}

impl<const T: usize, const FAW: usize, const LAW: usize, const WAW: usize, const PAW: usize>
    ComputeEngine<T, FAW, LAW, WAW, PAW>
{
    /// Cycles from a command's last issue to its `done`: when the last row has written.
    pub const DONE_LATENCY: usize = TO_WRITE + T;
}

glue! { [const T: usize, const FAW: usize, const LAW: usize, const WAW: usize, const PAW: usize] ComputeEngine<T, FAW, LAW, WAW, PAW>; self => {
    wire!(self.sequencer <- self: clock, reset, start);
    for i in 0..FIELDS {
        wire!(self.sequencer.field[i], self.field[i]);
    }
    wire!(self <- self.sequencer: ready, bad, wait_stationary, wait_hazard, phase);
    wire!(self.stream_active, self.sequencer.issue);

    wire!(self.buffer <- self: clock, feature_we, feature_waddr, loss_we, loss_waddr, weight_we);
    wire!(self.buffer <- self: weight_waddr);
    wire!(self.buffer <- self.sequencer: x_addr, x_rot, x_loss, x_ones, s_addr, s_rot, s_loss);
    for n in 0..T {
        wire!(self.buffer <- self: feature_wdata[n] = feature_wdata[n], loss_wdata[n] = loss_wdata[n]);
        wire!(self.buffer <- self: weight_wdata[n] = weight_wdata[n]);
        wire!(self.buffer <- self.sequencer: x_lane[n] = x_lane[n], s_lane[n] = s_lane[n]);
        wire!(self.buffer <- self.sequencer: s_keep[n] = s_keep[n]);
        wire!(self.array <- self.buffer: x[n] = x[n], s[n] = s[n]);
        wire!(self.p_data[n], self.array.sdata[n]);
    }

    wire!(self.{s_we_at_row, bias_at_row, swap_at_row, issue_at_write, stop_at_write} <- self: clock);
    wire!(self.{stop_at_end, init_at_row, psum_at_read, psum_at_write, tag_at_end} <- self: clock);
    wire!(self.p_addr_q.clock, self.clock);
    wire!(self.{s_we_at_row, bias_at_row, swap_at_row, issue_at_write, stop_at_write} <- self: reset);
    wire!(self.stop_at_end.reset, self.reset);
    wire!(self.s_we_at_row.d, self.sequencer.read_first);
    wire!(self.bias_at_row.d, self.sequencer.read_bias);
    wire!(self.swap_at_row.d, self.sequencer.swap);
    wire!(self.issue_at_write.d, self.sequencer.issue);
    wire!(self.stop_at_write.d, self.sequencer.stop);
    wire!(self.stop_at_end.d, self.stop_at_write.q);
    wire!(self.init_at_row.d, self.sequencer.init);
    wire!(self.psum_at_read.d, self.sequencer.psum);
    wire!(self.psum_at_write.d, self.psum_at_read.q);
    wire!(self.tag_at_end.d, self.sequencer.tag);
    wire!(self.p_addr_q.d, self.p_addr);

    wire!(self.array.clock, self.clock);
    wire!(self.array <- self: s_we = s_we_at_row.q, bias_we = bias_at_row.q, swap = swap_at_row.q);
    wire!(self.array <- self: init = init_at_row.q, raddr = psum_at_read.q, we = issue_at_write.q);
    wire!(self.array <- self: waddr = psum_at_write.q, saddr = p_addr_q.q);
    wire!(self <- self: done = stop_at_end.q, overflow_set = array.saturated, overflow_tag = tag_at_end.q);
}}
