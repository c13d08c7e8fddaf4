//! Takes queue entries in order: field values go to the descriptor, issues wait for engine and tokens.
use ef_hdl_kit::K;
use rust_hdl::prelude::*;

/// Cycles from an ISSUE taken to the first decision whether its command starts.
pub const ISSUE: u64 = 1;
/// Cycles from the decision to `start`.
pub const START: u64 = 1;
/// Entries in a queue from which on no more may be pushed, but for those under way: ...
pub const MANY: u64 = 26;
/// ... cycles from an entry that comes or goes to `push_room`.
pub const ROOM: u64 = 2;

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
#[derive(LogicBlock, Default)]
pub struct Dispatch {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub flush: Signal<In, Bit>,
    /// An entry enters the queue.
    pub push_valid: Signal<In, Bit>,
    /// 25 entries or less, a cycle late: who pushes may have seven more under way.
    pub push_room: Signal<Out, Bit>,
    pub entry_valid: Signal<In, Bit>,
    pub entry_ready: Signal<Out, Bit>,
    pub entry_issue: Signal<In, Bit>,
    /// The immediate of ISSUE: `[2:0]` wait, `[6:4]` signal.
    pub entry_data: Signal<In, Bits<32>>,
    /// Empties the queue: `reset` or `flush`.
    pub empty_queue: Signal<Out, Bit>,
    pub write: Signal<Out, Bit>,
    pub engine_ready: Signal<In, Bit>,
    pub room: Signal<In, Bit>,
    pub some: [Signal<In, Bit>; 3],
    pub take: [Signal<Out, Bit>; 3],
    /// With `start`: what its command will signal.
    pub mask: Signal<Out, Bits<3>>,
    pub start: Signal<Out, Bit>,
    pub idle: Signal<Out, Bit>,
    held: DFF<Bit>,
    tokens: DFF<Bits<3>>,
    signals: DFF<Bits<3>>,
    started: DFF<Bit>,
    entries: DFF<Bits<6>>,
    few: DFF<Bit>,
    taken: Signal<Local, Bit>,
    came: Signal<Local, Bit>,
    missing: [Signal<Local, Bit>; 3],
    go: Signal<Local, Bit>,
    one: K<6, 1>,
    none: K<6, 0>,
    many: K<6, MANY>,
}

impl Logic for Dispatch {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, held, tokens, signals, started, entries, few);
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
        self.mask.next = self.signals.q.val();
        self.started.d.next = self.go.val();
        self.start.next = self.started.q.val();
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
        self.push_room.next = self.few.q.val();
        self.idle.next =
            (self.entries.q.val() == self.none.val()) & !self.held.q.val() & !self.started.q.val();
        if self.flush.val() {
            self.entries.d.next = self.none.val();
        }
        if self.reset.val() {
            self.few.d.next = false;
            self.held.d.next = false;
            self.started.d.next = false;
            self.entries.d.next = self.none.val();
        }
    }
}
