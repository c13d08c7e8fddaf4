//! [`StoreControl`]: one command at a time, from descriptor to done.

use ef_hdl_kit::block;
use ef_isa::store::{StoreKind, StoreOp};
use ef_isa::vector::RecipeWord;
use rust_hdl::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, LogicState)]
enum StoreState {
    Idle,
    Decode,
    Begin,
    Produce,
    Pack,
    Send,
    Words,
    WriteCodes,
    Codes,
    Done,
    Bad,
    Cancel,
}

/// Words that must wait in the buffer before a burst of a map begins: a map comes as fast as memory takes it.
pub const MAP_PREFILL: u64 = 4;

/// Cycles from `start` to the pulse that starts a producer and the writer.
pub const BEGIN: u64 = 3;
/// Cycles from the end of a producer to the state that waits for the writer.
pub const PRODUCED: u64 = 2;
/// Cycles from there to `done`, if the writer has written.
pub const DONE: u64 = 1;
/// Cycles from `start` to `done` of an undefined operation.
pub const REFUSED: u64 = 2;
/// Cycles between the last word of a map, when the run writer has become idle, and the start of the run writer for the codes.
pub const WRITE_CODES: u64 = 2;
/// Cycles from the last word of a map, as the run writer takes it, to the first word of codes in the word buffer.
pub const SEND_CODES: u64 = 6;

block! {
    /// Takes a command, starts what produces its words and what writes them, and says when all is written.
    ///
    /// ```text
    ///  start --> Decode  Begin  Produce .......  Pack  Send  Words ...  WriteCodes  Codes ...  Done --> done
    ///  producer  clear   start  until finished         codes
    ///  writer            words ............................. until idle  codes ...  until idle
    /// ```
    /// `Pack`, `Send`, `WriteCodes` and `Codes` only in a MAP with codes. `cancel` ends a command: the producers are cleared at once, the
    /// writer pays what it owes. An operation of an undefined kind is `bad` and `done` in the same cycle.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `start`, `ready`, `done`, `bad` | 1 | engine protocol |
    /// | `cancel` | 1 | level |
    /// | `op`, `tag`, `dram` ... `second_d_run` | 16, 32 | latched fields of the descriptor |
    /// | `map`, `relu`, `pool` | 1 | of the operation |
    /// | `recipe` | 32 | field of the descriptor |
    /// | `clear` | 1 | producers and buffers forget everything; a flip-flop |
    /// | `map_start`, `vector_start` | 1 | pulses |
    /// | `map_finished`, `vector_busy` | 1 | pulse; level |
    /// | `pending`, `send`, `sending` | 1 | codes |
    /// | `write`, `writing`, `writer_cancel` | 1 | start the writer; it is busy; it shall end |
    /// | `write_dram` ... `write_prefill` | 32, 16 | what it writes: the words, then the codes |
    /// | `two` | 1 | it writes two streams |
    /// | `saturated`, `overflow_set`, `overflow_tag` | 1, 1, 5 | a result was saturated, in a command with this tag |
    pub struct StoreControl {
        in clock: Clock,
        in reset, start, cancel, map_finished, vector_busy, pending, sending, writing: Bit,
        in saturated: Bit, in op, tag, run, n_run, second_run, prefill: Bits<16>,
        in recipe, dram, d_run, second_dram, second_d_run: Bits<32>,
        out map, relu, pool, two, clear, map_start, vector_start, send, write, overflow_set: Bit,
        out write_dram, write_d_run: Bits<32>,
        out write_run, write_n_run, write_prefill: Bits<16>, out overflow_tag: Bits<5>,
        out pulse ready, done, bad, writer_cancel: Bit,
        reg(reset) state: StoreState,
        /// The writer writes codes.
        reg coding: Bit,
        reg clearing => clear: Bit,
        /// What was started has ended, a cycle ago.
        reg finished: Bit,
        reg pulse map_starts => map_start, vector_starts => vector_start, writes => write, sends => send: Bit,
        // the operation, from the cycle after Decode on
        reg is_map => map, has_relu => relu, has_pool => pool, has_codes, has_x, has_two => two: Bit,
        net kind: Bits<2>, net starting, defined: Bit,
        const kind_map: Bits<2> = StoreKind::Map as u64,
        const bit_relu: Bits<4> = StoreOp::RELU as u64,
        const bit_pool: Bits<4> = StoreOp::POOL as u64, const bit_codes: Bits<4> = StoreOp::CODES as u64,
        const bit_x: Bits<5> = RecipeWord::X as u64, const bit_y: Bits<5> = RecipeWord::Y as u64,
        const map_prefill: Bits<16> = MAP_PREFILL,
    }
}

