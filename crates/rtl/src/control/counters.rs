//! The performance counters.
use ef_hdl_kit::{block, glue};
use ef_isa::regs;
use rust_hdl::prelude::*;

block! {
    /// Counts the cycles in which `happened` was up, modulo 2^32, one cycle late.
    pub struct EventCounter {
        in clock: Clock, in clear, happened: Bit,
        out count: Bits<32>,
        reg(clear) seen: Bit, reg(clear) total => count: Bits<32>,
        const one: Bits<32> = 1,
    }
}

impl Logic for EventCounter {
    #[hdl_gen]
    fn update(&mut self) {
        self.seen.d.next = self.happened.val();
        if self.seen.q.val() {
            self.total.d.next = self.total.q.val() + self.one.val();
        }
    }
}

/// Number of performance counters.
pub const COUNTERS: usize = (regs::BURSTS_FETCHED - regs::CYCLES + 1) as usize;

block! {
    /// Which counters count in this cycle; `happened[i]` belongs to register `regs::CYCLES + i`.
    pub struct Events {
        in busy, stream_active, wait_stationary, wait_hazard, compute_ready, load_active, store_active: Bit,
        in word_read, word_written, burst_read, burst_written, word_fetched, burst_fetched: Bit,
        in phase: Bits<2>,
        out happened: [Bit; COUNTERS],
        net fp, bp, wu: Bit,
    }
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

block! {
    /// All counters, CYCLES to BURSTS_FETCHED; `count[i]` is register `regs::CYCLES + i`.
    ///
    /// ```text
    ///  busy, phase, ... ->| Events |--happened[i]-->| EventCounter i |--> count[i]
    ///  clear ----------------------------------->|                |
    /// ```
    /// The inputs are the engines' own bits: `phase` is that of the newest compute command, a `word_*` bit stands for one word.
    pub struct Counters {
        in clock: Clock,
        in clear, busy, stream_active, wait_stationary, wait_hazard, compute_ready, load_active: Bit,
        in store_active, word_read, word_written, burst_read, burst_written, word_fetched: Bit,
        in burst_fetched: Bit, in phase: Bits<2>,
        out count: [Bits<32>; COUNTERS],
        events: Events,
        counter: [EventCounter; COUNTERS],
    }
}

glue! { Counters; self => {
    wire!(self.events <- self: busy, phase, stream_active, wait_stationary, wait_hazard, compute_ready);
    wire!(self.events <- self: load_active, store_active, word_read, word_written, burst_read);
    wire!(self.events <- self: burst_written, word_fetched, burst_fetched);
    for i in 0..COUNTERS {
        wire!(self.counter[i] <- self: clock, clear);
        wire!(self.counter[i].happened, self.events.happened[i]);
        wire!(self.count[i], self.counter[i].count);
    }
}}
