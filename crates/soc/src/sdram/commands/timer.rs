//! [`Timer`]: cycles until something is allowed.
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// After `start` in cycle t with `more` = n - 1, `idle` is low from t + 1 on and high again from t + n on.
    ///
    /// ```text
    ///             0   1   2   3
    /// start      /---\___________   more = 2
    /// idle       ----\_______/---   after 3 cycles
    /// idle_next  /---\___/-------
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `start`, `more` | 1, W | start anew |
    /// | `idle` | 1 | the time is over; a flip-flop |
    /// | `idle_next` | 1 | `idle` of the next cycle |
    pub struct Timer<const W: usize> {
        in clock: Clock, in start: Bit, in more: Bits<W>,
        out idle, idle_next: Bit,
        reg running: Bit, reg count: Bits<W>,
        net runs_on: Bit,
        const none: Bits<W> = 0, const one: Bits<W> = 1,
    }
}

impl<const W: usize> Logic for Timer<W> {
    #[hdl_gen]
    fn update(&mut self) {
        self.runs_on.next = self.running.q.val() & (self.count.q.val() != self.one.val());
        if self.running.q.val() {
            self.count.d.next = self.count.q.val() - self.one.val();
        }
        if self.start.val() {
            self.count.d.next = self.more.val();
            self.runs_on.next = self.more.val() != self.none.val();
        }
        self.running.d.next = self.runs_on.val();
        self.idle.next = !self.running.q.val();
        self.idle_next.next = !self.runs_on.val();
    }
}
