//! Takes queue entries in order: field values go to the descriptor, issues wait for engine and tokens.
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// Cycles from an ISSUE taken to the first decision whether its command starts.
pub const ISSUE: u64 = 1;
/// Cycles from the decision to `start`.
pub const START: u64 = 1;
/// Entries in a queue at which `push_room` falls; those under way still come.
pub const MANY: u64 = 26;
/// Cycles until `push_room` shows an entry that came or went.
pub const ROOM: u64 = 2;

block! {
    /// The decision when a command starts.
    ///
    /// ```text
    ///  entry --+-- value -> write (in the cycle it is taken)
    ///          +-- ISSUE -> [held: wait, signal] -- engine ready, tokens there, room --> [start], take[]
    /// ```
    /// One entry per cycle, one more cycle for an ISSUE. A cycle after the decision `start` is up with its `mask` and its `take`;
    /// the earliest `start` is two cycles after the ISSUE was taken, so that the values before it show in the descriptor, and the
    /// entry behind it is taken after the decision, so that the descriptor holds still during `start`.
    /// `flush` drops the held command and all entries: nothing starts. `idle` is up when no entry is left between push and decision.
    pub struct Dispatch {
        in clock: Clock, in reset, flush: Bit,
        /// An entry enters the queue.
        in push_valid: Bit,
        /// 25 entries or less, a cycle late: who pushes may have seven more under way.
        out push_room: Bit,
        in entry_valid, entry_issue: Bit,
        out entry_ready: Bit,
        /// The immediate of ISSUE: `[2:0]` wait, `[6:4]` signal.
        in entry_data: Bits<32>,
        /// Empties the queue: `reset` or `flush`.
        out empty_queue: Bit,
        in engine_ready, room: Bit, in some: [Bit; 3],
        out write: Bit, out take: [Bit; 3],
        /// With `start`: what its command will signal.
        out mask: Bits<3>,
        out start, idle: Bit,
        reg(reset) held, started => start, few => push_room: Bit, reg(reset) entries: Bits<6>,
        reg tokens, signals => mask: Bits<3>,
        net taken, came, go: Bit, net missing: [Bit; 3],
        const one: Bits<6> = 1, const none: Bits<6> = 0, const many: Bits<6> = MANY,
    }
}

impl Logic for Dispatch {
    #[hdl_gen]
    fn update(&mut self) {
        self.empty_queue.next = self.reset.val() | self.flush.val();
        self.entry_ready.next = !self.held.q.val();
        self.taken.next = self.entry_valid.val() & !self.held.q.val();
        self.write.next = self.taken.val() & !self.entry_issue.val();
        if self.taken.val() & self.entry_issue.val() {
            self.held.d.next = true;
            self.tokens.d.next = self.entry_data.val().get_bits::<3>(0);
            self.signals.d.next = self.entry_data.val().get_bits::<3>(4);
        }

        for i in 0..3 {
            self.missing[i].next = self.tokens.q.val().get_bit(i) & !self.some[i].val();
        }
        // `engine_ready` falls only in the cycle after `start`
        self.go.next = self.held.q.val()
            & self.engine_ready.val()
            & !self.started.q.val()
            & self.room.val()
            & !self.missing[0].val()
            & !self.missing[1].val()
            & !self.missing[2].val()
            & !self.flush.val();
        for i in 0..3 {
            self.take[i].next = self.started.q.val() & self.tokens.q.val().get_bit(i);
        }
        self.started.d.next = self.go.val();
        if self.go.val() | self.flush.val() {
            self.held.d.next = false;
        }

        self.came.next = self.push_valid.val();
        if self.came.val() & !self.taken.val() {
            self.entries.d.next = self.entries.q.val() + self.one.val();
        }
        if self.taken.val() & !self.came.val() {
            self.entries.d.next = self.entries.q.val() - self.one.val();
        }
        self.few.d.next = self.entries.q.val() < self.many.val();
        self.idle.next =
            (self.entries.q.val() == self.none.val()) & !self.held.q.val() & !self.started.q.val();
        if self.flush.val() {
            self.entries.d.next = self.none.val();
        }
    }
}
