//! Commands in, addresses and flags out.

use super::command::FIELDS;
use super::{CommandLatch, Fetcher, OpDecode, StreamLanes, Streamer};
use crate::buffer::{Delay, PulseDelay};
use ef_hdl_kit::{block, glue, vec_of};
use ef_isa::ComputeDesc;
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
        in clock: Clock, in reset, start: Bit, in field: Vec<Bits<32>> = vec_of(FIELDS),
        out ready, bad, x_loss, x_ones, s_loss, read_bias, read_first, issue, swap, stop: Bit,
        out wait_stationary, wait_hazard: Bit, out x_lane, s_lane: Vec<Bits<16>> = vec_of(T),
        out x_addr, s_addr, psum: Bits<16>, out x_rot, s_rot: Bits<3>, out s_keep: Vec<Bit> = vec_of(T),
        out init, phase: Bits<2>, out tag: Bits<5>,
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
    wire!(self.command <- self: clock, reset, start);
    wire!(self.ready, self.command.ready);
    wire!(self.command <- self: fetch_take = fetcher.take, stream_take = streamer.take);
    for i in 0..FIELDS {
        wire!(self.command.field[i], self.field[i]);
        wire!(self.fetcher.value[i], self.command.value[i]);
        wire!(self.streamer.value[i], self.command.value[i]);
    }

    wire!(self.decode <- self: clock, reset);
    wire!(self.decode <- self.command: capture = fresh, op = value[ComputeDesc::op]);
    wire!(self.decode <- self.command: n_g = value[ComputeDesc::n_g], n_kr = value[ComputeDesc::n_kr]);
    wire!(self.decode <- self.command: n_kc = value[ComputeDesc::n_kc], n_i = value[ComputeDesc::n_i]);
    wire!(self.decode <- self.command: n_r = value[ComputeDesc::n_r], n_c = value[ComputeDesc::n_c]);
    wire!(self.bad, self.decode.bad);

    wire!(self.fetcher <- self: clock, reset);
    wire!(self.fetcher.valid, self.command.fetch_valid);
    wire!(self.fetcher <- self.decode: empty, pixel, column, bias);
    wire!(self.fetcher <- self.streamer: swap, stream_loss);

    wire!(self.streamer <- self: clock, reset);
    wire!(self.streamer.valid, self.command.stream_valid);
    wire!(self.streamer <- self.decode: empty, only_ones, pixel, ones, loss, init, phase, turn_g);
    wire!(self.streamer <- self.fetcher: fetched, fetched_last);

    wire!(self.{loss_at_address, ones_at_address, swap_at_lanes, pixel_at_lanes, lanes} <- self: clock);
    wire!(self.loss_at_address.d, self.streamer.stream_loss);
    wire!(self.ones_at_address.d, self.streamer.vector_ones);
    wire!(self.swap_at_lanes.reset, self.reset);
    wire!(self.swap_at_lanes.d, self.streamer.swap);
    wire!(self.pixel_at_lanes.d, self.streamer.stream_pixel);
    wire!(self.lanes <- self: copy = swap_at_lanes.q, pixel = pixel_at_lanes.q);
    for n in 0..T {
        wire!(self.lanes.block[n], self.fetcher.x_lane[n]);
        wire!(self.x_lane[n], self.lanes.lane[n]);
        wire!(self <- self.fetcher: s_lane[n] = lane[n], s_keep[n] = keep[n]);
    }

    wire!(self <- self.streamer: x_addr = addr, x_rot = rot, init = vector_init, tag = stream_tag);
    wire!(self <- self.streamer: phase = stream_phase);
    wire!(self <- self: x_loss = loss_at_address.q, x_ones = ones_at_address.q);
    wire!(self <- self.fetcher: s_addr = addr, s_rot = rot, s_loss = loss);
    wire!(self <- self.fetcher: read_bias, read_first);
    wire!(self <- self.streamer: issue, swap, stop, psum, wait_stationary, wait_hazard);
}}
