//! [`Maintenance`]: power-up and refresh.
use crate::sdram::{SdramTiming, timer::Timer};
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// Runs the power-up sequence, then interrupts the traffic for a refresh whenever one is due.
    ///
    /// ```text
    ///  POWER-UP --200 us--> CLOSE --tRP--> REFRESH --tRFC, n times--> MODE --tMRD--> RUN
    ///                         ^               +---tRFC, once------------------------> |
    ///                         +--------------------- a refresh is due ----------------+
    /// ```
    ///
    /// In RUN `run` is high. When a refresh is due it falls, and once no bank forbids it all banks are closed and one refresh is issued. That takes
    /// less than 50 cycles whatever the traffic, and the counter of due refreshes never stops, so there is one refresh per `t_refi` cycles on average.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `quiet` | 1 | every bank may be precharged, as of the cycle before |
    /// | `run` | 1 | column and row commands may be issued; a flip-flop |
    /// | `close_all`, `refresh`, `mode` | 1 | PRECHARGE ALL, AUTO REFRESH, LOAD MODE REGISTER |
    /// | `powered_up` | 1 | the power-up sequence is over |
    pub struct Maintenance(timing: &SdramTiming) {
        let more = |cycles: u32| u64::from(cycles - 1);
        in clock: Clock, in reset, quiet: Bit,
        out run, powered_up: Bit, out pulse close_all, refresh, mode: Bit,
        reg state: MaintenanceState, reg running => run, ready => powered_up, due: Bit,
        reg refreshes: Bits<4>,
        timer, interval: Timer<16>,
        net go: Bit, net pulse to_run: Bit,
        const one: Bits<4> = 1,
        /// So that `quiet` has seen the last command.
        const drain: Bits<16> = 1,
        const power_up: Bits<16> = more(timing.power_up),
        const power_up_refreshes: Bits<4> = u64::from(timing.power_up_refreshes),
        const t_rp: Bits<16> = more(timing.t_rp),
        const t_rfc: Bits<16> = more(timing.t_rfc),
        const t_mrd: Bits<16> = more(timing.t_mrd),
        const t_refi: Bits<16> = more(timing.t_refi),
    }
}

#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
enum MaintenanceState {
    PowerUp,
    Close,
    Refresh,
    Mode,
    Run,
}

impl Logic for Maintenance {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, timer, interval);
        self.interval.start.next = self.interval.idle.val();
        self.interval.more.next = self.t_refi.val();
        self.go.next = self.timer.idle.val();
        self.timer.start.next = false;
        self.timer.more.next = self.t_rp.val();
        match self.state.q.val() {
            MaintenanceState::PowerUp => {
                if self.go.val() {
                    self.refreshes.d.next = self.power_up_refreshes.val();
                    self.state.d.next = MaintenanceState::Close;
                }
            }
            MaintenanceState::Close => {
                if self.go.val() & self.quiet.val() {
                    self.close_all.next = true;
                    self.timer.start.next = true;
                    self.state.d.next = MaintenanceState::Refresh;
                }
            }
            MaintenanceState::Refresh => {
                self.timer.more.next = self.t_rfc.val();
                if self.go.val() {
                    self.refresh.next = true;
                    self.due.d.next = false;
                    self.timer.start.next = true;
                    self.refreshes.d.next = self.refreshes.q.val() - self.one.val();
                    if self.refreshes.q.val() == self.one.val() {
                        self.to_run.next = self.ready.q.val();
                        self.state.d.next = MaintenanceState::Mode;
                        if self.ready.q.val() {
                            self.state.d.next = MaintenanceState::Run;
                        }
                    }
                }
            }
            MaintenanceState::Mode => {
                self.timer.more.next = self.t_mrd.val();
                if self.go.val() {
                    self.mode.next = true;
                    self.ready.d.next = true;
                    self.timer.start.next = true;
                    self.to_run.next = true;
                    self.state.d.next = MaintenanceState::Run;
                }
            }
            MaintenanceState::Run => {
                self.to_run.next = true;
                self.timer.more.next = self.drain.val();
                if self.go.val() & self.due.q.val() {
                    self.to_run.next = false;
                    self.refreshes.d.next = self.one.val();
                    self.timer.start.next = true;
                    self.state.d.next = MaintenanceState::Close;
                }
            }
            _ => {
                self.state.d.next = MaintenanceState::PowerUp;
            }
        }
        if self.interval.idle.val() {
            self.due.d.next = true;
        }
        if self.reset.val() {
            self.state.d.next = MaintenanceState::PowerUp;
            self.ready.d.next = false;
            self.to_run.next = false;
            self.timer.start.next = true;
            self.timer.more.next = self.power_up.val();
        }
        self.running.d.next = self.to_run.val() & self.timer.idle_next.val();
    }
}
