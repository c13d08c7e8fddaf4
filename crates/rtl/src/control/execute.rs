//! Executes the controller's instructions.
use super::predecode::{BAD, LOOP_ZERO};
use ef_hdl_kit::K;
use ef_program::isa::opcode;
use rust_hdl::prelude::*;

/// One instruction per cycle: pushes ADD and ISSUE to the engines' queues, keeps the program counter, works the loop stack.
///
/// ```text
///  instruction --+-- ADD, ISSUE --> [push_valid[e], issue, field, data] --> queue of engine e
///                +-- LOOP, NEXT --> LoopStack, jump
///                +-- END, errors -> [halted] --> finished
/// ```
/// A queue that is not ready holds the push register and with it everything behind it. END and every error halt: `pc` stays at the
/// instruction, and what was pushed before is still executed by the engines. An error is a pulse in the cycle in which it is found.
/// Nothing is taken while `run` is down.
#[derive(LogicBlock)]
pub struct Execute<const PAW: usize> {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub run: Signal<In, Bit>,
    pub instruction_valid: Signal<In, Bit>,
    pub instruction_take: Signal<Out, Bit>,
    pub kind: Signal<In, Bits<12>>,
    pub data: Signal<In, Bits<32>>,
    pub push_valid: [Signal<Out, Bit>; 3],
    pub push_ready: [Signal<In, Bit>; 3],
    pub push_issue: Signal<Out, Bit>,
    pub push_field: Signal<Out, Bits<6>>,
    pub push_data: Signal<Out, Bits<32>>,
    pub loop_push: Signal<Out, Bit>,
    pub loop_start: Signal<Out, Bits<16>>,
    pub loop_jumps: Signal<Out, Bits<16>>,
    pub loop_counted: Signal<Out, Bit>,
    pub loop_pop: Signal<Out, Bit>,
    pub loop_top: Signal<In, Bits<16>>,
    pub loop_again: Signal<In, Bit>,
    pub loop_empty: Signal<In, Bit>,
    pub loop_full: Signal<In, Bit>,
    pub jump: Signal<Out, Bit>,
    pub pc: Signal<Out, Bits<16>>,
    pub finished: Signal<Out, Bit>,
    pub bad_instruction: Signal<Out, Bit>,
    pub bad_loop: Signal<Out, Bit>,
    pub program_end: Signal<Out, Bit>,
    valid: [DFF<Bit>; 3],
    issue_push: DFF<Bit>,
    field: DFF<Bits<6>>,
    immediate: DFF<Bits<32>>,
    counter: DFF<Bits<16>>,
    jumping: DFF<Bit>,
    halted: DFF<Bit>,
    blocked: [Signal<Local, Bit>; 3],
    able: Signal<Local, Bit>,
    past_end: Signal<Local, Bit>,
    take: Signal<Local, Bit>,
    operation: Signal<Local, Bits<4>>,
    engine: Signal<Local, Bits<2>>,
    following: Signal<Local, Bits<16>>,
    limit: Constant<Bits<16>>,
    one: K<16, 1>,
    add: K<4, { opcode::ADD }>,
    issue: K<4, { opcode::ISSUE }>,
    loop_begin: K<4, { opcode::LOOP }>,
    loop_end: K<4, { opcode::NEXT }>,
    end_program: K<4, { opcode::END }>,
    bad: K<4, BAD>,
    loop_zero: K<4, LOOP_ZERO>,
}

impl<const PAW: usize> Default for Execute<PAW> {
    fn default() -> Self {
        assert!(PAW < 16, "the program counter has 16 bits");
        Self {
            clock: Default::default(),
            reset: Default::default(),
            run: Default::default(),
            instruction_valid: Default::default(),
            instruction_take: Default::default(),
            kind: Default::default(),
            data: Default::default(),
            push_valid: Default::default(),
            push_ready: Default::default(),
            push_issue: Default::default(),
            push_field: Default::default(),
            push_data: Default::default(),
            loop_push: Default::default(),
            loop_start: Default::default(),
            loop_jumps: Default::default(),
            loop_counted: Default::default(),
            loop_pop: Default::default(),
            loop_top: Default::default(),
            loop_again: Default::default(),
            loop_empty: Default::default(),
            loop_full: Default::default(),
            jump: Default::default(),
            pc: Default::default(),
            finished: Default::default(),
            bad_instruction: Default::default(),
            bad_loop: Default::default(),
            program_end: Default::default(),
            valid: Default::default(),
            issue_push: Default::default(),
            field: Default::default(),
            immediate: Default::default(),
            counter: Default::default(),
            jumping: Default::default(),
            halted: Default::default(),
            blocked: Default::default(),
            able: Default::default(),
            past_end: Default::default(),
            take: Default::default(),
            operation: Default::default(),
            engine: Default::default(),
            following: Default::default(),
            limit: Constant::new((1u64 << PAW).into()),
            one: Default::default(),
            add: Default::default(),
            issue: Default::default(),
            loop_begin: Default::default(),
            loop_end: Default::default(),
            end_program: Default::default(),
            bad: Default::default(),
            loop_zero: Default::default(),
        }
    }
}

