//! Start, stop, clear: the life of a run.
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// What the accelerator is doing.
#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
pub enum RunState {
    /// Nothing; the results of the last run stand in the registers.
    Idle,
    /// One cycle: everything starts from reset.
    Begin,
    /// The program runs, or has met END and the engines are finishing.
    Run,
    /// Nothing new starts; commands that have started finish.
    Stopping,
    /// The engines cancel; their bursts complete.
    Clearing,
    /// One cycle: everything is reset.
    Wipe,
}

/// Cycles from engines and memory idle to the end of `busy`.
pub const END: u64 = 1;

block! {
    /// The run's state machine.
    ///
    /// ```text
    ///          start            finished, all idle: done
    ///   Idle ---------> Begin --> Run ------------------> Idle
    ///    |                         | stop, bad                 all idle: stopped
    ///    | clear                   +---------> Stopping -----------------> Idle
    ///    |                    clear |              | clear
    ///    +--------------------------+--------------+--> Clearing --memory calm--> Wipe --> Idle
    /// ```
    ///
    /// | port | |
    /// |---|---|
    /// | `start`, `stop`, `clear` | pulses of the host; start while busy and stop while idle do nothing; clear goes before all |
    /// | `finished` | fetch has met END or an error, everything is pushed |
    /// | `queue_idle[e]` | queue e is empty and its engine has no command |
    /// | `memory_idle` | no command and no word is on its way to or from the memory, a cycle late |
    /// | `fetch_idle` | no burst of instructions is; it falls in the cycle in which one is offered |
    /// | `bad[e]` | engine e refused a descriptor |
    /// | `run` | instructions may be taken |
    /// | `flush` | queues drop what has not started |
    /// | `restart` | a register that resets fetch, queues, tokens, engines, counters, errors: in Begin and Wipe, and from one cycle after `reset` to one cycle after its end |
    /// | `cancel` | engines complete their bursts and issue no more |
    /// | `busy`, `done`, `stopped`, `errors[4]` | status; `errors` in the order of `ef_isa::regs::error` |
    ///
    /// `Clearing` lasts until the memory was idle for 16 cycles in a row: then no engine has a burst in hand.
    pub struct RunControl {
        in clock: Clock,
        in reset, start, stop, clear, finished, memory_idle, fetch_idle, bad_instruction, bad_loop: Bit,
        in program_end: Bit, in queue_idle, bad: [Bit; 3],
        out flush, restart, busy, done, stopped, error: Bit, out errors: [Bit; 4],
        out pulse run, cancel: Bit,
        reg state: RunState, reg was_done => done, was_stopped => stopped, by_host: Bit,
        reg seen: [Bit; 4], reg pulse restarting => restart: Bit, reg(clear) pulse calm: Bits<5>,
        net all_idle, any_bad, any_seen: Bit,
        const one: Bits<5> = 1,
    }
}

impl Logic for RunControl {
    #[hdl_gen]
    fn update(&mut self) {
        self.all_idle.next = self.queue_idle[0].val()
            & self.queue_idle[1].val()
            & self.queue_idle[2].val()
            & self.memory_idle.val()
            & self.fetch_idle.val();
        self.any_bad.next = self.bad[0].val() | self.bad[1].val() | self.bad[2].val();
        self.any_seen.next =
            self.seen[0].q.val() | self.seen[1].q.val() | self.seen[2].q.val() | self.seen[3].q.val();
        if self.bad_instruction.val() {
            self.seen[0].d.next = true;
        }
        if self.bad_loop.val() {
            self.seen[1].d.next = true;
        }
        if self.program_end.val() {
            self.seen[2].d.next = true;
        }
        if self.any_bad.val() {
            self.seen[3].d.next = true;
        }

        self.flush.next = true;
        self.busy.next = true;
        match self.state.q.val() {
            RunState::Idle => {
                self.busy.next = false;
                if self.start.val() {
                    self.state.d.next = RunState::Begin;
                    self.restarting.d.next = true;
                }
            }
            RunState::Begin => {
                self.was_done.d.next = false;
                self.was_stopped.d.next = false;
                self.by_host.d.next = false;
                self.state.d.next = RunState::Run;
            }
            RunState::Run => {
                self.run.next = true;
                self.flush.next = false;
                if self.stop.val() | self.any_bad.val() {
                    self.by_host.d.next = self.stop.val();
                    self.state.d.next = RunState::Stopping;
                } else if self.finished.val() & self.all_idle.val() {
                    self.was_done.d.next = !self.any_seen.val();
                    self.state.d.next = RunState::Idle;
                }
            }
            RunState::Stopping => {
                if self.stop.val() {
                    self.by_host.d.next = true;
                }
                if self.all_idle.val() {
                    self.was_stopped.d.next = self.by_host.q.val() | self.stop.val();
                    self.state.d.next = RunState::Idle;
                }
            }
            RunState::Clearing => {
                self.cancel.next = true;
                if self.memory_idle.val() {
                    self.calm.d.next = self.calm.q.val() + self.one.val();
                }
                if self.calm.q.val().get_bit(4) {
                    self.state.d.next = RunState::Wipe;
                    self.restarting.d.next = true;
                }
            }
            RunState::Wipe => {
                self.was_done.d.next = false;
                self.was_stopped.d.next = false;
                self.state.d.next = RunState::Idle;
            }
            _ => {
                self.state.d.next = RunState::Idle;
            }
        }
        if self.clear.val() {
            self.state.d.next = RunState::Clearing;
            self.restarting.d.next = false;
        }
        if self.restarting.q.val() {
            for i in 0..4 {
                self.seen[i].d.next = false;
            }
        }
        if self.reset.val() {
            self.state.d.next = RunState::Idle;
            self.restarting.d.next = true;
            self.was_done.d.next = false;
            self.was_stopped.d.next = false;
            for i in 0..4 {
                self.seen[i].d.next = false;
            }
        }

        self.error.next = self.any_seen.val();
        for i in 0..4 {
            self.errors[i].next = self.seen[i].q.val();
        }
    }
}
