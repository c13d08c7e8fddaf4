//! [`ElementWalk`]: which element is next.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// Four nested loops over the elements of a command, innermost first.
    ///
    /// A step of loop l, after a turn of all loops inside it, moves the address by `move_by[l]`. Loop `lane_level` counts lanes of the
    /// partial sums; it and the loop around it count the index. Loop `channel_level` counts the channel.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `load` | 1 | the first element |
    /// | `step` | 1 | the next one; at most every other cycle |
    /// | `turns[4]`, `p_base`, `move_by[4]`, `limit` | 16 | of the descriptor |
    /// | `lane_level`, `channel_level` | 2 | of the recipe |
    /// | `bounded`, `totals`, `fresh` | 1 | of the recipe; nothing was added to the totals yet |
    /// | `empty` | 1 | there are no elements |
    /// | `last` | 1 | there are no more after this |
    /// | `address`, `lane`, `number`, `channel`, `index` | 16, 3, 16, 16, 16 | of the element |
    /// | `below`, `first` | 1 | its index is below `limit`; its accumulators hold nothing yet. Two cycles after `load` or `step` |
    pub struct ElementWalk {
        in clock: Clock, in load, step, bounded, totals, fresh: Bit, in turns, move_by: [Bits<16>; 4],
        in p_base, limit: Bits<16>, in lane_level, channel_level: Bits<2>,
        out empty, last, below, first: Bit, out address, number, channel, index: Bits<16>, out lane: Bits<3>,
        reg left: [Bits<16>; 4], reg ends: [Bit; 4],
        net ticks, wraps: [Bit; 4], net tick_lane, wrap_lane, wrap_around, tick_channel, wrap_channel: Bit,
        net by: Bits<16>,
        reg at => address, count => number, of_channel => channel, of_index => index: Bits<16>,
        reg of_lane => lane: Bits<3>, reg held_below => below, opens => first: Bit,
        const one: Bits<16> = 1,
    }
}

impl Logic for ElementWalk {
    #[hdl_gen]
    fn update(&mut self) {
        self.empty.next = !self.turns[0].val().any()
            || !self.turns[1].val().any()
            || !self.turns[2].val().any()
            || !self.turns[3].val().any();
        self.ticks[0].next = true;
        self.wraps[0].next = self.ends[0].q.val();
        self.ticks[1].next = self.ends[0].q.val();
        self.wraps[1].next = self.ends[0].q.val() & self.ends[1].q.val();
        self.ticks[2].next = self.ends[0].q.val() & self.ends[1].q.val();
        self.wraps[2].next = self.ends[0].q.val() & self.ends[1].q.val() & self.ends[2].q.val();
        self.ticks[3].next = self.ends[0].q.val() & self.ends[1].q.val() & self.ends[2].q.val();
        self.wraps[3].next =
            self.ends[0].q.val() & self.ends[1].q.val() & self.ends[2].q.val() & self.ends[3].q.val();
        self.last.next = self.wraps[3].val();

        self.tick_lane.next = false;
        self.wrap_lane.next = false;
        self.wrap_around.next = false;
        self.tick_channel.next = false;
        self.wrap_channel.next = false;
        self.by.next = self.move_by[0].val();
        for i in 0..4 {
            self.ends[i].d.next = self.left[i].q.val() == self.one.val();
            if self.ticks[i].val() {
                self.by.next = self.move_by[i].val();
            }
            if self.lane_level.val() == i.to_bits() {
                self.tick_lane.next = self.ticks[i].val();
                self.wrap_lane.next = self.wraps[i].val();
            }
            if self.channel_level.val() == i.to_bits() {
                self.tick_channel.next = self.ticks[i].val();
                self.wrap_channel.next = self.wraps[i].val();
            }
            if self.load.val() {
                self.left[i].d.next = self.turns[i].val();
            } else if self.step.val() && self.ticks[i].val() {
                self.left[i].d.next = self.left[i].q.val() - 1;
                if self.wraps[i].val() {
                    self.left[i].d.next = self.turns[i].val();
                }
            }
        }
        for i in 0..3 {
            if self.lane_level.val() == i.to_bits() {
                self.wrap_around.next = self.wraps[i + 1].val();
            }
        }

        if self.load.val() {
            self.at.d.next = self.p_base.val();
            self.count.d.next = 0.into();
            self.of_lane.d.next = 0.into();
            self.of_index.d.next = 0.into();
            self.of_channel.d.next = 0.into();
        } else if self.step.val() {
            self.at.d.next = self.at.q.val() + self.by.val();
            self.count.d.next = self.count.q.val() + 1;
            if self.tick_lane.val() {
                self.of_lane.d.next = self.of_lane.q.val() + 1;
                self.of_index.d.next = self.of_index.q.val() + 1;
            }
            if self.wrap_lane.val() {
                self.of_lane.d.next = 0.into();
            }
            if self.wrap_around.val() {
                self.of_index.d.next = 0.into();
            }
            if self.tick_channel.val() {
                self.of_channel.d.next = self.of_channel.q.val() + 1;
            }
            if self.wrap_channel.val() {
                self.of_channel.d.next = 0.into();
            }
        }
        self.held_below.d.next = !self.bounded.val() || (self.of_index.q.val() < self.limit.val());
        self.opens.d.next = !self.of_index.q.val().any();
        if self.totals.val() {
            self.opens.d.next = self.fresh.val() && !self.count.q.val().any();
        }
    }
}
