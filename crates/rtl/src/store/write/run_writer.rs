//! [`RunWriter`]: one or two streams of words become bursts to memory.

use crate::stream::Skid;
use ef_hdl_kit::{block, glue};
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
        commands: RunCommands,
        words: RunWords,
        debt: RunDebt,
    }
}

glue! { RunWriter; self => {
    wire!(self.{commands, words, debt} <- self: clock, reset);
    wire!(self.commands <- self: start, cancel, two, cmd_ready, dram, d_run, second_dram, second_d_run);
    wire!(self.commands <- self: run, n_run, prefill, enough = words.enough);
    wire!(self.words <- self: push, second, forget);
    wire!(self.words <- self.commands: accept, turn, cancelled, length, length_less_one, least_less_one);
    wire!(self.debt <- self: in_valid, in_data, data_ready);
    wire!(self.debt <- self.commands: accept, cancelled, walking, length, length_less_one);
    wire!(self <- self.commands: cmd_valid, cmd_addr, cmd_len = length, burst_issued = accept);
    wire!(self <- self.debt: in_ready, data_valid, data, words_written, busy);
}}

block! {
    /// Offers the bursts, one after the other, each when enough of its words are there.
    pub struct RunCommands {
        in clock: Clock, in reset, start, cancel, two, cmd_ready, enough: Bit,
        in dram, d_run, second_dram, second_d_run: Bits<32>, in run, n_run, prefill: Bits<16>,
        /// A command was taken; the one that is next is of the second stream; there are more to come.
        out accept, turn, walking: Bit,
        out cancelled, cmd_valid: Bit, out cmd_addr: Bits<32>, out length, length_less_one, least_less_one: Bits<16>,
        reg(reset) state: RunState, reg(reset) offering => cmd_valid: Bit, reg ends => cancelled: Bit,
        reg address => cmd_addr, other_address: Bits<32>, reg of_second => turn: Bit,
        reg words => length, words_less_one => length_less_one, least => least_less_one: Bits<16>,
        reg left, prefill_less_one: Bits<16>,
        /// A run is shorter than `prefill`.
        reg brief: Bit,
        net stride, next_address: Bits<32>, net last_of_run: Bit,
        const one: Bits<16> = 1,
    }
}

