//! [`TapWalker`]: rows, columns and scratch addresses of all taps of all output pixels.

use ef_hdl_kit::K;
use rust_hdl::prelude::*;

/// For r < `n1`, c < `n0`, channel, kernel row kr, kernel column kc: image row `row + r + kr`, image column `col + c + kc`, and the address
/// `source + channel*channel_stride + (image row)*row_stride + (image column)`.
///
/// ```text
///  start -> 16 cycles: row*row_stride, a bit of `row` per cycle -> add source + col -> walk, one tap per clock
///
///  level      advances                     the levels inside restart from
///  kc         column, address by 1
///  kr         row, address by row_stride   pixel column, kr's address
///  channel    address by channel_stride    pixel row and column, the channel's address
///  c          pixel column, address by 1   the pixel's
///  r          pixel row, by row_stride     first column, the row's address
/// ```
///
/// Rows and columns are 19 bits two's complement, enough for every descriptor; addresses are modulo 2^16. The first tap is valid
/// 18 cycles after `start`. If a count is 0 there is none. Inputs as in [`Gather`](super::gather::Gather).
#[derive(LogicBlock, Default)]
pub struct TapWalker {
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
    pub source: Signal<In, Bits<16>>,
    pub row_stride: Signal<In, Bits<16>>,
    pub channel_stride: Signal<In, Bits<16>>,
    pub valid: Signal<Out, Bit>,
    pub address: Signal<Out, Bits<16>>,
    pub tap_row: Signal<Out, Bits<19>>,
    pub tap_col: Signal<Out, Bits<19>>,
    pub pixel_end: Signal<Out, Bit>,
    pub busy: Signal<Out, Bit>,
    // the command
    down: DFF<Bits<16>>,
    across: DFF<Bits<16>>,
    first_col: DFF<Bits<19>>,
    // the product, and the bits of `row` still to come
    multiplying: DFF<Bit>,
    adding: DFF<Bit>,
    steps: DFF<Bits<4>>,
    factor: DFF<Bits<16>>,
    product: DFF<Bits<16>>,
    offset: DFF<Bits<16>>,
    addend: Signal<Local, Bits<16>>,
    origin: Signal<Local, Bits<16>>,
    // counts minus two: the sign bit means "the last iteration"
    kc_count: DFF<Bits<17>>,
    kc_left: DFF<Bits<17>>,
    kr_count: DFF<Bits<17>>,
    kr_left: DFF<Bits<17>>,
    ch_count: DFF<Bits<17>>,
    ch_left: DFF<Bits<17>>,
    c_count: DFF<Bits<17>>,
    c_left: DFF<Bits<17>>,
    r_left: DFF<Bits<17>>,
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
    rows: DFF<Bits<19>>,
    cols: DFF<Bits<19>>,
    pixel_row: DFF<Bits<19>>,
    pixel_col: DFF<Bits<19>>,
    from: Signal<Local, Bits<16>>,
    by: Signal<Local, Bits<16>>,
    sum: Signal<Local, Bits<16>>,
    next_row: Signal<Local, Bits<19>>,
    next_col: Signal<Local, Bits<19>>,
    one: K<17, 1>,
    two: K<17, 2>,
    last_step: K<4, 15>,
    sign: K<19, 0x70000>,
}

