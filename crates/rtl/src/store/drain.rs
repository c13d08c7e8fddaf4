//! [`Drain`]: a map leaves the partial sums through ReLU and pooling.

use super::codes::{Codes, VectorCode};
use super::map_walk::MapWalk;
use super::pool_lane::PoolLane;
use super::psum_port::vector_latency;
use super::serialise::Serialise;
use super::token_line::TokenLine;
use super::word_mux;
use crate::buffer::Delay;
use ef_hdl_kit::{glue, vec_of};
use rust_hdl::prelude::*;

/// Cycles from `start` to the first word in the word buffer, for a latency of the partial sums.
pub const fn first_word(psum_latency: usize, pool: bool) -> usize {
    psum_latency + 9 + word_mux::LATENCY + if pool { 3 } else { 0 }
}

/// Cycles from a vector of T lanes to the next; its words follow one another.
pub const fn cycles_per_vector(lanes: usize, pool: bool) -> usize {
    if pool && lanes == 2 { 4 } else { lanes }
}

/// MAP: reads a map in its order, T lanes at a time, and pushes its words, then on request its codes.
///
/// ```text
///  [ MapWalk ]--address--> (PsumPort) ~~~> p_data[T]
///      |                                       |
///      +--issue, first, number--[ delay ]--> [ PoolLane x T ]--y---------------> [ Serialise ]--> push, word
///      +--last, row_end, closing--[ delay ]------------|--kept, chosen--> [ Codes ]-----------> code_push, code_word
/// ```
/// One word per cycle while `stall` is low (with `pool` and T = 2 two every four cycles); the first word comes LAT + 9 cycles after
/// `start`.
///
/// | port | width | |
/// |---|---|---|
/// | `clear` | 1 | stop and forget everything |
/// | `start` | 1 | pulse; the descriptor's `p_base` ... `n_c` and `pool`, `relu` stay valid until the end |
/// | `stall` | 1 | the word buffer is nearly full |
/// | `address`, `p_data[T]` | 16, 32 | to and from [`PsumPort`](super::psum_port::PsumPort) |
/// | `push`, `word` | 1, 32 | words of the map |
/// | `finished` | 1 | pulse: the last word is pushed in this cycle, or there is none |
/// | `pending` | 1 | the codes are not complete yet |
/// | `send`, `sending` | 1 | pulse: send the codes; not all are sent yet |
/// | `code_push`, `code_word` | 1, 32 | words of the codes |
///
/// ```
/// use ef_rtl::store::drain::Drain;
/// # ef_hdl_kit::export::verilog(&mut Drain::<4, 8, 3>::default(), "drain").unwrap();
/// ```
#[derive(LogicBlock)]
pub struct Drain<const T: usize, const CAW: usize, const LAT: usize> {
    pub clock: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub start: Signal<In, Bit>,
    pub relu: Signal<In, Bit>,
    pub pool: Signal<In, Bit>,
    pub p_base: Signal<In, Bits<16>>,
    pub p_g: Signal<In, Bits<16>>,
    pub n_i: Signal<In, Bits<16>>,
    pub n_g: Signal<In, Bits<16>>,
    pub n_r: Signal<In, Bits<16>>,
    pub n_c: Signal<In, Bits<16>>,
    pub stall: Signal<In, Bit>,
    pub address: Signal<Out, Bits<16>>,
    pub p_data: Vec<Signal<In, Bits<32>>>,
    pub push: Signal<Out, Bit>,
    pub word: Signal<Out, Bits<32>>,
    pub finished: Signal<Out, Bit>,
    pub pending: Signal<Out, Bit>,
    pub send: Signal<In, Bit>,
    pub sending: Signal<Out, Bit>,
    pub code_push: Signal<Out, Bit>,
    pub code_word: Signal<Out, Bits<32>>,
    walk: MapWalk<T>,
    issued: TokenLine,
    last: TokenLine,
    first: Delay<Bit>,
    number: Delay<Bits<2>>,
    row_end: Delay<Bit>,
    closing: Delay<Bit>,
    lane: Vec<PoolLane>,
    code: VectorCode<T>,
    codes: Codes<T, CAW>,
    serialise: Serialise<T>,
    ending: MapEnd,
}

impl<const T: usize, const CAW: usize, const LAT: usize> Drain<T, CAW, LAT> {
    /// From the issue of a vector to its compare in [`PoolLane`].
    const COMPARE: usize = vector_latency(LAT) + 1;
    /// From the issue of a window's last vector to the result.
    const RESULT: usize = Self::COMPARE + 2;
}

