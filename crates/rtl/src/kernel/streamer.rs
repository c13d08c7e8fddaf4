//! The loop nest that streams vectors.

use super::command::FIELDS;
use super::{Accumulator, Axis, Counter, StreamAddress, StreamControl};
use ef_hdl_kit::{block, glue, vec_of};
use ef_program::ComputeDesc;
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
        in clock: Clock,
        in reset, valid: Bit,
        out take: Bit,
        in value: Vec<Bits<16>> = vec_of(FIELDS),
        in empty, only_ones, pixel, ones, loss: Bit,
        in init, phase: Bits<2>,
        in turn_g: Bits<16>,
        in fetched, fetched_last: Bit,
        out issue, swap, stop, vector_ones: Bit,
        out vector_init: Bits<2>,
        out psum, addr: Bits<16>,
        out rot: Bits<3>,
        out stream_loss, stream_pixel: Bit,
        out stream_phase: Bits<2>,
        out stream_tag: Bits<5>,
        out wait_stationary, wait_hazard: Bit,
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
    wire!(self.control.clock, self.clock);
    wire!(self.control.reset, self.reset);
    wire!(self.control.valid, self.valid);
    wire!(self.control.empty, self.empty);
    wire!(self.control.only_ones, self.only_ones);
    wire!(self.control.pixel, self.pixel);
    wire!(self.control.ones, self.ones);
    wire!(self.control.loss, self.loss);
    wire!(self.control.init, self.init);
    wire!(self.control.phase, self.phase);
    wire!(self.control.fetched, self.fetched);
    wire!(self.control.fetched_last, self.fetched_last);
    wire!(self.control.p_base, self.value[ComputeDesc::p_base]);
    wire!(self.control.tag, self.value[ComputeDesc::tag]);
    wire!(self.take, self.control.take);
    wire!(self.issue, self.control.issue);
    wire!(self.swap, self.control.swap);
    wire!(self.stop, self.control.stop);
    wire!(self.vector_ones, self.control.vector_ones);
    wire!(self.vector_init, self.control.vector_init);
    wire!(self.psum, self.control.psum);
    wire!(self.stream_loss, self.control.stream_loss);
    wire!(self.stream_pixel, self.control.stream_pixel);
    wire!(self.stream_phase, self.control.stream_phase);
    wire!(self.stream_tag, self.control.stream_tag);
    wire!(self.wait_stationary, self.control.wait_stationary);
    wire!(self.wait_hazard, self.control.wait_hazard);

    wire!(self.c.clock, self.clock);
    wire!(self.c.load, self.control.take);
    wire!(self.c.n, self.value[ComputeDesc::n_c]);
    wire!(self.c.a_stride, self.value[ComputeDesc::x_c]);
    wire!(self.c.b_stride, self.value[ComputeDesc::ph_c]);
    wire!(self.c.advance, self.control.advance_c);
    wire!(self.control.last_c, self.c.last);
    wire!(self.address.c, self.c.a);
    wire!(self.address.rot_c, self.c.b);
    wire!(self.r.clock, self.clock);
    wire!(self.r.load, self.control.take);
    wire!(self.r.n, self.value[ComputeDesc::n_r]);
    wire!(self.r.a_stride, self.value[ComputeDesc::x_r]);
    wire!(self.r.b_stride, self.value[ComputeDesc::ph_r]);
    wire!(self.r.advance, self.control.advance_r);
    wire!(self.control.last_r, self.r.last);
    wire!(self.address.r, self.r.a);
    wire!(self.address.rot_r, self.r.b);
    wire!(self.i.clock, self.clock);
    wire!(self.i.load, self.control.take);
    wire!(self.i.n, self.value[ComputeDesc::n_i]);
    wire!(self.i.a_stride, self.value[ComputeDesc::x_i]);
    wire!(self.i.b_stride, self.value[ComputeDesc::ph_i]);
    wire!(self.i.advance, self.control.advance_i);
    wire!(self.control.last_i, self.i.last);
    wire!(self.address.i, self.i.a);
    wire!(self.address.rot_i, self.i.b);
    wire!(self.kc.clock, self.clock);
    wire!(self.kc.load, self.control.take);
    wire!(self.kc.n, self.value[ComputeDesc::n_kc]);
    wire!(self.kc.a_stride, self.value[ComputeDesc::x_kc]);
    wire!(self.kc.b_stride, self.value[ComputeDesc::ph_kc]);
    wire!(self.kc.advance, self.control.advance_kc);
    wire!(self.control.last_kc, self.kc.last);
    wire!(self.address.kc, self.kc.a);
    wire!(self.address.rot_kc, self.kc.b);
    wire!(self.kr.clock, self.clock);
    wire!(self.kr.load, self.control.take);
    wire!(self.kr.n, self.value[ComputeDesc::n_kr]);
    wire!(self.kr.a_stride, self.value[ComputeDesc::x_kr]);
    wire!(self.kr.b_stride, self.value[ComputeDesc::ph_kr]);
    wire!(self.kr.advance, self.control.advance_kr);
    wire!(self.control.last_kr, self.kr.last);
    wire!(self.address.kr, self.kr.a);
    wire!(self.address.rot_kr, self.kr.b);

    wire!(self.g_count.clock, self.clock);
    wire!(self.g_count.load, self.control.take);
    wire!(self.g_address.clock, self.clock);
    wire!(self.g_address.load, self.control.take);
    wire!(self.g_rot.clock, self.clock);
    wire!(self.g_rot.load, self.control.take);
    wire!(self.g_count.n, self.value[ComputeDesc::n_g]);
    wire!(self.g_count.advance, self.control.advance_g);
    wire!(self.control.last_g, self.g_count.last);
    wire!(self.g_address.stride, self.value[ComputeDesc::x_g]);
    wire!(self.g_address.advance, self.control.advance_group);
    wire!(self.g_address.wrap, self.g_count.last);
    wire!(self.g_rot.stride, self.turn_g);
    wire!(self.g_rot.advance, self.control.advance_g);
    wire!(self.g_rot.wrap, self.g_count.last);
    wire!(self.address.g, self.g_address.value);
    wire!(self.address.rot_g, self.g_rot.value);

    wire!(self.address.clock, self.clock);
    wire!(self.address.load, self.control.take);
    wire!(self.address.base, self.value[ComputeDesc::x_base]);
    wire!(self.address.base_rot, self.value[ComputeDesc::x_phase]);
    wire!(self.addr, self.address.addr);
    wire!(self.rot, self.address.rot);
}}
