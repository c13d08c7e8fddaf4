//! Asks the memory for the program.
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// Instructions of a burst.
pub const BURST: u64 = 32;

/// Cycles from the first that sees neither a burst offered nor two under way to the one that measures the room for another.
pub const MEASURE: u64 = 1;
/// Cycles from measuring the room to the offer of the burst, if there is room.
pub const OFFER: u64 = 3;
/// Cycles from measuring the room to the next measurement, if there is none.
pub const AGAIN: u64 = 4;
/// Cycles from what sets the room for a burst, the instruction executed, to the cycle that measures it.
pub const MEASURED: u64 = 2;
/// Cycles from `jump` to the first in which a burst may be prepared, after a jump to an instruction that is in the buffer; after a far
/// jump it is [`AFTER_FAR`].
pub const AFTER_JUMP: u64 = 2;
/// See [`AFTER_JUMP`].
pub const AFTER_FAR: u64 = 3;
/// Cycles of `urgent` behind the program counter.
pub const URGENT: u64 = 1;

/// What the burst in preparation has come to.
#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
pub enum RefillState {
    /// Until there is no burst to offer and at most one under way.
    Wait,
    /// Its address, and how much of the program and of the buffer is left.
    Measure,
    /// How many instructions.
    Size,
    /// It is asked for, if there is room.
    Commit,
}

block! {
    /// Asks for bursts of up to [`BURST`] instructions as long as the buffer has room, and finds out which jumps leave it.
    ///
    /// ```text
    ///  [asked] --> program_address + 2 asked --> [cmd_addr], [cmd_len], [cmd_valid]
    ///          --> asked - keep <= 2^RAW - BURST, asked < program_length?
    ///  jump, pc >= [floor] = asked - [held]?  no --> far: asked = pc, held = 0
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `run` | 1 | instructions may be asked for |
    /// | `halt` | 1 | no more are needed |
    /// | `program_address`, `program_length` | 32, 24 | word address of instruction 0; instructions |
    /// | `jump`, `pc` | 1, 24 | `pc` has just changed to an instruction before it; it stays for two cycles |
    /// | `keep` | 16 | first instruction that has to stay, see [`Keep`](crate::control::keep::Keep) |
    /// | `got` | 16 | first instruction that is not in the buffer yet |
    /// | `few` | 1 | at most one burst is under way |
    /// | `cmd_valid`, `cmd_ready`, `cmd_addr`, `cmd_len` | 1, 1, 32, 16 | a burst of words to read |
    /// | `urgent` | 1 | less than a quarter of the buffer is left to execute |
    /// | `more`, `count` | 1, 6 | a burst of `count` instructions will be offered from the next cycle on |
    /// | `far` | 1 | two cycles after `jump`: the buffer does not hold `pc`; everything in it and under way is void |
    ///
    /// A burst is offered five cycles after `reset`, `far` or the one before. An offered burst stays until it is taken, whatever happens.
    pub struct Refill<const RAW: usize> {
        in clock: Clock, in reset, run, halt, jump, few, cmd_ready: Bit, in program_address: Bits<32>,
        in program_length, pc: Bits<24>, in keep, got: Bits<16>,
        out cmd_valid, urgent, more, far: Bit, out cmd_addr: Bits<32>, out cmd_len: Bits<16>,
        out count: Bits<6>,
        reg(reset) state: RefillState, reg(reset) offered => cmd_valid, jumped, gone => far: Bit,
        reg(reset) asked, floor: Bits<24>, reg(reset) held: Bits<16>, reg address => cmd_addr: Bits<32>,
        reg left: Bits<24>, reg room, any, hurry => urgent: Bit, reg size => count: Bits<6>,
        net window, ahead, would_hold: Bits<16>, net pulse commit: Bit,
        const full: Bits<24> = BURST, const full_size: Bits<6> = BURST, const nothing: Bits<24> = 0,
        const ring: Bits<16> = 1u64 << RAW, const enough: Bits<16> = (1u64 << RAW) - BURST,
        const quarter: Bits<16> = 1u64 << (RAW - 2),
    }
}

impl<const RAW: usize> Logic for Refill<RAW> {
    #[hdl_gen]
    fn update(&mut self) {
        self.window.next = bit_cast::<16, 24>(self.asked.q.val()) - self.keep.val();
        self.ahead.next = self.got.val() - bit_cast::<16, 24>(self.pc.val());
        self.would_hold.next = self.held.q.val() + bit_cast::<16, 6>(self.size.q.val());
        self.hurry.d.next = self.ahead.val() < self.quarter.val();
        // the floor follows a cycle late, and a jump is judged a cycle late
        self.floor.d.next = self.asked.q.val() - bit_cast::<24, 16>(self.held.q.val());
        self.jumped.d.next = self.jump.val();
        self.gone.d.next = self.jumped.q.val() & (self.pc.val() < self.floor.q.val());

        if self.cmd_ready.val() {
            self.offered.d.next = false;
        }
        match self.state.q.val() {
            RefillState::Wait => {
                if self.run.val()
                    & self.few.val()
                    & !self.halt.val()
                    & !self.offered.q.val()
                    & !self.jumped.q.val()
                    & !self.gone.q.val()
                {
                    self.state.d.next = RefillState::Measure;
                }
            }
            RefillState::Measure => {
                self.address.d.next =
                    self.program_address.val() + (bit_cast::<32, 24>(self.asked.q.val()) << 1);
                self.left.d.next = self.program_length.val() - self.asked.q.val();
                self.room.d.next = self.window.val() <= self.enough.val();
                self.state.d.next = RefillState::Size;
            }
            RefillState::Size => {
                self.size.d.next = self.full_size.val();
                if self.left.q.val() < self.full.val() {
                    self.size.d.next = bit_cast::<6, 24>(self.left.q.val());
                }
                self.any.d.next = self.room.q.val() & (self.left.q.val() != self.nothing.val());
                self.state.d.next = RefillState::Commit;
            }
            RefillState::Commit => {
                self.commit.next = self.any.q.val() & self.run.val() & !self.halt.val() & !self.jump.val();
                self.state.d.next = RefillState::Wait;
            }
            _ => {
                self.state.d.next = RefillState::Wait;
            }
        }
        if self.commit.val() {
            self.offered.d.next = true;
            self.asked.d.next = self.asked.q.val() + bit_cast::<24, 6>(self.size.q.val());
            self.held.d.next = self.would_hold.val();
            if self.would_hold.val() > self.ring.val() {
                self.held.d.next = self.ring.val();
            }
        }
        // what was measured before the jump does not hold after it
        if self.jump.val() {
            self.state.d.next = RefillState::Wait;
        }
        if self.gone.q.val() {
            self.asked.d.next = self.pc.val();
            self.held.d.next = 0.into();
        }
        self.cmd_len.next = bit_cast::<16, 6>(self.size.q.val()) << 1;
        self.more.next = self.commit.val();
    }
}
