//! The stack of hardware loops.
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// One stack entry per loop: where its body starts and how often NEXT still jumps there.
    ///
    /// ```text
    ///  push, start, jumps ->| 0: top |-> top_start, again
    ///  counted, pop       ->| 1      |-> selected = start of entry `select`
    ///                       | ...    |-> empty, full
    ///                       | 7      |
    /// ```
    /// At most one of `push`, `counted` and `pop` in a cycle; the outputs are registers or one gate behind them, valid in the next cycle.
    /// `again` says that NEXT has to jump: then `counted` counts the jump, else `pop` ends the loop.
    /// The compare that makes `again` is done when the entry changes, not when NEXT asks.
    pub struct LoopStack {
        in clock: Clock, in reset, push: Bit, in start: Bits<24>,
        /// Jumps back: the count of LOOP less one.
        in jumps: Bits<16>,
        in counted, pop: Bit, in select: Bits<3>,
        out top_start: Bits<24>,
        /// Modulo 2^16.
        out selected: Bits<16>,
        out again, empty, full: Bit,
        reg starts: [Bits<24>; 8], reg left: [Bits<16>; 8], reg more, used: [Bit; 8],
        /// The starts of entries chosen by the last bit of `select`, and of those by the one before.
        net quarters: [Bits<24>; 4],
        net halves: [Bits<24>; 2],
        const one: Bits<16> = 1, const zero: Bits<16> = 0,
    }
}

impl Logic for LoopStack {
    #[hdl_gen]
    fn update(&mut self) {
        if self.counted.val() {
            self.left[0].d.next = self.left[0].q.val() - self.one.val();
            self.more[0].d.next = self.left[0].q.val() != self.one.val();
        }
        if self.push.val() {
            for i in 1..8 {
                self.starts[i].d.next = self.starts[i - 1].q.val();
                self.left[i].d.next = self.left[i - 1].q.val();
                self.more[i].d.next = self.more[i - 1].q.val();
                self.used[i].d.next = self.used[i - 1].q.val();
            }
            self.starts[0].d.next = self.start.val();
            self.left[0].d.next = self.jumps.val();
            self.more[0].d.next = self.jumps.val() != self.zero.val();
            self.used[0].d.next = true;
        }
        if self.pop.val() {
            for i in 0..7 {
                self.starts[i].d.next = self.starts[i + 1].q.val();
                self.left[i].d.next = self.left[i + 1].q.val();
                self.more[i].d.next = self.more[i + 1].q.val();
                self.used[i].d.next = self.used[i + 1].q.val();
            }
            self.used[7].d.next = false;
        }
        if self.reset.val() {
            for i in 0..8 {
                self.used[i].d.next = false;
            }
        }
        for i in 0..4 {
            self.quarters[i].next = self.starts[2 * i].q.val();
            if self.select.val().get_bit(0) {
                self.quarters[i].next = self.starts[2 * i + 1].q.val();
            }
        }
        for i in 0..2 {
            self.halves[i].next = self.quarters[2 * i].val();
            if self.select.val().get_bit(1) {
                self.halves[i].next = self.quarters[2 * i + 1].val();
            }
        }
        self.selected.next = bit_cast::<16, 24>(self.halves[0].val());
        if self.select.val().get_bit(2) {
            self.selected.next = bit_cast::<16, 24>(self.halves[1].val());
        }
        self.top_start.next = self.starts[0].q.val();
        self.again.next = self.more[0].q.val();
        self.empty.next = !self.used[0].q.val();
        self.full.next = self.used[7].q.val();
    }
}
