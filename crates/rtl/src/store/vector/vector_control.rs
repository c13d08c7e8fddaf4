//! [`VectorControl`]: a command of the vector unit from its start to its end.

use ef_hdl_kit::block;
use ef_isa::regs::HYPERPARAMETERS;
use ef_isa::vector::RecipeWord;
use rust_hdl::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, LogicState)]
enum VectorState {
    Idle,
    Copy,
    Settle,
    Run,
    Drain,
}

/// Cycles from `start` to the first `go`: a cycle per register, `Settle`, and two until the table begins.
pub const FIRST_GO: u64 = 3 + HYPERPARAMETERS.len() as u64;
/// Cycles from the last period to the end of `busy`.
pub const LAST: u64 = 1;
/// Cycles from `start` to the end of `busy` of a command without elements.
pub const EMPTY: u64 = 2 + HYPERPARAMETERS.len() as u64;

block! {
    /// Copies the registers into the constants, begins elements while there is room, waits until the last one is done.
    ///
    /// ```text
    ///  start --> Copy (a cycle per register) --> Settle --> Run: begins, go --> Drain (`depth` periods) --> Idle
    /// ```
    /// | port | width | |
    /// |---|---|---|
    /// | `start`, `clear`, `busy` | 1 | pulse; level, ends the command; from the cycle after `start` until the last word is out |
    /// | `recipe` | 32 | its [`RecipeWord`] |
    /// | `stall`, `begins`, `empty`, `last` | 1 | no room; a period begins; of the walk |
    /// | `clear_totals` | 1 | pulse |
    /// | `load`, `go`, `run`, `forget` | 1 | first element; an element begins; the table runs; no element is under way |
    /// | `fresh` | 1 | nothing was added to the totals since `clear_totals` |
    /// | `copy`, `copy_at` | 1, 4 | a register becomes a constant |
    pub struct VectorControl {
        in clock: Clock, in start, clear, stall, begins, empty, last, clear_totals: Bit, in recipe: Bits<32>,
        out busy, load, go, run, forget, fresh, copy, bounded, padded, totals: Bit, out copy_at: Bits<4>,
        out base: Bits<9>, out last_phase: Bits<4>, out lane_level, channel_level: Bits<2>,
        reg(clear) state: VectorState, reg at => copy_at: Bits<4>, reg left: Bits<5>, reg used => fresh: Bit,
        const registers: Bits<4> = HYPERPARAMETERS.len() as u64 - 1,
        const low_base: Bits<5> = RecipeWord::BASE as u64, const low_period: Bits<5> = RecipeWord::PERIOD as u64,
        const low_depth: Bits<5> = RecipeWord::DEPTH as u64, const low_lane: Bits<5> = RecipeWord::LANE_LEVEL as u64,
        const low_channel: Bits<5> = RecipeWord::CHANNEL_LEVEL as u64,
        const low_totals: Bits<5> = RecipeWord::TOTALS as u64,
        const low_bounded: Bits<5> = RecipeWord::BOUNDED as u64,
        const low_padded: Bits<5> = RecipeWord::PADDED as u64,
    }
}

impl Logic for VectorControl {
    #[hdl_gen]
    fn update(&mut self) {
        self.base.next = self.recipe.val().get_bits::<9>(self.low_base.val().index());
        self.last_phase.next = self.recipe.val().get_bits::<4>(self.low_period.val().index());
        self.lane_level.next = self.recipe.val().get_bits::<2>(self.low_lane.val().index());
        self.channel_level.next = self.recipe.val().get_bits::<2>(self.low_channel.val().index());
        self.totals.next = self.recipe.val().get_bit(self.low_totals.val().index());
        self.bounded.next = self.recipe.val().get_bit(self.low_bounded.val().index());
        self.padded.next = self.recipe.val().get_bit(self.low_padded.val().index());

        self.busy.next = self.state.q.val() != VectorState::Idle;
        self.load.next = self.state.q.val() == VectorState::Copy;
        self.copy.next = self.state.q.val() == VectorState::Copy;
        self.run.next =
            (self.state.q.val() == VectorState::Run) || (self.state.q.val() == VectorState::Drain);
        // a table that is not run may be written: its words name elements of other commands
        self.forget.next = !self.run.val() || self.clear.val();
        self.go.next = false;
        if self.clear_totals.val() {
            self.used.d.next = true;
        }
        match self.state.q.val() {
            VectorState::Idle => {
                self.at.d.next = 0.into();
                if self.start.val() {
                    self.state.d.next = VectorState::Copy;
                }
            }
            VectorState::Copy => {
                self.at.d.next = self.at.q.val() + 1;
                if self.at.q.val() == self.registers.val() {
                    self.state.d.next = VectorState::Settle;
                }
            }
            VectorState::Settle => {
                self.state.d.next = VectorState::Run;
                if self.empty.val() {
                    self.state.d.next = VectorState::Idle;
                }
            }
            VectorState::Run => {
                self.left.d.next = self.recipe.val().get_bits::<5>(self.low_depth.val().index());
                if self.begins.val() && !self.stall.val() {
                    self.go.next = true;
                    if self.totals.val() {
                        self.used.d.next = false;
                    }
                    if self.last.val() {
                        self.state.d.next = VectorState::Drain;
                    }
                }
            }
            VectorState::Drain => {
                if self.begins.val() {
                    self.left.d.next = self.left.q.val() - 1;
                    if !self.left.q.val().any() {
                        self.state.d.next = VectorState::Idle;
                    }
                }
            }
        }
    }
}
