//! [`Circle`]: the latest results of a unit.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// The latest 15 words written, each read by its age: how many writes ago it was written, seen from the cycle of the read.
    ///
    /// ```text
    ///  write, data --> [ 16 words, side A ]--> a     read at `head - age_a`
    ///       head  -->  [ 16 words, side B ]--> b     read at `head - age_b`
    /// ```
    /// Latency 1 from an age to its word. A word can be read in the cycle after its write.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `write`, `data` | 1, 32 | a result enters |
    /// | `age_a`, `age_b` | 4 | which are read, 1..=15 |
    /// | `a`, `b` | 32 | |
    pub struct Circle {
        in clock: Clock, in write: Bit, in data: Bits<32>, in age_a, age_b: Bits<4>,
        out a, b: Bits<32>,
        side_a: RAM<Bits<32>, 4>,
        side_b: RAM<Bits<32>, 4>,
        reg head: Bits<4>,
    }
}

impl Logic for Circle {
    #[hdl_gen]
    fn update(&mut self) {
        self.side_a.write_clock.next = self.clock.val();
        self.side_a.write_enable.next = self.write.val();
        self.side_a.write_address.next = self.head.q.val();
        self.side_a.write_data.next = self.data.val();
        self.side_a.read_clock.next = self.clock.val();
        self.side_a.read_address.next = self.head.q.val() - self.age_a.val();
        self.side_b.write_clock.next = self.clock.val();
        self.side_b.write_enable.next = self.write.val();
        self.side_b.write_address.next = self.head.q.val();
        self.side_b.write_data.next = self.data.val();
        self.side_b.read_clock.next = self.clock.val();
        self.side_b.read_address.next = self.head.q.val() - self.age_b.val();
        if self.write.val() {
            self.head.d.next = self.head.q.val() + 1;
        }
        self.a.next = self.side_a.read_data.val();
        self.b.next = self.side_b.read_data.val();
    }
}
