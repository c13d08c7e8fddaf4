//! [`LoadControl`]: decodes a command, starts what it needs, routes the words and says when all is done.

use ef_hdl_kit::block;
use ef_isa::load::{LoadKind, LoadOp};
use rust_hdl::prelude::*;

/// Cycles from `start` to `done` of a command whose operation is not defined.
pub const REFUSED: u64 = 1;

block! {
    /// Start, routing and completion of one command of the load engine.
    ///
    /// ```text
    ///  start, op --> decode --> reader_start, vectors_start, gather_start, words_start
    ///
    ///  word from memory ----+--> kind = VECTORS --> collector
    ///                       +--> kind = WORDS ----> words
    ///
    ///  every part idle --> [done]
    /// ```
    ///
    /// A part is busy from the cycle after its start, so "every part idle" is looked at from then on. `cancel` ends the command without `done`;
    /// `ready` then waits for the beats under way. `clear` resets the parts.
    pub struct LoadControl {
        in clock: Clock, in reset, cancel, start: Bit, in op: Bits<16>,
        out ready, done, bad, clear: Bit,
        // in the cycle of `start`
        out reader_start, vectors_start, gather_start, words_start, zero, gather, mask, pool, unpack: Bit,
        out shift: Bits<4>, out destination: Bits<2>,
        // while the command runs
        out to: Bits<2>,
        /// Its words come from the hand-over RAM.
        out handed: Bit,
        in reader_idle, vectors_idle, words_idle, word_valid, words_ready, collector_ready: Bit,
        out word_ready, words_valid, collector_valid: Bit,
        reg busy, from_ram => handed: Bit, reg kind, target => to: Bits<2>,
        reg pulse finished => done, refused => bad: Bit,
        net new_kind: Bits<2>, net undefined, accepted: Bit,
        const kind_zero: Bits<2> = LoadKind::Zero as u64, const kind_vectors: Bits<2> = LoadKind::Vectors as u64,
        const kind_words: Bits<2> = LoadKind::Words as u64, const kind_gather: Bits<2> = LoadKind::Gather as u64,
        const bit_kind: Bits<4> = LoadOp::KIND as u64, const bit_destination: Bits<4> = LoadOp::DESTINATION as u64,
        const bit_unpack: Bits<4> = LoadOp::UNPACK as u64, const bit_shift: Bits<4> = LoadOp::SHIFT as u64,
        const bit_mask: Bits<4> = LoadOp::MASK as u64, const bit_pool: Bits<4> = LoadOp::POOL as u64,
        const bit_handed: Bits<4> = LoadOp::HANDED as u64,
    }
}

impl Logic for LoadControl {
    #[hdl_gen]
    fn update(&mut self) {
        // decode
        self.new_kind.next = self.op.val().get_bits::<2>(self.bit_kind.val().index());
        self.destination.next = self.op.val().get_bits::<2>(self.bit_destination.val().index());
        self.unpack.next = self.op.val().get_bit(self.bit_unpack.val().index());
        self.shift.next = self.op.val().get_bits::<4>(self.bit_shift.val().index());
        self.zero.next = self.new_kind.val() == self.kind_zero.val();
        self.gather.next = self.new_kind.val() == self.kind_gather.val();
        self.mask.next = self.op.val().get_bit(self.bit_mask.val().index())
            && (self.new_kind.val() == self.kind_vectors.val());
        self.pool.next = self.op.val().get_bit(self.bit_pool.val().index())
            && (self.new_kind.val() == self.kind_vectors.val());
        self.undefined.next = self.destination.val().all();
        self.accepted.next = self.start.val() && !self.undefined.val();
        self.reader_start.next = self.accepted.val()
            && ((self.new_kind.val() == self.kind_vectors.val())
                || (self.new_kind.val() == self.kind_words.val()));
        self.vectors_start.next = self.accepted.val() && (self.new_kind.val() != self.kind_words.val());
        self.gather_start.next = self.accepted.val() && (self.new_kind.val() == self.kind_gather.val());
        self.words_start.next = self.accepted.val() && (self.new_kind.val() == self.kind_words.val());

        // route
        self.words_valid.next = self.word_valid.val() && (self.kind.q.val() == self.kind_words.val());
        self.word_ready.next = self.collector_ready.val();
        if self.kind.q.val() == self.kind_words.val() {
            self.word_ready.next = self.words_ready.val();
        }
        self.collector_valid.next = self.word_valid.val() && (self.kind.q.val() == self.kind_vectors.val());

        // complete
        if self.busy.q.val()
            && self.reader_idle.val()
            && self.vectors_idle.val()
            && self.words_idle.val()
            && !self.word_valid.val()
        {
            self.busy.d.next = false;
            self.finished.d.next = true;
        }
        if self.start.val() {
            self.kind.d.next = self.new_kind.val();
            self.target.d.next = self.destination.val();
            self.from_ram.d.next = self.op.val().get_bit(self.bit_handed.val().index());
            if self.new_kind.val() == self.kind_gather.val() {
                self.target.d.next = 0.into();
            }
            self.busy.d.next = !self.undefined.val();
            self.finished.d.next = self.undefined.val();
            self.refused.d.next = self.undefined.val();
        }
        if self.cancel.val() || self.reset.val() {
            self.busy.d.next = false;
            self.finished.d.next = false;
            self.refused.d.next = false;
        }
        self.clear.next = self.cancel.val() || self.reset.val();
        self.ready.next =
            !self.busy.q.val() && !self.refused.q.val() && self.reader_idle.val() && !self.cancel.val();
    }
}
