//! [`Segmenter`]: bursts cut at the ends of pages.
use super::{SdramTiming, setting::Setting};
use ef_hdl_kit::K;
use rust_hdl::prelude::*;

/// Cuts bursts into segments that lie within one page, in order.
///
/// ```text
///  cmd_addr:  | row 13 | bank 2 | column 8 or 9, in words |        pages rotate over the banks
///
///  cmd_* --[page, offset, left, room]--[words, last]--> segment_*
///              ^ next page                  |
///              +----------------------------+
/// ```
///
/// A burst is taken in one cycle, its first segment is offered two cycles later, the next one two cycles after that was taken. Address bits
/// above the row are not looked at.
///
/// | port | width | |
/// |---|---|---|
/// | `cmd_valid`, `cmd_ready`, `cmd_write`, `cmd_addr`, `cmd_len` | 1, 1, 1, 32, 16 | burst: address and length in words, length >= 1 |
/// | `segment_valid`, `segment_ready` | 1, 1 | a segment |
/// | `segment_write`, `segment_bank`, `segment_row` | 1, 2, 13 | direction and page |
/// | `segment_column`, `segment_words` | 9, 10 | first word in the page, number of words |
/// | `idle` | 1 | no burst held |
#[derive(LogicBlock, Default)]
pub struct Segmenter {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub cmd_valid: Signal<In, Bit>,
    pub cmd_ready: Signal<Out, Bit>,
    pub cmd_write: Signal<In, Bit>,
    pub cmd_addr: Signal<In, Bits<32>>,
    pub cmd_len: Signal<In, Bits<16>>,
    pub segment_valid: Signal<Out, Bit>,
    pub segment_ready: Signal<In, Bit>,
    pub segment_write: Signal<Out, Bit>,
    pub segment_bank: Signal<Out, Bits<2>>,
    pub segment_row: Signal<Out, Bits<13>>,
    pub segment_column: Signal<Out, Bits<9>>,
    pub segment_words: Signal<Out, Bits<10>>,
    pub idle: Signal<Out, Bit>,
    busy: DFF<Bit>,
    measured: DFF<Bit>,
    write: DFF<Bit>,
    page: DFF<Bits<15>>,
    offset: DFF<Bits<9>>,
    left: DFF<Bits<16>>,
    room: DFF<Bits<10>>,
    words: DFF<Bits<10>>,
    last: DFF<Bit>,
    first_page: Signal<Local, Bits<15>>,
    first_offset: Signal<Local, Bits<9>>,
    fits: Signal<Local, Bit>,
    /// Pages of 512 words, else of 256.
    wide: Setting<Bit>,
    page_words: Setting<Bits<10>>,
    page_one: K<15, 1>,
    offset_zero: K<9, 0>,
}

impl Segmenter {
    pub fn new(timing: &SdramTiming) -> Self {
        Self {
            wide: Setting::new(timing.column_bits == 10),
            page_words: Setting::new((1u64 << (timing.column_bits - 1)).into()),
            ..Self::default()
        }
    }
}

impl Logic for Segmenter {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, busy, measured, write, page, offset, left, room, words, last);
        if self.wide.val() {
            self.first_page.next = self.cmd_addr.val().get_bits::<15>(9);
            self.first_offset.next = self.cmd_addr.val().get_bits::<9>(0);
        } else {
            self.first_page.next = self.cmd_addr.val().get_bits::<15>(8);
            self.first_offset.next = bit_cast::<9, 8>(self.cmd_addr.val().get_bits::<8>(0));
        }
        self.fits.next = self.left.q.val() <= bit_cast::<16, 10>(self.room.q.val());

        if !self.busy.q.val() {
            self.busy.d.next = self.cmd_valid.val();
            self.write.d.next = self.cmd_write.val();
            self.page.d.next = self.first_page.val();
            self.offset.d.next = self.first_offset.val();
            self.left.d.next = self.cmd_len.val();
            self.room.d.next = self.page_words.val() - bit_cast::<10, 9>(self.first_offset.val());
        } else if !self.measured.q.val() {
            self.measured.d.next = true;
            self.last.d.next = self.fits.val();
            self.words.d.next = self.room.q.val();
            if self.fits.val() {
                self.words.d.next = self.left.q.val().get_bits::<10>(0);
            }
        } else if self.segment_ready.val() {
            self.measured.d.next = false;
            self.busy.d.next = !self.last.q.val();
            self.page.d.next = self.page.q.val() + self.page_one.val();
            self.offset.d.next = self.offset_zero.val();
            self.left.d.next = self.left.q.val() - bit_cast::<16, 10>(self.words.q.val());
            self.room.d.next = self.page_words.val();
        }
        if self.reset.val() {
            self.busy.d.next = false;
            self.measured.d.next = false;
        }

        self.cmd_ready.next = !self.busy.q.val();
        self.segment_valid.next = self.measured.q.val();
        self.segment_write.next = self.write.q.val();
        self.segment_bank.next = self.page.q.val().get_bits::<2>(0);
        self.segment_row.next = self.page.q.val().get_bits::<13>(2);
        self.segment_column.next = self.offset.q.val();
        self.segment_words.next = self.words.q.val();
        self.idle.next = !self.busy.q.val();
    }
}
