//! Instruction fetch and execution: the controller without queues and registers.
use super::{execute::Execute, field_state::FieldState, loops::LoopStack, prefetch::Prefetch};
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
        in clock: Clock,
        in reset, run: Bit,
        in program_address: Bits<32>,
        in program_length: Bits<24>,
        out cmd_valid: Bit,
        in cmd_ready: Bit,
        out cmd_addr: Bits<32>,
        out cmd_len: Bits<16>,
        out urgent: Bit,
        in word_valid: Bit,
        in word: Bits<32>,
        out idle: Bit,
        out push_valid: [Bit; 3],
        in push_room: [Bit; 3],
        out push_issue: Bit,
        out push_field: Bits<6>,
        out push_data: Bits<32>,
        out pc: Bits<24>,
        out finished, bad_instruction, bad_loop, program_end: Bit,
        prefetch: Prefetch<RAW>,
        execute: Execute,
        loops: LoopStack,
        fields: FieldState,
    }
}

glue! { [const RAW: usize] Fetch<RAW>; self => {
    wire!(self.prefetch.clock, self.clock);
    wire!(self.execute.clock, self.clock);
    wire!(self.loops.clock, self.clock);
    wire!(self.prefetch.reset, self.reset);
    wire!(self.execute.reset, self.reset);
    wire!(self.loops.reset, self.reset);
    wire!(self.prefetch.run, self.run);
    wire!(self.prefetch.halt, self.execute.halt);
    wire!(self.prefetch.program_address, self.program_address);
    wire!(self.prefetch.program_length, self.program_length);
    wire!(self.prefetch.cmd_ready, self.cmd_ready);
    wire!(self.cmd_valid, self.prefetch.cmd_valid);
    wire!(self.cmd_addr, self.prefetch.cmd_addr);
    wire!(self.cmd_len, self.prefetch.cmd_len);
    wire!(self.urgent, self.prefetch.urgent);
    wire!(self.prefetch.word_valid, self.word_valid);
    wire!(self.prefetch.word, self.word);
    wire!(self.idle, self.prefetch.idle);
    wire!(self.prefetch.jump, self.execute.jump);
    wire!(self.prefetch.pc, self.execute.pc);
    wire!(self.prefetch.instruction_take, self.execute.instruction_take);
    wire!(self.execute.run, self.run);
    wire!(self.execute.program_length, self.program_length);
    wire!(self.execute.instruction_valid, self.prefetch.instruction_valid);
    wire!(self.execute.kind, self.prefetch.kind);
    wire!(self.execute.data, self.prefetch.data);
    wire!(self.loops.push, self.execute.loop_push);
    wire!(self.loops.start, self.execute.loop_start);
    wire!(self.loops.jumps, self.execute.loop_jumps);
    wire!(self.loops.counted, self.execute.loop_counted);
    wire!(self.loops.pop, self.execute.loop_pop);
    wire!(self.loops.select, self.prefetch.loop_select);
    wire!(self.prefetch.loop_push, self.execute.loop_push);
    wire!(self.prefetch.loop_start, self.execute.loop_start);
    wire!(self.prefetch.loop_pop, self.execute.loop_pop);
    wire!(self.prefetch.loop_selected, self.loops.selected);
    wire!(self.execute.loop_top, self.loops.top_start);
    wire!(self.execute.loop_again, self.loops.again);
    wire!(self.execute.loop_empty, self.loops.empty);
    wire!(self.execute.loop_full, self.loops.full);
    wire!(self.fields.clock, self.clock);
    wire!(self.fields.reset, self.reset);
    wire!(self.fields.in_valid, self.execute.send);
    wire!(self.fields.in_issue, self.execute.send_issue);
    wire!(self.fields.in_set, self.execute.send_set);
    wire!(self.fields.in_engine, self.execute.send_engine);
    wire!(self.fields.in_stream, self.execute.send_stream);
    wire!(self.fields.in_field, self.execute.send_field);
    wire!(self.fields.in_data, self.execute.send_data);
    wire!(self.fields.halted, self.execute.halt);
    for i in 0..3 {
        wire!(self.push_valid[i], self.fields.push_valid[i]);
        wire!(self.execute.room[i], self.push_room[i]);
    }
    wire!(self.push_issue, self.fields.push_issue);
    wire!(self.push_field, self.fields.push_field);
    wire!(self.push_data, self.fields.push_data);
    wire!(self.pc, self.execute.pc);
    wire!(self.finished, self.fields.finished);
    wire!(self.bad_instruction, self.execute.bad_instruction);
    wire!(self.bad_loop, self.execute.bad_loop);
    wire!(self.program_end, self.execute.program_end);
}}
