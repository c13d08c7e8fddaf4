//! [`commands`]: the commands that a program issues.

use ef_program::isa::STREAMS;
use ef_program::{Command, ComputeDesc, Descriptor, Engine, Instr, LoadDesc, StoreDesc, Synced};

/// What the controller keeps: the state memory and the descriptors.
#[derive(Default)]
struct State {
    words: Vec<u32>,
    load: LoadDesc,
    compute: ComputeDesc,
    store: StoreDesc,
}

/// Fields of a descriptor in the state memory.
const FIELDS: usize = 64;

impl State {
    fn word(&mut self, engine: Engine, stream: u8, field: u8) -> &mut u32 {
        &mut self.words[(engine as usize * STREAMS + usize::from(stream)) * FIELDS + usize::from(field)]
    }

    fn put(&mut self, engine: Engine, field: u8, word: u32) {
        match engine {
            Engine::Load => self.load.put(field.into(), word),
            Engine::Compute => self.compute.put(field.into(), word),
            Engine::Store => self.store.put(field.into(), word),
        }
    }

    fn command(&self, engine: Engine) -> Command {
        match engine {
            Engine::Load => Command::Load(self.load.clone()),
            Engine::Compute => Command::Compute(self.compute.clone()),
            Engine::Store => Command::Store(self.store.clone()),
        }
    }
}

/// The commands of a program, in the order in which it issues them: up to END, or to what the controller would refuse.
pub fn commands(program: &[u64]) -> Vec<Synced> {
    let mut state = State { words: vec![0; Engine::ALL.len() * STREAMS * FIELDS], ..Default::default() };
    let (mut at, mut loops, mut out) = (0, Vec::new(), Vec::new());
    while let Some(instruction) = program.get(at).and_then(|word| Instr::decode(*word)) {
        at += 1;
        match instruction {
            Instr::End => break,
            Instr::Set { engine, stream, field, value } => {
                *state.word(engine, stream, field) = value;
                state.put(engine, field, value);
            }
            Instr::Add { engine, stream, field, increment } => {
                let word = state.word(engine, stream, field);
                *word = word.wrapping_add(increment);
                let word = *word;
                state.put(engine, field, word);
            }
            Instr::Issue { engine, wait, signal } => {
                out.push(Synced { command: state.command(engine), wait, signal });
            }
            Instr::Loop { count } => loops.push((at, count)),
            Instr::Next => {
                let Some((begin, left)) = loops.last_mut() else { break };
                *left = left.saturating_sub(1);
                if *left > 0 {
                    at = *begin;
                } else {
                    loops.pop();
                }
            }
        }
    }
    out
}
