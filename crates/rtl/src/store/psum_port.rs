//! [`PsumPort`]: one read port of the partial sums for vectors and for single words.

use crate::buffer::Delay;
use ef_hdl_kit::{glue, vec_of};
use rust_hdl::prelude::*;

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
#[derive(LogicBlock)]
pub struct PsumPort<const T: usize, const LAT: usize> {
    pub clock: Signal<In, Clock>,
    pub map: Signal<In, Bit>,
    pub map_address: Signal<In, Bits<16>>,
    pub word_address: Signal<In, Bits<16>>,
    pub word_lane: Signal<In, Bits<3>>,
    pub p_addr: Signal<Out, Bits<16>>,
    pub p_data: Vec<Signal<In, Bits<32>>>,
    pub element: Signal<Out, Bits<32>>,
    choose: ChooseAddress,
    lane: Delay<Bits<3>>,
    pick: PickLane<T>,
}

/// Cycles from `map_address` to the vector at `p_data`.
pub const fn vector_latency(psum_latency: usize) -> usize {
    psum_latency + 1
}

/// Cycles from `word_address` to `element`.
pub const fn element_latency(psum_latency: usize) -> usize {
    psum_latency + 2
}

impl<const T: usize, const LAT: usize> Default for PsumPort<T, LAT> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            map: Default::default(),
            map_address: Default::default(),
            word_address: Default::default(),
            word_lane: Default::default(),
            p_addr: Default::default(),
            p_data: vec_of(T),
            element: Default::default(),
            choose: Default::default(),
            lane: Delay::new(vector_latency(LAT)),
            pick: Default::default(),
        }
    }
}

glue! { [const T: usize, const LAT: usize] PsumPort<T, LAT>; self => {
    wire!(self.choose.clock, self.clock);
    wire!(self.choose.map, self.map);
    wire!(self.choose.map_address, self.map_address);
    wire!(self.choose.word_address, self.word_address);
    wire!(self.p_addr, self.choose.address);
    wire!(self.lane.clock, self.clock);
    wire!(self.lane.d, self.word_lane);
    wire!(self.pick.clock, self.clock);
    wire!(self.pick.lane, self.lane.q);
    for i in 0..T {
        wire!(self.pick.vector[i], self.p_data[i]);
    }
    wire!(self.element, self.pick.element);
}}

/// The address register.
#[derive(LogicBlock, Default)]
pub struct ChooseAddress {
    pub clock: Signal<In, Clock>,
    pub map: Signal<In, Bit>,
    pub map_address: Signal<In, Bits<16>>,
    pub word_address: Signal<In, Bits<16>>,
    pub address: Signal<Out, Bits<16>>,
    chosen: DFF<Bits<16>>,
}

impl Logic for ChooseAddress {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, chosen);
        self.chosen.d.next = self.word_address.val();
        if self.map.val() {
            self.chosen.d.next = self.map_address.val();
        }
        self.address.next = self.chosen.q.val();
    }
}

/// One word of a vector, registered.
#[derive(LogicBlock)]
pub struct PickLane<const T: usize> {
    pub clock: Signal<In, Clock>,
    pub lane: Signal<In, Bits<3>>,
    pub vector: Vec<Signal<In, Bits<32>>>,
    pub element: Signal<Out, Bits<32>>,
    word: DFF<Bits<32>>,
}

impl<const T: usize> Default for PickLane<T> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            lane: Default::default(),
            vector: vec_of(T),
            element: Default::default(),
            word: Default::default(),
        }
    }
}

impl<const T: usize> Logic for PickLane<T> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, word);
        for i in 0..T {
            if self.lane.val() == i.to_bits() {
                self.word.d.next = self.vector[i].val();
            }
        }
        self.element.next = self.word.q.val();
    }
}
