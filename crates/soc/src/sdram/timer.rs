//! [`Timer`]: cycles until something is allowed.
use ef_hdl_kit::K;
use rust_hdl::prelude::*;

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
#[derive(LogicBlock, Default)]
pub struct Timer<const W: usize> {
    pub clock: Signal<In, Clock>,
    pub start: Signal<In, Bit>,
    pub more: Signal<In, Bits<W>>,
    pub idle: Signal<Out, Bit>,
    pub idle_next: Signal<Out, Bit>,
    running: DFF<Bit>,
    count: DFF<Bits<W>>,
    runs_on: Signal<Local, Bit>,
    none: K<W, 0>,
    one: K<W, 1>,
}

impl<const W: usize> Logic for Timer<W> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, running, count);
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
