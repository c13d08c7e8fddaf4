//! [`TapLanes`]: which lanes the taps of a step go to, and which of them lie in the image.

use ef_hdl_kit::K;
use rust_hdl::prelude::*;

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
/// | `valid`, `address`, `row`, `col`, `more`, `pixel_end` | | a step of the [`TapWalker`](super::TapWalker) |
/// | `hold` | 1 | no step may come in this cycle |
/// | `turn` | 3 | rotation from the banks of the scratch to the lanes, modulo W |
/// | `put`, `spill` | 8 | bit n: lane n takes a word; it belongs to the next vector |
/// | `in_image` | 8 | bit n: the word that lane n takes lies in the image |
/// | `fills`, `ends` | 1 | the vector is complete; the step ends its pixel |
#[derive(LogicBlock)]
pub struct TapLanes<const T: usize> {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub start: Signal<In, Bit>,
    pub height: Signal<In, Bits<16>>,
    pub width: Signal<In, Bits<16>>,
    pub valid: Signal<In, Bit>,
    pub address: Signal<In, Bits<16>>,
    pub row: Signal<In, Bits<21>>,
    pub col: Signal<In, Bits<21>>,
    pub more: Signal<In, Bits<2>>,
    pub pixel_end: Signal<In, Bit>,
    pub hold: Signal<Out, Bit>,
    pub turn: Signal<Out, Bits<3>>,
    pub put: Signal<Out, Bits<8>>,
    pub spill: Signal<Out, Bits<8>>,
    pub in_image: Signal<Out, Bits<8>>,
    pub fills: Signal<Out, Bit>,
    pub ends: Signal<Out, Bit>,
    rows: DFF<Bits<16>>,
    cols: DFF<Bits<16>>,
    place: DFF<Bits<3>>,
    holding: DFF<Bit>,
    last: Signal<Local, Bits<4>>,
    following: Signal<Local, Bits<4>>,
    spills: Signal<Local, Bit>,
    complete: Signal<Local, Bit>,
    // beside the RAM's read register
    valid_1: DFF<Bit>,
    fills_1: DFF<Bit>,
    ends_1: DFF<Bit>,
    place_1: DFF<Bits<3>>,
    turn_1: DFF<Bits<3>>,
    more_1: DFF<Bits<2>>,
    row_inside: DFF<Bit>,
    left: DFF<Bit>,
    near: DFF<Bit>,
    low: DFF<Bits<2>>,
    room: DFF<Bits<21>>,
    not_left: Signal<Local, Bits<8>>,
    not_right: Signal<Local, Bits<8>>,
    there: Signal<Local, Bits<8>>,
    after_left: Signal<Local, Bits<4>>,
    before_right: Signal<Local, Bits<4>>,
    // beside the flip-flop behind it
    valid_2: DFF<Bit>,
    fills_2: DFF<Bit>,
    ends_2: DFF<Bit>,
    place_2: DFF<Bits<3>>,
    turn_2: DFF<Bits<3>>,
    taps: DFF<Bits<4>>,
    taps_inside: DFF<Bits<4>>,
    placed: Signal<Local, Bits<16>>,
    placed_over: Signal<Local, Bits<16>>,
    placed_inside: Signal<Local, Bits<16>>,
    inside_over: Signal<Local, Bits<16>>,
    // beside the rotator
    put_3: DFF<Bits<8>>,
    spill_3: DFF<Bits<8>>,
    inside_3: DFF<Bits<8>>,
    fills_3: DFF<Bit>,
    ends_3: DFF<Bit>,
    one: K<4, 1>,
    from_left: K<8, 0xf0>,
    from_right: K<8, 0x0f>,
    from_first: K<8, 0x1e>,
    all: K<4, 0xf>,
    lanes: Constant<Bits<4>>,
    top: Constant<Bits<4>>,
    overflow_bit: Constant<Bits<2>>,
    each_spill: Constant<Bits<2>>,
}

impl<const T: usize> TapLanes<T> {
    /// Cycles from a step to `put`, `spill`, `in_image`, `fills` and `ends`.
    pub const LATENCY: usize = 3;
}

