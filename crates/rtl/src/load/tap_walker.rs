//! [`TapWalker`]: where the taps of all output pixels lie, up to W of a kernel row at once.

use super::tap_origin::TapOrigin;
use super::tap_position::TapPosition;
use ef_hdl_kit::K;
use rust_hdl::prelude::*;

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
/// | `start` to `channel_stride` | | as in [`Gather`](super::gather::Gather) |
/// | `hold` | 1 | no step in this cycle |
/// | `valid` | 1 | there is a step |
/// | `address`, `tap_row`, `tap_col` | 16, 21, 21 | of its first tap |
/// | `more` | 2 | taps besides the first |
/// | `pixel_end` | 1 | it has the last taps of its pixel |
#[derive(LogicBlock)]
pub struct TapWalker<const W: usize> {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub start: Signal<In, Bit>,
    pub n0: Signal<In, Bits<16>>,
    pub n1: Signal<In, Bits<16>>,
    pub channels: Signal<In, Bits<16>>,
    pub kernel_rows: Signal<In, Bits<16>>,
    pub kernel_cols: Signal<In, Bits<16>>,
    pub row: Signal<In, Bits<16>>,
    pub col: Signal<In, Bits<16>>,
    pub stride_down: Signal<In, Bits<16>>,
    pub stride_across: Signal<In, Bits<16>>,
    pub source: Signal<In, Bits<16>>,
    pub row_stride: Signal<In, Bits<16>>,
    pub channel_stride: Signal<In, Bits<16>>,
    pub hold: Signal<In, Bit>,
    pub valid: Signal<Out, Bit>,
    pub address: Signal<Out, Bits<16>>,
    pub tap_row: Signal<Out, Bits<21>>,
    pub tap_col: Signal<Out, Bits<21>>,
    pub more: Signal<Out, Bits<2>>,
    pub pixel_end: Signal<Out, Bit>,
    across: DFF<Bits<16>>,
    pixel_across: DFF<Bits<3>>,
    origin: TapOrigin,
    position: TapPosition<W>,
    // kernel columns minus W + 1, other counts minus two: the sign bit means "the last iteration"
    kc_count: DFF<Bits<17>>,
    kc_left: DFF<Bits<17>>,
    kr_count: DFF<Bits<17>>,
    kr_left: DFF<Bits<17>>,
    ch_count: DFF<Bits<17>>,
    ch_left: DFF<Bits<17>>,
    c_count: DFF<Bits<17>>,
    c_left: DFF<Bits<17>>,
    r_left: DFF<Bits<17>>,
    kc_less: Signal<Local, Bits<17>>,
    kr_less: Signal<Local, Bits<17>>,
    ch_less: Signal<Local, Bits<17>>,
    c_less: Signal<Local, Bits<17>>,
    kc_ends: Signal<Local, Bit>,
    kr_ends: Signal<Local, Bit>,
    ch_ends: Signal<Local, Bit>,
    c_ends: Signal<Local, Bit>,
    r_ends: Signal<Local, Bit>,
    // where each level's iteration began
    walking: DFF<Bit>,
    at: DFF<Bits<16>>,
    kr_at: DFF<Bits<16>>,
    ch_at: DFF<Bits<16>>,
    c_at: DFF<Bits<16>>,
    r_at: DFF<Bits<16>>,
    step: Signal<Local, Bit>,
    from: Signal<Local, Bits<16>>,
    by: Signal<Local, Bits<16>>,
    sum: Signal<Local, Bits<16>>,
    one: K<17, 1>,
    two: K<17, 2>,
    width: Constant<Bits<17>>,
    width_and_one: Constant<Bits<17>>,
    width_less_one: Constant<Bits<2>>,
}

impl<const W: usize> TapWalker<W> {
    /// Cycles from `start` to the first step.
    pub const LATENCY: usize = TapOrigin::LATENCY + 1;
}

impl<const W: usize> Default for TapWalker<W> {
    fn default() -> Self {
        assert!(matches!(W, 2 | 4), "2 or 4 taps at once");
        let bits = |value: usize| value as u64;
        Self {
            clock: Default::default(),
            reset: Default::default(),
            start: Default::default(),
            n0: Default::default(),
            n1: Default::default(),
            channels: Default::default(),
            kernel_rows: Default::default(),
            kernel_cols: Default::default(),
            row: Default::default(),
            col: Default::default(),
            stride_down: Default::default(),
            stride_across: Default::default(),
            source: Default::default(),
            row_stride: Default::default(),
            channel_stride: Default::default(),
            hold: Default::default(),
            valid: Default::default(),
            address: Default::default(),
            tap_row: Default::default(),
            tap_col: Default::default(),
            more: Default::default(),
            pixel_end: Default::default(),
            across: Default::default(),
            pixel_across: Default::default(),
            origin: Default::default(),
            position: Default::default(),
            kc_count: Default::default(),
            kc_left: Default::default(),
            kr_count: Default::default(),
            kr_left: Default::default(),
            ch_count: Default::default(),
            ch_left: Default::default(),
            c_count: Default::default(),
            c_left: Default::default(),
            r_left: Default::default(),
            kc_less: Default::default(),
            kr_less: Default::default(),
            ch_less: Default::default(),
            c_less: Default::default(),
            kc_ends: Default::default(),
            kr_ends: Default::default(),
            ch_ends: Default::default(),
            c_ends: Default::default(),
            r_ends: Default::default(),
            walking: Default::default(),
            at: Default::default(),
            kr_at: Default::default(),
            ch_at: Default::default(),
            c_at: Default::default(),
            r_at: Default::default(),
            step: Default::default(),
            from: Default::default(),
            by: Default::default(),
            sum: Default::default(),
            one: Default::default(),
            two: Default::default(),
            width: Constant::new(bits(W).into()),
            width_and_one: Constant::new(bits(W + 1).into()),
            width_less_one: Constant::new(bits(W - 1).into()),
        }
    }
}

impl<const W: usize> Logic for TapWalker<W> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            across,
            pixel_across,
            kc_count,
            kc_left,
            kr_count,
            kr_left,
            ch_count,
            ch_left
        );
        dff_setup!(self, clock, c_count, c_left, r_left, walking, at, kr_at, ch_at, c_at, r_at);
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
        self.address.next = self.at.q.val();
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
        if self.reset.val() {
            self.walking.d.next = false;
        }
    }
}
