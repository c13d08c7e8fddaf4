//! The loop nest that fetches stationary matrices.

use crate::compute::command::FIELDS;
use crate::compute::{Accumulator, Counter, FetchAddress, FetchControl, Lanes};
use ef_hdl_kit::{block, glue, vec_of};
use ef_isa::ComputeDesc;
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
        in clock: Clock, in reset, valid, empty, pixel, column, bias, swap, stream_loss: Bit,
        in value: Vec<Bits<16>> = vec_of(FIELDS),
        out take, fetched, fetched_last, read_bias, read_first, loss: Bit, out addr: Bits<16>,
        out rot: Bits<3>, out lane, x_lane: Vec<Bits<16>> = vec_of(T), out keep: Vec<Bit> = vec_of(T),
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
    wire!(self.control <- self: clock, reset, valid, empty, pixel, column, bias, swap, stream_loss);
    wire!(self <- self.control: take, fetched, fetched_last, read_bias, read_first);

    wire!(self.{kc, kr, g, k_address, g_address} <- self: clock);
    wire!(self.kc <- self.control: load = take, advance = advance_kc);
    wire!(self.kc.n, self.value[ComputeDesc::n_kc]);
    wire!(self.control <- self: last_kc = kc.last, last_kr = kr.last, last_g = g.last);
    wire!(self.kr <- self.control: load = take, advance = advance_kr);
    wire!(self.kr.n, self.value[ComputeDesc::n_kr]);
    wire!(self.g <- self.control: load = take, advance = advance_g);
    wire!(self.g.n, self.value[ComputeDesc::n_g]);
    wire!(self.k_address <- self.control: load = take, advance = advance_kc, wrap = last_k);
    wire!(self.k_address.stride, self.value[ComputeDesc::s_0]);
    wire!(self.g_address <- self.control: load = take, advance = advance_g);
    wire!(self.g_address <- self: stride = value[ComputeDesc::s_1], wrap = g.last);

    wire!(self.lanes.clock, self.clock);
    wire!(self.lanes <- self.control: load = take, run = walk);
    wire!(self.control.walk_over, self.lanes.over);
    wire!(self.lanes <- self: n_c = value[ComputeDesc::n_c], x_c = value[ComputeDesc::x_c]);
    wire!(self.lanes <- self: s_c = value[ComputeDesc::s_0], n_r = value[ComputeDesc::n_r]);
    wire!(self.lanes <- self: x_r = value[ComputeDesc::x_r], s_r = value[ComputeDesc::s_1]);
    wire!(self.lanes <- self: n_i = value[ComputeDesc::n_i], x_i = value[ComputeDesc::x_i]);
    wire!(self.lanes <- self: s_i = value[ComputeDesc::s_2]);

    wire!(self.address.clock, self.clock);
    wire!(self.address <- self.control: load = take, pixel = fetch_pixel, column = fetch_column);
    wire!(self.address <- self: s_base = value[ComputeDesc::s_base], s_phase = value[ComputeDesc::s_phase]);
    wire!(self.address <- self: bias = value[ComputeDesc::bias], g = g_address.value, k = k_address.value);
    wire!(self.address <- self.control: row, read, read_bias);
    wire!(self <- self.address: addr, rot, loss);
    for n in 0..T {
        wire!(self.address <- self.lanes: pixel_lane[n] = s[n], present[n] = present[n]);
        wire!(self <- self.address: lane[n] = lane[n], keep[n] = keep[n]);
        wire!(self.x_lane[n], self.lanes.x[n]);
    }
}}
