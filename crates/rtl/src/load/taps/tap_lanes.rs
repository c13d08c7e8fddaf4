//! [`TapLanes`]: which lanes the taps of a step go to, and which of them lie in the image.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// Tap i of a step goes to lane `place + i` of T; `place` begins at 0 with every pixel. Beyond lane T - 1 it is the next vector's
    /// lane `place + i - T`.
    ///
    /// ```text
    ///  step --> place, fills --> [ ] --> taps that are there --> [ ] --> << place --> [ ] --> put, in_image, spill
    ///  row ---> < height? -----> [ ] --> and in the image -----> [ ]
    ///  col ---> width - col ---> [ ]
    ///  address - place --------> [ ] --------------------------> [ ] --> turn
    /// ```
    ///
    /// A step that ends its pixel and spills makes two vectors, so that `hold` asks for a cycle without a step after it. With fewer than 8
    /// lanes two steps may spill one after the other, faster than a vector can leave: `hold` follows every spill. The outputs come
    /// [`LATENCY`](Self::LATENCY) cycles after the step, `turn` one before.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `start`, `height`, `width` | 1, 16, 16 | a new command, and its image |
    /// | `valid`, `address`, `row`, `col`, `more`, `pixel_end` | | a step of the [`TapWalker`](crate::load::TapWalker) |
    /// | `hold` | 1 | no step may come in this cycle |
    /// | `turn` | 3 | rotation from the banks of the scratch to the lanes, modulo W |
    /// | `put`, `spill` | 8 | bit n: lane n takes a word; it belongs to the next vector |
    /// | `in_image` | 8 | bit n: the word that lane n takes lies in the image |
    /// | `fills`, `ends` | 1 | the vector is complete; the step ends its pixel |
    pub struct TapLanes<const T: usize> {
        assert!(matches!(T, 2 | 4 | 8), "a vector has 2, 4 or 8 lanes");
        in clock: Clock, in reset, start, valid, pixel_end: Bit, in height, width, address: Bits<16>,
        in row, col: Bits<21>, in more: Bits<2>,
        out hold, fills, ends: Bit, out turn: Bits<3>, out put, spill, in_image: Bits<8>,
        reg rows, cols: Bits<16>, reg(start) place: Bits<3>, reg(reset) holding => hold: Bit,
        net last, following: Bits<4>, net spills, complete: Bit,
        // beside the RAM's read register
        reg(reset) valid_1: Bit, reg fills_1, ends_1, row_inside, left, near: Bit,
        reg place_1, turn_1: Bits<3>, reg more_1, low: Bits<2>, reg room: Bits<21>,
        net not_left, not_right, there: Bits<8>, net after_left, before_right: Bits<4>,
        // beside the flip-flop behind it
        reg(reset) valid_2: Bit, reg fills_2, ends_2: Bit, reg place_2, turn_2 => turn: Bits<3>,
        reg taps: Bits<4>, reg pulse taps_inside: Bits<4>,
        net placed, placed_over, placed_inside, inside_over: Bits<16>,
        // beside the rotator
        reg pulse put_3 => put, spill_3 => spill, inside_3 => in_image: Bits<8>,
        reg(reset) fills_3 => fills: Bit, reg ends_3 => ends: Bit,
        const one: Bits<4> = 1, const from_left: Bits<8> = 0xf0, const from_right: Bits<8> = 0x0f,
        const from_first: Bits<8> = 0x1e, const all: Bits<4> = 0xf, const lanes: Bits<4> = T as u64,
        const top: Bits<4> = T as u64 - 1, const overflow_bit: Bits<2> = u64::from(T.ilog2()),
        const each_spill: Bits<2> = u64::from(T < 8),
    }
}

impl<const T: usize> TapLanes<T> {
    /// Cycles from a step to `put`, `spill`, `in_image`, `fills` and `ends`.
    pub const LATENCY: usize = 3;
}

