//! [`Gather`]: the taps of every output pixel out of the scratch.

use super::scratch::Scratch;
use super::tap_lanes::TapLanes;
use super::tap_walker::TapWalker;
use ef_hdl_kit::{block, glue, vec_of};
use ef_program::load::scratch_banks;
use rust_hdl::prelude::*;

block! {
    /// Scratch of W banks of 2^BAW words and the taps read from it: for each of `n1 x n0` output pixels the words of all (channel, kernel
    /// row, kernel column), kernel column fastest, up to W of a kernel row at once, each for one of T lanes.
    ///
    /// ```text
    ///              +-----------+ address   +---------+
    ///  start, ---->| TapWalker |---------->| Scratch |----------------------> tap[W]
    ///  geometry    | (r, c, ch,| row, col  +---------+
    ///              |  kr, kc)  |-------+        ^ turn
    ///              +-----------+       v        |
    ///                    ^ hold    +----------+ |
    ///                    +---------| TapLanes |-+--> put, in_image, spill, fills, ends
    ///                              +----------+
    /// ```
    ///
    /// A step of up to W taps per clock, without back-pressure. The first taps come [`LATENCY`](Self::LATENCY) cycles after `start`.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `we[W]`, `waddr`, `wdata[W]` | 1, 16, 32 | write ports of the banks of the scratch |
    /// | `start` | 1 | takes all inputs below |
    /// | `n0`, `n1` | 16 | output columns, rows |
    /// | `channels`, `kernel_rows`, `kernel_cols` | 16 | taps of one pixel |
    /// | `row`, `col` | 16, signed | image row and column of tap (0, 0) of output pixel (0, 0) |
    /// | `stride_down`, `stride_across` | 16 | image rows, columns between output pixels; the low 3 bits count |
    /// | `height`, `width` | 16 | of the image |
    /// | `source`, `row_stride`, `channel_stride` | 16 | where the image lies in the scratch |
    /// | `tap[W]` | 32 | the word for each lane n with n mod W = its index |
    /// | `put` to `ends` | | see [`TapLanes`] |
    pub struct Gather<const T: usize, const W: usize, const BAW: usize> {
        assert_eq!(W, scratch_banks(T), "banks of the scratch with {T} lanes");
        in clock: Clock,
        in reset: Bit,
        in we: Vec<Bit> = vec_of(W),
        in waddr: Bits<16>,
        in wdata: Vec<Bits<32>> = vec_of(W),
        in start: Bit,
        in n0, n1, channels, kernel_rows, kernel_cols, row, col, stride_down, stride_across, height: Bits<16>,
        in width, source, row_stride, channel_stride: Bits<16>,
        out tap: Vec<Bits<32>> = vec_of(W),
        out put, in_image, spill: Bits<8>,
        out fills, ends: Bit,
        walker: TapWalker<W>,
        lanes: TapLanes<T>,
        scratch: Scratch<W, BAW>,
    }
}

impl<const T: usize, const W: usize, const BAW: usize> Gather<T, W, BAW> {
    /// Cycles from `start` to the first taps.
    pub const LATENCY: usize = TapWalker::<W>::LATENCY + TapLanes::<T>::LATENCY;
}

glue! { [const T: usize, const W: usize, const BAW: usize] Gather<T, W, BAW>; self => {
    wire!(self.walker.clock, self.clock);
    wire!(self.walker.reset, self.reset);
    wire!(self.walker.start, self.start);
    wire!(self.walker.n0, self.n0);
    wire!(self.walker.n1, self.n1);
    wire!(self.walker.channels, self.channels);
    wire!(self.walker.kernel_rows, self.kernel_rows);
    wire!(self.walker.kernel_cols, self.kernel_cols);
    wire!(self.walker.row, self.row);
    wire!(self.walker.col, self.col);
    wire!(self.walker.stride_down, self.stride_down);
    wire!(self.walker.stride_across, self.stride_across);
    wire!(self.walker.source, self.source);
    wire!(self.walker.row_stride, self.row_stride);
    wire!(self.walker.channel_stride, self.channel_stride);
    wire!(self.walker.hold, self.lanes.hold);
    wire!(self.lanes.clock, self.clock);
    wire!(self.lanes.reset, self.reset);
    wire!(self.lanes.start, self.start);
    wire!(self.lanes.height, self.height);
    wire!(self.lanes.width, self.width);
    wire!(self.lanes.valid, self.walker.valid);
    wire!(self.lanes.address, self.walker.address);
    wire!(self.lanes.row, self.walker.tap_row);
    wire!(self.lanes.col, self.walker.tap_col);
    wire!(self.lanes.more, self.walker.more);
    wire!(self.lanes.pixel_end, self.walker.pixel_end);
    wire!(self.scratch.clock, self.clock);
    wire!(self.scratch.waddr, self.waddr);
    wire!(self.scratch.address, self.walker.address);
    wire!(self.scratch.turn, self.lanes.turn);
    for b in 0..W {
        wire!(self.scratch.we[b], self.we[b]);
        wire!(self.scratch.wdata[b], self.wdata[b]);
        wire!(self.tap[b], self.scratch.word[b]);
    }
    wire!(self.put, self.lanes.put);
    wire!(self.in_image, self.lanes.in_image);
    wire!(self.spill, self.lanes.spill);
    wire!(self.fills, self.lanes.fills);
    wire!(self.ends, self.lanes.ends);
}}
