//! [`PsumPort`]: one read port of the partial sums for vectors and for single words.

use crate::buffer::Delay;
use ef_hdl_kit::{block, glue, vec_of};
use rust_hdl::prelude::*;

block! {
    /// Sends an address to the partial sums and picks a word out of the vector that comes back LAT cycles later.
    ///
    /// ```text
    ///  map_address --[mux]--[ FF ]--> p_addr ~~ LAT ~~> p_data[T] --+------------> (vectors: used as they come)
    ///  word_address ---+                                        [ pick ]--[ FF ]--> element
    ///  word_lane -----------[ FF ]------[ LAT FFs ]----------------+
    /// ```
    /// A vector is at `p_data` [`vector_latency`] cycles after its address was given, an element at `element`
    /// [`element_latency`] cycles after.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `map`, `map_address` | 1, 16 | the map drives the address |
    /// | `word_address`, `word_lane` | 16, 3 | else this does |
    /// | `p_addr`, `p_data[T]` | 16, 32 | to and from the partial sums |
    /// | `element` | 32 | |
    pub struct PsumPort<const T: usize, const LAT: usize> {
        in clock: Clock, in map: Bit, in map_address, word_address: Bits<16>, in word_lane: Bits<3>,
        in p_data: Vec<Bits<32>> = vec_of(T),
        out p_addr: Bits<16>, out element: Bits<32>,
        choose: ChooseAddress,
        lane: Delay<Bits<3>> = Delay::new(vector_latency(LAT)),
        pick: PickLane<T>,
    }
}

/// Cycles from `map_address` to the vector at `p_data`.
pub const fn vector_latency(psum_latency: usize) -> usize {
    psum_latency + 1
}

/// Cycles from `word_address` to `element`.
pub const fn element_latency(psum_latency: usize) -> usize {
    psum_latency + 2
}

glue! { [const T: usize, const LAT: usize] PsumPort<T, LAT>; self => {
    wire!(self.{choose, lane, pick} <- self: clock);
    wire!(self.choose <- self: map, map_address, word_address);
    wire!(self.p_addr, self.choose.address);
    wire!(self.lane.d, self.word_lane);
    wire!(self.pick.lane, self.lane.q);
    for i in 0..T {
        wire!(self.pick.vector[i], self.p_data[i]);
    }
    wire!(self.element, self.pick.element);
}}

block! {
    /// The address register.
    pub struct ChooseAddress {
        in clock: Clock, in map: Bit, in map_address, word_address: Bits<16>,
        out address: Bits<16>,
        reg chosen => address: Bits<16>,
    }
}

impl Logic for ChooseAddress {
    #[hdl_gen]
    fn update(&mut self) {
        self.chosen.d.next = self.word_address.val();
        if self.map.val() {
            self.chosen.d.next = self.map_address.val();
        }
    }
}

block! {
    /// One word of a vector, registered.
    pub struct PickLane<const T: usize> {
        in clock: Clock, in lane: Bits<3>, in vector: Vec<Bits<32>> = vec_of(T),
        out element: Bits<32>,
        reg word => element: Bits<32>,
    }
}

impl<const T: usize> Logic for PickLane<T> {
    #[hdl_gen]
    fn update(&mut self) {
        for i in 0..T {
            if self.lane.val() == i.to_bits() {
                self.word.d.next = self.vector[i].val();
            }
        }
    }
}
