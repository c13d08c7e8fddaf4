//! The loop nest that streams vectors.

use crate::compute::command::FIELDS;
use crate::compute::{Accumulator, Axis, Counter, StreamAddress, StreamControl};
use ef_hdl_kit::{block, glue, vec_of};
use ef_isa::ComputeDesc;
use rust_hdl::prelude::*;

block! {
    /// Streams the vectors of commands: the loops g, kr, kc, i, r, c of channel mode, or n, kr, kc of pixel mode.
    ///
    /// ```text
    ///  value[28], take --> Axis c, r, i, kc, kr; loop g --> StreamAddress --> addr, rot
    ///                        ^ advance    | last
    ///  fetched ----------> StreamControl <+ --> issue, swap, stop, psum, ...
    /// ```
    ///
    /// `addr` and `rot` follow [`ADDRESS_LATENCY`](Self::ADDRESS_LATENCY) cycles after `issue`; the other ports are those of
    /// [`StreamControl`].
    pub struct Streamer<const T: usize> {
        in clock: Clock, in reset, valid, empty, only_ones, pixel, ones, loss, fetched, fetched_last: Bit,
        in value: Vec<Bits<16>> = vec_of(FIELDS), in init, phase: Bits<2>, in turn_g: Bits<16>,
        out take, issue, swap, stop, vector_ones, stream_loss, stream_pixel, wait_stationary: Bit,
        out wait_hazard: Bit, out vector_init, stream_phase: Bits<2>, out psum, addr: Bits<16>,
        out rot: Bits<3>, out stream_tag: Bits<5>,
        control: StreamControl<T>,
        c, r, i, kc, kr: Axis<3>,
        g_count: Counter,
        g_address: Accumulator<16>,
        g_rot: Accumulator<3>,
        address: StreamAddress,
    }
}

impl<const T: usize> Streamer<T> {
    /// Cycles from `issue` to `addr` and `rot`.
    pub const ADDRESS_LATENCY: usize = StreamAddress::LATENCY;
}

glue! { [const T: usize] Streamer<T>; self => {
    wire!(self.control <- self: clock, reset, valid, empty, only_ones, pixel, ones, loss, init, phase);
    wire!(self.control <- self: fetched, fetched_last);
    wire!(self.control <- self: p_base = value[ComputeDesc::p_base], tag = value[ComputeDesc::tag]);
    wire!(self <- self.control: take, issue, swap, stop, vector_ones, vector_init, psum, stream_loss);
    wire!(self <- self.control: stream_pixel, stream_phase, stream_tag, wait_stationary, wait_hazard);

    wire!(self.{c, r, i, kc, kr} <- self: clock);
    wire!(self.c <- self.control: load = take, advance = advance_c);
    wire!(self.c <- self: n = value[ComputeDesc::n_c], a_stride = value[ComputeDesc::x_c]);
    wire!(self.c <- self: b_stride = value[ComputeDesc::ph_c]);
    wire!(self.control <- self: last_c = c.last, last_r = r.last, last_i = i.last, last_kc = kc.last);
    wire!(self.control <- self: last_kr = kr.last);
    wire!(self.address <- self.c: c = a, rot_c = b);
    wire!(self.r <- self.control: load = take, advance = advance_r);
    wire!(self.r <- self: n = value[ComputeDesc::n_r], a_stride = value[ComputeDesc::x_r]);
    wire!(self.r <- self: b_stride = value[ComputeDesc::ph_r]);
    wire!(self.address <- self.r: r = a, rot_r = b);
    wire!(self.i <- self.control: load = take, advance = advance_i);
    wire!(self.i <- self: n = value[ComputeDesc::n_i], a_stride = value[ComputeDesc::x_i]);
    wire!(self.i <- self: b_stride = value[ComputeDesc::ph_i]);
    wire!(self.address <- self.i: i = a, rot_i = b);
    wire!(self.kc <- self.control: load = take, advance = advance_kc);
    wire!(self.kc <- self: n = value[ComputeDesc::n_kc], a_stride = value[ComputeDesc::x_kc]);
    wire!(self.kc <- self: b_stride = value[ComputeDesc::ph_kc]);
    wire!(self.address <- self.kc: kc = a, rot_kc = b);
    wire!(self.kr <- self.control: load = take, advance = advance_kr);
    wire!(self.kr <- self: n = value[ComputeDesc::n_kr], a_stride = value[ComputeDesc::x_kr]);
    wire!(self.kr <- self: b_stride = value[ComputeDesc::ph_kr]);
    wire!(self.address <- self.kr: kr = a, rot_kr = b);

    wire!(self.{g_count, g_address, g_rot} <- self: clock);
    wire!(self.g_count <- self.control: load = take, advance = advance_g);
    wire!(self.g_address <- self.control: load = take, advance = advance_group);
    wire!(self.g_rot <- self.control: load = take, advance = advance_g);
    wire!(self.g_count.n, self.value[ComputeDesc::n_g]);
    wire!(self.control.last_g, self.g_count.last);
    wire!(self.g_address <- self: stride = value[ComputeDesc::x_g], wrap = g_count.last);
    wire!(self.g_rot <- self: stride = turn_g, wrap = g_count.last);
    wire!(self.address <- self: g = g_address.value, rot_g = g_rot.value);

    wire!(self.address.clock, self.clock);
    wire!(self.address <- self: load = control.take, base = value[ComputeDesc::x_base]);
    wire!(self.address <- self: base_rot = value[ComputeDesc::x_phase]);
    wire!(self <- self.address: addr, rot);
}}