impl Logic for TapWalker {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, down, across, first_col, multiplying, adding, steps, factor, product, offset);
        dff_setup!(
            self, clock, kc_count, kc_left, kr_count, kr_left, ch_count, ch_left, c_count, c_left, r_left
        );
        dff_setup!(self, clock, walking, at, kr_at, ch_at, c_at, r_at, rows, cols, pixel_row, pixel_col);
        self.valid.next = self.walking.q.val();
        self.address.next = self.at.q.val();
        self.tap_row.next = self.rows.q.val();
        self.tap_col.next = self.cols.q.val();
        self.busy.next = self.walking.q.val() || self.multiplying.q.val() || self.adding.q.val();

        // row * row_stride, most significant bit first
        self.addend.next = 0.into();
        if self.factor.q.val().get_bit(15) {
            self.addend.next = self.down.q.val();
        }
        if self.multiplying.q.val() {
            self.product.d.next = (self.product.q.val() << 1) + self.addend.val();
            self.factor.d.next = self.factor.q.val() << 1;
            self.steps.d.next = self.steps.q.val() + 1;
            if self.steps.q.val() == self.last_step.val() {
                self.multiplying.d.next = false;
                self.adding.d.next = true;
            }
        }
        self.origin.next = self.product.q.val() + self.offset.q.val();
        if self.adding.q.val() {
            self.adding.d.next = false;
            self.walking.d.next = true;
            self.at.d.next = self.origin.val();
            self.kr_at.d.next = self.origin.val();
            self.ch_at.d.next = self.origin.val();
            self.c_at.d.next = self.origin.val();
            self.r_at.d.next = self.origin.val();
        }

        // x_ends: level x and all inside it are in their last iteration
        self.kr_ends.next = self.kc_left.q.val().get_bit(16) && self.kr_left.q.val().get_bit(16);
        self.ch_ends.next = self.kr_ends.val() && self.ch_left.q.val().get_bit(16);
        self.c_ends.next = self.ch_ends.val() && self.c_left.q.val().get_bit(16);
        self.r_ends.next = self.c_ends.val() && self.r_left.q.val().get_bit(16);
        self.pixel_end.next = self.ch_ends.val();

        // the innermost level that is not at its end advances
        self.by.next = 1.into();
        self.next_row.next = self.rows.q.val();
        self.next_col.next = self.cols.q.val() + 1;
        if !self.kc_left.q.val().get_bit(16) {
            self.from.next = self.at.q.val();
        } else if !self.kr_left.q.val().get_bit(16) {
            self.from.next = self.kr_at.q.val();
            self.by.next = self.down.q.val();
            self.next_row.next = self.rows.q.val() + 1;
            self.next_col.next = self.pixel_col.q.val();
        } else if !self.ch_left.q.val().get_bit(16) {
            self.from.next = self.ch_at.q.val();
            self.by.next = self.across.q.val();
            self.next_row.next = self.pixel_row.q.val();
            self.next_col.next = self.pixel_col.q.val();
        } else if !self.c_left.q.val().get_bit(16) {
            self.from.next = self.c_at.q.val();
            self.next_row.next = self.pixel_row.q.val();
            self.next_col.next = self.pixel_col.q.val() + 1;
        } else {
            self.from.next = self.r_at.q.val();
            self.by.next = self.down.q.val();
            self.next_row.next = self.pixel_row.q.val() + 1;
            self.next_col.next = self.first_col.q.val();
        }
        self.sum.next = self.from.val() + self.by.val();

        if self.walking.q.val() {
            self.at.d.next = self.sum.val();
            self.rows.d.next = self.next_row.val();
            self.cols.d.next = self.next_col.val();
            self.kc_left.d.next = self.kc_left.q.val() - self.one.val();
            if self.kc_left.q.val().get_bit(16) {
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
                self.pixel_row.d.next = self.next_row.val();
                self.pixel_col.d.next = self.next_col.val();
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

        if self.start.val() {
            self.multiplying.d.next = self.n0.val().any()
                && self.n1.val().any()
                && self.channels.val().any()
                && self.kernel_rows.val().any()
                && self.kernel_cols.val().any();
            self.steps.d.next = 0.into();
            self.product.d.next = 0.into();
            self.factor.d.next = self.row.val();
            self.offset.d.next = self.source.val() + self.col.val();
            self.down.d.next = self.row_stride.val();
            self.across.d.next = self.channel_stride.val();
            self.kc_count.d.next = bit_cast::<17, 16>(self.kernel_cols.val()) - self.two.val();
            self.kc_left.d.next = bit_cast::<17, 16>(self.kernel_cols.val()) - self.two.val();
            self.kr_count.d.next = bit_cast::<17, 16>(self.kernel_rows.val()) - self.two.val();
            self.kr_left.d.next = bit_cast::<17, 16>(self.kernel_rows.val()) - self.two.val();
            self.ch_count.d.next = bit_cast::<17, 16>(self.channels.val()) - self.two.val();
            self.ch_left.d.next = bit_cast::<17, 16>(self.channels.val()) - self.two.val();
            self.c_count.d.next = bit_cast::<17, 16>(self.n0.val()) - self.two.val();
            self.c_left.d.next = bit_cast::<17, 16>(self.n0.val()) - self.two.val();
            self.r_left.d.next = bit_cast::<17, 16>(self.n1.val()) - self.two.val();
            self.rows.d.next = bit_cast::<19, 16>(self.row.val());
            self.pixel_row.d.next = bit_cast::<19, 16>(self.row.val());
            if self.row.val().get_bit(15) {
                self.rows.d.next = bit_cast::<19, 16>(self.row.val()) | self.sign.val();
                self.pixel_row.d.next = bit_cast::<19, 16>(self.row.val()) | self.sign.val();
            }
            self.cols.d.next = bit_cast::<19, 16>(self.col.val());
            self.pixel_col.d.next = bit_cast::<19, 16>(self.col.val());
            self.first_col.d.next = bit_cast::<19, 16>(self.col.val());
            if self.col.val().get_bit(15) {
                self.cols.d.next = bit_cast::<19, 16>(self.col.val()) | self.sign.val();
                self.pixel_col.d.next = bit_cast::<19, 16>(self.col.val()) | self.sign.val();
                self.first_col.d.next = bit_cast::<19, 16>(self.col.val()) | self.sign.val();
            }
        }
        if self.reset.val() {
            self.multiplying.d.next = false;
            self.adding.d.next = false;
            self.walking.d.next = false;
        }
    }
}
