//! [`WritePath`] and [`ReadPath`]: words to halfwords and back.
use super::{SdramTiming};
use ef_hdl_kit::block;
use ef_rtl::stream::{Fifo, Skid};
use rust_hdl::prelude::*;

block! {
    /// A word waits for its WRITE; its low half is on the pins with the command, its high half in the next cycle.
    ///
    /// ```text
    ///  wdata --[Skid]--+-- low ------->|
    ///          |       +--[high]------>|--[dq_out]-->   high half in the cycle after `write`
    ///          +-> word (one is there)      [dq_oe]-->
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `wdata_valid`, `wdata_ready`, `wdata` | 1, 1, 32 | words of write bursts; up to two wait here |
    /// | `word`, `write` | 1, 1 | a word is there; it is written by the command issued in this cycle |
    /// | `dq_out`, `dq_oe` | 16, 1 | pins |
    pub struct WritePath {
        in clock: Clock,
        in reset, wdata_valid: Bit,
        out wdata_ready: Bit,
        in wdata: Bits<32>,
        out word: Bit,
        in write: Bit,
        out dq_out: Bits<16>,
        out dq_oe: Bit,
        skid: Skid<32>,
        reg high: Bits<16>,
        reg second: Bit,
        reg out: Bits<16>,
        reg enable: Bit,
    }
}

impl Logic for WritePath {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, high, second, out, enable);
        self.skid.clock.next = self.clock.val();
        self.skid.reset.next = self.reset.val();
        self.skid.in_valid.next = self.wdata_valid.val();
        self.skid.in_data.next = self.wdata.val();
        self.skid.out_ready.next = self.write.val();
        self.wdata_ready.next = self.skid.in_ready.val();
        self.word.next = self.skid.out_valid.val();

        self.second.d.next = self.write.val();
        self.high.d.next = self.skid.out_data.val().get_bits::<16>(16);
        self.out.d.next = self.skid.out_data.val().get_bits::<16>(0);
        if self.second.q.val() {
            self.out.d.next = self.high.q.val();
        }
        self.enable.d.next = self.write.val() | self.second.q.val();
        self.dq_out.next = self.out.q.val();
        self.dq_oe.next = self.enable.q.val();
    }
}

block! {
    /// Catches the two halves of each word that was asked for and queues the words; `room` keeps READs within the queue.
    ///
    /// ```text
    ///  read --[line: CAS latency + 2 + capture]--+
    ///                                            v arrived
    ///  dq_in --[captured]--[low]--> word --> [Fifo of 16] --> rdata
    ///                                            |
    ///  read: +1 --> [used] <-- -1 :taken --------+       room: used < 16
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `read`, `room` | 1, 1 | a READ is issued in this cycle; one may be, two cycles after the last |
    /// | `dq_in` | 16 | pins |
    /// | `rdata_valid`, `rdata_ready`, `rdata` | 1, 1, 32 | words of read bursts |
    /// | `idle` | 1 | no word is under way |
    pub struct ReadPath(timing: &SdramTiming) {
        let tap = u64::from(timing.cas_latency + 1 + timing.capture);
        in clock: Clock,
        in reset, read: Bit,
        out room: Bit,
        in dq_in: Bits<16>,
        out rdata_valid: Bit,
        in rdata_ready: Bit,
        out rdata: Bits<32>,
        out idle: Bit,
        reg line: Bits<8>,
        reg captured, low: Bits<16>,
        reg used: Bits<5>,
        reg has_room: Bit,
        queue: Fifo<32, 4>,
        net taken: Bit,
        const tap: Bits<3> = tap, const line_none: Bits<8> = 0, const line_one: Bits<8> = 1,
        const none: Bits<5> = 0, const one: Bits<5> = 1, const full: Bits<5> = 16,
    }
}

impl Logic for ReadPath {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, line, captured, low, used, has_room);
        self.queue.clock.next = self.clock.val();
        self.queue.reset.next = self.reset.val();
        self.line.d.next = self.line.q.val() << 1;
        if self.read.val() {
            self.line.d.next = (self.line.q.val() << 1) | self.line_one.val();
        }
        self.captured.d.next = self.dq_in.val();
        self.low.d.next = self.captured.q.val();
        self.queue.in_valid.next = self.line.q.val().get_bit(self.tap.val().index());
        self.queue.in_data.next =
            (bit_cast::<32, 16>(self.captured.q.val()) << 16) | bit_cast::<32, 16>(self.low.q.val());
        self.queue.out_ready.next = self.rdata_ready.val();
        self.taken.next = self.queue.out_valid.val() & self.rdata_ready.val();
        if self.read.val() & !self.taken.val() {
            self.used.d.next = self.used.q.val() + self.one.val();
        } else if self.taken.val() & !self.read.val() {
            self.used.d.next = self.used.q.val() - self.one.val();
        }
        self.has_room.d.next = self.used.q.val() != self.full.val();
        if self.reset.val() {
            self.line.d.next = self.line_none.val();
            self.used.d.next = self.none.val();
        }
        self.room.next = self.has_room.q.val();
        self.rdata_valid.next = self.queue.out_valid.val();
        self.rdata.next = self.queue.out_data.val();
        self.idle.next = self.used.q.val() == self.none.val();
    }
}
