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
/// Nothing is taken while `run` is down. There is no instruction at or behind `program_length`: a program counter that gets there
/// is an error, found a cycle later.
#[derive(LogicBlock, Default)]
pub struct Execute {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub run: Signal<In, Bit>,
    pub program_length: Signal<In, Bits<24>>,
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
    pub loop_start: Signal<Out, Bits<24>>,
    pub loop_jumps: Signal<Out, Bits<16>>,
    pub loop_counted: Signal<Out, Bit>,
    pub loop_pop: Signal<Out, Bit>,
    pub loop_top: Signal<In, Bits<24>>,
    pub loop_again: Signal<In, Bit>,
    pub loop_empty: Signal<In, Bit>,
    pub loop_full: Signal<In, Bit>,
    pub jump: Signal<Out, Bit>,
    pub pc: Signal<Out, Bits<24>>,
    pub halt: Signal<Out, Bit>,
    pub bad_instruction: Signal<Out, Bit>,
    pub bad_loop: Signal<Out, Bit>,
    pub program_end: Signal<Out, Bit>,
    counter: DFF<Bits<24>>,
    jumping: DFF<Bit>,
    halted: DFF<Bit>,
    past_end: DFF<Bit>,
    to_engine: Signal<Local, Bit>,
    may_send: Signal<Local, Bit>,
    able: Signal<Local, Bit>,
    take: Signal<Local, Bit>,
    operation: Signal<Local, Bits<4>>,
    engine: Signal<Local, Bits<2>>,
    following: Signal<Local, Bits<24>>,
    one: K<24, 1>,
    one_jump: K<16, 1>,
    add: K<4, { opcode::ADD }>,
    issue: K<4, { opcode::ISSUE }>,
    loop_begin: K<4, { opcode::LOOP }>,
    loop_end: K<4, { opcode::NEXT }>,
    end_program: K<4, { opcode::END }>,
    bad: K<4, BAD>,
    loop_zero: K<4, LOOP_ZERO>,
    set: K<4, { opcode::SET }>,
}

impl Logic for Execute {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, counter, jumping, halted, past_end);
        self.operation.next = self.kind.val().get_bits::<4>(8);
        self.engine.next = self.kind.val().get_bits::<2>(6);
        self.to_engine.next = (self.operation.val() == self.add.val())
            | (self.operation.val() == self.set.val())
            | (self.operation.val() == self.issue.val());
        self.may_send.next = ((self.engine.val() == 0) & self.room[0].val())
            | ((self.engine.val() == 1) & self.room[1].val())
            | ((self.engine.val() == 2) & self.room[2].val());
        self.past_end.d.next = self.counter.q.val() == self.program_length.val();
        self.able.next = self.run.val() & !self.halted.q.val() & !self.jumping.q.val();
        self.take.next =
            self.able.val() & self.instruction_valid.val() & (!self.to_engine.val() | self.may_send.val());
        self.instruction_take.next = self.take.val();
        self.following.next = self.counter.q.val() + self.one.val();

        self.jumping.d.next = false;
        self.loop_push.next = false;
        self.loop_start.next = self.following.val();
        self.loop_jumps.next = self.data.val().get_bits::<16>(0) - self.one_jump.val();
        self.loop_counted.next = false;
        self.loop_pop.next = false;
        self.bad_instruction.next = false;
        self.bad_loop.next = false;
        self.program_end.next = self.able.val() & self.past_end.q.val();
        if self.able.val() & self.past_end.q.val() {
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
            self.past_end.d.next = false;
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
