//! The loop nest that fetches stationary matrices.

use super::command::FIELDS;
use super::{Accumulator, Counter, FetchAddress, FetchControl, Lanes};
use ef_hdl_kit::{block, glue, vec_of};
use ef_program::ComputeDesc;
use rust_hdl::prelude::*;

block! {
    /// Fetches the stationary matrices of commands, one step ahead of the streamer and into the next command.
    ///
    /// ```text
    ///  value[28], take --> loops kc, kr, g --> k, g ----+
    ///                        ^ advance  | last          v
    ///  swap -------------> FetchControl +--------> FetchAddress --> addr, rot, lane[T], keep[T], loss
    ///                        | walk    ^ over           ^
    ///                        v         |                |
    ///                      Lanes (pixel mode) ----------+--> x_lane[T]
    /// ```
    ///
    /// `addr`, `rot`, `lane`, `keep`, `loss` follow [`ADDRESS_LATENCY`](Self::ADDRESS_LATENCY) cycles after `read_bias`, and after
    /// `read_first` for row 0, with the further rows in the cycles after it. `x_lane` is what the lanes of the streamed reads of a
    /// block add to their common address, until 3 cycles after its `swap`. The other ports are those of [`FetchControl`].
    pub struct Fetcher<const T: usize> {
        in clock: Clock,
        in reset, valid: Bit,
        out take: Bit,
        in value: Vec<Bits<16>> = vec_of(FIELDS),
        in empty, pixel, column, bias, swap, stream_loss: Bit,
        out fetched, fetched_last, read_bias, read_first: Bit,
        out addr: Bits<16>,
        out rot: Bits<3>,
        out loss: Bit,
        out lane: Vec<Bits<16>> = vec_of(T),
        out keep: Vec<Bit> = vec_of(T),
        out x_lane: Vec<Bits<16>> = vec_of(T),
        control: FetchControl<T>,
        kc, kr, g: Counter,
        k_address, g_address: Accumulator<16>,
        lanes: Lanes<T>,
        address: FetchAddress<T>,
    }
}

impl<const T: usize> Fetcher<T> {
    /// Cycles from a read to its address.
    pub const ADDRESS_LATENCY: usize = FetchAddress::<T>::LATENCY;
}

glue! { [const T: usize] Fetcher<T>; self => {
    wire!(self.control.clock, self.clock);
    wire!(self.control.reset, self.reset);
    wire!(self.control.valid, self.valid);
    wire!(self.control.empty, self.empty);
    wire!(self.control.pixel, self.pixel);
    wire!(self.control.column, self.column);
    wire!(self.control.bias, self.bias);
    wire!(self.control.swap, self.swap);
    wire!(self.control.stream_loss, self.stream_loss);
    wire!(self.take, self.control.take);
    wire!(self.fetched, self.control.fetched);
    wire!(self.fetched_last, self.control.fetched_last);
    wire!(self.read_bias, self.control.read_bias);
    wire!(self.read_first, self.control.read_first);

    wire!(self.kc.clock, self.clock);
    wire!(self.kc.load, self.control.take);
    wire!(self.kc.n, self.value[ComputeDesc::n_kc]);
    wire!(self.kc.advance, self.control.advance_kc);
    wire!(self.control.last_kc, self.kc.last);
    wire!(self.kr.clock, self.clock);
    wire!(self.kr.load, self.control.take);
    wire!(self.kr.n, self.value[ComputeDesc::n_kr]);
    wire!(self.kr.advance, self.control.advance_kr);
    wire!(self.control.last_kr, self.kr.last);
    wire!(self.g.clock, self.clock);
    wire!(self.g.load, self.control.take);
    wire!(self.g.n, self.value[ComputeDesc::n_g]);
    wire!(self.g.advance, self.control.advance_g);
    wire!(self.control.last_g, self.g.last);
    wire!(self.k_address.clock, self.clock);
    wire!(self.k_address.load, self.control.take);
    wire!(self.k_address.stride, self.value[ComputeDesc::s_0]);
    wire!(self.k_address.advance, self.control.advance_kc);
    wire!(self.k_address.wrap, self.control.last_k);
    wire!(self.g_address.clock, self.clock);
    wire!(self.g_address.load, self.control.take);
    wire!(self.g_address.stride, self.value[ComputeDesc::s_1]);
    wire!(self.g_address.advance, self.control.advance_g);
    wire!(self.g_address.wrap, self.g.last);

    wire!(self.lanes.clock, self.clock);
    wire!(self.lanes.load, self.control.take);
    wire!(self.lanes.run, self.control.walk);
    wire!(self.control.walk_over, self.lanes.over);
    wire!(self.lanes.n_c, self.value[ComputeDesc::n_c]);
    wire!(self.lanes.x_c, self.value[ComputeDesc::x_c]);
    wire!(self.lanes.s_c, self.value[ComputeDesc::s_0]);
    wire!(self.lanes.n_r, self.value[ComputeDesc::n_r]);
    wire!(self.lanes.x_r, self.value[ComputeDesc::x_r]);
    wire!(self.lanes.s_r, self.value[ComputeDesc::s_1]);
    wire!(self.lanes.n_i, self.value[ComputeDesc::n_i]);
    wire!(self.lanes.x_i, self.value[ComputeDesc::x_i]);
    wire!(self.lanes.s_i, self.value[ComputeDesc::s_2]);

    wire!(self.address.clock, self.clock);
    wire!(self.address.load, self.control.take);
    wire!(self.address.s_base, self.value[ComputeDesc::s_base]);
    wire!(self.address.s_phase, self.value[ComputeDesc::s_phase]);
    wire!(self.address.bias, self.value[ComputeDesc::bias]);
    wire!(self.address.g, self.g_address.value);
    wire!(self.address.k, self.k_address.value);
    wire!(self.address.pixel, self.control.fetch_pixel);
    wire!(self.address.column, self.control.fetch_column);
    wire!(self.address.row, self.control.row);
    wire!(self.address.read, self.control.read);
    wire!(self.address.read_bias, self.control.read_bias);
    wire!(self.addr, self.address.addr);
    wire!(self.rot, self.address.rot);
    wire!(self.loss, self.address.loss);
    for n in 0..T {
        wire!(self.address.pixel_lane[n], self.lanes.s[n]);
        wire!(self.address.present[n], self.lanes.present[n]);
        wire!(self.lane[n], self.address.lane[n]);
        wire!(self.keep[n], self.address.keep[n]);
        wire!(self.x_lane[n], self.lanes.x[n]);
    }
}}
