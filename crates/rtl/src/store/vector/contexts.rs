//! [`Contexts`]: where the words of the elements under way are.

use crate::buffer::ClockedRam;
use ef_hdl_kit::{block, glue};
use ef_isa::vector::{WORDS, place};
use rust_hdl::prelude::*;

block! {
    /// Address, lane, number, channel and index of the last 16 elements; the channel's lane of the last 32.
    ///
    /// ```text
    ///  begins: [ turn + 1 ] --> written
    ///  word: turn - load_stage ---> [ RAM 16 ]--> load_address, load_lane, load_number, load_channel     a cycle later
    ///        turn - index_stage --> [ RAM 16 ]--> index_then
    ///        turn - read_stage, turn - take_stage --> [ 2 x RAM 32 ]--> read_lane, take_lane
    /// ```
    pub struct Contexts {
        in clock: Clock, in begins: Bit, in address, number, channel, index: Bits<16>, in lane: Bits<3>,
        in word: [Bits<32>; WORDS],
        out load_address, load_number, load_channel, index_then: Bits<16>,
        out load_lane, read_lane, take_lane: Bits<3>,
        turns: ContextTurns,
        addresses: ClockedRam<16, 4>,
        numbers: ClockedRam<16, 4>,
        channels: ClockedRam<16, 4>,
        indices: ClockedRam<16, 4>,
        lanes: ClockedRam<3, 4>,
        read_lanes: ClockedRam<3, 5>,
        take_lanes: ClockedRam<3, 5>,
    }
}

glue! { Contexts; self => {
    wire!(self.turns <- self: clock, begins, channel, stages = word[2]);
    wire!(self.{addresses, numbers, channels, indices, lanes, read_lanes, take_lanes} <- self: clock, write = begins);
    wire!(self.{addresses, numbers, channels, indices, lanes} <- self.turns: write_address = short_next);
    wire!(self.{addresses, numbers, channels, lanes} <- self.turns: read_address = load_turn);
    wire!(self.indices.read_address, self.turns.index_turn);
    wire!(self.{read_lanes, take_lanes} <- self.turns: write_address = next, write_data = channel_lane);
    wire!(self.read_lanes.read_address, self.turns.read_turn);
    wire!(self.take_lanes.read_address, self.turns.take_turn);
    wire!(self.addresses.write_data, self.address);
    wire!(self.numbers.write_data, self.number);
    wire!(self.channels.write_data, self.channel);
    wire!(self.indices.write_data, self.index);
    wire!(self.lanes.write_data, self.lane);
    wire!(self <- self: load_address = addresses.read_data, load_number = numbers.read_data);
    wire!(self <- self: load_channel = channels.read_data, load_lane = lanes.read_data);
    wire!(self <- self: index_then = indices.read_data, read_lane = read_lanes.read_data);
    wire!(self.take_lane, self.take_lanes.read_data);
}}

block! {
    /// Counts the periods, and says in which the elements have begun that a control word names.
    pub struct ContextTurns {
        in clock: Clock, in begins: Bit, in channel: Bits<16>,
        /// Word 2 of the control word.
        in stages: Bits<32>,
        out next, read_turn, take_turn: Bits<5>, out short_next, load_turn, index_turn: Bits<4>,
        out channel_lane: Bits<3>,
        reg turn: Bits<5>, net following: Bits<5>, net low_turn: Bits<4>,
        const low_read: Bits<5> = place::read_stage.low, const low_take: Bits<5> = place::take_stage.low,
        const low_load: Bits<5> = place::load_stage.low, const low_index: Bits<5> = place::index_stage.low,
    }
}

impl Logic for ContextTurns {
    #[hdl_gen]
    fn update(&mut self) {
        self.following.next = self.turn.q.val() + 1;
        if self.begins.val() {
            self.turn.d.next = self.following.val();
        }
        self.next.next = self.following.val();
        self.short_next.next = self.following.val().get_bits::<4>(0);
        self.low_turn.next = self.turn.q.val().get_bits::<4>(0);
        self.read_turn.next =
            self.turn.q.val() - self.stages.val().get_bits::<5>(self.low_read.val().index());
        self.take_turn.next =
            self.turn.q.val() - self.stages.val().get_bits::<5>(self.low_take.val().index());
        self.load_turn.next =
            self.low_turn.val() - self.stages.val().get_bits::<4>(self.low_load.val().index());
        self.index_turn.next =
            self.low_turn.val() - self.stages.val().get_bits::<4>(self.low_index.val().index());
        self.channel_lane.next = self.channel.val().get_bits::<3>(0);
    }
}
