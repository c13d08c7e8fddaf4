//! [`Circle`]: the latest results of a unit.

use crate::buffer::ClockedRam;
use ef_hdl_kit::{block, glue};
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
        places: CirclePlaces,
        side_a: ClockedRam<32, 4>,
        side_b: ClockedRam<32, 4>,
    }
}

glue! { Circle; self => {
    wire!(self.places <- self: clock, write, age_a, age_b);
    wire!(self.{side_a, side_b} <- self: clock, write, write_data = data, write_address = places.head);
    wire!(self.side_a.read_address, self.places.at_a);
    wire!(self.side_b.read_address, self.places.at_b);
    wire!(self <- self: a = side_a.read_data, b = side_b.read_data);
}}

block! {
    /// Where the next word goes, and where those of two ages are.
    pub struct CirclePlaces {
        in clock: Clock, in write: Bit, in age_a, age_b: Bits<4>,
        out head, at_a, at_b: Bits<4>,
        reg next => head: Bits<4>,
    }
}

impl Logic for CirclePlaces {
    #[hdl_gen]
    fn update(&mut self) {
        if self.write.val() {
            self.next.d.next = self.next.q.val() + 1;
        }
        self.at_a.next = self.next.q.val() - self.age_a.val();
        self.at_b.next = self.next.q.val() - self.age_b.val();
    }
}
