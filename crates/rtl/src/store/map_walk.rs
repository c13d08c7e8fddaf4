//! [`MapWalk`]: the order in which a map leaves the partial sums.

use super::lane_constants::LaneConstants;
use ef_hdl_kit::block;
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
        in clock: Clock,
        in clear, start, pool: Bit,
        in p_base, p_g, n_i, n_g, n_r, n_c: Bits<16>,
        in stall: Bit,
        out issue: Bit,
        out address: Bits<16>,
        out first, last: Bit,
        out number: Bits<2>,
        out row_end, closing, empty, busy: Bit,
        reg state: MapState,
        // what the map measures
        reg columns, rows, row_step, image_step, diagonal: Bits<16>,
        reg last_beat: Bits<3>,
        // where the walk is
        reg c_left, r_left, g_left, i_left, group, image, row, at: Bits<16>,
        reg beat: Bits<3>,
        reg new_row, ending: Bit,
        // of the cycle before: a window takes at least two
        reg column_ends, row_ends, group_ends, image_ends: Bit,
        net opens, under_way: Bit,
        net offset: Bits<16>,
        // what leaves
        reg out_issue: Bit,
        reg out_address: Bits<16>,
        reg out_first, out_last: Bit,
        reg out_number: Bits<2>,
        reg out_row_end, out_closing, out_empty: Bit,
        constants: LaneConstants<T>,
        const one: Bits<16> = 1, const three: Bits<3> = 3,
    }
}

impl<const T: usize> Logic for MapWalk<T> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, columns, rows, row_step, image_step, diagonal, last_beat);
        dff_setup!(self, clock, column_ends, row_ends, group_ends, image_ends);
        dff_setup!(self, clock, c_left, r_left, g_left, i_left, group, image, row, at, beat, new_row, ending);
        dff_setup!(
            self,
            clock,
            out_issue,
            out_address,
            out_first,
            out_last,
            out_number,
            out_row_end,
            out_closing,
            out_empty
        );
        self.column_ends.d.next = self.c_left.q.val() == self.one.val();
        self.row_ends.d.next = self.r_left.q.val() == self.one.val();
        self.group_ends.d.next = self.g_left.q.val() == self.one.val();
        self.image_ends.d.next = self.i_left.q.val() == self.one.val();
        self.opens.next = false;
        self.under_way.next = false;
        self.out_empty.d.next = false;

        match self.state.q.val() {
            MapState::Idle => {
                self.columns.d.next = self.n_c.val();
                self.rows.d.next = self.n_r.val();
                self.row_step.d.next = self.n_c.val();
                self.last_beat.d.next = self.constants.last.val();
                if self.pool.val() {
                    self.columns.d.next = self.n_c.val() >> 1;
                    self.rows.d.next = self.n_r.val() >> 1;
                    self.row_step.d.next = self.n_c.val() << 1;
                    self.last_beat.d.next = self.constants.last_pooled.val();
                }
                self.diagonal.d.next = self.n_c.val() + 1;
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
                self.at.d.next = self.p_base.val();
                self.image.d.next = 0.into();
                self.row.d.next = 0.into();
                self.beat.d.next = 0.into();
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
                    self.out_empty.d.next = true;
                }
            }
            MapState::Walk => {
                self.opens.next = !self.beat.q.val().any() && !self.stall.val();
                self.under_way.next = self.beat.q.val().any();
                if self.opens.val() || self.under_way.val() {
                    self.beat.d.next = self.beat.q.val() + 1;
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
                if self.under_way.val() && (self.beat.q.val() == self.last_beat.q.val()) {
                    self.beat.d.next = 0.into();
                    if self.ending.q.val() {
                        self.state.d.next = MapState::Idle;
                    }
                    if self.new_row.q.val() {
                        self.at.d.next = self.group.q.val() + self.row.q.val();
                    } else if self.pool.val() {
                        self.at.d.next = self.at.q.val() + 2;
                    } else {
                        self.at.d.next = self.at.q.val() + 1;
                    }
                }
            }
        }

        // beat q of a window reads its vector q
        self.out_number.d.next = self.beat.q.val().get_bits::<2>(0);
        self.out_first.d.next = self.opens.val();
        if self.pool.val() {
            self.out_issue.d.next =
                self.opens.val() || (self.under_way.val() && !self.beat.q.val().get_bit(2));
            self.out_last.d.next = self.under_way.val() && (self.beat.q.val() == self.three.val());
            self.out_row_end.d.next = self.new_row.q.val();
            self.out_closing.d.next = self.ending.q.val();
        } else {
            self.out_issue.d.next = self.opens.val();
            self.out_last.d.next = self.opens.val();
            self.out_row_end.d.next = self.column_ends.q.val();
            self.out_closing.d.next = self.column_ends.q.val()
                && self.row_ends.q.val()
                && self.group_ends.q.val()
                && self.image_ends.q.val();
        }
        self.offset.next = 0.into();
        if self.beat.q.val().get_bit(0) {
            self.offset.next = self.one.val();
        }
        if self.beat.q.val().get_bit(1) {
            self.offset.next = self.n_c.val();
            if self.beat.q.val().get_bit(0) {
                self.offset.next = self.diagonal.q.val();
            }
        }
        self.out_address.d.next = self.at.q.val() + self.offset.val();

        if self.clear.val() {
            self.state.d.next = MapState::Idle;
            self.out_issue.d.next = false;
            self.out_last.d.next = false;
            self.out_empty.d.next = false;
        }
        self.issue.next = self.out_issue.q.val();
        self.address.next = self.out_address.q.val();
        self.first.next = self.out_first.q.val();
        self.last.next = self.out_last.q.val();
        self.number.next = self.out_number.q.val();
        self.row_end.next = self.out_row_end.q.val();
        self.closing.next = self.out_closing.q.val();
        self.empty.next = self.out_empty.q.val();
        self.busy.next = (self.state.q.val() != MapState::Idle) || self.out_issue.q.val();
    }
}