impl Logic for StoreControl {
    #[hdl_gen]
    fn update(&mut self) {
        self.kind.next = self.op.val().get_bits::<2>(0);
        self.defined.next = !self.kind.val().get_bit(1);
        self.is_map.d.next = self.kind.val() == self.kind_map.val();
        self.has_relu.d.next = self.op.val().get_bit(self.bit_relu.val().index());
        self.has_pool.d.next = self.op.val().get_bit(self.bit_pool.val().index());
        self.has_codes.d.next = (self.kind.val() == self.kind_map.val())
            && self.op.val().get_bit(self.bit_codes.val().index())
            && self.n_run.val().any();
        self.has_x.d.next = self.recipe.val().get_bit(self.bit_x.val().index());
        self.has_two.d.next =
            (self.kind.val() != self.kind_map.val()) && self.recipe.val().get_bit(self.bit_y.val().index());
        self.starting.next = self.map_starts.q.val() || self.vector_starts.q.val();
        self.finished.d.next = (self.state.q.val() == StoreState::Produce)
            && !self.starting.val()
            && ((self.is_map.q.val() && self.map_finished.val())
                || (!self.is_map.q.val() && !self.vector_busy.val()));

        self.clearing.d.next = self.reset.val();
        match self.state.q.val() {
            StoreState::Idle => {
                self.ready.next = true;
                self.coding.d.next = false;
                if self.start.val() {
                    self.clearing.d.next = true;
                    self.state.d.next = StoreState::Decode;
                }
            }
            StoreState::Decode => {
                self.state.d.next = StoreState::Bad;
                if self.defined.val() {
                    self.state.d.next = StoreState::Begin;
                }
            }
            StoreState::Begin => {
                self.map_starts.d.next = self.is_map.q.val();
                self.vector_starts.d.next = !self.is_map.q.val();
                self.writes.d.next = self.is_map.q.val() || self.has_x.q.val();
                self.state.d.next = StoreState::Produce;
            }
            StoreState::Produce => {
                if self.finished.q.val() {
                    self.state.d.next = StoreState::Words;
                    if self.has_codes.q.val() {
                        self.state.d.next = StoreState::Pack;
                    }
                }
            }
            StoreState::Pack => {
                if !self.pending.val() {
                    self.state.d.next = StoreState::Send;
                }
            }
            StoreState::Send => {
                self.sends.d.next = true;
                self.state.d.next = StoreState::Words;
            }
            StoreState::Words => {
                if !self.writing.val() {
                    self.state.d.next = StoreState::Done;
                    if self.has_codes.q.val() {
                        self.state.d.next = StoreState::WriteCodes;
                        self.coding.d.next = true;
                    }
                }
            }
            StoreState::WriteCodes => {
                self.writes.d.next = true;
                self.state.d.next = StoreState::Codes;
            }
            StoreState::Codes => {
                if !self.writes.q.val() && !self.writing.val() && !self.sending.val() {
                    self.state.d.next = StoreState::Done;
                }
            }
            StoreState::Done => {
                self.done.next = true;
                self.state.d.next = StoreState::Idle;
            }
            StoreState::Bad => {
                self.done.next = true;
                self.bad.next = true;
                self.state.d.next = StoreState::Idle;
            }
            StoreState::Cancel => {
                self.clearing.d.next = true;
                self.writer_cancel.next = true;
                if !self.writing.val() {
                    self.state.d.next = StoreState::Idle;
                }
            }
        }
        if self.cancel.val()
            && (self.state.q.val() != StoreState::Idle)
            && (self.state.q.val() != StoreState::Cancel)
        {
            self.state.d.next = StoreState::Cancel;
        }

        self.write_dram.next = self.dram.val();
        self.write_run.next = self.run.val();
        self.write_n_run.next = self.n_run.val();
        self.write_d_run.next = self.d_run.val();
        if self.coding.q.val() {
            self.write_dram.next = self.second_dram.val();
            self.write_run.next = self.second_run.val();
            self.write_d_run.next = self.second_d_run.val();
        }
        self.write_prefill.next = self.prefill.val();
        if self.is_map.q.val() {
            self.write_prefill.next = self.map_prefill.val();
        }
        self.overflow_set.next = self.saturated.val();
        self.overflow_tag.next = self.tag.val().get_bits::<5>(0);
    }
}
