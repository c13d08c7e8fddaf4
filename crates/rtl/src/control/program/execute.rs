//! Executes the controller's instructions.
use crate::control::predecode::{BAD, LOOP_ZERO, kind};
use ef_hdl_kit::block;
use ef_isa::instr::opcode;
use rust_hdl::prelude::*;

/// Cycles of a NEXT that jumps.
pub const JUMP: u64 = 5;

block! {
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
    pub struct Execute {
        in clock: Clock, in reset, run, instruction_valid: Bit, in program_length: Bits<24>,
        in kind: Bits<15>, in data: Bits<32>,
        out instruction_take: Bit,
        /// The queue of engine e has room for everything under way and one more.
        in room: [Bit; 3],
        in loop_top: Bits<24>, in loop_again, loop_empty, loop_full: Bit,
        out send, send_issue, send_set, jump, halt, program_end: Bit, out send_engine: Bits<2>,
        out send_stream: Bits<3>, out send_field: Bits<6>, out send_data: Bits<32>,
        out loop_start, pc: Bits<24>, out loop_jumps: Bits<16>,
        out pulse loop_push, loop_counted, loop_pop, bad_instruction, bad_loop: Bit,
        reg(reset) counter => pc: Bits<24>, reg(reset) halted => halt, past_end: Bit,
        reg(reset) pulse jumping => jump: Bit,
        net to_engine, may_send, able, take: Bit, net operation: Bits<4>, net engine: Bits<2>,
        net following: Bits<24>,
        const one: Bits<24> = 1, const one_jump: Bits<16> = 1, const add: Bits<4> = opcode::ADD,
        const issue: Bits<4> = opcode::ISSUE, const loop_begin: Bits<4> = opcode::LOOP,
        const loop_end: Bits<4> = opcode::NEXT, const end_program: Bits<4> = opcode::END,
        const bad: Bits<4> = BAD, const loop_zero: Bits<4> = LOOP_ZERO, const set: Bits<4> = opcode::SET,
        const at_opcode: Bits<4> = kind::OPCODE, const at_engine: Bits<4> = kind::ENGINE,
        const at_stream: Bits<4> = kind::STREAM, const at_field: Bits<4> = kind::FIELD,
    }
}

impl Logic for Execute {
    #[hdl_gen]
    fn update(&mut self) {
        self.operation.next = self.kind.val().get_bits::<4>(self.at_opcode.val().index());
        self.engine.next = self.kind.val().get_bits::<2>(self.at_engine.val().index());
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

        self.loop_start.next = self.following.val();
        self.loop_jumps.next = self.data.val().get_bits::<16>(0) - self.one_jump.val();
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

        self.send.next = self.take.val() & self.to_engine.val();
        self.send_issue.next = self.operation.val() == self.issue.val();
        self.send_set.next = self.operation.val() == self.set.val();
        self.send_engine.next = self.engine.val();
        self.send_stream.next = self.kind.val().get_bits::<3>(self.at_stream.val().index());
        self.send_field.next = self.kind.val().get_bits::<6>(self.at_field.val().index());
        self.send_data.next = self.data.val();
    }
}
