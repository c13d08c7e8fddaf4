//! Executes the controller's instructions.
use super::predecode::{BAD, LOOP_ZERO};
use ef_hdl_kit::K;
use ef_program::isa::opcode;
use rust_hdl::prelude::*;

/// Cycles of a NEXT that jumps.
pub const JUMP: u64 = 5;

/// One instruction per cycle: sends SET, ADD and ISSUE on to the engines, keeps the program counter, works the loop stack.
///
/// ```text
///  instruction --+-- SET, ADD, ISSUE --> send, set, issue, engine, stream, field, data
///                +-- LOOP, NEXT -------> LoopStack, jump
///                +-- END, errors ------> [halted]
/// ```
/// An instruction for a queue without `room` waits, and everything behind it. END and every error halt: `pc` stays at the
/// instruction, and what was pushed before is still executed by the engines. An error is a pulse in the cycle in which it is found.
/// Nothing is taken while `run` is down.
#[derive(LogicBlock)]
pub struct Execute<const PAW: usize> {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub run: Signal<In, Bit>,
    pub instruction_valid: Signal<In, Bit>,
    pub instruction_take: Signal<Out, Bit>,
    pub kind: Signal<In, Bits<15>>,
    pub data: Signal<In, Bits<32>>,
    /// The queue of engine e has room for everything under way and one more.
    pub room: [Signal<In, Bit>; 3],
    pub send: Signal<Out, Bit>,
    pub send_issue: Signal<Out, Bit>,
    pub send_set: Signal<Out, Bit>,
    pub send_engine: Signal<Out, Bits<2>>,
    pub send_stream: Signal<Out, Bits<3>>,
    pub send_field: Signal<Out, Bits<6>>,
    pub send_data: Signal<Out, Bits<32>>,
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
    pub halt: Signal<Out, Bit>,
    pub bad_instruction: Signal<Out, Bit>,
    pub bad_loop: Signal<Out, Bit>,
    pub program_end: Signal<Out, Bit>,
    counter: DFF<Bits<16>>,
    jumping: DFF<Bit>,
    halted: DFF<Bit>,
    to_engine: Signal<Local, Bit>,
    may_send: Signal<Local, Bit>,
    able: Signal<Local, Bit>,
    past_end: Signal<Local, Bit>,
    take: Signal<Local, Bit>,
    operation: Signal<Local, Bits<4>>,
    engine: Signal<Local, Bits<2>>,
    following: Signal<Local, Bits<16>>,
    /// Bit of the program counter that is set only behind the last instruction.
    limit: Constant<Bits<4>>,
    one: K<16, 1>,
    add: K<4, { opcode::ADD }>,
    issue: K<4, { opcode::ISSUE }>,
    loop_begin: K<4, { opcode::LOOP }>,
    loop_end: K<4, { opcode::NEXT }>,
    end_program: K<4, { opcode::END }>,
    bad: K<4, BAD>,
    loop_zero: K<4, LOOP_ZERO>,
    set: K<4, { opcode::SET }>,
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
            room: Default::default(),
            send: Default::default(),
            send_issue: Default::default(),
            send_set: Default::default(),
            send_engine: Default::default(),
            send_stream: Default::default(),
            send_field: Default::default(),
            send_data: Default::default(),
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
            halt: Default::default(),
            bad_instruction: Default::default(),
            bad_loop: Default::default(),
            program_end: Default::default(),
            counter: Default::default(),
            jumping: Default::default(),
            halted: Default::default(),
            to_engine: Default::default(),
            may_send: Default::default(),
            able: Default::default(),
            past_end: Default::default(),
            take: Default::default(),
            operation: Default::default(),
            engine: Default::default(),
            following: Default::default(),
            limit: Constant::new((PAW as u64).into()),
            one: Default::default(),
            add: Default::default(),
            issue: Default::default(),
            loop_begin: Default::default(),
            loop_end: Default::default(),
            end_program: Default::default(),
            bad: Default::default(),
            loop_zero: Default::default(),
            set: Default::default(),
        }
    }
}

impl<const PAW: usize> Logic for Execute<PAW> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, counter, jumping, halted);
        self.operation.next = self.kind.val().get_bits::<4>(8);
        self.engine.next = self.kind.val().get_bits::<2>(6);
        self.to_engine.next = (self.operation.val() == self.add.val())
            | (self.operation.val() == self.set.val())
            | (self.operation.val() == self.issue.val());
        self.may_send.next = ((self.engine.val() == 0) & self.room[0].val())
            | ((self.engine.val() == 1) & self.room[1].val())
            | ((self.engine.val() == 2) & self.room[2].val());
        self.past_end.next = self.counter.q.val().get_bit(self.limit.val().index());
        self.able.next = self.run.val() & !self.halted.q.val() & !self.jumping.q.val();
        self.take.next = self.able.val()
            & self.instruction_valid.val()
            & !self.past_end.val()
            & (!self.to_engine.val() | self.may_send.val());
        self.instruction_take.next = self.take.val();
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
            self.counter.d.next = self.following.val();
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
            self.counter.d.next = 0.into();
            self.jumping.d.next = false;
            self.halted.d.next = false;
        }

        self.send.next = self.take.val() & self.to_engine.val();
        self.send_issue.next = self.operation.val() == self.issue.val();
        self.send_set.next = self.operation.val() == self.set.val();
        self.send_engine.next = self.engine.val();
        self.send_stream.next = self.kind.val().get_bits::<3>(12);
        self.send_field.next = self.kind.val().get_bits::<6>(0);
        self.send_data.next = self.data.val();
        self.jump.next = self.jumping.q.val();
        self.pc.next = self.counter.q.val();
        self.halt.next = self.halted.q.val();
    }
}