impl<const T: usize> Logic for TapLanes<T> {
    #[hdl_gen]
    fn update(&mut self) {
        // the lane of the last tap tells what becomes of the vector
        self.last.next = bit_cast::<4, 3>(self.place.q.val()) + bit_cast::<4, 2>(self.more.val());
        self.following.next = (self.last.val() + self.one.val()) & self.top.val();
        self.spills.next = self.last.val().get_bit(self.overflow_bit.val().index());
        self.complete.next = self.spills.val()
            || self.pixel_end.val()
            || ((self.last.val() & self.top.val()) == self.top.val());
        self.holding.d.next =
            self.valid.val() && self.spills.val() && (self.pixel_end.val() || self.each_spill.val().any());
        if self.valid.val() {
            self.place.d.next = bit_cast::<3, 4>(self.following.val());
            if self.pixel_end.val() {
                self.place.d.next = 0.into();
            }
        }
        self.valid_1.d.next = self.valid.val();
        self.fills_1.d.next = self.complete.val();
        self.ends_1.d.next = self.pixel_end.val();
        self.place_1.d.next = self.place.q.val();
        self.turn_1.d.next = self.address.val().get_bits::<3>(0) - self.place.q.val();
        self.more_1.d.next = self.more.val();

        // a negative row is a huge one; a column left of the image is near if its step can reach the image
        self.row_inside.d.next = self.row.val() < bit_cast::<21, 16>(self.rows.q.val());
        self.left.d.next = self.col.val().get_bit(20);
        self.near.d.next = self.col.val().get_bits::<19>(2).all();
        self.low.d.next = self.col.val().get_bits::<2>(0);
        self.room.d.next = bit_cast::<21, 16>(self.cols.q.val()) - self.col.val();

        // bit i of each: tap i is right of the left edge, left of the right edge, one of the step's
        self.not_left.next = self.from_left.val() >> self.low.q.val();
        self.not_right.next = self.from_right.val() << self.room.q.val().get_bits::<2>(0);
        self.there.next = self.from_first.val() << self.more_1.q.val();
        self.after_left.next = self.all.val();
        if self.left.q.val() {
            self.after_left.next = 0.into();
            if self.near.q.val() {
                self.after_left.next = self.not_left.val().get_bits::<4>(0);
            }
        }
        self.before_right.next = self.not_right.val().get_bits::<4>(4);
        if self.room.q.val().get_bit(20) {
            self.before_right.next = 0.into();
        } else if self.room.q.val().get_bits::<18>(2).any() {
            self.before_right.next = self.all.val();
        }
        self.valid_2.d.next = self.valid_1.q.val();
        self.fills_2.d.next = self.fills_1.q.val();
        self.ends_2.d.next = self.ends_1.q.val();
        self.place_2.d.next = self.place_1.q.val();
        self.turn_2.d.next = self.turn_1.q.val();
        self.taps.d.next = self.there.val().get_bits::<4>(4);
        if self.row_inside.q.val() {
            self.taps_inside.d.next =
                self.there.val().get_bits::<4>(4) & self.after_left.val() & self.before_right.val();
        }

        // from taps to lanes
        self.placed.next = bit_cast::<16, 4>(self.taps.q.val()) << self.place_2.q.val();
        self.placed_over.next = self.placed.val() >> self.lanes.val();
        self.placed_inside.next = bit_cast::<16, 4>(self.taps_inside.q.val()) << self.place_2.q.val();
        self.inside_over.next = self.placed_inside.val() >> self.lanes.val();
        if self.valid_2.q.val() {
            self.put_3.d.next = self.placed.val().get_bits::<8>(0) | self.placed_over.val().get_bits::<8>(0);
            self.spill_3.d.next = self.placed_over.val().get_bits::<8>(0);
            self.inside_3.d.next =
                self.placed_inside.val().get_bits::<8>(0) | self.inside_over.val().get_bits::<8>(0);
        }
        self.fills_3.d.next = self.valid_2.q.val() && self.fills_2.q.val();
        self.ends_3.d.next = self.valid_2.q.val() && self.ends_2.q.val();

        if self.start.val() {
            self.rows.d.next = self.height.val();
            self.cols.d.next = self.width.val();
        }
    }
}
