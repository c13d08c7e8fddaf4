//! [`Update`]: SGD with momentum and weight decay.

pub mod update_schedule;
pub mod update_walk;

use super::hold::Hold;
use super::token_line::TokenLine;
use super::word_mux;
use ef_hdl_kit::{block, glue};
use rust_hdl::prelude::*;
use update_schedule::{HOLD_TOTAL, HOLD_VELOCITY, HOLD_WEIGHT, PERIOD, Schedule};
use update_walk::UpdateWalk;

/// Cycles from `start` to the first word in the word buffer, for a latency of the partial sums.
pub const fn first_word(psum_latency: usize, velocity: bool) -> usize {
    let schedule = Schedule::new(psum_latency);
    let word = if velocity { schedule.new_velocity() } else { schedule.new_weight() };
    2 + word + word_mux::LATENCY
}

/// Cycles from `start` to the cycle in which `busy` falls, for `elements` >= 1.
pub const fn finished(psum_latency: usize, elements: usize) -> usize {
    2 + Schedule::new(psum_latency).new_weight() + 1 + (elements - 1) * PERIOD
}

block! {
    /// UPDATE: `v' = mu*v + (g + wd*w)`, `w' = w - lr*v'`, one element every 3 cycles.
    ///
    /// ```text
    ///  [ UpdateWalk ]--issue--> [ TokenLine ]--taps--> [ OperandAddress ]--> operand_address ~~> operand
    ///       |                                  +-----> [ UpdateSteps    ]--> one adder, one multiplier
    ///       +--address, lane--[ delay ]--> psum_address, psum_lane ~~> element
    /// ```
    /// The times of all steps are in [`update_schedule`](update_schedule); results come back from
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
    pub struct Update<const LAT: usize> {
        in clock: Clock, in clear, start, velocity, stall: Bit,
        in p_base, p_g, p_n, n_g, n_r, n_c, o_w, o_v: Bits<16>,
        in learning_rate, momentum, weight_decay, operand, element, sum, product: Bits<32>,
        out operand_address, psum_address: Bits<16>, out psum_lane: Bits<3>,
        out add, subtract, multiply, push, busy: Bit, out add_a, add_b, mul_a, mul_b, word: Bits<32>,
        walk: UpdateWalk,
        line: TokenLine = TokenLine::new(Self::AT.new_weight()),
        reads: OperandAddress,
        steps: UpdateSteps,
        address: Hold<Bits<16>> = Hold::new(Self::AT.gradient),
        lane: Hold<Bits<3>> = Hold::new(Self::AT.gradient),
        total: Hold<Bits<32>> = Hold::new(HOLD_TOTAL),
        new_velocity: Hold<Bits<32>> = Hold::new(HOLD_VELOCITY),
        weight: Hold<Bits<32>> = Hold::new(HOLD_WEIGHT),
        result: UpdateResult,
    }
}

impl<const LAT: usize> Update<LAT> {
    const AT: Schedule = Schedule::new(LAT);
}

glue! { [const LAT: usize] Update<LAT>; self => {
    // elements
    wire!(self.{walk, line} <- self: clock, clear);
    wire!(self.walk <- self: start, p_base, p_g, p_n, n_g, n_r, n_c, stall);
    wire!(self.line.token, self.walk.issue);
    // reads
    wire!(self.{address, lane, reads} <- self: clock);
    wire!(self.address.d, self.walk.address);
    wire!(self <- self: psum_address = address.q, psum_lane = lane.q, operand_address = reads.address);
    wire!(self.lane.d, self.walk.lane);
    wire!(self.reads.restart, self.start);
    wire!(self.reads <- self: o_w, o_v);
    wire!(self.reads <- self.line: weight = tap[Self::AT.weight], velocity = tap[Self::AT.velocity()]);
    wire!(self.reads <- self.line: weight_again = tap[Self::AT.weight_again()]);
    // what waits
    wire!(self.{total, new_velocity, weight} <- self: clock);
    wire!(self.total.d, self.sum);
    wire!(self.new_velocity.d, self.sum);
    wire!(self.weight.d, self.operand);
    // steps
    wire!(self.steps <- self.line: decay = tap[Self::AT.decay()], carry = tap[Self::AT.carry()]);
    wire!(self.steps <- self.line: scale = tap[Self::AT.scale()], total = tap[Self::AT.total()]);
    wire!(self.steps <- self.line: accumulate = tap[Self::AT.accumulate()], step = tap[Self::AT.step()]);
    wire!(self.steps <- self: learning_rate, momentum, weight_decay, operand, element, product);
    wire!(self.steps <- self: held_total = total.q, held_velocity = new_velocity.q, held_weight = weight.q);
    wire!(self <- self.steps: add, add_a, add_b, multiply, mul_a, mul_b);
    wire!(self.subtract, self.steps.step_now);
    // results
    wire!(self.result.velocity, self.velocity);
    wire!(self.result <- self.line: new_velocity = tap[Self::AT.new_velocity()]);
    wire!(self.result <- self.line: new_weight = tap[Self::AT.new_weight()], computing = busy);
    wire!(self.result.walking, self.walk.busy);
    wire!(self <- self.result: push, busy);
    wire!(self.word, self.sum);
}}

block! {
    /// Addresses of the three operand streams: w, v, and w again.
    pub struct OperandAddress {
        in clock: Clock, in restart, weight, velocity, weight_again: Bit, in o_w, o_v: Bits<16>,
        out address: Bits<16>,
        reg weight_at, velocity_at, again_at: Bits<16>,
    }
}

impl Logic for OperandAddress {
    #[hdl_gen]
    fn update(&mut self) {
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

block! {
    /// What goes into the adder and the multiplier in each step. Combinational.
    pub struct UpdateSteps {
        in decay, carry, scale, total, accumulate, step: Bit,
        in learning_rate, momentum, weight_decay, operand, element, product, held_total: Bits<32>,
        in held_velocity, held_weight: Bits<32>,
        out add, step_now, multiply: Bit, out add_a, add_b, mul_a, mul_b: Bits<32>,
    }
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

block! {
    /// Which sum leaves, and when all is done.
    pub struct UpdateResult {
        in velocity, new_velocity, new_weight, walking, computing: Bit,
        out push, busy: Bit,
    }
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
