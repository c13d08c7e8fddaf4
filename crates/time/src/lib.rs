//! The model of time: what a list of commands, or a program, takes on the accelerator, without simulating it.
//!
//! ```text
//!  program --Controller--+
//!    Fetch <--words--+   v
//!  commands --Queues-|-> Load, Kernel, Store --bursts--> Port --> Dram
//!     tokens <-- done+---------------------------bursts-> (arbiter)
//! ```
//!
//! Engines, queues, tokens, arbiter and memory are followed command by command and burst by burst, never word by word: within a burst
//! the times follow from the rates. Every number comes from a constant beside the RTL that has it (`ef_rtl`), from the configuration,
//! or from the description of the memory. What is modelled, and how exact it is: `docs/time.md`.
//!
//! ```
//! use ef_isa::config::FP32_8X8;
//! use ef_isa::load::{LoadOp, WordBuffer};
//! use ef_isa::{Command, LoadDesc, Synced};
//! use ef_time::{BurstMemory, Memory, predict};
//!
//! let op = LoadOp::words(WordBuffer::Operand).encode();
//! let load = LoadDesc { op, run: 100, n_run0: 2, d_run0: 100, n_run1: 1, ..Default::default() };
//! let command = Synced { command: Command::Load(load), wait: 0, signal: 0 };
//! let memory = Memory::Burst(BurstMemory { cycles_per_word: 2, latency: 8, restart: 4 });
//! let report = predict(&FP32_8X8, &[command], memory);
//! assert_eq!((report.read.words, report.read.bursts), (200, 2));
//! assert!(report.cycles > 400);
//! ```

mod compute;
mod dram;
mod feed;
mod load;
mod machine;
mod memory;
mod port;
mod queue;
mod report;
mod store;

pub use ef_rtl::load::pixel_cycles;
pub use memory::{BurstMemory, Memory, SdramTiming};
pub use report::{Report, Span, Traffic};

use ef_isa::interpret::BadProgram;
use ef_isa::{Config, Synced};
use ef_rtl::control::fetch::FIRST_PUSH;
use feed::{Controller, List, Program};
use machine::Machine;

/// What the commands take, given to the engines as fast as their queues accept them: without the fetch of a program, which shares the
/// memory port with them and takes some percent more.
pub fn predict(config: &Config, commands: &[Synced], memory: Memory) -> Report {
    let list = List::new(commands, FIRST_PUSH);
    Machine::new(config, commands, list, memory).run(&mut ())
}

/// [`predict`], and when each command started and was done, in the order of `commands`.
pub fn predict_spans(config: &Config, commands: &[Synced], memory: Memory) -> (Report, Vec<Span>) {
    let list = List::new(commands, FIRST_PUSH);
    let mut spans = vec![Span::default(); commands.len()];
    let report = Machine::new(config, commands, list, memory).run(&mut spans);
    (report, spans)
}

/// What a program takes, as the controller fetches and executes it. It is taken to lie at word 0, where an SDRAM is asked for it.
///
/// # Errors
/// If the controller refuses the program.
pub fn predict_program(config: &Config, program: &[u64], memory: Memory) -> Result<Report, BadProgram> {
    let program = Program::unroll(program)?;
    let controller = Controller::new(&program, config);
    Ok(Machine::new(config, &program.commands, controller, memory).run(&mut ()))
}
