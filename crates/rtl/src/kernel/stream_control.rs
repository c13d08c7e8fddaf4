//! When a vector is streamed.

use super::HazardTimer;
use ef_hdl_kit::K;
use ef_program::compute::Init;
use rust_hdl::prelude::*;

/// Issues the vectors of a command, one per cycle, and waits in front of a step (channel mode) or block (pixel mode)
/// for its stationary matrix and until the partial sums of the step before are out of the pipeline.
///
/// ```text
///  take ------> [command] --+
///  fetched -----------------+--> issue --> advance_c, _r, _i, _kc, _kr, _g   by the `last` of each loop
///  HazardTimer -------------+              swap, stop, psum
/// ```
///
/// A step starts at least [`REVISIT`](super::hazard_timer::REVISIT) cycles after the step before. All steps of a command
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
#[derive(LogicBlock)]
pub struct StreamControl<const T: usize> {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub valid: Signal<In, Bit>,
    pub take: Signal<Out, Bit>,
    pub empty: Signal<In, Bit>,
    pub only_ones: Signal<In, Bit>,
    pub pixel: Signal<In, Bit>,
    pub ones: Signal<In, Bit>,
    pub loss: Signal<In, Bit>,
    pub init: Signal<In, Bits<2>>,
    pub phase: Signal<In, Bits<2>>,
    pub p_base: Signal<In, Bits<16>>,
    pub tag: Signal<In, Bits<16>>,
    pub fetched: Signal<In, Bit>,
    pub fetched_last: Signal<In, Bit>,
    pub last_c: Signal<In, Bit>,
    pub last_r: Signal<In, Bit>,
    pub last_i: Signal<In, Bit>,
    pub last_kc: Signal<In, Bit>,
    pub last_kr: Signal<In, Bit>,
    pub last_g: Signal<In, Bit>,
    pub advance_c: Signal<Out, Bit>,
    pub advance_r: Signal<Out, Bit>,
    pub advance_i: Signal<Out, Bit>,
    pub advance_kc: Signal<Out, Bit>,
    pub advance_kr: Signal<Out, Bit>,
    pub advance_g: Signal<Out, Bit>,
    pub advance_group: Signal<Out, Bit>,
    pub issue: Signal<Out, Bit>,
    pub swap: Signal<Out, Bit>,
    pub stop: Signal<Out, Bit>,
    pub vector_ones: Signal<Out, Bit>,
    pub vector_init: Signal<Out, Bits<2>>,
    pub psum: Signal<Out, Bits<16>>,
    pub stream_loss: Signal<Out, Bit>,
    pub stream_pixel: Signal<Out, Bit>,
    pub stream_phase: Signal<Out, Bits<2>>,
    pub stream_tag: Signal<Out, Bits<5>>,
    pub wait_stationary: Signal<Out, Bit>,
    pub wait_hazard: Signal<Out, Bit>,
    hazard: HazardTimer,
    // the command
    active: DFF<Bit>,
    skip: DFF<Bit>,
    is_pixel: DFF<Bit>,
    has_ones: DFF<Bit>,
    just_ones: DFF<Bit>,
    from_loss: DFF<Bit>,
    init_first: DFF<Bits<2>>,
    phase_now: DFF<Bits<2>>,
    tag_now: DFF<Bits<5>>,
    p_first: DFF<Bits<16>>,
    // where it is
    at_start: DFF<Bit>,
    first_step: DFF<Bit>,
    in_ones: DFF<Bit>,
    final_block: DFF<Bit>,
    lane: DFF<Bits<3>>,
    p: DFF<Bits<16>>,
    free: Signal<Local, Bit>,
    go: Signal<Local, Bit>,
    pixels_end: Signal<Local, Bit>,
    kernel_end: Signal<Local, Bit>,
    step_end: Signal<Local, Bit>,
    command_end: Signal<Local, Bit>,
    taken: Signal<Local, Bit>,
    turn_kc: Signal<Local, Bit>,
    turn_kr: Signal<Local, Bit>,
    turn_g: Signal<Local, Bit>,
    one: K<16, 1>,
    lane_zero: K<3, 0>,
    lane_one: K<3, 1>,
    lane_last: Constant<Bits<3>>,
    init_keep: K<2, { Init::Keep as u64 }>,
}