impl<const T: usize, const CAW: usize, const LAT: usize> Default for Drain<T, CAW, LAT> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            clear: Default::default(),
            start: Default::default(),
            relu: Default::default(),
            pool: Default::default(),
            p_base: Default::default(),
            p_g: Default::default(),
            n_i: Default::default(),
            n_g: Default::default(),
            n_r: Default::default(),
            n_c: Default::default(),
            stall: Default::default(),
            address: Default::default(),
            p_data: vec_of(T),
            push: Default::default(),
            word: Default::default(),
            finished: Default::default(),
            pending: Default::default(),
            send: Default::default(),
            sending: Default::default(),
            code_push: Default::default(),
            code_word: Default::default(),
            walk: Default::default(),
            issued: TokenLine::new(Self::COMPARE),
            last: TokenLine::new(Self::RESULT),
            first: Delay::new(Self::COMPARE),
            number: Delay::new(Self::COMPARE),
            row_end: Delay::new(Self::RESULT),
            closing: Delay::new(Self::RESULT),
            lane: vec_of(T),
            code: Default::default(),
            codes: Default::default(),
            serialise: Default::default(),
            ending: Default::default(),
        }
    }
}

glue! { [const T: usize, const CAW: usize, const LAT: usize] Drain<T, CAW, LAT>; self => {
    // the walk
    wire!(self.walk.clock, self.clock);
    wire!(self.walk.clear, self.clear);
    wire!(self.walk.start, self.start);
    wire!(self.walk.pool, self.pool);
    wire!(self.walk.p_base, self.p_base);
    wire!(self.walk.p_g, self.p_g);
    wire!(self.walk.n_i, self.n_i);
    wire!(self.walk.n_g, self.n_g);
    wire!(self.walk.n_r, self.n_r);
    wire!(self.walk.n_c, self.n_c);
    wire!(self.walk.stall, self.stall);
    wire!(self.address, self.walk.address);
    // what travels beside the data
    wire!(self.issued.clock, self.clock);
    wire!(self.issued.clear, self.clear);
    wire!(self.issued.token, self.walk.issue);
    wire!(self.first.clock, self.clock);
    wire!(self.first.d, self.walk.first);
    wire!(self.number.clock, self.clock);
    wire!(self.number.d, self.walk.number);
    wire!(self.last.clock, self.clock);
    wire!(self.last.clear, self.clear);
    wire!(self.last.token, self.walk.last);
    wire!(self.row_end.clock, self.clock);
    wire!(self.row_end.d, self.walk.row_end);
    wire!(self.closing.clock, self.clock);
    wire!(self.closing.d, self.walk.closing);
    // the lanes
    for i in 0..T {
        wire!(self.lane[i].clock, self.clock);
        wire!(self.lane[i].word, self.p_data[i]);
        wire!(self.lane[i].valid, self.issued.tap[Self::COMPARE]);
        wire!(self.lane[i].first, self.first.q);
        wire!(self.lane[i].number, self.number.q);
        wire!(self.lane[i].relu, self.relu);
        wire!(self.serialise.vector[i], self.lane[i].y);
        wire!(self.code.kept[i], self.lane[i].kept);
        wire!(self.code.chosen[i], self.lane[i].chosen);
    }
    // words
    wire!(self.serialise.clock, self.clock);
    wire!(self.serialise.clear, self.clear);
    wire!(self.serialise.load, self.last.tap[Self::RESULT]);
    wire!(self.serialise.closing, self.closing.q);
    wire!(self.push, self.serialise.push);
    wire!(self.word, self.serialise.word);
    wire!(self.ending.empty, self.walk.empty);
    wire!(self.ending.closed, self.serialise.finished);
    wire!(self.finished, self.ending.finished);
    // codes
    wire!(self.code.pool, self.pool);
    wire!(self.codes.clock, self.clock);
    wire!(self.codes.clear, self.clear);
    wire!(self.codes.load, self.last.tap[Self::RESULT]);
    wire!(self.codes.code, self.code.code);
    wire!(self.codes.row_end, self.row_end.q);
    wire!(self.codes.pool, self.pool);
    wire!(self.pending, self.codes.pending);
    wire!(self.codes.send, self.send);
    wire!(self.codes.stall, self.stall);
    wire!(self.sending, self.codes.busy);
    wire!(self.code_push, self.codes.push);
    wire!(self.code_word, self.codes.word);
}}

/// A map ends with its last word, or at once if it has none.
#[derive(LogicBlock, Default)]
pub struct MapEnd {
    pub empty: Signal<In, Bit>,
    pub closed: Signal<In, Bit>,
    pub finished: Signal<Out, Bit>,
}

impl Logic for MapEnd {
    #[hdl_gen]
    fn update(&mut self) {
        self.finished.next = self.empty.val() || self.closed.val();
    }
}
