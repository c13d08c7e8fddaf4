//! The controller.
use super::{
    counters::Counters, fetch::Fetch, overflow::OverflowBits, queue::CommandQueue, registers::Registers,
    run_control::RunControl, tokens::Tokens,
};
use ef_hdl_kit::{block, glue, vec_of};
use ef_isa::regs::HYPERPARAMETERS;
use ef_isa::{ComputeDesc, Config, Descriptor, LoadDesc, StoreDesc};
use rust_hdl::prelude::*;

block! {
    /// Fetch through a buffer of 2^GAW instructions, one command queue per engine, tokens, registers, counters.
    ///
    /// ```text
    ///  host port <->| Registers |--start, stop, clear-->| RunControl |--run, flush, restart, cancel--> everything
    ///                  ^  program_*                          ^ finished, idle, bad
    ///       | Counters |  v
    ///       | Overflow | | Fetch |--push-->| CommandQueue<LoadDesc>    |<-> load_start, load_field, load_ready, load_done
    ///         fetch_* <->|       |--push-->| CommandQueue<ComputeDesc> |<-> compute_*
    ///                    |       |--push-->| CommandQueue<StoreDesc>   |<-> store_*
    ///                                         | Tokens |
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `req_*`, `resp_*` | | the host's register port, see [`Registers`] |
    /// | `*_start`, `*_field`, `*_ready`, `*_done`, `*_bad` | | the engine protocol, one set per engine |
    /// | `restart` | 1 | synchronous reset of the engines (and of the loss): at each start and after a clear |
    /// | `cancel` | 1 | engines complete their bursts and issue no more; held until `restart` |
    /// | `memory_idle` | 1 | nothing is on its way between engines and memory |
    /// | `fetch_cmd_*`, `fetch_urgent` | | bursts of instructions to read, see [`Refill`](super::refill::Refill) |
    /// | `fetch_data_valid`, `fetch_data` | 1, 32 | their words, taken at once |
    /// | `phase`, `stream_active`, `wait_*` | 2, 1 | from the kernel, for the counters |
    /// | `word_*`, `burst_*` | 1 | one word, one burst |
    /// | `overflow_set`, `overflow_tag` | 2 x 1, 2 x 5 | from kernel and store engine |
    /// | `hyper[4]` | 32 | the optimiser's registers, in the order of the register map |
    /// | `loss_sum`, `mean_loss`, `correct` | 32 | from the store engine |
    /// | `busy`, `error` | 1 | STATUS bits |
    ///
    /// Of an accelerator of the configuration `config`.
    pub struct Controller<const GAW: usize>(config: &Config) {
        in clock: Clock,
        in reset, req_valid, req_write, resp_ready, load_ready, load_done, load_bad, compute_ready: Bit,
        in compute_done, compute_bad, store_ready, store_done, store_bad, memory_idle, fetch_cmd_ready: Bit,
        in fetch_data_valid, stream_active, wait_stationary, wait_hazard, word_read, word_written: Bit,
        in burst_read, burst_written: Bit, in req_addr: Bits<8>,
        in req_data, fetch_data, loss_sum, mean_loss, correct: Bits<32>, in phase: Bits<2>,
        in overflow_set: [Bit; 2], in overflow_tag: [Bits<5>; 2],
        out req_ready, resp_valid, load_start, compute_start, store_start, restart, cancel: Bit,
        out fetch_cmd_valid, fetch_urgent, busy, error: Bit,
        out hyper: Vec<Bits<32>> = vec_of(HYPERPARAMETERS.len()), out resp_data, fetch_cmd_addr: Bits<32>,
        out load_field: Vec<Bits<32>> = vec_of(LoadDesc::FIELDS.len()),
        out compute_field: Vec<Bits<32>> = vec_of(ComputeDesc::FIELDS.len()),
        out store_field: Vec<Bits<32>> = vec_of(StoreDesc::FIELDS.len()), out fetch_cmd_len: Bits<16>,
        registers: Registers = Registers::new(config),
        control: RunControl,
        fetch: Fetch<GAW>,
        load_queue: CommandQueue<LoadDesc>,
        compute_queue: CommandQueue<ComputeDesc>,
        store_queue: CommandQueue<StoreDesc>,
        tokens: Tokens,
        counters: Counters,
        overflow: OverflowBits,
    }
}

