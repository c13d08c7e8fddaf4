//! [`Update`]: SGD with momentum and weight decay.

use super::hold::Hold;
use super::token_line::TokenLine;
use super::update_schedule::{HOLD_TOTAL, HOLD_VELOCITY, HOLD_WEIGHT, PERIOD, Schedule};
use super::update_walk::UpdateWalk;
use super::word_mux;
use ef_hdl_kit::glue;
use rust_hdl::prelude::*;

/// Cycles from `start` to the first word in the word buffer, for a latency of the partial sums.
pub const fn first_word(psum_latency: usize, velocity: bool) -> usize {
    let schedule = Schedule::new(psum_latency);
    let word = if velocity { schedule.new_velocity() } else { schedule.new_weight() };
    2 + word + word_mux::LATENCY
}

/// Cycles from `start` to the end of `busy`, for 1 element or more.
pub const fn finished(psum_latency: usize, elements: usize) -> usize {
    2 + Schedule::new(psum_latency).new_weight() + 1 + (elements - 1) * PERIOD
}

/// UPDATE: `v' = mu*v + (g + wd*w)`, `w' = w - lr*v'`, one element every 3 cycles.
///
/// ```text
///  [ UpdateWalk ]--issue--> [ TokenLine ]--taps--> [ OperandAddress ]--> operand_address ~~> operand
///       |                                  +-----> [ UpdateSteps    ]--> one adder, one multiplier
///       +--address, lane--[ delay ]--> psum_address, psum_lane ~~> element
/// ```
/// The times of all steps are in [`update_schedule`](super::update_schedule); results come back from
/// [`Arithmetic`](super::arithmetic::Arithmetic) in time for the next step, so nothing waits anywhere but a few words in a few registers.
///
/// | port | width | |
/// |---|---|---|
/// | `start` | 1 | pulse; `p_base` ... `velocity` and the rates stay valid until `busy` falls |
/// | `stall` | 1 | begin no element |
/// | `operand_address`, `operand` | 16, 32 | to and from [`OperandRam`](super::operand_ram::OperandRam) |
/// | `psum_address`, `psum_lane`, `element` | 16, 3, 32 | to and from [`PsumPort`](super::psum_port::PsumPort) |
/// | `add` ... `mul_b`, `sum`, `product` | | to and from [`Arithmetic`](super::arithmetic::Arithmetic) |
/// | `push`, `word` | 1, 32 | w', or with `velocity` v' |
/// | `busy` | 1 | from the cycle after `start` until every step of the last element is done |
///
/// ```
/// use ef_rtl::store::update::Update;
/// # ef_hdl_kit::export::verilog(&mut Update::<3>::default(), "update").unwrap();
/// ```
#[derive(LogicBlock)]
pub struct Update<const LAT: usize> {
    pub clock: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub start: Signal<In, Bit>,
    pub velocity: Signal<In, Bit>,
    pub p_base: Signal<In, Bits<16>>,
    pub p_g: Signal<In, Bits<16>>,
    pub p_n: Signal<In, Bits<16>>,
    pub n_g: Signal<In, Bits<16>>,
    pub n_r: Signal<In, Bits<16>>,
    pub n_c: Signal<In, Bits<16>>,
    pub o_w: Signal<In, Bits<16>>,
    pub o_v: Signal<In, Bits<16>>,
    pub learning_rate: Signal<In, Bits<32>>,
    pub momentum: Signal<In, Bits<32>>,
    pub weight_decay: Signal<In, Bits<32>>,
    pub stall: Signal<In, Bit>,
    pub operand_address: Signal<Out, Bits<16>>,
    pub operand: Signal<In, Bits<32>>,
    pub psum_address: Signal<Out, Bits<16>>,
    pub psum_lane: Signal<Out, Bits<3>>,
    pub element: Signal<In, Bits<32>>,
    pub add: Signal<Out, Bit>,
    pub add_a: Signal<Out, Bits<32>>,
    pub add_b: Signal<Out, Bits<32>>,
    pub subtract: Signal<Out, Bit>,
    pub sum: Signal<In, Bits<32>>,
    pub multiply: Signal<Out, Bit>,
    pub mul_a: Signal<Out, Bits<32>>,
    pub mul_b: Signal<Out, Bits<32>>,
    pub product: Signal<In, Bits<32>>,
    pub push: Signal<Out, Bit>,
    pub word: Signal<Out, Bits<32>>,
    pub busy: Signal<Out, Bit>,
    walk: UpdateWalk,
    line: TokenLine,
    reads: OperandAddress,
    steps: UpdateSteps,
    address: Hold<Bits<16>>,
    lane: Hold<Bits<3>>,
    total: Hold<Bits<32>>,
    new_velocity: Hold<Bits<32>>,
    weight: Hold<Bits<32>>,
    result: UpdateResult,
}

