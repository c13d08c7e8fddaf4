//! Instruction fetch and execution: the controller without queues and registers.
use crate::control::{execute::Execute, field_state::FieldState, loops::LoopStack, prefetch::Prefetch};
use ef_hdl_kit::{block, glue};
use rust_hdl::prelude::*;

/// Cycles of a run, as CYCLES counts them, before the first push, if the instructions were there at once:
/// `reset` falls before the first of them.
pub const FIRST_PUSH: u64 = 8;

/// The same before the first burst of instructions is offered.
pub const FIRST_BURST: u64 = 4;

block! {
    /// Runs the program: fetches, loops, and pushes field values and issues to the queues of the engines.
    ///
    /// ```text
    ///  program_* ->| Prefetch |--instruction-->| Execute |--send-->| FieldState |--push_valid[e], push_*--> queues
    ///  cmd_*     <-|          |<----jump, pc---|         |--bad_*, program_end-----------------------------> errors
    ///  word_*    ->|          |                  |  ^  ^------------ push_room[e] -------------------------- queues
    ///                    ^------- starts ------| LoopStack |
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `reset` | 1 | back to instruction 0, no loops; only while `idle` |
    /// | `run` | 1 | instructions are asked for and taken only while it is up |
    /// | `program_address`, `program_length` | 32, 24 | word address of instruction 0; instructions |
    /// | `cmd_valid`, `cmd_ready`, `cmd_addr`, `cmd_len`, `urgent` | 1, 1, 32, 16, 1 | bursts of instructions to read |
    /// | `word_valid`, `word` | 1, 32 | their words, taken at once |
    /// | `idle` | 1 | no burst is offered or under way |
    /// | `push_valid` | 3 x 1 | to the queue of engine e, one at a time |
    /// | `push_room` | 3 x 1 | the queue has room for six entries under way |
    /// | `push_issue`, `push_field`, `push_data` | 1, 6, 32 | the entry |
    /// | `pc` | 24 | number of the next instruction; that of END or of the faulty instruction after the end |
    /// | `finished` | 1 | END or an error was met and everything is pushed |
    /// | `bad_instruction`, `bad_loop`, `program_end` | 1 | pulses |
    ///
    /// One instruction per cycle; a NEXT that jumps takes 5 if the buffer holds its target, else 11 and the time of the memory.
    /// The first burst is offered 5 cycles after `reset` falls; its first instruction is pushed 9 cycles after its second word.
    pub struct Fetch<const RAW: usize> {
        in clock: Clock, in reset, run, cmd_ready, word_valid: Bit, in program_address, word: Bits<32>,
        in program_length: Bits<24>, in push_room: [Bit; 3],
        out cmd_valid, urgent, idle, push_issue, finished, bad_instruction, bad_loop, program_end: Bit,
        out cmd_addr, push_data: Bits<32>, out cmd_len: Bits<16>, out push_valid: [Bit; 3],
        out push_field: Bits<6>, out pc: Bits<24>,
        prefetch: Prefetch<RAW>,
        execute: Execute,
        loops: LoopStack,
        fields: FieldState,
    }
}

glue! { [const RAW: usize] Fetch<RAW>; self => {
    wire!(self.{prefetch, execute, loops, fields} <- self: clock, reset);
    wire!(self.prefetch <- self: run, program_address, program_length, cmd_ready, word_valid, word);
    wire!(self.prefetch <- self.execute: halt, jump, pc, instruction_take, loop_push, loop_start, loop_pop);
    wire!(self <- self.prefetch: cmd_valid, cmd_addr, cmd_len, urgent, idle);
    wire!(self.execute <- self: run, program_length);
    wire!(self.execute <- self.prefetch: instruction_valid, kind, data);
    wire!(self.loops <- self.execute: push = loop_push, start = loop_start, jumps = loop_jumps);
    wire!(self.loops <- self.execute: counted = loop_counted, pop = loop_pop);
    wire!(self.loops.select, self.prefetch.loop_select);
    wire!(self.prefetch.loop_selected, self.loops.selected);
    wire!(self.execute <- self.loops: loop_top = top_start, loop_again = again, loop_empty = empty);
    wire!(self.execute <- self.loops: loop_full = full);
    wire!(self.fields <- self.execute: in_valid = send, in_issue = send_issue, in_set = send_set);
    wire!(self.fields <- self.execute: in_engine = send_engine, in_stream = send_stream);
    wire!(self.fields <- self.execute: in_field = send_field, in_data = send_data, halted = halt);
    for i in 0..3 {
        wire!(self.push_valid[i], self.fields.push_valid[i]);
        wire!(self.execute.room[i], self.push_room[i]);
    }
    wire!(self <- self.fields: push_issue, push_field, push_data, finished);
    wire!(self <- self.execute: pc, bad_instruction, bad_loop, program_end);
}}