/// Wires one queue: to the engine's ports, to fetch, to the tokens.
macro_rules! queue {
    ($me:ident, $number:literal, $desc:ty, $queue:ident, $start:ident, $field:ident, $ready:ident, $done:ident, $bad:ident) => {
        wire!($me.$queue <- $me: clock, ready = $ready, done = $done, push_valid = fetch.push_valid[$number]);
        wire!($me.$queue <- $me.control: reset = restart, flush);
        wire!($me.$queue <- $me.fetch: push_issue, push_field, push_data);
        wire!($me.fetch.push_room[$number], $me.$queue.push_room);
        for i in 0..3 {
            wire!($me.$queue.some[i], $me.tokens.some[3 * i + $number]);
            wire!($me.tokens <- $me.$queue: take[3 * i + $number] = take[i], put[3 * $number + i] = put[i]);
        }
        wire!($me.$start, $me.$queue.start);
        for i in 0..<$desc>::FIELDS.len() {
            wire!($me.$field[i], $me.$queue.field[i]);
        }
        wire!($me.control <- $me: queue_idle[$number] = $queue.idle, bad[$number] = $bad);
    };
}

glue! { [const GAW: usize] Controller<GAW>; self => {
    wire!(self.{registers, control, fetch, tokens, counters, overflow} <- self: clock);
    wire!(self.{registers, control} <- self: reset);
    wire!(self.fetch.reset, self.control.restart);
    wire!(self.tokens.reset, self.control.restart);
    wire!(self.counters.clear, self.control.restart);
    wire!(self.overflow.clear, self.control.restart);
    // host port
    wire!(self.registers <- self: req_valid, req_write, req_addr, req_data, resp_ready);
    wire!(self <- self.registers: req_ready, resp_valid, resp_data);
    // the run
    wire!(self.control <- self.registers: start, stop, clear);
    wire!(self.control <- self.fetch: finished, bad_instruction, bad_loop, program_end);
    wire!(self.control.memory_idle, self.memory_idle);
    wire!(self.control.fetch_idle, self.fetch.idle);
    wire!(self <- self.control: restart, cancel, busy, error);
    // the program
    wire!(self.fetch.run, self.control.run);
    wire!(self.fetch <- self.registers: program_address, program_length);
    wire!(self.fetch <- self: cmd_ready = fetch_cmd_ready, word_valid = fetch_data_valid);
    wire!(self.fetch <- self: word = fetch_data);
    wire!(self <- self.fetch: fetch_cmd_valid = cmd_valid, fetch_cmd_addr = cmd_addr);
    wire!(self <- self.fetch: fetch_cmd_len = cmd_len, fetch_urgent = urgent);
    // the engines
    queue!(self, 0, LoadDesc, load_queue, load_start, load_field, load_ready, load_done, load_bad);
    queue!(self, 1, ComputeDesc, compute_queue, compute_start, compute_field, compute_ready, compute_done, compute_bad);
    queue!(self, 2, StoreDesc, store_queue, store_start, store_field, store_ready, store_done, store_bad);
    // status and counters
    wire!(self.registers <- self.control: busy, done, error, stopped);
    for i in 0..4 {
        wire!(self.registers.errors[i], self.control.errors[i]);
    }
    wire!(self.registers.pc, self.fetch.pc);
    wire!(self.registers.overflow, self.overflow.bits);
    for i in 0..2 {
        wire!(self.overflow <- self: overflow_set[i] = overflow_set[i], overflow_tag[i] = overflow_tag[i]);
    }
    wire!(self.registers <- self: loss_sum, mean_loss, correct);
    for i in 0..HYPERPARAMETERS.len() {
        wire!(self.hyper[i], self.registers.hyper[i]);
    }
    wire!(self.counters.busy, self.control.busy);
    wire!(self.counters <- self: phase, stream_active, wait_stationary, wait_hazard, compute_ready);
    wire!(self.counters <- self: word_read, word_written, burst_read, burst_written);
    wire!(self.counters <- self: load_active = load_queue.active, store_active = store_queue.active);
    wire!(self.counters <- self: word_fetched = fetch_data_valid, burst_fetched = fetch_cmd_ready);
    for i in 0..super::counters::COUNTERS {
        wire!(self.registers.count[i], self.counters.count[i]);
    }
}}
