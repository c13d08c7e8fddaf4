//! [`UpdateWalk`]: the order of the elements of an update.

use crate::store::update_schedule::PERIOD;
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, LogicState)]
enum WalkState {
    Idle,
    Check,
    Walk,
}

block! {
    /// Issues the elements s < `n_g`, m < `n_r`, n < `n_c` (n fastest), a multiple of [`PERIOD`] cycles apart: word m of the
    /// partial sum at `p_base + s*p_g + n*p_n`.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `start` | 1 | pulse; the fields stay valid until `busy` falls |
    /// | `stall` | 1 | issue no element |
    /// | `issue` | 1 | an element begins |
    /// | `address`, `lane` | 16, 3 | its partial sum, with `issue` |
    /// | `busy` | 1 | from the cycle after `start` until the last `issue` |
    pub struct UpdateWalk {
        in clock: Clock, in clear, start, stall: Bit, in p_base, p_g, p_n, n_g, n_r, n_c: Bits<16>,
        out issue, busy: Bit, out address: Bits<16>, out lane: Bits<3>,
        reg(clear) state: WalkState, reg n_left, m_left, s_left, base, at => address: Bits<16>,
        reg row => lane: Bits<3>, reg beat: Bits<2>,
        net pulse go: Bit,
        // of the cycle before: an element takes three
        reg n_ends, m_ends, s_ends: Bit,
        const one: Bits<16> = 1, const last_beat: Bits<2> = PERIOD as u64 - 1,
    }
}

impl Logic for UpdateWalk {
    #[hdl_gen]
    fn update(&mut self) {
        self.n_ends.d.next = self.n_left.q.val() == self.one.val();
        self.m_ends.d.next = self.m_left.q.val() == self.one.val();
        self.s_ends.d.next = self.s_left.q.val() == self.one.val();
        match self.state.q.val() {
            WalkState::Idle => {
                self.n_left.d.next = self.n_c.val();
                self.m_left.d.next = self.n_r.val();
                self.s_left.d.next = self.n_g.val();
                self.base.d.next = self.p_base.val();
                self.at.d.next = self.p_base.val();
                self.row.d.next = 0.into();
                self.beat.d.next = 0.into();
                if self.start.val() {
                    self.state.d.next = WalkState::Check;
                }
            }
            WalkState::Check => {
                self.state.d.next = WalkState::Idle;
                if self.n_left.q.val().any() && self.m_left.q.val().any() && self.s_left.q.val().any() {
                    self.state.d.next = WalkState::Walk;
                }
            }
            WalkState::Walk => {
                self.go.next = !self.beat.q.val().any() && !self.stall.val();
                // the beat goes on while the walk stalls: elements may only be multiples of a period apart
                self.beat.d.next = self.beat.q.val() + 1;
                if self.beat.q.val() == self.last_beat.val() {
                    self.beat.d.next = 0.into();
                }
                if self.go.val() {
                    self.n_left.d.next = self.n_left.q.val() - 1;
                    self.at.d.next = self.at.q.val() + self.p_n.val();
                    if self.n_ends.q.val() {
                        self.n_left.d.next = self.n_c.val();
                        self.at.d.next = self.base.q.val();
                        self.m_left.d.next = self.m_left.q.val() - 1;
                        self.row.d.next = self.row.q.val() + 1;
                        if self.m_ends.q.val() {
                            self.m_left.d.next = self.n_r.val();
                            self.row.d.next = 0.into();
                            self.base.d.next = self.base.q.val() + self.p_g.val();
                            self.at.d.next = self.base.q.val() + self.p_g.val();
                            self.s_left.d.next = self.s_left.q.val() - 1;
                            if self.s_ends.q.val() {
                                self.state.d.next = WalkState::Idle;
                            }
                        }
                    }
                }
            }
        }
        self.issue.next = self.go.val();
        self.busy.next = self.state.q.val() != WalkState::Idle;
    }
}
