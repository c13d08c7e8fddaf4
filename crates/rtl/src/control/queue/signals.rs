//! Remembers what the commands in an engine have promised to signal.
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// Commands of an engine between `start` and `done`, at most.
pub const IN_FLIGHT: usize = 4;
/// Cycles from the last `done` to `none`.
pub const IDLE: u64 = 1;
/// Cycles from `done` to `put`.
pub const PUT: u64 = 1;

block! {
    /// The signal masks of up to four commands that the engine has accepted and not yet finished, oldest first.
    ///
    /// ```text
    ///  accept, mask ->| 3 | 2 | 1 | 0: oldest |-- done --> [put[0..3]]
    ///                                          -> room, none
    /// ```
    /// `put[f]` follows `done` a cycle later. `accept` only while `room` is up; `done` without a command is ignored.
    pub struct SignalOrder {
        in clock: Clock, in reset, accept, done: Bit, in mask: Bits<3>,
        out put: [Bit; 3], out room, none: Bit,
        reg masks: [Bits<3>; 4], reg used: [Bit; 4],
        net finish: Bit, net last: [Bit; 4],
        reg pulse given: Bits<3>,
        const empty: Bits<3> = 0,
    }
}

impl Logic for SignalOrder {
    #[hdl_gen]
    fn update(&mut self) {
        self.finish.next = self.done.val() & self.used[0].q.val();
        // the place of a command accepted now: behind those that stay
        self.last[0].next = !self.used[0].q.val() | (self.finish.val() & !self.used[1].q.val());
        for i in 1..3 {
            self.last[i].next = (!self.finish.val() & self.used[i - 1].q.val() & !self.used[i].q.val())
                | (self.finish.val() & self.used[i].q.val() & !self.used[i + 1].q.val());
        }
        self.last[3].next = (!self.finish.val() & self.used[2].q.val() & !self.used[3].q.val())
            | (self.finish.val() & self.used[3].q.val());
        if self.finish.val() {
            for i in 0..3 {
                self.masks[i].d.next = self.masks[i + 1].q.val();
                self.used[i].d.next = self.used[i + 1].q.val();
            }
            self.used[3].d.next = false;
        }
        for i in 0..4 {
            if self.accept.val() & self.last[i].val() {
                self.masks[i].d.next = self.mask.val();
                self.used[i].d.next = true;
            }
        }
        if self.reset.val() {
            for i in 0..4 {
                self.masks[i].d.next = self.empty.val();
                self.used[i].d.next = false;
            }
        }
        if self.finish.val() & !self.reset.val() {
            self.given.d.next = self.masks[0].q.val();
        }
        for i in 0..3 {
            self.put[i].next = self.given.q.val().get_bit(i);
        }
        self.room.next = !self.used[3].q.val();
        self.none.next = !self.used[0].q.val();
    }
}
