//! [`FrameSender`]: a reply to symbols.
use super::crc::Crc;
use super::receiver::FIRST_INDEX;
use ef_hdl_kit::block;
use ef_link::frame::{PADDING, REPLY};
use rust_hdl::prelude::*;

#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
enum Part {
    Idle,
    Begin,
    Load,
    Byte,
    Sum,
    End,
    Padding,
}

block! {
    /// Sends END, the words of a reply, its CRC, END, and then more ENDs while there is nothing else to do.
    ///
    /// ```text
    ///  send --> Begin --> Load --> Byte --> Sum --+--> End --sent--> Padding --> Idle
    ///                      ^    4 times <--/      |
    ///                      +----- next word ------+
    ///
    ///  op, number, words --+
    ///  RAM at `index` -------+--> [word] --> byte --> SlipEncoder
    ///  status ---------------+       |
    ///  Crc --------------------------+
    /// ```
    /// Word -3 is op | 0x80, number and words; word -2, the session, stands in the RAM as it came with the request; word -1 is the status;
    /// payload; the CRC. Sum waits for the [`Crc`]. [`PADDING`] ENDs follow, or fewer if the next reply starts.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `send`, `op`, `number`, `words`, `status` | 1, 8, 8, 9, 3 | a reply; the rest stays until `sent` |
    /// | `index`, `fetched` | 9, 32 | place in the RAM; its word, 2 cycles later |
    /// | `valid`, `ready`, `is_end`, `data` | 1, 1, 1, 8 | symbols given |
    /// | `sent` | 1 | the last byte was taken, one cycle |
    pub struct FrameSender {
        in clock: Clock, in reset, send, ready: Bit, in op, number: Bits<8>, in words: Bits<9>,
        in status: Bits<3>, in fetched: Bits<32>,
        out index: Bits<9>, out is_end, sent: Bit, out data: Bits<8>, out pulse valid: Bit,
        crc: Crc,
        reg(reset) part: Part, reg at => index: Bits<9>, reg is_sum: Bit, reg word: Bits<32>,
        reg padding: Bits<6>, reg pulse pause: Bits<2>, reg(send) phase: Bits<2>,
        reg(reset) pulse finished => sent: Bit,
        net head: Bits<32>, net low_byte: Bits<8>,
        const first: Bits<9> = FIRST_INDEX, const third: Bits<9> = FIRST_INDEX + 2,
        const next_word: Bits<9> = 1, const reply: Bits<32> = REPLY as u64, const one: Bits<2> = 1,
        const none: Bits<2> = 0, const all_padding: Bits<6> = PADDING as u64, const one_less: Bits<6> = 1,
    }
}

impl Logic for FrameSender {
    #[hdl_gen]
    fn update(&mut self) {
        self.head.next = bit_cast::<32, 8>(self.op.val())
            | (bit_cast::<32, 8>(self.number.val()) << 8)
            | (bit_cast::<32, 9>(self.words.val()) << 16)
            | self.reply.val();
        self.low_byte.next = self.word.q.val().get_bits::<8>(0);
        self.crc.clock.next = self.clock.val();
        self.crc.start.next = false;
        self.crc.valid.next = false;
        self.crc.data.next = self.low_byte.val();
        self.is_sum.d.next = self.at.q.val() == self.words.val();
        self.is_end.next = true;

        match self.part.q.val() {
            Part::Idle => {}
            Part::Begin => {
                self.valid.next = true;
                self.crc.start.next = true;
                self.at.d.next = self.first.val();
                if self.ready.val() {
                    self.part.d.next = Part::Load;
                }
            }
            Part::Load => {
                self.pause.d.next = self.pause.q.val() + self.one.val();
                self.word.d.next = self.fetched.val();
                if self.at.q.val() == self.first.val() {
                    self.word.d.next = self.head.val();
                }
                if self.at.q.val() == self.third.val() {
                    self.word.d.next = bit_cast::<32, 3>(self.status.val());
                }
                if self.is_sum.q.val() {
                    self.word.d.next = !self.crc.value.val();
                }
                if self.pause.q.val().all() {
                    self.part.d.next = Part::Byte;
                }
            }
            Part::Byte => {
                self.valid.next = true;
                self.is_end.next = false;
                if self.ready.val() {
                    self.crc.valid.next = !self.is_sum.q.val();
                    self.word.d.next = self.word.q.val() >> 8;
                    self.phase.d.next = self.phase.q.val() + self.one.val();
                    self.part.d.next = Part::Sum;
                }
            }
            Part::Sum => {
                if !self.crc.busy.val() {
                    self.part.d.next = Part::Byte;
                    if self.phase.q.val() == self.none.val() {
                        self.part.d.next = Part::Load;
                        self.at.d.next = self.at.q.val() + self.next_word.val();
                        if self.is_sum.q.val() {
                            self.part.d.next = Part::End;
                        }
                    }
                }
            }
            Part::End => {
                self.valid.next = true;
                self.padding.d.next = self.all_padding.val();
                if self.ready.val() {
                    self.finished.d.next = true;
                    self.part.d.next = Part::Padding;
                }
            }
            Part::Padding => {
                self.valid.next = true;
                if self.ready.val() {
                    self.padding.d.next = self.padding.q.val() - self.one_less.val();
                    if self.padding.q.val() == self.one_less.val() {
                        self.part.d.next = Part::Idle;
                    }
                }
            }
            _ => {
                self.part.d.next = Part::Idle;
            }
        }
        if self.send.val() {
            self.part.d.next = Part::Begin;
        }
        self.data.next = self.low_byte.val();
    }
}
