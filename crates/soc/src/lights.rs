//! [`Lights`]: what the LEDs of a board show.

use ef_hdl_kit::{block, glue};
use rust_hdl::prelude::*;

block! {
    /// Eight LEDs.
    ///
    /// | LED | shows |
    /// |---|---|
    /// | 0 | heartbeat: blinks while there is a clock, 2^-26 of it: about 1.5 times a second |
    /// | 1 | the accelerator is busy |
    /// | 2 | the accelerator has stopped with an error |
    /// | 3 | a request of the host was heard in the last 2^22 cycles |
    /// | 4 | a frame was dropped in the last 2^22 cycles |
    /// | 5 | the memory has work |
    /// | 6 | off |
    /// | 7 | reset |
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `clock`, `reset` | 1 | |
    /// | `busy`, `error`, `memory` | 1 | levels |
    /// | `activity`, `frame_error` | 1 | pulses of one cycle |
    /// | `led` | 8 | registers |
    pub struct Lights {
        in clock: Clock, in reset, busy, error, memory, activity, frame_error: Bit,
        out led: Bits<8>,
        heartbeat: Heartbeat,
        heard, dropped: Stretch,
        row: LedRow,
    }
}

glue! { Lights; self => {
    wire!(self.{heartbeat, heard, dropped, row} <- self: clock);
    wire!(self.heard.pulse, self.activity);
    wire!(self.dropped.pulse, self.frame_error);
    wire!(self.row <- self: heartbeat = heartbeat.level, heard = heard.level, dropped = dropped.level);
    wire!(self.row <- self: busy, error, memory, reset);
    wire!(self.led, self.row.led);
}}

block! {
    /// A level that changes every 2^25 cycles.
    pub struct Heartbeat {
        in clock: Clock,
        out level: Bit,
        reg count: Bits<26>,
        const one: Bits<26> = 1,
    }
}

impl Logic for Heartbeat {
    #[hdl_gen]
    fn update(&mut self) {
        self.count.d.next = self.count.q.val() + self.one.val();
        self.level.next = self.count.q.val().get_bit(25);
    }
}

block! {
    /// A pulse as a level of 2^22 cycles, long enough to be seen.
    pub struct Stretch {
        in clock: Clock, in pulse: Bit,
        out level: Bit,
        reg left: Bits<22>, reg lit => level: Bit,
        const full: Bits<22> = 0x3f_ffff, const zero: Bits<22> = 0, const one: Bits<22> = 1,
    }
}

impl Logic for Stretch {
    #[hdl_gen]
    fn update(&mut self) {
        self.lit.d.next = self.left.q.val() != self.zero.val();
        if self.pulse.val() {
            self.left.d.next = self.full.val();
        } else if self.left.q.val() != self.zero.val() {
            self.left.d.next = self.left.q.val() - self.one.val();
        }
    }
}

block! {
    /// Everything side by side, a flip-flop each.
    pub struct LedRow {
        in clock: Clock, in heartbeat, busy, error, heard, dropped, memory, reset: Bit,
        out led: Bits<8>,
        reg row => led: Bits<8>,
        net low, high: Bits<8>,
    }
}

impl Logic for LedRow {
    #[hdl_gen]
    fn update(&mut self) {
        self.low.next = bit_cast::<8, 1>(self.heartbeat.val().into())
            | (bit_cast::<8, 1>(self.busy.val().into()) << 1)
            | (bit_cast::<8, 1>(self.error.val().into()) << 2)
            | (bit_cast::<8, 1>(self.heard.val().into()) << 3);
        self.high.next = (bit_cast::<8, 1>(self.dropped.val().into()) << 4)
            | (bit_cast::<8, 1>(self.memory.val().into()) << 5)
            | (bit_cast::<8, 1>(self.reset.val().into()) << 7);
        self.row.d.next = self.low.val() | self.high.val();
    }
}
