//! [`RunWriter`]: one or two streams of words become bursts to memory.

use crate::stream::Skid;
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, LogicState)]
enum RunState {
    Idle,
    Measure,
    Limit,
    Settle,
    Wait,
    Offer,
}

/// Cycles from `start` to the first `cmd_valid`, if the words are there.
pub const FIRST_COMMAND: u64 = 5;
/// Cycles from a command taken to the next `cmd_valid`.
pub const NEXT_COMMAND: u64 = 3;
/// Cycles from the push of the last word that a burst waits for to its `cmd_valid`.
pub const ENOUGH: u64 = 3;
/// Cycles from the push of a word to the memory port, if nothing is before it.
pub const FEED: u64 = 7;
/// Cycles from a command taken to its first word at the memory port, if the word is there.
pub const SUPPLY: u64 = 3;
/// Cycles from the last word at `data` to the end of `busy`.
pub const WRITTEN: u64 = 1;

block! {
    /// Writes `n_run` runs of `run` words, run i at address `dram + i*d_run`, each as one burst; with `two` run i of a second stream, at
    /// `second_dram + i*second_d_run`, follows run i of the first one. The words come in this order.
    ///
    /// ```text
    ///  start, dram, run, n_run, d_run --> [ commands ]-------------------> cmd_valid, cmd_addr, cmd_len
    ///                                          | + run                <--- cmd_ready
    ///  push, second --> [ deficit[2] ] enough? +
    ///                                          v
    ///                                      [ owed ] > 0
    ///                                          |
    ///  in_valid, in_data ----------------------+-------------> [ Skid ]--> data_valid, data
    ///  in_ready <------------------------------+                      <--- data_ready
    /// ```
    ///
    /// A command is offered as soon as the buffer in front holds `min(run, prefill)` words of its stream beyond those that earlier
    /// bursts still take: a burst of a slow producer does not hold the memory while it waits for words, and the command of the
    /// next burst is out before the data of this one ends, so bursts of 3 words and more follow each other without a gap.
    /// Data is sent only for commands that the memory has taken.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `clock`, `reset` | 1 | |
    /// | `start` | 1 | pulse, while not `busy`; `dram`, `run`, ... stay valid until `busy` falls |
    /// | `dram`, `run`, `n_run`, `d_run` | 32, 16, 16, 32 | nothing is written if `run` or `n_run` is 0 |
    /// | `prefill` | 16 | words that must wait in the buffer before a burst begins; 0 is taken as 1 |
    /// | `two`, `second_dram`, `second_d_run` | 1, 32, 32 | the second stream |
    /// | `push`, `second` | 1, 1 | a word enters the buffer in front in this cycle, of the second stream |
    /// | `forget` | 1 | pulse, while not `busy`: the buffer in front was emptied |
    /// | `in_*`, `cmd_*`, `data_*` | | streams, valid/ready |
    /// | `cancel` | 1 | level: from the next cycle on no new command, and what is owed is paid with zeros |
    /// | `busy` | 1 | from the cycle after `start` until the last word has been taken |
    /// | `burst_issued`, `words_written` | 1 | pulses, one per command or word taken |
    ///
    /// ```
    /// use ef_rtl::store::run_writer::RunWriter;
    /// # ef_hdl_kit::export::verilog(&mut RunWriter::default(), "run_writer").unwrap();
    /// ```
    pub struct RunWriter {
        in clock: Clock, in reset, start, cancel, two, push, second, forget, in_valid, cmd_ready, data_ready: Bit,
        in dram, d_run, second_dram, second_d_run, in_data: Bits<32>, in run, n_run, prefill: Bits<16>,
        out in_ready, cmd_valid, data_valid, busy, burst_issued, words_written: Bit,
        out cmd_addr, data: Bits<32>, out cmd_len: Bits<16>,
        reg(reset) state: RunState, reg(reset) offering => cmd_valid: Bit,
        reg address => cmd_addr, other_address: Bits<32>,
        /// The command is of the second stream.
        reg turn: Bit,
        net stride: Bits<32>, net last_of_run: Bit,
        reg length => cmd_len, length_less_one, left, prefill_less_one: Bits<16>,
        /// A run is shorter than `prefill`.
        reg brief: Bit,
        reg least_less_one: Bits<16>, reg cancelled: Bit,
        first_words, second_words: Deficit,
        net deficit, lacking: Bits<20>,
        reg enough: Bit,
        /// Words of accepted commands that have not yet left the buffer.
        reg(reset) owed: Bits<20>,
        net pulse owed_change: Bits<20>, net owes_one, accept, supply, pay: Bit,
        reg(reset) paying: Bit,
        out: Skid<32>,
        const one: Bits<16> = 1, const one_word: Bits<20> = 1, const minus_one: Bits<20> = 0xf_ffff,
    }
}

