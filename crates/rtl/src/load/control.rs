//! [`LoadControl`]: decodes a command, starts what it needs, routes the words and says when all is done.

use ef_hdl_kit::K;
use ef_program::load::LoadOp;
use rust_hdl::prelude::*;

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
#[derive(LogicBlock, Default)]
pub struct LoadControl {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub cancel: Signal<In, Bit>,
    pub start: Signal<In, Bit>,
    pub op: Signal<In, Bits<16>>,
    pub ready: Signal<Out, Bit>,
    pub done: Signal<Out, Bit>,
    pub bad: Signal<Out, Bit>,
    pub clear: Signal<Out, Bit>,
    // in the cycle of `start`
    pub reader_start: Signal<Out, Bit>,
    pub vectors_start: Signal<Out, Bit>,
    pub gather_start: Signal<Out, Bit>,
    pub words_start: Signal<Out, Bit>,
    pub zero: Signal<Out, Bit>,
    pub gather: Signal<Out, Bit>,
    pub mask: Signal<Out, Bit>,
    pub pool: Signal<Out, Bit>,
    pub unpack: Signal<Out, Bit>,
    pub shift: Signal<Out, Bits<4>>,
    pub destination: Signal<Out, Bits<2>>,
    // while the command runs
    pub to: Signal<Out, Bits<2>>,
    /// Its words come from the hand-over RAM.
    pub handed: Signal<Out, Bit>,
    pub reader_idle: Signal<In, Bit>,
    pub vectors_idle: Signal<In, Bit>,
    pub words_idle: Signal<In, Bit>,
    pub word_valid: Signal<In, Bit>,
    pub word_ready: Signal<Out, Bit>,
    pub words_valid: Signal<Out, Bit>,
    pub words_ready: Signal<In, Bit>,
    pub collector_valid: Signal<Out, Bit>,
    pub collector_ready: Signal<In, Bit>,
    busy: DFF<Bit>,
    kind: DFF<Bits<2>>,
    target: DFF<Bits<2>>,
    from_ram: DFF<Bit>,
    finished: DFF<Bit>,
    refused: DFF<Bit>,
    new_kind: Signal<Local, Bits<2>>,
    undefined: Signal<Local, Bit>,
    accepted: Signal<Local, Bit>,
    kind_zero: K<2, 0>,
    kind_vectors: K<2, 1>,
    kind_words: K<2, 2>,
    kind_gather: K<2, 3>,
    bit_handed: K<4, { LoadOp::HANDED as u64 }>,
}

impl Logic for LoadControl {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, busy, kind, target, from_ram, finished, refused);
        self.finished.d.next = false;
        self.refused.d.next = false;

        // decode
        self.new_kind.next = self.op.val().get_bits::<2>(0);
        self.destination.next = self.op.val().get_bits::<2>(2);
        self.unpack.next = self.op.val().get_bit(4);
        self.shift.next = self.op.val().get_bits::<4>(5);
        self.zero.next = self.new_kind.val() == self.kind_zero.val();
        self.gather.next = self.new_kind.val() == self.kind_gather.val();
        self.mask.next = self.op.val().get_bit(9) && (self.new_kind.val() == self.kind_vectors.val());
        self.pool.next = self.op.val().get_bit(10) && (self.new_kind.val() == self.kind_vectors.val());
        self.undefined.next = self.op.val().get_bits::<2>(2).all();
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
            self.kind.d.next = self.op.val().get_bits::<2>(0);
            self.target.d.next = self.op.val().get_bits::<2>(2);
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
        self.to.next = self.target.q.val();
        self.handed.next = self.from_ram.q.val();
        self.done.next = self.finished.q.val();
        self.bad.next = self.refused.q.val();
        self.clear.next = self.cancel.val() || self.reset.val();
        self.ready.next =
            !self.busy.q.val() && !self.refused.q.val() && self.reader_idle.val() && !self.cancel.val();
    }
}
