//! [`FrameReceiver`]: bytes of frames to a request.
use super::crc::Crc;
use ef_hdl_kit::block;
use ef_link::frame::{CRC_RESIDUE, HEADER_WORDS, MAX_PAYLOAD, REPLY};
use rust_hdl::prelude::*;

/// `index` of the first word of a frame: word 3, the first of the payload, has index 0.
pub const FIRST_INDEX: u64 = 512 - HEADER_WORDS as u64;

block! {
    /// Collects words, checks the CRC, and reports whole frames.
    ///
    /// ```text
    ///  byte --> [word] --+--> [op, number, count] [session] [address]     words 0, 1, 2
    ///    |               +--> write, index, word: every word, to the RAM    word 3 goes to index 0
    ///    +--> Crc --> right? --+
    ///  finish ----------------> good: right CRC, whole words, at least a header, not too long, no reply; else dropped
    /// ```
    /// A reply, which has [`REPLY`] set in its op, comes from a looped line: answering it would never end.
    /// `index` counts the words from -3 (modulo 512), so that it is the place of payload; after a good frame it is the number of words
    /// of payload + 1. What comes while `listen` is low is dropped at its END: the header and the RAM belong to the reader of the request.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `listen` | 1 | frames are taken |
    /// | `valid`, `data`, `finish`, `wrong` | 1, 8, 1, 1 | from the [`SlipDecoder`](super::slip_decoder::SlipDecoder); bytes at least 10 cycles apart |
    /// | `write`, `index`, `word` | 1, 9, 32 | a word, to be stored |
    /// | `op`, `number`, `count`, `session`, `address` | 8, 8, 16, 32, 32 | of the frame; valid from `good` until `listen` |
    /// | `good`, `dropped` | 1 | a frame has ended; one cycle |
    pub struct FrameReceiver {
        in clock: Clock, in reset, listen, valid, finish, wrong: Bit, in data: Bits<8>,
        out write: Bit, out index: Bits<9>, out word, session, address: Bits<32>,
        out op, number: Bits<8>, out count: Bits<16>,
        /// Words of payload + 1, once the frame is good.
        out length: Bits<9>,
        out good, dropped: Bit,
        crc: Crc,
        reg crc_right, is_request: Bit, reg collected => word: Bits<32>,
        reg at, stored => index, words => length: Bits<9>, reg header: [Bits<32>; 3],
        reg(reset) phase: Bits<2>, reg(reset) some, bad: Bit,
        reg(reset) pulse complete => write, was_good => good: Bit, reg pulse was_dropped => dropped: Bit,
        net take, right: Bit,
        const residue: Bits<32> = CRC_RESIDUE as u64, const first: Bits<9> = FIRST_INDEX,
        const second: Bits<9> = FIRST_INDEX + 1, const third: Bits<9> = FIRST_INDEX + 2,
        const reply: Bits<32> = REPLY as u64, const no_reply: Bits<32> = 0,
        const full: Bits<9> = MAX_PAYLOAD as u64 + 1, const header_only: Bits<9> = 0,
        const one_word: Bits<9> = 1, const whole: Bits<2> = 0, const last_byte: Bits<2> = 3,
        const one: Bits<2> = 1,
    }
}

impl Logic for FrameReceiver {
    #[hdl_gen]
    fn update(&mut self) {
        self.take.next = self.valid.val() & self.listen.val() & !self.bad.q.val();
        self.crc.clock.next = self.clock.val();
        self.crc.valid.next = self.take.val();
        self.crc.data.next = self.data.val();
        self.crc.start.next = self.finish.val() | self.reset.val();
        self.crc_right.d.next = self.crc.value.val() == self.residue.val();
        // of a whole frame, the CRC itself counts as a word
        self.is_request.d.next = (self.at.q.val() < self.first.val())
            & (self.at.q.val() != self.header_only.val())
            & ((self.header[0].q.val() & self.reply.val()) == self.no_reply.val());

        if self.valid.val() {
            self.some.d.next = true;
            if !self.listen.val() | (self.at.q.val() == self.full.val()) {
                self.bad.d.next = true;
            }
        }
        if self.wrong.val() {
            self.some.d.next = true;
            self.bad.d.next = true;
        }
        if self.take.val() {
            self.collected.d.next =
                (self.collected.q.val() >> 8) | (bit_cast::<32, 8>(self.data.val()) << 24);
            self.phase.d.next = self.phase.q.val() + self.one.val();
            if self.phase.q.val() == self.last_byte.val() {
                self.complete.d.next = true;
                self.stored.d.next = self.at.q.val();
                self.at.d.next = self.at.q.val() + self.one_word.val();
            }
        }
        if self.complete.q.val() {
            if self.stored.q.val() == self.first.val() {
                self.header[0].d.next = self.collected.q.val();
            }
            if self.stored.q.val() == self.second.val() {
                self.header[1].d.next = self.collected.q.val();
            }
            if self.stored.q.val() == self.third.val() {
                self.header[2].d.next = self.collected.q.val();
            }
        }
        self.right.next = self.listen.val()
            & !self.bad.q.val()
            & !self.wrong.val()
            & self.crc_right.q.val()
            & self.is_request.q.val()
            & (self.phase.q.val() == self.whole.val());
        if self.finish.val() {
            self.was_good.d.next = self.right.val();
            self.was_dropped.d.next = !self.right.val() & (self.some.q.val() | self.wrong.val());
            if self.right.val() {
                self.words.d.next = self.at.q.val();
            }
            self.phase.d.next = self.whole.val();
            self.at.d.next = self.first.val();
            self.some.d.next = false;
            self.bad.d.next = false;
        }
        if self.reset.val() {
            self.at.d.next = self.first.val();
        }
        self.op.next = self.header[0].q.val().get_bits::<8>(0);
        self.number.next = self.header[0].q.val().get_bits::<8>(8);
        self.count.next = self.header[0].q.val().get_bits::<16>(16);
        self.session.next = self.header[1].q.val();
        self.address.next = self.header[2].q.val();
    }
}
