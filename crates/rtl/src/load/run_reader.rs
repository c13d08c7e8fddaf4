//! [`RunReader`]: the DRAM side, from a descriptor's runs to one stream of words.

use crate::stream::Skid;
use ef_hdl_kit::{K, glue};
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
#[derive(LogicBlock, Default)]
pub struct RunReader {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub start: Signal<In, Bit>,
    pub dram: Signal<In, Bits<32>>,
    pub run: Signal<In, Bits<16>>,
    pub n_run0: Signal<In, Bits<16>>,
    pub d_run0: Signal<In, Bits<32>>,
    pub n_run1: Signal<In, Bits<16>>,
    pub d_run1: Signal<In, Bits<32>>,
    pub cancel: Signal<In, Bit>,
    pub idle: Signal<Out, Bit>,
    pub cmd_valid: Signal<Out, Bit>,
    pub cmd_ready: Signal<In, Bit>,
    pub cmd_addr: Signal<Out, Bits<32>>,
    pub cmd_len: Signal<Out, Bits<16>>,
    pub data_valid: Signal<In, Bit>,
    pub data_ready: Signal<Out, Bit>,
    pub data: Signal<In, Bits<32>>,
    pub word_valid: Signal<Out, Bit>,
    pub word_ready: Signal<In, Bit>,
    pub word: Signal<Out, Bits<32>>,
    pub word_read: Signal<Out, Bit>,
    pub burst_issued: Signal<Out, Bit>,
    issuer: RunIssuer,
    skid: Skid<32>,
}

glue! { RunReader; self => {
    wire!(self.issuer.clock, self.clock);
    wire!(self.issuer.reset, self.reset);
    wire!(self.issuer.start, self.start);
    wire!(self.issuer.dram, self.dram);
    wire!(self.issuer.run, self.run);
    wire!(self.issuer.n_run0, self.n_run0);
    wire!(self.issuer.d_run0, self.d_run0);
    wire!(self.issuer.n_run1, self.n_run1);
    wire!(self.issuer.d_run1, self.d_run1);
    wire!(self.issuer.cancel, self.cancel);
    wire!(self.issuer.cmd_ready, self.cmd_ready);
    wire!(self.issuer.data_valid, self.data_valid);
    wire!(self.issuer.data_ready, self.skid.in_ready);
    wire!(self.skid.clock, self.clock);
    wire!(self.skid.reset, self.issuer.drop);
    wire!(self.skid.in_valid, self.data_valid);
    wire!(self.skid.in_data, self.data);
    wire!(self.skid.out_ready, self.word_ready);
    wire!(self.idle, self.issuer.idle);
    wire!(self.cmd_valid, self.issuer.cmd_valid);
    wire!(self.cmd_addr, self.issuer.cmd_addr);
    wire!(self.cmd_len, self.issuer.cmd_len);
    wire!(self.data_ready, self.skid.in_ready);
    wire!(self.word_valid, self.skid.out_valid);
    wire!(self.word, self.skid.out_data);
    wire!(self.word_read, self.issuer.word_read);
    wire!(self.burst_issued, self.issuer.burst_issued);
}}

/// Walks over the runs, issues their commands and counts their beats.
///
/// Counts are kept minus two in 17 bits, so that the sign bit says "the last one" without a comparison.
#[derive(LogicBlock, Default)]
pub struct RunIssuer {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub start: Signal<In, Bit>,
    pub dram: Signal<In, Bits<32>>,
    pub run: Signal<In, Bits<16>>,
    pub n_run0: Signal<In, Bits<16>>,
    pub d_run0: Signal<In, Bits<32>>,
    pub n_run1: Signal<In, Bits<16>>,
    pub d_run1: Signal<In, Bits<32>>,
    pub cancel: Signal<In, Bit>,
    pub idle: Signal<Out, Bit>,
    pub drop: Signal<Out, Bit>,
    pub cmd_valid: Signal<Out, Bit>,
    pub cmd_ready: Signal<In, Bit>,
    pub cmd_addr: Signal<Out, Bits<32>>,
    pub cmd_len: Signal<Out, Bits<16>>,
    pub data_valid: Signal<In, Bit>,
    pub data_ready: Signal<In, Bit>,
    pub word_read: Signal<Out, Bit>,
    pub burst_issued: Signal<Out, Bit>,
    // the walk
    issuing: DFF<Bit>,
    at: DFF<Bits<32>>,
    at_row: DFF<Bits<32>>,
    stride0: DFF<Bits<32>>,
    stride1: DFF<Bits<32>>,
    left0: DFF<Bits<17>>,
    left1: DFF<Bits<17>>,
    count0: DFF<Bits<17>>,
    from: Signal<Local, Bits<32>>,
    stride: Signal<Local, Bits<32>>,
    sum: Signal<Local, Bits<32>>,
    issue: Signal<Local, Bit>,
    // the command offered
    offered: DFF<Bit>,
    offered_at: DFF<Bits<32>>,
    length: DFF<Bits<16>>,
    // bursts offered and not complete, at most eight
    open: DFF<Bits<4>>,
    // the beats of the oldest of them
    beats: DFF<Bits<17>>,
    beats_left: DFF<Bits<17>>,
    beat: Signal<Local, Bit>,
    complete: Signal<Local, Bit>,
    // words of a cancelled command are still to come
    draining: DFF<Bit>,
    read: DFF<Bit>,
    issued: DFF<Bit>,
    one: K<17, 1>,
    two: K<17, 2>,
}

impl Logic for RunIssuer {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, issuing, at, at_row, stride0, stride1, left0, left1, count0);
        dff_setup!(self, clock, offered, offered_at, length, open, beats, beats_left, draining, read, issued);

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
        self.cmd_valid.next = self.offered.q.val();
        self.cmd_addr.next = self.offered_at.q.val();
        self.cmd_len.next = self.length.q.val();
        self.issued.d.next = self.offered.q.val() && self.cmd_ready.val();
        self.burst_issued.next = self.issued.q.val();

        // the data channel
        self.beat.next = self.data_valid.val() && self.data_ready.val();
        self.read.d.next = self.beat.val();
        self.word_read.next = self.read.q.val();
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
        if self.reset.val() {
            self.offered.d.next = false;
            self.open.d.next = 0.into();
        }
    }
}
