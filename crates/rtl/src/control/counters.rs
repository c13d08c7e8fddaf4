//! The performance counters.
use ef_hdl_kit::{K, glue};
use ef_program::regs;
use rust_hdl::prelude::*;

/// Counts the cycles in which `happened` was up, modulo 2^32, one cycle late.
#[derive(LogicBlock, Default)]
pub struct EventCounter {
    pub clock: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub happened: Signal<In, Bit>,
    pub count: Signal<Out, Bits<32>>,
    seen: DFF<Bit>,
    total: DFF<Bits<32>>,
    one: K<32, 1>,
}

impl Logic for EventCounter {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, seen, total);
        self.seen.d.next = self.happened.val();
        if self.seen.q.val() {
            self.total.d.next = self.total.q.val() + self.one.val();
        }
        if self.clear.val() {
            self.seen.d.next = false;
            self.total.d.next = 0.into();
        }
        self.count.next = self.total.q.val();
    }
}

/// Number of performance counters.
pub const COUNTERS: usize = (regs::BURSTS_FETCHED - regs::CYCLES + 1) as usize;

/// Which counters count in this cycle; `happened[i]` belongs to register `regs::CYCLES + i`.
#[derive(LogicBlock, Default)]
pub struct Events {
    pub busy: Signal<In, Bit>,
    pub phase: Signal<In, Bits<2>>,
    pub stream_active: Signal<In, Bit>,
    pub wait_stationary: Signal<In, Bit>,
    pub wait_hazard: Signal<In, Bit>,
    pub compute_ready: Signal<In, Bit>,
    pub load_active: Signal<In, Bit>,
    pub store_active: Signal<In, Bit>,
    pub word_read: Signal<In, Bit>,
    pub word_written: Signal<In, Bit>,
    pub burst_read: Signal<In, Bit>,
    pub burst_written: Signal<In, Bit>,
    pub word_fetched: Signal<In, Bit>,
    pub burst_fetched: Signal<In, Bit>,
    pub happened: [Signal<Out, Bit>; COUNTERS],
    fp: Signal<Local, Bit>,
    bp: Signal<Local, Bit>,
    wu: Signal<Local, Bit>,
}

impl Logic for Events {
    #[hdl_gen]
    fn update(&mut self) {
        self.fp.next = self.phase.val() == 0;
        self.bp.next = self.phase.val() == 1;
        self.wu.next = self.phase.val() == 2;
        self.happened[0].next = self.busy.val();
        self.happened[1].next = self.busy.val() & self.fp.val();
        self.happened[2].next = self.busy.val() & self.bp.val();
        self.happened[3].next = self.busy.val() & self.wu.val();
        self.happened[4].next = self.stream_active.val() & self.fp.val();
        self.happened[5].next = self.stream_active.val() & self.bp.val();
        self.happened[6].next = self.stream_active.val() & self.wu.val();
        self.happened[7].next = self.busy.val()
            & self.compute_ready.val()
            & !self.stream_active.val()
            & !self.wait_stationary.val()
            & !self.wait_hazard.val();
        self.happened[8].next = self.wait_stationary.val();
        self.happened[9].next = self.wait_hazard.val();
        self.happened[10].next = self.load_active.val();
        self.happened[11].next = self.store_active.val();
        self.happened[12].next = self.word_read.val();
        self.happened[13].next = self.word_written.val();
        self.happened[14].next = self.burst_read.val();
        self.happened[15].next = self.burst_written.val();
        self.happened[16].next = self.word_fetched.val();
        self.happened[17].next = self.burst_fetched.val();
    }
}

/// All counters, CYCLES to BURSTS_FETCHED; `count[i]` is register `regs::CYCLES + i`.
///
/// ```text
///  busy, phase, ... ->| Events |--happened[i]-->| EventCounter i |--> count[i]
///  clear ----------------------------------->|                |
/// ```
/// The inputs are the engines' own bits: `phase` is that of the newest compute command, a `word_*` bit stands for one word.
#[derive(LogicBlock, Default)]
pub struct Counters {
    pub clock: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub busy: Signal<In, Bit>,
    pub phase: Signal<In, Bits<2>>,
    pub stream_active: Signal<In, Bit>,
    pub wait_stationary: Signal<In, Bit>,
    pub wait_hazard: Signal<In, Bit>,
    pub compute_ready: Signal<In, Bit>,
    pub load_active: Signal<In, Bit>,
    pub store_active: Signal<In, Bit>,
    pub word_read: Signal<In, Bit>,
    pub word_written: Signal<In, Bit>,
    pub burst_read: Signal<In, Bit>,
    pub burst_written: Signal<In, Bit>,
    pub word_fetched: Signal<In, Bit>,
    pub burst_fetched: Signal<In, Bit>,
    pub count: [Signal<Out, Bits<32>>; COUNTERS],
    events: Events,
    counter: [EventCounter; COUNTERS],
}

glue! { Counters; self => {
    wire!(self.events.busy, self.busy);
    wire!(self.events.phase, self.phase);
    wire!(self.events.stream_active, self.stream_active);
    wire!(self.events.wait_stationary, self.wait_stationary);
    wire!(self.events.wait_hazard, self.wait_hazard);
    wire!(self.events.compute_ready, self.compute_ready);
    wire!(self.events.load_active, self.load_active);
    wire!(self.events.store_active, self.store_active);
    wire!(self.events.word_read, self.word_read);
    wire!(self.events.word_written, self.word_written);
    wire!(self.events.burst_read, self.burst_read);
    wire!(self.events.burst_written, self.burst_written);
    wire!(self.events.word_fetched, self.word_fetched);
    wire!(self.events.burst_fetched, self.burst_fetched);
    for i in 0..COUNTERS {
        wire!(self.counter[i].clock, self.clock);
        wire!(self.counter[i].clear, self.clear);
        wire!(self.counter[i].happened, self.events.happened[i]);
        wire!(self.count[i], self.counter[i].count);
    }
}}