impl<const PAW: usize> Logic for Execute<PAW> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, issue_push, field, immediate, counter, jumping, halted);
        for i in 0..3 {
            self.valid[i].clock.next = self.clock.val();
            self.blocked[i].next = self.valid[i].q.val() & !self.push_ready[i].val();
            self.valid[i].d.next = self.blocked[i].val();
        }
        self.past_end.next = self.counter.q.val() == self.limit.val();
        self.able.next = self.run.val()
            & !self.halted.q.val()
            & !self.jumping.q.val()
            & !self.blocked[0].val()
            & !self.blocked[1].val()
            & !self.blocked[2].val();
        self.take.next = self.able.val() & self.instruction_valid.val() & !self.past_end.val();
        self.instruction_take.next = self.take.val();
        self.operation.next = self.kind.val().get_bits::<4>(8);
        self.engine.next = self.kind.val().get_bits::<2>(6);
        self.following.next = self.counter.q.val() + self.one.val();

        self.jumping.d.next = false;
        self.loop_push.next = false;
        self.loop_start.next = self.following.val();
        self.loop_jumps.next = self.data.val().get_bits::<16>(0) - self.one.val();
        self.loop_counted.next = false;
        self.loop_pop.next = false;
        self.bad_instruction.next = false;
        self.bad_loop.next = false;
        self.program_end.next = self.able.val() & self.past_end.val();
        if self.able.val() & self.past_end.val() {
            self.halted.d.next = true;
        }
        if self.take.val() {
            self.issue_push.d.next = self.operation.val() == self.issue.val();
            self.field.d.next = self.kind.val().get_bits::<6>(0);
            self.immediate.d.next = self.data.val();
            self.counter.d.next = self.following.val();
            if (self.operation.val() == self.add.val()) | (self.operation.val() == self.issue.val()) {
                self.valid[0].d.next = self.engine.val() == 0;
                self.valid[1].d.next = self.engine.val() == 1;
                self.valid[2].d.next = self.engine.val() == 2;
            }
            if self.operation.val() == self.loop_begin.val() {
                if self.loop_full.val() {
                    self.bad_loop.next = true;
                    self.halted.d.next = true;
                    self.counter.d.next = self.counter.q.val();
                } else {
                    self.loop_push.next = true;
                }
            }
            if self.operation.val() == self.loop_end.val() {
                if self.loop_empty.val() {
                    self.bad_loop.next = true;
                    self.halted.d.next = true;
                    self.counter.d.next = self.counter.q.val();
                } else if self.loop_again.val() {
                    self.loop_counted.next = true;
                    self.jumping.d.next = true;
                    self.counter.d.next = self.loop_top.val();
                } else {
                    self.loop_pop.next = true;
                }
            }
            if self.operation.val() == self.end_program.val() {
                self.halted.d.next = true;
                self.counter.d.next = self.counter.q.val();
            }
            if self.operation.val() == self.loop_zero.val() {
                self.bad_loop.next = true;
                self.halted.d.next = true;
                self.counter.d.next = self.counter.q.val();
            }
            if self.operation.val() == self.bad.val() {
                self.bad_instruction.next = true;
                self.halted.d.next = true;
                self.counter.d.next = self.counter.q.val();
            }
        }
        if self.reset.val() {
            for i in 0..3 {
                self.valid[i].d.next = false;
            }
            self.counter.d.next = 0.into();
            self.jumping.d.next = false;
            self.halted.d.next = false;
        }

        for i in 0..3 {
            self.push_valid[i].next = self.valid[i].q.val();
        }
        self.push_issue.next = self.issue_push.q.val();
        self.push_field.next = self.field.q.val();
        self.push_data.next = self.immediate.q.val();
        self.jump.next = self.jumping.q.val();
        self.pc.next = self.counter.q.val();
        self.finished.next =
            self.halted.q.val() & !self.valid[0].q.val() & !self.valid[1].q.val() & !self.valid[2].q.val();
    }
}