impl<const LAT: usize> Update<LAT> {
    const AT: Schedule = Schedule::new(LAT);
}

impl<const LAT: usize> Default for Update<LAT> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            clear: Default::default(),
            start: Default::default(),
            velocity: Default::default(),
            p_base: Default::default(),
            p_g: Default::default(),
            p_n: Default::default(),
            n_g: Default::default(),
            n_r: Default::default(),
            n_c: Default::default(),
            o_w: Default::default(),
            o_v: Default::default(),
            learning_rate: Default::default(),
            momentum: Default::default(),
            weight_decay: Default::default(),
            stall: Default::default(),
            operand_address: Default::default(),
            operand: Default::default(),
            psum_address: Default::default(),
            psum_lane: Default::default(),
            element: Default::default(),
            add: Default::default(),
            add_a: Default::default(),
            add_b: Default::default(),
            subtract: Default::default(),
            sum: Default::default(),
            multiply: Default::default(),
            mul_a: Default::default(),
            mul_b: Default::default(),
            product: Default::default(),
            push: Default::default(),
            word: Default::default(),
            busy: Default::default(),
            walk: Default::default(),
            line: TokenLine::new(Self::AT.new_weight()),
            reads: Default::default(),
            steps: Default::default(),
            address: Hold::new(Self::AT.gradient),
            lane: Hold::new(Self::AT.gradient),
            total: Hold::new(HOLD_TOTAL),
            new_velocity: Hold::new(HOLD_VELOCITY),
            weight: Hold::new(HOLD_WEIGHT),
            result: Default::default(),
        }
    }
}

glue! { [const LAT: usize] Update<LAT>; self => {
    // elements
    wire!(self.walk.clock, self.clock);
    wire!(self.walk.clear, self.clear);
    wire!(self.walk.start, self.start);
    wire!(self.walk.p_base, self.p_base);
    wire!(self.walk.p_g, self.p_g);
    wire!(self.walk.p_n, self.p_n);
    wire!(self.walk.n_g, self.n_g);
    wire!(self.walk.n_r, self.n_r);
    wire!(self.walk.n_c, self.n_c);
    wire!(self.walk.stall, self.stall);
    wire!(self.line.clock, self.clock);
    wire!(self.line.clear, self.clear);
    wire!(self.line.token, self.walk.issue);
    // reads
    wire!(self.address.clock, self.clock);
    wire!(self.address.d, self.walk.address);
    wire!(self.psum_address, self.address.q);
    wire!(self.lane.clock, self.clock);
    wire!(self.lane.d, self.walk.lane);
    wire!(self.psum_lane, self.lane.q);
    wire!(self.reads.clock, self.clock);
    wire!(self.reads.restart, self.start);
    wire!(self.reads.o_w, self.o_w);
    wire!(self.reads.o_v, self.o_v);
    wire!(self.reads.weight, self.line.tap[Self::AT.weight]);
    wire!(self.reads.velocity, self.line.tap[Self::AT.velocity()]);
    wire!(self.reads.weight_again, self.line.tap[Self::AT.weight_again()]);
    wire!(self.operand_address, self.reads.address);
    // what waits
    wire!(self.total.clock, self.clock);
    wire!(self.total.d, self.sum);
    wire!(self.new_velocity.clock, self.clock);
    wire!(self.new_velocity.d, self.sum);
    wire!(self.weight.clock, self.clock);
    wire!(self.weight.d, self.operand);
    // steps
    wire!(self.steps.decay, self.line.tap[Self::AT.decay()]);
    wire!(self.steps.carry, self.line.tap[Self::AT.carry()]);
    wire!(self.steps.scale, self.line.tap[Self::AT.scale()]);
    wire!(self.steps.total, self.line.tap[Self::AT.total()]);
    wire!(self.steps.accumulate, self.line.tap[Self::AT.accumulate()]);
    wire!(self.steps.step, self.line.tap[Self::AT.step()]);
    wire!(self.steps.learning_rate, self.learning_rate);
    wire!(self.steps.momentum, self.momentum);
    wire!(self.steps.weight_decay, self.weight_decay);
    wire!(self.steps.operand, self.operand);
    wire!(self.steps.element, self.element);
    wire!(self.steps.product, self.product);
    wire!(self.steps.held_total, self.total.q);
    wire!(self.steps.held_velocity, self.new_velocity.q);
    wire!(self.steps.held_weight, self.weight.q);
    wire!(self.add, self.steps.add);
    wire!(self.add_a, self.steps.add_a);
    wire!(self.add_b, self.steps.add_b);
    wire!(self.subtract, self.steps.step_now);
    wire!(self.multiply, self.steps.multiply);
    wire!(self.mul_a, self.steps.mul_a);
    wire!(self.mul_b, self.steps.mul_b);
    // results
    wire!(self.result.velocity, self.velocity);
    wire!(self.result.new_velocity, self.line.tap[Self::AT.new_velocity()]);
    wire!(self.result.new_weight, self.line.tap[Self::AT.new_weight()]);
    wire!(self.result.walking, self.walk.busy);
    wire!(self.result.computing, self.line.busy);
    wire!(self.push, self.result.push);
    wire!(self.word, self.sum);
    wire!(self.busy, self.result.busy);
}}

