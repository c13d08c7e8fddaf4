//! [`MapWalk`]: the order in which a map leaves the partial sums.

use ef_hdl_kit::{block, glue};
use rust_hdl::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, LogicState)]
enum MapState {
    Idle,
    Measure,
    Check,
    Walk,
}

block! {
    /// Reads a map of `n_i` x `n_g` x `n_r` x `n_c` vectors, in this order, from
    /// `p_base + g*p_g + (i*n_r + r)*n_c + c`; with `pool` window by window, four vectors each, without a last odd row or column.
    ///
    /// ```text
    ///   group = p_base + g*p_g     row = (i*n_r + r)*n_c
    ///           \                  /
    ///            +---> at <-------+--- + 1 or 2 per window
    ///                  |
    ///                  +-- + 0, 1, n_c, n_c + 1 --> [ address ]
    /// ```
    /// One vector or window begins every `max(T, vectors per window)` cycles, so that what leaves can be sent at one word per
    /// cycle, without a gap at the end of rows, groups and images: the counters move in the first cycle of a window,
    /// the address in its last.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `start` | 1 | pulse; `p_base` ... `pool` stay valid until `busy` falls |
    /// | `stall` | 1 | begin no window |
    /// | `issue`, `address` | 1, 16 | read this vector |
    /// | `first`, `last`, `number` | 1, 1, 2 | its place in its window |
    /// | `row_end`, `closing` | 1, 1 | with `last`: the window ends a row, the map |
    /// | `empty` | 1 | pulse: the map has no vector, none will come |
    /// | `busy` | 1 | from the cycle after `start` until the last `issue` |
    ///
    /// ```
    /// use ef_rtl::store::map_walk::MapWalk;
    /// # ef_hdl_kit::export::verilog(&mut MapWalk::<4>::default(), "map_walk").unwrap();
    /// ```
    pub struct MapWalk<const T: usize> {
        in clock: Clock, in clear, start, pool, stall: Bit, in p_base, p_g, n_i, n_g, n_r, n_c: Bits<16>,
        out issue, first, last, row_end, closing, empty, busy: Bit, out address: Bits<16>,
        out number: Bits<2>,
        steps: MapSteps<T>,
        vectors: MapVectors,
    }
}

glue! { [const T: usize] MapWalk<T>; self => {
    wire!(self.{steps, vectors} <- self: clock, clear, pool, n_c);
    wire!(self.steps <- self: start, p_base, p_g, n_i, n_g, n_r, stall);
    wire!(self.vectors <- self.steps: opens, under_way, beat, at, diagonal, walking);
    wire!(self.vectors <- self.steps: row_over, map_over, last_of_row, last_of_map);
    wire!(self <- self.vectors: issue, address, first, last, number, row_end, closing, busy);
    wire!(self.empty, self.steps.empty);
}}

block! {
    /// The windows of a [`MapWalk`], one after the other.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `opens`, `under_way` | 1 | the first cycle of a window, any other |
    /// | `beat`, `at` | 3, 16 | cycle of the window, its first address |
    /// | `diagonal` | 16 | from its first vector to its last |
    /// | `row_over`, `map_over` | 1 | while `under_way`: it ends a row, the map |
    /// | `last_of_row`, `last_of_map` | 1 | while `opens`: the same |
    /// | `walking` | 1 | a map is being read |
    pub struct MapSteps<const T: usize> {
        in clock: Clock, in clear, start, pool, stall: Bit, in p_base, p_g, n_i, n_g, n_r, n_c: Bits<16>,
        out beat: Bits<3>, out at, diagonal: Bits<16>,
        out row_over, map_over, last_of_row, last_of_map, walking, empty: Bit,
        out pulse opens, under_way: Bit,
        reg(clear) state: MapState,
        // what the map measures
        reg columns, rows, row_step, image_step, window => diagonal: Bits<16>,
        reg last_beat: Bits<3>,
        // where the walk is
        reg c_left, r_left, g_left, i_left, group, image, row, place => at: Bits<16>,
        reg cycle => beat: Bits<3>, reg new_row => row_over, ending => map_over: Bit,
        // of the cycle before: a window takes at least two
        reg column_ends => last_of_row, row_ends, group_ends, image_ends: Bit,
        // the map has no vector
        reg(clear) pulse nothing => empty: Bit,
        const t_last: Bits<3> = T as u64 - 1, const t_last_pooled: Bits<3> = (T as u64).max(4) - 1,
        const one: Bits<16> = 1,
    }
}

