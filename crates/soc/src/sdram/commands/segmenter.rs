//! [`Segmenter`]: bursts cut at the ends of pages.
use crate::sdram::SdramTiming;
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
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
    pub struct Segmenter(timing: &SdramTiming) {
        in clock: Clock, in reset, cmd_valid, cmd_write, segment_ready: Bit, in cmd_addr: Bits<32>,
        in cmd_len: Bits<16>,
        out cmd_ready, segment_valid, segment_write, idle: Bit, out segment_bank: Bits<2>,
        out segment_row: Bits<13>, out segment_column: Bits<9>, out segment_words: Bits<10>,
        reg(reset) busy, measured => segment_valid: Bit, reg write => segment_write, last: Bit,
        reg page: Bits<15>, reg offset => segment_column: Bits<9>, reg left: Bits<16>,
        reg room, words => segment_words: Bits<10>,
        net first_page: Bits<15>, net first_offset: Bits<9>, net fits: Bit,
        /// Pages of 512 words, else of 256.
        const wide: Bit = timing.column_bits == 10,
        const page_words: Bits<10> = 1u64 << (timing.column_bits - 1), const page_one: Bits<15> = 1,
        const offset_zero: Bits<9> = 0,
    }
}

impl Logic for Segmenter {
    #[hdl_gen]
    fn update(&mut self) {
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

        self.cmd_ready.next = !self.busy.q.val();
        self.segment_bank.next = self.page.q.val().get_bits::<2>(0);
        self.segment_row.next = self.page.q.val().get_bits::<13>(2);
        self.idle.next = !self.busy.q.val();
    }
}
