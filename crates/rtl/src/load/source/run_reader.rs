//! [`RunReader`]: the DRAM side, from a descriptor's runs to one stream of words.

use crate::stream::Skid;
use ef_hdl_kit::{block, glue};
use rust_hdl::prelude::*;

/// Bursts asked for and not complete, at most.
pub const BURSTS_AHEAD: usize = 8;
/// Cycles from `start` to the first `cmd_valid`.
pub const FIRST_COMMAND: u64 = 2;
/// Cycles from a command taken to the next `cmd_valid`.
pub const NEXT_COMMAND: u64 = 2;
/// Cycles from the last word of a burst to the `cmd_valid` that it held back.
pub const REOPEN: u64 = 2;
/// Words that wait in the skid cell.
pub const HELD: u64 = 2;

block! {
    /// Reads `n_run1 x n_run0` runs of `run` words, run (j, i) from `dram + j*d_run1 + i*d_run0`, one burst each.
    ///
    /// ```text
    ///              +-----------+    cmd_valid/ready, cmd_addr, cmd_len
    ///  start, ---->| RunIssuer |------------------------------------> memory
    ///  runs        | counts    |<--- beat ---+
    ///              +-----------+             |
    ///                                +------+ data_valid/ready, data
    ///  word_valid/ready, word <------| Skid |<----------------------- memory
    ///                                +------+
    /// ```
    ///
    /// Commands run ahead of the data by up to eight bursts, one command every second clock (`cmd_ready` decides about nothing but itself), so
    /// bursts of two words or more follow each other without a gap if the memory can do that. Data passes at one word per clock; `word` is one cycle after `data`.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `start` | 1 | pulse while `idle`; the run inputs are taken in this cycle |
    /// | `dram`, `d_run0`, `d_run1` | 32 | address of the first run, strides |
    /// | `run`, `n_run0`, `n_run1` | 16 | words per run, counts; if one is 0 nothing is read |
    /// | `cancel` | 1 | issue no more; take and drop all words until `idle` |
    /// | `idle` | 1 | no command and no beat is outstanding (words may still be offered) |
    /// | `cmd_*`, `data_*` | | memory port |
    /// | `word_*` | 32 | the stream |
    /// | `word_read`, `burst_issued` | 1 | pulses for the counters, one cycle late |
    pub struct RunReader {
        in clock: Clock, in reset, start, cancel, cmd_ready, data_valid, word_ready: Bit,
        in dram, d_run0, d_run1, data: Bits<32>, in run, n_run0, n_run1: Bits<16>,
        out idle, cmd_valid, data_ready, word_valid, word_read, burst_issued: Bit,
        out cmd_addr, word: Bits<32>, out cmd_len: Bits<16>,
        issuer: RunIssuer,
        skid: Skid<32>,
    }
}

glue! { RunReader; self => {
    wire!(self.{issuer, skid} <- self: clock);
    wire!(self.issuer <- self: reset, start, dram, run, n_run0, d_run0, n_run1, d_run1, cancel, cmd_ready);
    wire!(self.issuer <- self: data_valid);
    wire!(self.issuer.data_ready, self.skid.in_ready);
    wire!(self.skid <- self: reset = issuer.drop, in_valid = data_valid, in_data = data);
    wire!(self.skid <- self: out_ready = word_ready);
    wire!(self <- self.issuer: idle, cmd_valid, cmd_addr, cmd_len, word_read, burst_issued);
    wire!(self <- self.skid: data_ready = in_ready, word_valid = out_valid, word = out_data);
}}

