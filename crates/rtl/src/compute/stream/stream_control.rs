//! When a vector is streamed.

use crate::compute::HazardTimer;
use ef_hdl_kit::block;
use ef_isa::compute::Init;
use rust_hdl::prelude::*;

block! {
    /// Issues the vectors of a command, one per cycle, and waits in front of a step (channel mode) or block (pixel mode)
    /// for its stationary matrix and until the partial sums of the step before are out of the pipeline.
    ///
    /// ```text
    ///  take ------> [command] --+
    ///  fetched -----------------+--> issue --> advance_c, _r, _i, _kc, _kr, _g   by the `last` of each loop
    ///  HazardTimer -------------+              swap, stop, psum
    /// ```
    ///
    /// A step starts at least [`REVISIT`](crate::compute::hazard_timer::REVISIT) cycles after the step before. All steps of a command
    /// visit the same addresses in the same order without a pause, so that is enough. A command that starts from what psum
    /// holds starts that long after the last vector of the command before; any other does not read psum in its first step
    /// and need not wait. Between two commands one cycle passes without a vector.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `valid`, `take` | 1 | a command is there; it is taken in this cycle |
    /// | `empty`, `only_ones`, `pixel`, `ones`, `loss`, `init`, `phase` | | the command, see `OpDecode` |
    /// | `p_base`, `tag` | 16 | fields of the command |
    /// | `fetched`, `fetched_last` | 1 | the matrix of the next step is on its way; it is that of the command's last block |
    /// | `last_*` | 1 | the loop is in its last turn |
    /// | `advance_*` | 1 | the loop ends a turn; `group`: the address of loop g does, every T turns in pixel mode |
    /// | `issue` | 1 | a vector is streamed; with it: |
    /// | `swap` | 1 | it is the first of a step and uses up `fetched` |
    /// | `vector_ones`, `vector_init`, `psum` | 1, 2, 16 | its T words are 1.0; what it is added to; where |
    /// | `stop` | 1 | the last vector of a command, or an empty command passes |
    /// | `stream_loss`, `stream_pixel`, `stream_phase`, `stream_tag` | 1, 1, 2, 5 | of the command that streams, or did last |
    /// | `wait_stationary`, `wait_hazard` | 1 | what the next step waits for |
    pub struct StreamControl<const T: usize> {
        in clock: Clock,
        in reset, valid, empty, only_ones, pixel, ones, loss, fetched, fetched_last, last_c, last_r: Bit,
        in last_i, last_kc, last_kr, last_g: Bit, in init, phase: Bits<2>, in p_base, tag: Bits<16>,
        out take, advance_c, advance_r, advance_i, advance_kc, advance_kr, advance_g, advance_group: Bit,
        out issue, swap, stop, vector_ones, stream_loss, stream_pixel, wait_stationary, wait_hazard: Bit,
        out vector_init, stream_phase: Bits<2>, out psum: Bits<16>, out stream_tag: Bits<5>,
        hazard: HazardTimer,
        // the command
        reg(reset) active: Bit, reg skip, is_pixel => stream_pixel, has_ones, just_ones, from_loss: Bit,
        reg init_first, phase_now => stream_phase: Bits<2>, reg tag_now => stream_tag: Bits<5>,
        reg p_first: Bits<16>,
        // where it is
        reg at_start, first_step, in_ones => vector_ones, final_block: Bit, reg p => psum: Bits<16>,
        reg(taken) lane: Bits<3>,
        // what ends in this cycle, and turns
        net free, go, pixels_end, kernel_end, step_end, command_end, taken, turn_kc, turn_kr, turn_g: Bit,
        const one: Bits<16> = 1, const lane_zero: Bits<3> = 0, const lane_one: Bits<3> = 1,
        const lane_last: Bits<3> = T as u64 - 1, const init_keep: Bits<2> = Init::Keep as u64,
    }
}

