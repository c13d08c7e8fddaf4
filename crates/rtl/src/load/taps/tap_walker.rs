//! [`TapWalker`]: where the taps of all output pixels lie, up to W of a kernel row at once.

use crate::load::tap_origin::TapOrigin;
use crate::load::tap_position::TapPosition;
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// Walks over the taps of all output pixels, one step per clock; a step is up to W neighbouring columns of one kernel row.
    ///
    /// For r < `n1`, c < `n0`, channel, kernel row kr: the kernel's columns in steps of W, the last with what is left. A step has the row
    /// `row + r*stride_down + kr`, the column `col + c*stride_across + kc` and the address
    /// `source + channel*channel_stride + (row)*row_stride + (column)` of its first tap.
    ///
    /// ```text
    ///  start -> TapOrigin: address of the first tap -> walk, one step per clock
    ///
    ///  level      the address advances by                            from the one where
    ///  kc         W                                                  this step began
    ///  kr         row_stride                                         the kernel row began
    ///  channel    channel_stride                                     the channel began
    ///  c          stride_across                                      the pixel began
    ///  r          stride_down * row_stride                           the row of pixels began
    /// ```
    ///
    /// Rows and columns ([`TapPosition`]) are 21 bits two's complement, enough for every descriptor; addresses are modulo 2^16; of the
    /// strides of pixels the low 3 bits count. The first step is valid [`LATENCY`](Self::LATENCY) cycles after `start`. If a count is 0
    /// there is none.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `start` to `channel_stride` | | as in [`Gather`](crate::load::gather::Gather) |
    /// | `hold` | 1 | no step in this cycle |
    /// | `valid` | 1 | there is a step |
    /// | `address`, `tap_row`, `tap_col` | 16, 21, 21 | of its first tap |
    /// | `more` | 2 | taps besides the first |
    /// | `pixel_end` | 1 | it has the last taps of its pixel |
    pub struct TapWalker<const W: usize> {
        assert!(matches!(W, 2 | 4), "2 or 4 taps at once");
        let bits = |value: usize| value as u64;
        in clock: Clock, in reset, start, hold: Bit,
        in n0, n1, channels, kernel_rows, kernel_cols, row, col, stride_down, stride_across: Bits<16>,
        in source, row_stride, channel_stride: Bits<16>,
        out valid, pixel_end: Bit, out address: Bits<16>, out tap_row, tap_col: Bits<21>,
        out more: Bits<2>,
        reg across: Bits<16>, reg pixel_across: Bits<3>,
        origin: TapOrigin,
        position: TapPosition<W>,
        // kernel columns minus W + 1, other counts minus two: the sign bit means "the last iteration"
        reg kc_count, kc_left, kr_count, kr_left, ch_count, ch_left, c_count, c_left, r_left: Bits<17>,
        net kc_less, kr_less, ch_less, c_less: Bits<17>, net kc_ends, kr_ends, ch_ends, c_ends, r_ends: Bit,
        reg(reset) walking: Bit,
        // where each level's iteration began
        reg at => address, kr_at, ch_at, c_at, r_at: Bits<16>,
        net step: Bit, net from, by, sum: Bits<16>,
        const one: Bits<17> = 1, const two: Bits<17> = 2, const width: Bits<17> = bits(W),
        const width_and_one: Bits<17> = bits(W + 1), const width_less_one: Bits<2> = bits(W - 1),
    }
}

impl<const W: usize> TapWalker<W> {
    /// Cycles from `start` to the first step.
    pub const LATENCY: usize = TapOrigin::LATENCY + 1;
}