impl<const T: usize> Default for TapLanes<T> {
    fn default() -> Self {
        assert!(matches!(T, 2 | 4 | 8), "a vector has 2, 4 or 8 lanes");
        Self {
            clock: Default::default(),
            reset: Default::default(),
            start: Default::default(),
            height: Default::default(),
            width: Default::default(),
            valid: Default::default(),
            address: Default::default(),
            row: Default::default(),
            col: Default::default(),
            more: Default::default(),
            pixel_end: Default::default(),
            hold: Default::default(),
            turn: Default::default(),
            put: Default::default(),
            spill: Default::default(),
            in_image: Default::default(),
            fills: Default::default(),
            ends: Default::default(),
            rows: Default::default(),
            cols: Default::default(),
            place: Default::default(),
            holding: Default::default(),
            last: Default::default(),
            following: Default::default(),
            spills: Default::default(),
            complete: Default::default(),
            valid_1: Default::default(),
            fills_1: Default::default(),
            ends_1: Default::default(),
            place_1: Default::default(),
            turn_1: Default::default(),
            more_1: Default::default(),
            row_inside: Default::default(),
            left: Default::default(),
            near: Default::default(),
            low: Default::default(),
            room: Default::default(),
            not_left: Default::default(),
            not_right: Default::default(),
            there: Default::default(),
            after_left: Default::default(),
            before_right: Default::default(),
            valid_2: Default::default(),
            fills_2: Default::default(),
            ends_2: Default::default(),
            place_2: Default::default(),
            turn_2: Default::default(),
            taps: Default::default(),
            taps_inside: Default::default(),
            placed: Default::default(),
            placed_over: Default::default(),
            placed_inside: Default::default(),
            inside_over: Default::default(),
            put_3: Default::default(),
            spill_3: Default::default(),
            inside_3: Default::default(),
            fills_3: Default::default(),
            ends_3: Default::default(),
            one: Default::default(),
            from_left: Default::default(),
            from_right: Default::default(),
            from_first: Default::default(),
            all: Default::default(),
            lanes: Constant::new((T as u64).into()),
            top: Constant::new((T as u64 - 1).into()),
            each_spill: Constant::new(u64::from(T < 8).into()),
            overflow_bit: Constant::new(u64::from(T.ilog2()).into()),
        }
    }
}

impl<const T: usize> Logic for TapLanes<T> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self, clock, rows, cols, place, holding, valid_1, fills_1, ends_1, place_1, turn_1, more_1
        );
        dff_setup!(self, clock, row_inside, left, near, low, room, valid_2, fills_2, ends_2, place_2, turn_2);
        dff_setup!(self, clock, taps, taps_inside, put_3, spill_3, inside_3, fills_3, ends_3);

        // the lane of the last tap tells what becomes of the vector
        self.last.next = bit_cast::<4, 3>(self.place.q.val()) + bit_cast::<4, 2>(self.more.val());
        self.following.next = (self.last.val() + self.one.val()) & self.top.val();
        self.spills.next = self.last.val().get_bit(self.overflow_bit.val().index());
        self.complete.next = self.spills.val()
            || self.pixel_end.val()
            || ((self.last.val() & self.top.val()) == self.top.val());
        self.holding.d.next =
            self.valid.val() && self.spills.val() && (self.pixel_end.val() || self.each_spill.val().any());
        self.hold.next = self.holding.q.val();
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
        self.turn.next = self.turn_2.q.val();
        self.taps.d.next = self.there.val().get_bits::<4>(4);
        self.taps_inside.d.next = 0.into();
        if self.row_inside.q.val() {
            self.taps_inside.d.next =
                self.there.val().get_bits::<4>(4) & self.after_left.val() & self.before_right.val();
        }

        // from taps to lanes
        self.placed.next = bit_cast::<16, 4>(self.taps.q.val()) << self.place_2.q.val();
        self.placed_over.next = self.placed.val() >> self.lanes.val();
        self.placed_inside.next = bit_cast::<16, 4>(self.taps_inside.q.val()) << self.place_2.q.val();
        self.inside_over.next = self.placed_inside.val() >> self.lanes.val();
        self.put_3.d.next = 0.into();
        self.spill_3.d.next = 0.into();
        self.inside_3.d.next = 0.into();
        if self.valid_2.q.val() {
            self.put_3.d.next = self.placed.val().get_bits::<8>(0) | self.placed_over.val().get_bits::<8>(0);
            self.spill_3.d.next = self.placed_over.val().get_bits::<8>(0);
            self.inside_3.d.next =
                self.placed_inside.val().get_bits::<8>(0) | self.inside_over.val().get_bits::<8>(0);
        }
        self.fills_3.d.next = self.valid_2.q.val() && self.fills_2.q.val();
        self.ends_3.d.next = self.valid_2.q.val() && self.ends_2.q.val();
        self.put.next = self.put_3.q.val();
        self.spill.next = self.spill_3.q.val();
        self.in_image.next = self.inside_3.q.val();
        self.fills.next = self.fills_3.q.val();
        self.ends.next = self.ends_3.q.val();

        if self.start.val() {
            self.rows.d.next = self.height.val();
            self.cols.d.next = self.width.val();
            self.place.d.next = 0.into();
        }
        if self.reset.val() {
            self.holding.d.next = false;
            self.valid_1.d.next = false;
            self.valid_2.d.next = false;
            self.fills_3.d.next = false;
        }
    }
}