/// Addresses of the three operand streams: w, v, and w again.
#[derive(LogicBlock, Default)]
pub struct OperandAddress {
    pub clock: Signal<In, Clock>,
    pub restart: Signal<In, Bit>,
    pub o_w: Signal<In, Bits<16>>,
    pub o_v: Signal<In, Bits<16>>,
    pub weight: Signal<In, Bit>,
    pub velocity: Signal<In, Bit>,
    pub weight_again: Signal<In, Bit>,
    pub address: Signal<Out, Bits<16>>,
    weight_at: DFF<Bits<16>>,
    velocity_at: DFF<Bits<16>>,
    again_at: DFF<Bits<16>>,
}

impl Logic for OperandAddress {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, weight_at, velocity_at, again_at);
        self.address.next = self.weight_at.q.val();
        if self.weight.val() {
            self.weight_at.d.next = self.weight_at.q.val() + 1;
        }
        if self.velocity.val() {
            self.address.next = self.velocity_at.q.val();
            self.velocity_at.d.next = self.velocity_at.q.val() + 1;
        }
        if self.weight_again.val() {
            self.address.next = self.again_at.q.val();
            self.again_at.d.next = self.again_at.q.val() + 1;
        }
        if self.restart.val() {
            self.weight_at.d.next = self.o_w.val();
            self.velocity_at.d.next = self.o_v.val();
            self.again_at.d.next = self.o_w.val();
        }
    }
}

/// What goes into the adder and the multiplier in each step. Combinational.
#[derive(LogicBlock, Default)]
pub struct UpdateSteps {
    pub decay: Signal<In, Bit>,
    pub carry: Signal<In, Bit>,
    pub scale: Signal<In, Bit>,
    pub total: Signal<In, Bit>,
    pub accumulate: Signal<In, Bit>,
    pub step: Signal<In, Bit>,
    pub learning_rate: Signal<In, Bits<32>>,
    pub momentum: Signal<In, Bits<32>>,
    pub weight_decay: Signal<In, Bits<32>>,
    pub operand: Signal<In, Bits<32>>,
    pub element: Signal<In, Bits<32>>,
    pub product: Signal<In, Bits<32>>,
    pub held_total: Signal<In, Bits<32>>,
    pub held_velocity: Signal<In, Bits<32>>,
    pub held_weight: Signal<In, Bits<32>>,
    pub add: Signal<Out, Bit>,
    pub add_a: Signal<Out, Bits<32>>,
    pub add_b: Signal<Out, Bits<32>>,
    pub step_now: Signal<Out, Bit>,
    pub multiply: Signal<Out, Bit>,
    pub mul_a: Signal<Out, Bits<32>>,
    pub mul_b: Signal<Out, Bits<32>>,
}

impl Logic for UpdateSteps {
    #[hdl_gen]
    fn update(&mut self) {
        self.multiply.next = self.decay.val() || self.carry.val() || self.scale.val();
        self.mul_a.next = self.weight_decay.val();
        self.mul_b.next = self.operand.val();
        if self.carry.val() {
            self.mul_a.next = self.momentum.val();
        }
        if self.scale.val() {
            self.mul_a.next = self.learning_rate.val();
            self.mul_b.next = self.held_velocity.val();
        }
        self.add.next = self.total.val() || self.accumulate.val() || self.step.val();
        self.step_now.next = self.step.val();
        self.add_a.next = self.element.val();
        self.add_b.next = self.product.val();
        if self.accumulate.val() {
            self.add_a.next = self.product.val();
            self.add_b.next = self.held_total.val();
        }
        if self.step.val() {
            self.add_a.next = self.held_weight.val();
        }
    }
}

/// Which sum leaves, and when all is done.
#[derive(LogicBlock, Default)]
pub struct UpdateResult {
    pub velocity: Signal<In, Bit>,
    pub new_velocity: Signal<In, Bit>,
    pub new_weight: Signal<In, Bit>,
    pub walking: Signal<In, Bit>,
    pub computing: Signal<In, Bit>,
    pub push: Signal<Out, Bit>,
    pub busy: Signal<Out, Bit>,
}

impl Logic for UpdateResult {
    #[hdl_gen]
    fn update(&mut self) {
        self.push.next = self.new_weight.val();
        if self.velocity.val() {
            self.push.next = self.new_velocity.val();
        }
        self.busy.next = self.walking.val() || self.computing.val();
    }
}
