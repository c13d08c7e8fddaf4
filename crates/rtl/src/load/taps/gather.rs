//! [`Gather`]: the taps of every output pixel out of the scratch.

use crate::load::scratch::Scratch;
use crate::load::tap_lanes::TapLanes;
use crate::load::tap_walker::TapWalker;
use ef_hdl_kit::{block, glue, vec_of};
use ef_isa::load::scratch_banks;
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
        in clock: Clock, in reset, start: Bit, in we: Vec<Bit> = vec_of(W),
        in waddr, n0, n1, channels, kernel_rows, kernel_cols, row, col, stride_down: Bits<16>,
        in stride_across, height, width, source, row_stride, channel_stride: Bits<16>,
        in wdata: Vec<Bits<32>> = vec_of(W),
        out tap: Vec<Bits<32>> = vec_of(W), out put, in_image, spill: Bits<8>,
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
    wire!(self.{walker, lanes, scratch} <- self: clock);
    wire!(self.{walker, lanes} <- self: reset);
    wire!(self.walker <- self: start, n0, n1, channels, kernel_rows, kernel_cols, row, col, stride_down);
    wire!(self.walker <- self: stride_across, source, row_stride, channel_stride);
    wire!(self.walker.hold, self.lanes.hold);
    wire!(self.lanes <- self: start, height, width);
    wire!(self.lanes <- self.walker: valid, address, more, pixel_end);
    wire!(self.lanes <- self.walker: row = tap_row, col = tap_col);
    wire!(self.scratch.waddr, self.waddr);
    wire!(self.scratch.address, self.walker.address);
    wire!(self.scratch.turn, self.lanes.turn);
    for b in 0..W {
        wire!(self.scratch <- self: we[b] = we[b], wdata[b] = wdata[b]);
        wire!(self.tap[b], self.scratch.word[b]);
    }
    wire!(self <- self.lanes: put, in_image, spill, fills, ends);
}}
