//! [`Contexts`]: where the words of the elements under way are.

use ef_hdl_kit::block;
use ef_isa::vector::place;
use rust_hdl::prelude::*;

block! {
    /// Address, lane, number, channel and index of the last 16 elements; the channel's lane of the last 32.
    ///
    /// ```text
    ///  begins: [ turn + 1 ] --> written
    ///  word: turn - load_stage ---> [ RAM 16 ]--> address, lane, number, channel     a cycle later
    ///        turn - index_stage --> [ RAM 16 ]--> index
    ///        turn - read_stage, turn - take_stage --> [ 2 x RAM 32 ]--> read_lane, take_lane
    /// ```
    pub struct Contexts {
        in clock: Clock, in begins: Bit, in address, number, channel, index: Bits<16>, in lane: Bits<3>,
        in word: [Bits<32>; 5],
        out load_address, load_number, load_channel, index_then: Bits<16>,
        out load_lane, read_lane, take_lane: Bits<3>,
        reg turn: Bits<5>,
        net next_turn, read_turn, take_turn: Bits<5>, net load_turn, index_turn, short_turn: Bits<4>,
        net channel_lane: Bits<3>,
        addresses: RAM<Bits<16>, 4>,
        numbers: RAM<Bits<16>, 4>,
        channels: RAM<Bits<16>, 4>,
        indices: RAM<Bits<16>, 4>,
        lanes: RAM<Bits<3>, 4>,
        read_lanes: RAM<Bits<3>, 5>,
        take_lanes: RAM<Bits<3>, 5>,
        const low_read: Bits<5> = place::read_stage.low, const low_take: Bits<5> = place::take_stage.low,
        const low_load: Bits<5> = place::load_stage.low,
        const low_index: Bits<5> = place::index_stage.low,
    }
}

impl Logic for Contexts {
    #[hdl_gen]
    fn update(&mut self) {
        self.next_turn.next = self.turn.q.val() + 1;
        if self.begins.val() {
            self.turn.d.next = self.next_turn.val();
        }
        self.read_turn.next =
            self.turn.q.val() - self.word[2].val().get_bits::<5>(self.low_read.val().index());
        self.take_turn.next =
            self.turn.q.val() - self.word[2].val().get_bits::<5>(self.low_take.val().index());
        self.short_turn.next = self.turn.q.val().get_bits::<4>(0);
        self.load_turn.next =
            self.short_turn.val() - self.word[3].val().get_bits::<4>(self.low_load.val().index());
        self.index_turn.next =
            self.short_turn.val() - self.word[2].val().get_bits::<4>(self.low_index.val().index());
        self.channel_lane.next = self.channel.val().get_bits::<3>(0);

        self.addresses.write_clock.next = self.clock.val();
        self.addresses.write_enable.next = self.begins.val();
        self.addresses.write_address.next = self.next_turn.val().get_bits::<4>(0);
        self.addresses.write_data.next = self.address.val();
        self.addresses.read_clock.next = self.clock.val();
        self.addresses.read_address.next = self.load_turn.val();
        self.numbers.write_clock.next = self.clock.val();
        self.numbers.write_enable.next = self.begins.val();
        self.numbers.write_address.next = self.next_turn.val().get_bits::<4>(0);
        self.numbers.write_data.next = self.number.val();
        self.numbers.read_clock.next = self.clock.val();
        self.numbers.read_address.next = self.load_turn.val();
        self.channels.write_clock.next = self.clock.val();
        self.channels.write_enable.next = self.begins.val();
        self.channels.write_address.next = self.next_turn.val().get_bits::<4>(0);
        self.channels.write_data.next = self.channel.val();
        self.channels.read_clock.next = self.clock.val();
        self.channels.read_address.next = self.load_turn.val();
        self.indices.write_clock.next = self.clock.val();
        self.indices.write_enable.next = self.begins.val();
        self.indices.write_address.next = self.next_turn.val().get_bits::<4>(0);
        self.indices.write_data.next = self.index.val();
        self.indices.read_clock.next = self.clock.val();
        self.indices.read_address.next = self.index_turn.val();
        self.lanes.write_clock.next = self.clock.val();
        self.lanes.write_enable.next = self.begins.val();
        self.lanes.write_address.next = self.next_turn.val().get_bits::<4>(0);
        self.lanes.write_data.next = self.lane.val();
        self.lanes.read_clock.next = self.clock.val();
        self.lanes.read_address.next = self.load_turn.val();
        self.read_lanes.write_clock.next = self.clock.val();
        self.read_lanes.write_enable.next = self.begins.val();
        self.read_lanes.write_address.next = self.next_turn.val();
        self.read_lanes.write_data.next = self.channel_lane.val();
        self.read_lanes.read_clock.next = self.clock.val();
        self.read_lanes.read_address.next = self.read_turn.val();
        self.take_lanes.write_clock.next = self.clock.val();
        self.take_lanes.write_enable.next = self.begins.val();
        self.take_lanes.write_address.next = self.next_turn.val();
        self.take_lanes.write_data.next = self.channel_lane.val();
        self.take_lanes.read_clock.next = self.clock.val();
        self.take_lanes.read_address.next = self.take_turn.val();

        self.load_address.next = self.addresses.read_data.val();
        self.load_number.next = self.numbers.read_data.val();
        self.load_channel.next = self.channels.read_data.val();
        self.load_lane.next = self.lanes.read_data.val();
        self.index_then.next = self.indices.read_data.val();
        self.read_lane.next = self.read_lanes.read_data.val();
        self.take_lane.next = self.take_lanes.read_data.val();
    }
}