impl<const T: usize> Logic for StreamControl<T> {
    #[hdl_gen]
    fn update(&mut self) {
        self.hazard.clock.next = self.clock.val();

        // may the next step start, and is there a vector in this cycle
        self.free.next =
            self.hazard.settled.val() | (self.first_step.q.val() & !self.init_first.q.val().get_bit(1));
        self.go.next = self.active.q.val()
            & !self.skip.q.val()
            & (!self.at_start.q.val() | (self.fetched.val() & self.free.val()));

        // what ends with it
        self.pixels_end.next = self.last_c.val() & self.last_r.val() & self.last_i.val();
        self.kernel_end.next = self.last_kc.val() & self.last_kr.val() & self.last_g.val();
        self.step_end.next = self.pixels_end.val();
        self.command_end.next = self.pixels_end.val() & self.kernel_end.val();
        if self.is_pixel.q.val() {
            self.step_end.next = (self.kernel_end.val() & !self.has_ones.q.val()) | self.in_ones.q.val();
            self.command_end.next = self.step_end.val() & self.final_block.q.val();
            if self.at_start.q.val() {
                self.command_end.next = self.step_end.val() & self.fetched_last.val();
            }
        }

        // the loop nest
        self.advance_c.next = self.go.val() & !self.is_pixel.q.val();
        self.advance_r.next = self.go.val() & !self.is_pixel.q.val() & self.last_c.val();
        self.advance_i.next = self.go.val() & !self.is_pixel.q.val() & self.last_c.val() & self.last_r.val();
        self.turn_kc.next =
            self.go.val() & !self.in_ones.q.val() & (self.is_pixel.q.val() | self.pixels_end.val());
        self.turn_kr.next = self.turn_kc.val() & self.last_kc.val();
        self.turn_g.next = self.turn_kr.val() & self.last_kr.val();
        self.advance_kc.next = self.turn_kc.val();
        self.advance_kr.next = self.turn_kr.val();
        self.advance_g.next = self.turn_g.val();
        self.advance_group.next = self.turn_g.val()
            & (!self.is_pixel.q.val() | self.last_g.val() | (self.lane.q.val() == self.lane_last.val()));
        if self.turn_g.val() {
            self.lane.d.next = self.lane.q.val() + self.lane_one.val();
            if self.last_g.val() | (self.lane.q.val() == self.lane_last.val()) {
                self.lane.d.next = self.lane_zero.val();
            }
        }

        // the vector
        self.issue.next = self.go.val();
        self.swap.next = self.go.val() & self.at_start.q.val();
        self.vector_init.next = self.init_keep.val();
        if self.first_step.q.val() {
            self.vector_init.next = self.init_first.q.val();
        }
        self.hazard.start.next =
            self.go.val() & (self.at_start.q.val() | (self.step_end.val() & self.command_end.val()));
        if self.go.val() {
            self.at_start.d.next = self.step_end.val();
            self.p.d.next = self.p.q.val() + self.one.val();
            if self.at_start.q.val() {
                self.final_block.d.next = self.fetched_last.val();
            }
            if self.kernel_end.val() & self.is_pixel.q.val() & self.has_ones.q.val() {
                self.in_ones.d.next = true;
            }
            if self.step_end.val() {
                self.first_step.d.next = false;
                self.in_ones.d.next = self.just_ones.q.val();
                self.p.d.next = self.p_first.q.val();
            }
        }

        // the command
        self.stop.next = (self.go.val() & self.command_end.val()) | (self.active.q.val() & self.skip.q.val());
        // not in the cycle of `stop`: in it the loops still count for the command that ends
        self.taken.next = self.valid.val() & !self.active.q.val();
        self.take.next = self.taken.val();
        if self.stop.val() {
            self.active.d.next = false;
        }
        if self.taken.val() {
            self.active.d.next = true;
            self.skip.d.next = self.empty.val();
            self.is_pixel.d.next = self.pixel.val();
            self.has_ones.d.next = self.ones.val();
            self.just_ones.d.next = self.pixel.val() & self.only_ones.val();
            self.from_loss.d.next = self.loss.val();
            self.init_first.d.next = self.init.val();
            self.tag_now.d.next = self.tag.val().get_bits::<5>(0);
            self.p_first.d.next = self.p_base.val();
            self.at_start.d.next = true;
            self.first_step.d.next = true;
            self.in_ones.d.next = self.pixel.val() & self.only_ones.val();
            self.p.d.next = self.p_base.val();
        }
        if self.taken.val() & !self.empty.val() {
            self.phase_now.d.next = self.phase.val();
        }
        self.stream_loss.next = self.active.q.val() & self.from_loss.q.val();
        self.wait_stationary.next =
            self.active.q.val() & !self.skip.q.val() & self.at_start.q.val() & !self.fetched.val();
        self.wait_hazard.next = self.active.q.val()
            & !self.skip.q.val()
            & self.at_start.q.val()
            & self.fetched.val()
            & !self.free.val();
    }
}