impl<const T: usize> Logic for MapSteps<T> {
    #[hdl_gen]
    fn update(&mut self) {
        self.column_ends.d.next = self.c_left.q.val() == self.one.val();
        self.row_ends.d.next = self.r_left.q.val() == self.one.val();
        self.group_ends.d.next = self.g_left.q.val() == self.one.val();
        self.image_ends.d.next = self.i_left.q.val() == self.one.val();

        match self.state.q.val() {
            MapState::Idle => {
                self.columns.d.next = self.n_c.val();
                self.rows.d.next = self.n_r.val();
                self.row_step.d.next = self.n_c.val();
                self.last_beat.d.next = self.t_last.val();
                if self.pool.val() {
                    self.columns.d.next = self.n_c.val() >> 1;
                    self.rows.d.next = self.n_r.val() >> 1;
                    self.row_step.d.next = self.n_c.val() << 1;
                    self.last_beat.d.next = self.t_last_pooled.val();
                }
                self.window.d.next = self.n_c.val() + 1;
                if self.start.val() {
                    self.state.d.next = MapState::Measure;
                }
            }
            MapState::Measure => {
                // pooling leaves a last odd row behind
                self.image_step.d.next = self.row_step.q.val();
                if self.pool.val() && self.n_r.val().get_bit(0) {
                    self.image_step.d.next = self.row_step.q.val() + self.n_c.val();
                }
                self.c_left.d.next = self.columns.q.val();
                self.r_left.d.next = self.rows.q.val();
                self.g_left.d.next = self.n_g.val();
                self.i_left.d.next = self.n_i.val();
                self.group.d.next = self.p_base.val();
                self.place.d.next = self.p_base.val();
                self.image.d.next = 0.into();
                self.row.d.next = 0.into();
                self.cycle.d.next = 0.into();
                self.new_row.d.next = false;
                self.ending.d.next = false;
                self.state.d.next = MapState::Check;
            }
            MapState::Check => {
                self.state.d.next = MapState::Walk;
                if !self.c_left.q.val().any()
                    || !self.r_left.q.val().any()
                    || !self.g_left.q.val().any()
                    || !self.i_left.q.val().any()
                {
                    self.state.d.next = MapState::Idle;
                    self.nothing.d.next = true;
                }
            }
            MapState::Walk => {
                self.opens.next = !self.cycle.q.val().any() && !self.stall.val();
                self.under_way.next = self.cycle.q.val().any();
                if self.opens.val() || self.under_way.val() {
                    self.cycle.d.next = self.cycle.q.val() + 1;
                }
                if self.opens.val() {
                    // the counters go on to the next window
                    self.new_row.d.next = self.column_ends.q.val();
                    self.c_left.d.next = self.c_left.q.val() - 1;
                    if self.column_ends.q.val() {
                        self.c_left.d.next = self.columns.q.val();
                        self.r_left.d.next = self.r_left.q.val() - 1;
                        self.row.d.next = self.row.q.val() + self.row_step.q.val();
                        if self.row_ends.q.val() {
                            self.r_left.d.next = self.rows.q.val();
                            if self.group_ends.q.val() {
                                self.g_left.d.next = self.n_g.val();
                                self.group.d.next = self.p_base.val();
                                self.row.d.next = self.row.q.val() + self.image_step.q.val();
                                self.image.d.next = self.row.q.val() + self.image_step.q.val();
                                self.i_left.d.next = self.i_left.q.val() - 1;
                                self.ending.d.next = self.image_ends.q.val();
                            } else {
                                self.g_left.d.next = self.g_left.q.val() - 1;
                                self.group.d.next = self.group.q.val() + self.p_g.val();
                                self.row.d.next = self.image.q.val();
                            }
                        }
                    }
                }
                if self.under_way.val() && (self.cycle.q.val() == self.last_beat.q.val()) {
                    self.cycle.d.next = 0.into();
                    if self.ending.q.val() {
                        self.state.d.next = MapState::Idle;
                    }
                    if self.new_row.q.val() {
                        self.place.d.next = self.group.q.val() + self.row.q.val();
                    } else if self.pool.val() {
                        self.place.d.next = self.place.q.val() + 2;
                    } else {
                        self.place.d.next = self.place.q.val() + 1;
                    }
                }
            }
        }
        self.last_of_map.next = self.column_ends.q.val()
            && self.row_ends.q.val()
            && self.group_ends.q.val()
            && self.image_ends.q.val();
        self.walking.next = self.state.q.val() != MapState::Idle;
    }
}

block! {
    /// The reads of a window's vectors: beat q of a window reads its vector q.
    pub struct MapVectors {
        in clock: Clock,
        in clear, pool, opens, under_way, row_over, map_over, last_of_row, last_of_map, walking: Bit,
        in n_c, at, diagonal: Bits<16>, in beat: Bits<3>,
        out issue, first, last, row_end, closing, busy: Bit, out address: Bits<16>,
        out number: Bits<2>,
        net pulse offset: Bits<16>,
        reg(clear) out_issue => issue, out_last => last: Bit, reg out_address => address: Bits<16>,
        reg out_first => first, out_row_end => row_end, out_closing => closing: Bit,
        reg out_number => number: Bits<2>,
        const one: Bits<16> = 1, const three: Bits<3> = 3,
    }
}

impl Logic for MapVectors {
    #[hdl_gen]
    fn update(&mut self) {
        self.out_number.d.next = self.beat.val().get_bits::<2>(0);
        self.out_first.d.next = self.opens.val();
        if self.pool.val() {
            self.out_issue.d.next = self.opens.val() || (self.under_way.val() && !self.beat.val().get_bit(2));
            self.out_last.d.next = self.under_way.val() && (self.beat.val() == self.three.val());
            self.out_row_end.d.next = self.row_over.val();
            self.out_closing.d.next = self.map_over.val();
        } else {
            self.out_issue.d.next = self.opens.val();
            self.out_last.d.next = self.opens.val();
            self.out_row_end.d.next = self.last_of_row.val();
            self.out_closing.d.next = self.last_of_map.val();
        }
        if self.beat.val().get_bit(0) {
            self.offset.next = self.one.val();
        }
        if self.beat.val().get_bit(1) {
            self.offset.next = self.n_c.val();
            if self.beat.val().get_bit(0) {
                self.offset.next = self.diagonal.val();
            }
        }
        self.out_address.d.next = self.at.val() + self.offset.val();
        self.busy.next = self.walking.val() || self.out_issue.q.val();
    }
}