block! {
    /// Walks over the runs, issues their commands and counts their beats.
    ///
    /// Counts are kept minus two in 17 bits, so that the sign bit says "the last one" without a comparison.
    pub struct RunIssuer {
        in clock: Clock, in reset, start, cancel, cmd_ready, data_valid, data_ready: Bit,
        in dram, d_run0, d_run1: Bits<32>, in run, n_run0, n_run1: Bits<16>,
        out idle, drop, cmd_valid, word_read, burst_issued: Bit, out cmd_addr: Bits<32>,
        out cmd_len: Bits<16>,
        // the walk
        reg issuing: Bit, reg at, at_row, stride0, stride1: Bits<32>, reg left0, left1, count0: Bits<17>,
        net from, stride, sum: Bits<32>, net issue: Bit,
        // the command offered
        reg(reset) offered => cmd_valid: Bit, reg offered_at => cmd_addr: Bits<32>,
        reg length => cmd_len: Bits<16>,
        // bursts offered and not complete, at most eight
        reg(reset) open: Bits<4>,
        // the beats of the oldest of them
        reg beats, beats_left: Bits<17>,
        net beat, complete: Bit,
        // words of a cancelled command are still to come
        reg draining: Bit,
        // for the counters
        reg read => word_read, issued => burst_issued: Bit,
        const one: Bits<17> = 1, const two: Bits<17> = 2,
    }
}

impl Logic for RunIssuer {
    #[hdl_gen]
    fn update(&mut self) {
        // the next run
        if self.left0.q.val().get_bit(16) {
            self.from.next = self.at_row.q.val();
            self.stride.next = self.stride1.q.val();
        } else {
            self.from.next = self.at.q.val();
            self.stride.next = self.stride0.q.val();
        }
        self.sum.next = self.from.val() + self.stride.val();
        self.issue.next = self.issuing.q.val()
            && !self.open.q.val().get_bit(3)
            && !self.offered.q.val()
            && !self.cancel.val();
        if self.issue.val() {
            self.at.d.next = self.sum.val();
            self.left0.d.next = self.left0.q.val() - self.one.val();
            if self.left0.q.val().get_bit(16) {
                self.at_row.d.next = self.sum.val();
                self.left0.d.next = self.count0.q.val();
                self.left1.d.next = self.left1.q.val() - self.one.val();
                if self.left1.q.val().get_bit(16) {
                    self.issuing.d.next = false;
                }
            }
        }

        // the command channel: once offered, a command stays
        if self.issue.val() {
            self.offered.d.next = true;
            self.offered_at.d.next = self.at.q.val();
        } else if self.cmd_ready.val() {
            self.offered.d.next = false;
        }
        self.issued.d.next = self.offered.q.val() && self.cmd_ready.val();

        // the data channel
        self.beat.next = self.data_valid.val() && self.data_ready.val();
        self.read.d.next = self.beat.val();
        self.complete.next = self.beat.val() && self.beats_left.q.val().get_bit(16);
        if self.complete.val() {
            self.beats_left.d.next = self.beats.q.val();
        } else if self.beat.val() {
            self.beats_left.d.next = self.beats_left.q.val() - self.one.val();
        }
        if self.issue.val() && !self.complete.val() {
            self.open.d.next = self.open.q.val() + 1;
        } else if self.complete.val() && !self.issue.val() {
            self.open.d.next = self.open.q.val() - 1;
        }
        self.idle.next = !self.issuing.q.val() && !self.open.q.val().any();
        self.draining.d.next = (self.cancel.val() || self.draining.q.val()) && self.open.q.val().any();
        self.drop.next = self.cancel.val() || self.draining.q.val() || self.reset.val();

        if self.start.val() {
            self.issuing.d.next = self.run.val().any() && self.n_run0.val().any() && self.n_run1.val().any();
            self.at.d.next = self.dram.val();
            self.at_row.d.next = self.dram.val();
            self.stride0.d.next = self.d_run0.val();
            self.stride1.d.next = self.d_run1.val();
            self.left0.d.next = bit_cast::<17, 16>(self.n_run0.val()) - self.two.val();
            self.count0.d.next = bit_cast::<17, 16>(self.n_run0.val()) - self.two.val();
            self.left1.d.next = bit_cast::<17, 16>(self.n_run1.val()) - self.two.val();
            self.length.d.next = self.run.val();
            self.beats.d.next = bit_cast::<17, 16>(self.run.val()) - self.two.val();
            self.beats_left.d.next = bit_cast::<17, 16>(self.run.val()) - self.two.val();
        }
        if self.cancel.val() || self.reset.val() {
            self.issuing.d.next = false;
        }
    }
}
