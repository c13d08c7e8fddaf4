//! Commands in, addresses and flags out.

use super::command::FIELDS;
use super::{CommandLatch, Fetcher, OpDecode, StreamLanes, Streamer};
use crate::buffer::{Delay, PulseDelay};
use ef_hdl_kit::{block, glue, vec_of};
use ef_program::ComputeDesc;
use rust_hdl::prelude::*;

block! {
    /// Executes compute descriptors: issues stationary and streamed reads, and the partial-sum address of every vector.
    ///
    /// ```text
    ///  start, field[28] --> CommandLatch --> OpDecode --+--> Fetcher ---> s_addr, s_rot, s_lane[T], ...
    ///                                                   |     |  ^
    ///                                                   |     v  | fetched, swap
    ///                                                   +--> Streamer --> x_addr, x_rot, x_loss, x_ones
    ///                                                         |
    ///                               x lanes of a block --> StreamLanes --> x_lane[T]
    /// ```
    ///
    /// The fetcher runs one step ahead and crosses into the next command, so stationary matrices are fetched while
    /// vectors stream. `issue` and its companions (`swap`, `stop`, `psum`, `init`) are those of the vector whose address is at `x_addr`
    /// [`X_LATENCY`](Self::X_LATENCY) cycles later; `read_first`, `read_bias` precede their address by [`S_LATENCY`](Self::S_LATENCY).
    pub struct Sequencer<const T: usize> {
        in clock: Clock,
        in reset, start: Bit,
        in field: Vec<Bits<32>> = vec_of(FIELDS),
        out ready, bad: Bit,
        out x_lane: Vec<Bits<16>> = vec_of(T),
        out x_addr: Bits<16>,
        out x_rot: Bits<3>,
        out x_loss, x_ones: Bit,
        out s_lane: Vec<Bits<16>> = vec_of(T),
        out s_addr: Bits<16>,
        out s_rot: Bits<3>,
        out s_loss: Bit,
        out s_keep: Vec<Bit> = vec_of(T),
        out read_bias, read_first, issue, swap, stop: Bit,
        out init: Bits<2>,
        out psum: Bits<16>,
        out tag: Bits<5>,
        out phase: Bits<2>,
        out wait_stationary, wait_hazard: Bit,
        command: CommandLatch,
        decode: OpDecode,
        fetcher: Fetcher<T>,
        streamer: Streamer<T>,
        lanes: StreamLanes<T>,
        loss_at_address, ones_at_address: Delay<Bit> = Delay::new(Self::X_LATENCY),
        swap_at_lanes: PulseDelay<{ Streamer::<2>::ADDRESS_LATENCY - 1 }>,
        pixel_at_lanes: Delay<Bit> = Delay::new(Self::X_LATENCY - 1),
    }
}

impl<const T: usize> Sequencer<T> {
    /// Cycles from `issue` to the address of the streamed read.
    pub const X_LATENCY: usize = Streamer::<T>::ADDRESS_LATENCY;
    /// Cycles from `read_first` to the address of row 0.
    pub const S_LATENCY: usize = Fetcher::<T>::ADDRESS_LATENCY;
}