impl<const T: usize> Default for StreamControl<T> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            valid: Default::default(),
            take: Default::default(),
            empty: Default::default(),
            only_ones: Default::default(),
            pixel: Default::default(),
            ones: Default::default(),
            loss: Default::default(),
            init: Default::default(),
            phase: Default::default(),
            p_base: Default::default(),
            tag: Default::default(),
            fetched: Default::default(),
            fetched_last: Default::default(),
            last_c: Default::default(),
            last_r: Default::default(),
            last_i: Default::default(),
            last_kc: Default::default(),
            last_kr: Default::default(),
            last_g: Default::default(),
            advance_c: Default::default(),
            advance_r: Default::default(),
            advance_i: Default::default(),
            advance_kc: Default::default(),
            advance_kr: Default::default(),
            advance_g: Default::default(),
            advance_group: Default::default(),
            issue: Default::default(),
            swap: Default::default(),
            stop: Default::default(),
            vector_ones: Default::default(),
            vector_init: Default::default(),
            psum: Default::default(),
            stream_loss: Default::default(),
            stream_pixel: Default::default(),
            stream_phase: Default::default(),
            stream_tag: Default::default(),
            wait_stationary: Default::default(),
            wait_hazard: Default::default(),
            hazard: Default::default(),
            active: Default::default(),
            skip: Default::default(),
            is_pixel: Default::default(),
            has_ones: Default::default(),
            just_ones: Default::default(),
            from_loss: Default::default(),
            init_first: Default::default(),
            phase_now: Default::default(),
            tag_now: Default::default(),
            p_first: Default::default(),
            at_start: Default::default(),
            first_step: Default::default(),
            in_ones: Default::default(),
            final_block: Default::default(),
            lane: Default::default(),
            p: Default::default(),
            free: Default::default(),
            go: Default::default(),
            pixels_end: Default::default(),
            kernel_end: Default::default(),
            step_end: Default::default(),
            command_end: Default::default(),
            taken: Default::default(),
            turn_kc: Default::default(),
            turn_kr: Default::default(),
            turn_g: Default::default(),
            one: Default::default(),
            lane_zero: Default::default(),
            lane_one: Default::default(),
            lane_last: Constant::new((T as u64 - 1).into()),
            init_keep: Default::default(),
        }
    }
}

impl<const T: usize> Logic for StreamControl<T> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, active, skip, is_pixel, has_ones, just_ones, from_loss, init_first);
        dff_setup!(
            self,
            clock,
            phase_now,
            tag_now,
            p_first,
            at_start,
            first_step,
            in_ones,
            final_block,
            lane,
            p
        );
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
        self.vector_ones.next = self.in_ones.q.val();
        self.vector_init.next = self.init_keep.val();
        if self.first_step.q.val() {
            self.vector_init.next = self.init_first.q.val();
        }
        self.psum.next = self.p.q.val();
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
        // not in the cycle of `stop`: the loops would load behind all the ends above
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
            self.lane.d.next = self.lane_zero.val();
            self.p.d.next = self.p_base.val();
        }
        if self.taken.val() & !self.empty.val() {
            self.phase_now.d.next = self.phase.val();
        }
        if self.reset.val() {
            self.active.d.next = false;
        }
        self.stream_loss.next = self.active.q.val() & self.from_loss.q.val();
        self.stream_pixel.next = self.is_pixel.q.val();
        self.stream_phase.next = self.phase_now.q.val();
        self.stream_tag.next = self.tag_now.q.val();
        self.wait_stationary.next =
            self.active.q.val() & !self.skip.q.val() & self.at_start.q.val() & !self.fetched.val();
        self.wait_hazard.next = self.active.q.val()
            & !self.skip.q.val()
            & self.at_start.q.val()
            & self.fetched.val()
            & !self.free.val();
    }
}
