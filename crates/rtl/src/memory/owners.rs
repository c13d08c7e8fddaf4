//! Whose words the memory reads.
use crate::stream::Fifo;
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// Hands every word read to the client whose burst it belongs to; up to 16 bursts may wait.
    ///
    /// ```text
    ///  more, more_fetch, more_len -->[FIFO, 16]-->[to_load, to_fetch, left]
    ///  word_valid, word_ready <----------------------^--> load_valid/ready, fetch_valid
    /// ```
    /// The next burst follows the one before without a gap. `room`: a burst may be added. `none`: no burst waits; it rises when the last
    /// word has been handed over and falls two cycles after `more`: until then its command is offered to the memory.
    /// Words for fetch are taken at once.
    pub struct ReadOwners {
        in clock: Clock, in reset, more, more_fetch, word_valid, load_ready: Bit,
        in more_len: Bits<16>,
        out room, word_ready, load_valid, fetch_valid, none: Bit,
        bursts: Fifo<17, 4>,
        reg(reset) to_load, to_fetch: Bit, reg left: Bits<16>, reg last: Bit,
        net take, free: Bit, net length: Bits<16>,
        const one: Bits<16> = 1, const two: Bits<16> = 2, const fetch_mark: Bits<17> = 1 << 16,
    }
}

impl Logic for ReadOwners {
    #[hdl_gen]
    fn update(&mut self) {
        self.bursts.clock.next = self.clock.val();
        self.bursts.reset.next = self.reset.val();
        self.bursts.in_valid.next = self.more.val();
        self.bursts.in_data.next = bit_cast::<17, 16>(self.more_len.val());
        if self.more_fetch.val() {
            self.bursts.in_data.next = bit_cast::<17, 16>(self.more_len.val()) | self.fetch_mark.val();
        }
        self.room.next = self.bursts.in_ready.val();

        self.take.next = self.to_fetch.q.val() | (self.to_load.q.val() & self.load_ready.val());
        self.free.next = (!self.to_load.q.val() & !self.to_fetch.q.val())
            | (self.word_valid.val() & self.take.val() & self.last.q.val());
        self.bursts.out_ready.next = self.free.val();
        self.length.next = self.bursts.out_data.val().get_bits::<16>(0);
        if self.free.val() {
            self.to_load.d.next = self.bursts.out_valid.val() & !self.bursts.out_data.val().get_bit(16);
            self.to_fetch.d.next = self.bursts.out_valid.val() & self.bursts.out_data.val().get_bit(16);
            self.left.d.next = self.length.val();
            self.last.d.next = self.length.val() == self.one.val();
        } else if self.word_valid.val() & self.take.val() {
            self.left.d.next = self.left.q.val() - self.one.val();
            self.last.d.next = self.left.q.val() == self.two.val();
        }
        self.word_ready.next = self.take.val();
        self.load_valid.next = self.word_valid.val() & self.to_load.q.val();
        self.fetch_valid.next = self.word_valid.val() & self.to_fetch.q.val();
        self.none.next = !self.to_load.q.val() & !self.to_fetch.q.val() & !self.bursts.out_valid.val();
    }
}
