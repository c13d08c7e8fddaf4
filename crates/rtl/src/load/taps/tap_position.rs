//! [`TapPosition`]: image row and column of each step of the [`TapWalker`](crate::load::TapWalker).

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
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
    pub struct TapPosition<const W: usize> {
        in clock: Clock, in start, step, row_end, channel_end, pixel_end, line_end: Bit,
        in first_row, first_col: Bits<16>, in stride_down, stride_across: Bits<3>,
        out row, col: Bits<21>,
        reg down, across: Bits<3>, reg left_col, rows => row, cols => col, pixel_row, pixel_col: Bits<21>,
        net row_from, next_row, col_from, next_col, start_row, start_col: Bits<21>,
        net pulse row_by, col_by: Bits<21>,
        const width: Bits<21> = W as u64, const sign: Bits<21> = 0x1f_0000,
    }
}

impl<const W: usize> Logic for TapPosition<W> {
    #[hdl_gen]
    fn update(&mut self) {
        self.row_from.next = self.pixel_row.q.val();
        self.col_from.next = self.pixel_col.q.val();
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