glue! { [const T: usize] Sequencer<T>; self => {
    wire!(self.command.clock, self.clock);
    wire!(self.command.reset, self.reset);
    wire!(self.command.start, self.start);
    wire!(self.ready, self.command.ready);
    wire!(self.command.fetch_take, self.fetcher.take);
    wire!(self.command.stream_take, self.streamer.take);
    for i in 0..FIELDS {
        wire!(self.command.field[i], self.field[i]);
        wire!(self.fetcher.value[i], self.command.value[i]);
        wire!(self.streamer.value[i], self.command.value[i]);
    }

    wire!(self.decode.clock, self.clock);
    wire!(self.decode.reset, self.reset);
    wire!(self.decode.capture, self.command.fresh);
    wire!(self.bad, self.decode.bad);
    wire!(self.decode.op, self.command.value[ComputeDesc::op]);
    wire!(self.decode.n_g, self.command.value[ComputeDesc::n_g]);
    wire!(self.decode.n_kr, self.command.value[ComputeDesc::n_kr]);
    wire!(self.decode.n_kc, self.command.value[ComputeDesc::n_kc]);
    wire!(self.decode.n_i, self.command.value[ComputeDesc::n_i]);
    wire!(self.decode.n_r, self.command.value[ComputeDesc::n_r]);
    wire!(self.decode.n_c, self.command.value[ComputeDesc::n_c]);

    wire!(self.fetcher.clock, self.clock);
    wire!(self.fetcher.reset, self.reset);
    wire!(self.fetcher.valid, self.command.fetch_valid);
    wire!(self.fetcher.empty, self.decode.empty);
    wire!(self.fetcher.pixel, self.decode.pixel);
    wire!(self.fetcher.column, self.decode.column);
    wire!(self.fetcher.bias, self.decode.bias);
    wire!(self.fetcher.swap, self.streamer.swap);
    wire!(self.fetcher.stream_loss, self.streamer.stream_loss);

    wire!(self.streamer.clock, self.clock);
    wire!(self.streamer.reset, self.reset);
    wire!(self.streamer.valid, self.command.stream_valid);
    wire!(self.streamer.empty, self.decode.empty);
    wire!(self.streamer.only_ones, self.decode.only_ones);
    wire!(self.streamer.pixel, self.decode.pixel);
    wire!(self.streamer.ones, self.decode.ones);
    wire!(self.streamer.loss, self.decode.loss);
    wire!(self.streamer.init, self.decode.init);
    wire!(self.streamer.phase, self.decode.phase);
    wire!(self.streamer.turn_g, self.decode.turn_g);
    wire!(self.streamer.fetched, self.fetcher.fetched);
    wire!(self.streamer.fetched_last, self.fetcher.fetched_last);

    wire!(self.loss_at_address.clock, self.clock);
    wire!(self.loss_at_address.d, self.streamer.stream_loss);
    wire!(self.ones_at_address.clock, self.clock);
    wire!(self.ones_at_address.d, self.streamer.vector_ones);
    wire!(self.swap_at_lanes.clock, self.clock);
    wire!(self.swap_at_lanes.reset, self.reset);
    wire!(self.swap_at_lanes.d, self.streamer.swap);
    wire!(self.pixel_at_lanes.clock, self.clock);
    wire!(self.pixel_at_lanes.d, self.streamer.stream_pixel);
    wire!(self.lanes.clock, self.clock);
    wire!(self.lanes.copy, self.swap_at_lanes.q);
    wire!(self.lanes.pixel, self.pixel_at_lanes.q);
    for n in 0..T {
        wire!(self.lanes.block[n], self.fetcher.x_lane[n]);
        wire!(self.x_lane[n], self.lanes.lane[n]);
        wire!(self.s_lane[n], self.fetcher.lane[n]);
        wire!(self.s_keep[n], self.fetcher.keep[n]);
    }

    wire!(self.x_addr, self.streamer.addr);
    wire!(self.x_rot, self.streamer.rot);
    wire!(self.x_loss, self.loss_at_address.q);
    wire!(self.x_ones, self.ones_at_address.q);
    wire!(self.s_addr, self.fetcher.addr);
    wire!(self.s_rot, self.fetcher.rot);
    wire!(self.s_loss, self.fetcher.loss);
    wire!(self.read_bias, self.fetcher.read_bias);
    wire!(self.read_first, self.fetcher.read_first);
    wire!(self.issue, self.streamer.issue);
    wire!(self.swap, self.streamer.swap);
    wire!(self.stop, self.streamer.stop);
    wire!(self.init, self.streamer.vector_init);
    wire!(self.psum, self.streamer.psum);
    wire!(self.tag, self.streamer.stream_tag);
    wire!(self.phase, self.streamer.stream_phase);
    wire!(self.wait_stationary, self.streamer.wait_stationary);
    wire!(self.wait_hazard, self.streamer.wait_hazard);
}}
