//! [`Drain`]: a map leaves the partial sums through ReLU and pooling.

use crate::buffer::Delay;
use crate::store::codes::{Codes, VectorCode};
use crate::store::map_walk::MapWalk;
use crate::store::pool_lane::PoolLane;
use crate::store::psum_port::vector_latency;
use crate::store::serialise::Serialise;
use crate::store::token_line::TokenLine;
use crate::store::word_mux;
use ef_hdl_kit::{block, glue, vec_of};
use rust_hdl::prelude::*;

/// Cycles from `start` to the first word in the word buffer, for a latency of the partial sums.
pub const fn first_word(psum_latency: usize, pool: bool) -> usize {
    psum_latency + 9 + word_mux::LATENCY + if pool { 3 } else { 0 }
}

/// Cycles from a vector of T lanes to the next; its words follow one another.
pub const fn cycles_per_vector(lanes: usize, pool: bool) -> usize {
    if pool && lanes == 2 { 4 } else { lanes }
}

block! {
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
    /// | `address`, `p_data[T]` | 16, 32 | to and from [`PsumPort`](crate::store::psum_port::PsumPort) |
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
    pub struct Drain<const T: usize, const CAW: usize, const LAT: usize> {
        in clock: Clock, in clear, start, relu, pool, stall, send: Bit,
        in p_base, p_g, n_i, n_g, n_r, n_c: Bits<16>, in p_data: Vec<Bits<32>> = vec_of(T),
        out address: Bits<16>, out push, finished, pending, sending, code_push: Bit,
        out word, code_word: Bits<32>,
        walk: MapWalk<T>,
        issued: TokenLine = TokenLine::new(Self::COMPARE),
        last: TokenLine = TokenLine::new(Self::RESULT),
        first: Delay<Bit> = Delay::new(Self::COMPARE),
        number: Delay<Bits<2>> = Delay::new(Self::COMPARE),
        row_end, closing: Delay<Bit> = Delay::new(Self::RESULT),
        lane: Vec<PoolLane> = vec_of(T),
        code: VectorCode<T>,
        codes: Codes<T, CAW>,
        serialise: Serialise<T>,
        ending: MapEnd,
    }
}

impl<const T: usize, const CAW: usize, const LAT: usize> Drain<T, CAW, LAT> {
    /// From the issue of a vector to its compare in [`PoolLane`].
    const COMPARE: usize = vector_latency(LAT) + 1;
    /// From the issue of a window's last vector to the result.
    const RESULT: usize = Self::COMPARE + 2;
}

glue! { [const T: usize, const CAW: usize, const LAT: usize] Drain<T, CAW, LAT>; self => {
    // the walk
    wire!(self.walk <- self: clock, clear, start, pool, p_base, p_g, n_i, n_g, n_r, n_c, stall);
    wire!(self.address, self.walk.address);
    // what travels beside the data
    wire!(self.{issued, first, number, last, row_end, closing} <- self: clock);
    wire!(self.{issued, last} <- self: clear);
    wire!(self.issued.token, self.walk.issue);
    wire!(self.first.d, self.walk.first);
    wire!(self.number.d, self.walk.number);
    wire!(self.last.token, self.walk.last);
    wire!(self.row_end.d, self.walk.row_end);
    wire!(self.closing.d, self.walk.closing);
    // the lanes
    for i in 0..T {
        wire!(self.lane[i] <- self: clock, relu);
        wire!(self.lane[i] <- self: word = p_data[i], valid = issued.tap[Self::COMPARE], first = first.q);
        wire!(self.lane[i] <- self: number = number.q);
        wire!(self.serialise.vector[i], self.lane[i].y);
        wire!(self.code <- self.lane[i]: kept[i] = kept, chosen[i] = chosen);
    }
    // words
    wire!(self.serialise <- self: clock, clear);
    wire!(self.serialise <- self: load = last.tap[Self::RESULT], closing = closing.q);
    wire!(self <- self.serialise: push, word);
    wire!(self.ending.empty, self.walk.empty);
    wire!(self.ending.closed, self.serialise.finished);
    wire!(self.finished, self.ending.finished);
    // codes
    wire!(self.code.pool, self.pool);
    wire!(self.codes <- self: clock, clear, pool, send, stall);
    wire!(self.codes <- self: load = last.tap[Self::RESULT], row_end = row_end.q);
    wire!(self.codes.code, self.code.code);
    wire!(self.pending, self.codes.pending);
    wire!(self <- self.codes: sending = busy, code_push = push, code_word = word);
}}

block! {
    /// A map ends with its last word, or at once if it has none.
    pub struct MapEnd {
        in empty, closed: Bit,
        out finished: Bit,
    }
}

impl Logic for MapEnd {
    #[hdl_gen]
    fn update(&mut self) {
        self.finished.next = self.empty.val() || self.closed.val();
    }
}
