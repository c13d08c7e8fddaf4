//! [`TapPosition`]: image row and column of each step of the [`TapWalker`](super::TapWalker).

use ef_hdl_kit::K;
use rust_hdl::prelude::*;

/// Keeps the row and the column of a step's first tap, and those of its pixel.
///
/// | the step ends | row | column |
/// |---|---|---|
/// | nothing | stays | + W |
/// | a kernel row | + 1 | the pixel's |
/// | and a channel | the pixel's | the pixel's |
/// | and a pixel | the pixel's | the pixel's + `stride_across` |
/// | and a row of pixels | the pixel's + `stride_down` | the first |
///
/// | port | width | |
/// |---|---|---|
/// | `start` | 1 | takes `first_row`, `first_col`, `stride_down`, `stride_across` |
/// | `step` | 1 | go on |
/// | `row_end`, `channel_end`, `pixel_end`, `line_end` | 1 | what the step ends; each only with those before |
/// | `row`, `col` | 21, signed | of this step |
#[derive(LogicBlock)]
pub struct TapPosition<const W: usize> {
    pub clock: Signal<In, Clock>,
    pub start: Signal<In, Bit>,
    pub first_row: Signal<In, Bits<16>>,
    pub first_col: Signal<In, Bits<16>>,
    pub stride_down: Signal<In, Bits<3>>,
    pub stride_across: Signal<In, Bits<3>>,
    pub step: Signal<In, Bit>,
    pub row_end: Signal<In, Bit>,
    pub channel_end: Signal<In, Bit>,
    pub pixel_end: Signal<In, Bit>,
    pub line_end: Signal<In, Bit>,
    pub row: Signal<Out, Bits<21>>,
    pub col: Signal<Out, Bits<21>>,
    down: DFF<Bits<3>>,
    across: DFF<Bits<3>>,
    left_col: DFF<Bits<21>>,
    rows: DFF<Bits<21>>,
    cols: DFF<Bits<21>>,
    pixel_row: DFF<Bits<21>>,
    pixel_col: DFF<Bits<21>>,
    row_from: Signal<Local, Bits<21>>,
    row_by: Signal<Local, Bits<21>>,
    next_row: Signal<Local, Bits<21>>,
    col_from: Signal<Local, Bits<21>>,
    col_by: Signal<Local, Bits<21>>,
    next_col: Signal<Local, Bits<21>>,
    start_row: Signal<Local, Bits<21>>,
    start_col: Signal<Local, Bits<21>>,
    width: Constant<Bits<21>>,
    sign: K<21, 0x1f_0000>,
}

impl<const W: usize> Default for TapPosition<W> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            start: Default::default(),
            first_row: Default::default(),
            first_col: Default::default(),
            stride_down: Default::default(),
            stride_across: Default::default(),
            step: Default::default(),
            row_end: Default::default(),
            channel_end: Default::default(),
            pixel_end: Default::default(),
            line_end: Default::default(),
            row: Default::default(),
            col: Default::default(),
            down: Default::default(),
            across: Default::default(),
            left_col: Default::default(),
            rows: Default::default(),
            cols: Default::default(),
            pixel_row: Default::default(),
            pixel_col: Default::default(),
            row_from: Default::default(),
            row_by: Default::default(),
            next_row: Default::default(),
            col_from: Default::default(),
            col_by: Default::default(),
            next_col: Default::default(),
            start_row: Default::default(),
            start_col: Default::default(),
            width: Constant::new((W as u64).into()),
            sign: Default::default(),
        }
    }
}

impl<const W: usize> Logic for TapPosition<W> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, down, across, left_col, rows, cols, pixel_row, pixel_col);
        self.row.next = self.rows.q.val();
        self.col.next = self.cols.q.val();

        self.row_from.next = self.pixel_row.q.val();
        self.row_by.next = 0.into();
        self.col_from.next = self.pixel_col.q.val();
        self.col_by.next = 0.into();
        if !self.row_end.val() {
            self.row_from.next = self.rows.q.val();
            self.col_from.next = self.cols.q.val();
            self.col_by.next = self.width.val();
        } else if !self.channel_end.val() {
            self.row_from.next = self.rows.q.val();
            self.row_by.next = 1.into();
        } else if self.line_end.val() {
            self.row_by.next = bit_cast::<21, 3>(self.down.q.val());
            self.col_from.next = self.left_col.q.val();
        } else if self.pixel_end.val() {
            self.col_by.next = bit_cast::<21, 3>(self.across.q.val());
        }
        self.next_row.next = self.row_from.val() + self.row_by.val();
        self.next_col.next = self.col_from.val() + self.col_by.val();
        if self.step.val() {
            self.rows.d.next = self.next_row.val();
            self.cols.d.next = self.next_col.val();
            if self.pixel_end.val() {
                self.pixel_row.d.next = self.next_row.val();
                self.pixel_col.d.next = self.next_col.val();
            }
        }

        self.start_row.next = bit_cast::<21, 16>(self.first_row.val());
        if self.first_row.val().get_bit(15) {
            self.start_row.next = bit_cast::<21, 16>(self.first_row.val()) | self.sign.val();
        }
        self.start_col.next = bit_cast::<21, 16>(self.first_col.val());
        if self.first_col.val().get_bit(15) {
            self.start_col.next = bit_cast::<21, 16>(self.first_col.val()) | self.sign.val();
        }
        if self.start.val() {
            self.down.d.next = self.stride_down.val();
            self.across.d.next = self.stride_across.val();
            self.rows.d.next = self.start_row.val();
            self.pixel_row.d.next = self.start_row.val();
            self.cols.d.next = self.start_col.val();
            self.pixel_col.d.next = self.start_col.val();
            self.left_col.d.next = self.start_col.val();
        }
    }
}
