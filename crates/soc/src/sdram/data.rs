//! [`WritePath`] and [`ReadPath`]: words to halfwords and back.
use super::SdramTiming;
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
        in clock: Clock, in reset, wdata_valid, write: Bit, in wdata: Bits<32>,
        out wdata_ready, word, dq_oe: Bit, out dq_out: Bits<16>,
        skid: Skid<32>,
        reg high, out => dq_out: Bits<16>, reg second, enable => dq_oe: Bit,
    }
}

impl Logic for WritePath {
    #[hdl_gen]
    fn update(&mut self) {
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
        in clock: Clock, in reset, read, rdata_ready: Bit, in dq_in: Bits<16>,
        out room, rdata_valid, idle: Bit, out rdata: Bits<32>,
        reg(reset) line: Bits<8>, reg(reset) used: Bits<5>, reg captured, low: Bits<16>,
        reg has_room => room: Bit,
        queue: Fifo<32, 4>,
        net taken: Bit,
        const tap: Bits<3> = tap, const line_one: Bits<8> = 1,
        const none: Bits<5> = 0, const one: Bits<5> = 1, const full: Bits<5> = 16,
    }
}

impl Logic for ReadPath {
    #[hdl_gen]
    fn update(&mut self) {
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
        self.rdata_valid.next = self.queue.out_valid.val();
        self.rdata.next = self.queue.out_data.val();
        self.idle.next = self.used.q.val() == self.none.val();
    }
}