impl Logic for RunWriter {
    #[hdl_gen]
    fn update(&mut self) {
        self.out.clock.next = self.clock.val();
        self.out.reset.next = self.reset.val();
        self.cancelled.d.next = self.cancel.val();
        self.accept.next = self.offering.q.val() && self.cmd_ready.val();
        self.supply.next = self.paying.q.val() && (self.in_valid.val() || self.cancelled.q.val());
        self.pay.next = self.supply.val() && self.out.in_ready.val();

        // commands
        self.stride.next = self.d_run.val();
        if self.turn.q.val() {
            self.stride.next = self.second_d_run.val();
        }
        self.last_of_run.next = self.turn.q.val() || !self.two.val();
        match self.state.q.val() {
            RunState::Idle => {
                self.address.d.next = self.dram.val();
                self.other_address.d.next = self.second_dram.val();
                self.turn.d.next = false;
                self.length.d.next = self.run.val();
                self.left.d.next = self.n_run.val();
                if self.start.val() {
                    self.state.d.next = RunState::Measure;
                }
            }
            RunState::Measure => {
                self.length_less_one.d.next = self.length.q.val() - 1;
                self.prefill_less_one.d.next = self.prefill.val() - 1;
                self.brief.d.next = self.length.q.val() < self.prefill.val();
                self.state.d.next = RunState::Idle;
                if self.length.q.val().any() && self.left.q.val().any() {
                    self.state.d.next = RunState::Limit;
                }
            }
            RunState::Limit => {
                self.least_less_one.d.next = self.prefill_less_one.q.val();
                if self.brief.q.val() {
                    self.least_less_one.d.next = self.length_less_one.q.val();
                }
                // `prefill` 0
                if self.prefill_less_one.q.val().all() {
                    self.least_less_one.d.next = 0.into();
                }
                self.state.d.next = RunState::Settle;
            }
            RunState::Settle => {
                self.state.d.next = RunState::Wait;
            }
            RunState::Wait => {
                if self.enough.q.val() {
                    self.state.d.next = RunState::Offer;
                    self.offering.d.next = true;
                }
            }
            RunState::Offer => {
                if self.cmd_ready.val() {
                    self.offering.d.next = false;
                    self.address.d.next = self.address.q.val() + self.stride.val();
                    if self.two.val() {
                        self.turn.d.next = !self.turn.q.val();
                        self.address.d.next = self.other_address.q.val();
                        self.other_address.d.next = self.address.q.val() + self.stride.val();
                    }
                    self.state.d.next = RunState::Settle;
                    if self.last_of_run.val() {
                        self.left.d.next = self.left.q.val() - 1;
                        if self.left.q.val() == self.one.val() {
                            self.state.d.next = RunState::Idle;
                        }
                    }
                }
            }
        }
        // an offered command may not be withdrawn, any other step may
        if self.cancelled.q.val() && (!self.offering.q.val() || self.cmd_ready.val()) {
            self.state.d.next = RunState::Idle;
            self.offering.d.next = false;
        }

        // a change is chosen before the one adder of each count
        if self.accept.val() {
            self.owed_change.next = bit_cast::<20, 16>(self.length.q.val());
            if self.pay.val() {
                self.owed_change.next = bit_cast::<20, 16>(self.length_less_one.q.val());
            }
        } else if self.pay.val() {
            self.owed_change.next = self.minus_one.val();
        }
        self.first_words.clock.next = self.clock.val();
        self.first_words.clear.next = self.forget.val() || self.cancelled.q.val() || self.reset.val();
        self.first_words.push.next = self.push.val() && !self.second.val();
        self.first_words.owe.next = self.accept.val() && !self.turn.q.val();
        self.first_words.length.next = self.length.q.val();
        self.first_words.length_less_one.next = self.length_less_one.q.val();
        self.second_words.clock.next = self.clock.val();
        self.second_words.clear.next = self.forget.val() || self.cancelled.q.val() || self.reset.val();
        self.second_words.push.next = self.push.val() && self.second.val();
        self.second_words.owe.next = self.accept.val() && self.turn.q.val();
        self.second_words.length.next = self.length.q.val();
        self.second_words.length_less_one.next = self.length_less_one.q.val();
        self.deficit.next = self.first_words.words.val();
        if self.turn.q.val() {
            self.deficit.next = self.second_words.words.val();
        }
        self.lacking.next = self.deficit.val() + bit_cast::<20, 16>(self.least_less_one.q.val());
        self.enough.d.next = self.lacking.val().get_bit(19);
        self.owed.d.next = self.owed.q.val() + self.owed_change.val();
        self.owes_one.next = self.owed.q.val() == self.one_word.val();
        if self.accept.val() {
            self.paying.d.next = true;
        } else if self.pay.val() && self.owes_one.val() {
            self.paying.d.next = false;
        }

        // data
        self.out.in_valid.next = self.supply.val();
        self.out.in_data.next = self.in_data.val();
        if self.cancelled.q.val() {
            self.out.in_data.next = 0.into();
        }
        self.in_ready.next = self.paying.q.val() && self.out.in_ready.val() && !self.cancelled.q.val();
        self.out.out_ready.next = self.data_ready.val();
        self.data_valid.next = self.out.out_valid.val();
        self.data.next = self.out.out_data.val();
        self.burst_issued.next = self.accept.val();
        self.words_written.next = self.out.out_valid.val() && self.data_ready.val();
        self.busy.next =
            (self.state.q.val() != RunState::Idle) || self.paying.q.val() || self.out.out_valid.val();
    }
}

block! {
    /// Words of a stream that accepted commands owe, less those that were pushed into the buffer: two's complement.
    pub struct Deficit {
        in clock: Clock, in clear, push, owe: Bit, in length, length_less_one: Bits<16>,
        out words: Bits<20>,
        reg(clear) lack => words: Bits<20>,
        net pulse change: Bits<20>,
        const minus_one: Bits<20> = 0xf_ffff,
    }
}

impl Logic for Deficit {
    #[hdl_gen]
    fn update(&mut self) {
        // a change is chosen before the one adder
        if self.owe.val() {
            self.change.next = bit_cast::<20, 16>(self.length.val());
            if self.push.val() {
                self.change.next = bit_cast::<20, 16>(self.length_less_one.val());
            }
        } else if self.push.val() {
            self.change.next = self.minus_one.val();
        }
        self.lack.d.next = self.lack.q.val() + self.change.val();
    }
}