impl Logic for RunCommands {
    #[hdl_gen]
    fn update(&mut self) {
        self.ends.d.next = self.cancel.val();
        self.accept.next = self.offering.q.val() && self.cmd_ready.val();
        self.stride.next = self.d_run.val();
        if self.of_second.q.val() {
            self.stride.next = self.second_d_run.val();
        }
        self.next_address.next = self.address.q.val() + self.stride.val();
        self.last_of_run.next = self.of_second.q.val() || !self.two.val();
        match self.state.q.val() {
            RunState::Idle => {
                self.address.d.next = self.dram.val();
                self.other_address.d.next = self.second_dram.val();
                self.of_second.d.next = false;
                self.words.d.next = self.run.val();
                self.left.d.next = self.n_run.val();
                if self.start.val() {
                    self.state.d.next = RunState::Measure;
                }
            }
            RunState::Measure => {
                self.words_less_one.d.next = self.words.q.val() - 1;
                // no words are as one
                self.prefill_less_one.d.next = 0.into();
                if self.prefill.val().any() {
                    self.prefill_less_one.d.next = self.prefill.val() - 1;
                }
                self.brief.d.next = self.words.q.val() < self.prefill.val();
                self.state.d.next = RunState::Idle;
                if self.words.q.val().any() && self.left.q.val().any() {
                    self.state.d.next = RunState::Limit;
                }
            }
            RunState::Limit => {
                self.least.d.next = self.prefill_less_one.q.val();
                if self.brief.q.val() {
                    self.least.d.next = self.words_less_one.q.val();
                }
                self.state.d.next = RunState::Settle;
            }
            RunState::Settle => {
                self.state.d.next = RunState::Wait;
            }
            RunState::Wait => {
                if self.enough.val() {
                    self.state.d.next = RunState::Offer;
                    self.offering.d.next = true;
                }
            }
            RunState::Offer => {
                if self.cmd_ready.val() {
                    self.offering.d.next = false;
                    self.address.d.next = self.next_address.val();
                    if self.two.val() {
                        self.of_second.d.next = !self.of_second.q.val();
                        self.address.d.next = self.other_address.q.val();
                        self.other_address.d.next = self.next_address.val();
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
        if self.ends.q.val() && (!self.offering.q.val() || self.cmd_ready.val()) {
            self.state.d.next = RunState::Idle;
            self.offering.d.next = false;
        }
        self.walking.next = self.state.q.val() != RunState::Idle;
    }
}

block! {
    /// Whether enough words wait for the next burst.
    pub struct RunWords {
        in clock: Clock, in reset, push, second, forget, accept, turn, cancelled: Bit,
        in length, length_less_one, least_less_one: Bits<16>,
        out enough: Bit,
        stream: [Deficit; 2],
        net clear: Bit, net deficit, lacking: Bits<20>,
        reg there => enough: Bit,
    }
}

impl Logic for RunWords {
    #[hdl_gen]
    fn update(&mut self) {
        self.clear.next = self.forget.val() || self.cancelled.val() || self.reset.val();
        for i in 0..2 {
            self.stream[i].clock.next = self.clock.val();
            self.stream[i].clear.next = self.clear.val();
            self.stream[i].length.next = self.length.val();
            self.stream[i].length_less_one.next = self.length_less_one.val();
        }
        self.stream[0].push.next = self.push.val() && !self.second.val();
        self.stream[1].push.next = self.push.val() && self.second.val();
        self.stream[0].owe.next = self.accept.val() && !self.turn.val();
        self.stream[1].owe.next = self.accept.val() && self.turn.val();
        self.deficit.next = self.stream[0].words.val();
        if self.turn.val() {
            self.deficit.next = self.stream[1].words.val();
        }
        self.lacking.next = self.deficit.val() + bit_cast::<20, 16>(self.least_less_one.val());
        self.there.d.next = self.lacking.val().get_bit(19);
    }
}

block! {
    /// Pays the words that taken commands owe; with zeros after `cancelled`.
    pub struct RunDebt {
        in clock: Clock, in reset, accept, cancelled, walking, in_valid, data_ready: Bit,
        in length, length_less_one: Bits<16>, in in_data: Bits<32>,
        out in_ready, data_valid, busy, words_written: Bit, out data: Bits<32>,
        /// Words of taken commands that have not yet left the buffer in front.
        owed: Deficit,
        net owes_one, supply, pay: Bit,
        reg(reset) paying: Bit,
        out: Skid<32>,
        const one_word: Bits<20> = 1,
    }
}

impl Logic for RunDebt {
    #[hdl_gen]
    fn update(&mut self) {
        self.out.clock.next = self.clock.val();
        self.out.reset.next = self.reset.val();
        self.supply.next = self.paying.q.val() && (self.in_valid.val() || self.cancelled.val());
        self.pay.next = self.supply.val() && self.out.in_ready.val();
        self.owed.clock.next = self.clock.val();
        self.owed.clear.next = self.reset.val();
        self.owed.owe.next = self.accept.val();
        self.owed.push.next = self.pay.val();
        self.owed.length.next = self.length.val();
        self.owed.length_less_one.next = self.length_less_one.val();
        self.owes_one.next = self.owed.words.val() == self.one_word.val();
        if self.accept.val() {
            self.paying.d.next = true;
        } else if self.pay.val() && self.owes_one.val() {
            self.paying.d.next = false;
        }
        self.out.in_valid.next = self.supply.val();
        self.out.in_data.next = self.in_data.val();
        if self.cancelled.val() {
            self.out.in_data.next = 0.into();
        }
        self.in_ready.next = self.paying.q.val() && self.out.in_ready.val() && !self.cancelled.val();
        self.out.out_ready.next = self.data_ready.val();
        self.data_valid.next = self.out.out_valid.val();
        self.data.next = self.out.out_data.val();
        self.words_written.next = self.out.out_valid.val() && self.data_ready.val();
        self.busy.next = self.walking.val() || self.paying.q.val() || self.out.out_valid.val();
    }
}

block! {
    /// Words that taken commands owe, less those that were brought (pushed into the buffer, or paid): two's complement.
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