impl<const W: usize> Logic for TapWalker<W> {
    #[hdl_gen]
    fn update(&mut self) {
        self.origin.clock.next = self.clock.val();
        self.origin.reset.next = self.reset.val();
        self.origin.start.next = self.start.val();
        self.origin.any.next = self.n0.val().any()
            && self.n1.val().any()
            && self.channels.val().any()
            && self.kernel_rows.val().any()
            && self.kernel_cols.val().any();
        self.origin.row.next = self.row.val();
        self.origin.col.next = self.col.val();
        self.origin.source.next = self.source.val();
        self.origin.row_stride.next = self.row_stride.val();
        self.origin.stride_down.next = self.stride_down.val().get_bits::<3>(0);
        if self.origin.go.val() {
            self.walking.d.next = true;
            self.at.d.next = self.origin.origin.val();
            self.kr_at.d.next = self.origin.origin.val();
            self.ch_at.d.next = self.origin.origin.val();
            self.c_at.d.next = self.origin.origin.val();
            self.r_at.d.next = self.origin.origin.val();
        }

        // x_ends: level x and all inside it are in their last iteration
        self.kc_ends.next = self.kc_left.q.val().get_bit(16);
        self.kr_ends.next = self.kc_ends.val() && self.kr_left.q.val().get_bit(16);
        self.ch_ends.next = self.kr_ends.val() && self.ch_left.q.val().get_bit(16);
        self.c_ends.next = self.ch_ends.val() && self.c_left.q.val().get_bit(16);
        self.r_ends.next = self.c_ends.val() && self.r_left.q.val().get_bit(16);

        // the step
        self.step.next = self.walking.q.val() && !self.hold.val();
        self.valid.next = self.step.val();
        self.more.next = self.width_less_one.val();
        if self.kc_ends.val() {
            self.more.next = self.kc_left.q.val().get_bits::<2>(0) & self.width_less_one.val();
        }
        self.pixel_end.next = self.ch_ends.val();
        self.position.clock.next = self.clock.val();
        self.position.start.next = self.start.val();
        self.position.first_row.next = self.row.val();
        self.position.first_col.next = self.col.val();
        self.position.stride_down.next = self.stride_down.val().get_bits::<3>(0);
        self.position.stride_across.next = self.stride_across.val().get_bits::<3>(0);
        self.position.step.next = self.step.val();
        self.position.row_end.next = self.kc_ends.val();
        self.position.channel_end.next = self.kr_ends.val();
        self.position.pixel_end.next = self.ch_ends.val();
        self.position.line_end.next = self.c_ends.val();
        self.tap_row.next = self.position.row.val();
        self.tap_col.next = self.position.col.val();

        // the innermost level that is not at its end advances
        if !self.kc_ends.val() {
            self.from.next = self.at.q.val();
            self.by.next = bit_cast::<16, 17>(self.width.val());
        } else if !self.kr_left.q.val().get_bit(16) {
            self.from.next = self.kr_at.q.val();
            self.by.next = self.origin.down.val();
        } else if !self.ch_left.q.val().get_bit(16) {
            self.from.next = self.ch_at.q.val();
            self.by.next = self.across.q.val();
        } else if !self.c_left.q.val().get_bit(16) {
            self.from.next = self.c_at.q.val();
            self.by.next = bit_cast::<16, 3>(self.pixel_across.q.val());
        } else {
            self.from.next = self.r_at.q.val();
            self.by.next = self.origin.jump.val();
        }
        self.sum.next = self.from.val() + self.by.val();
        if self.step.val() {
            self.at.d.next = self.sum.val();
            self.kc_left.d.next = self.kc_left.q.val() - self.width.val();
            if self.kc_ends.val() {
                self.kc_left.d.next = self.kc_count.q.val();
                self.kr_left.d.next = self.kr_left.q.val() - self.one.val();
                self.kr_at.d.next = self.sum.val();
            }
            if self.kr_ends.val() {
                self.kr_left.d.next = self.kr_count.q.val();
                self.ch_left.d.next = self.ch_left.q.val() - self.one.val();
                self.ch_at.d.next = self.sum.val();
            }
            if self.ch_ends.val() {
                self.ch_left.d.next = self.ch_count.q.val();
                self.c_left.d.next = self.c_left.q.val() - self.one.val();
                self.c_at.d.next = self.sum.val();
            }
            if self.c_ends.val() {
                self.c_left.d.next = self.c_count.q.val();
                self.r_left.d.next = self.r_left.q.val() - self.one.val();
                self.r_at.d.next = self.sum.val();
            }
            if self.r_ends.val() {
                self.walking.d.next = false;
            }
        }

        self.kc_less.next = bit_cast::<17, 16>(self.kernel_cols.val()) - self.width_and_one.val();
        self.kr_less.next = bit_cast::<17, 16>(self.kernel_rows.val()) - self.two.val();
        self.ch_less.next = bit_cast::<17, 16>(self.channels.val()) - self.two.val();
        self.c_less.next = bit_cast::<17, 16>(self.n0.val()) - self.two.val();
        if self.start.val() {
            self.pixel_across.d.next = self.stride_across.val().get_bits::<3>(0);
            self.across.d.next = self.channel_stride.val();
            self.kc_count.d.next = self.kc_less.val();
            self.kc_left.d.next = self.kc_less.val();
            self.kr_count.d.next = self.kr_less.val();
            self.kr_left.d.next = self.kr_less.val();
            self.ch_count.d.next = self.ch_less.val();
            self.ch_left.d.next = self.ch_less.val();
            self.c_count.d.next = self.c_less.val();
            self.c_left.d.next = self.c_less.val();
            self.r_left.d.next = bit_cast::<17, 16>(self.n1.val()) - self.two.val();
        }
    }
}
