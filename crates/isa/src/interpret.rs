//! [`Interpreter`]: a program, instruction by instruction, as the controller executes it.

use crate::{Command, ComputeDesc, Descriptor, Engine, Instr, LoadDesc, StoreDesc, Synced, instr};

/// Why a program cannot be executed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("instruction {pc}: {what}")]
pub struct BadProgram {
    /// Number of the instruction.
    pub pc: usize,
    /// What is wrong with it.
    pub what: &'static str,
}

/// An instruction that has been executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its number in the program.
    pub pc: usize,
    /// What it was.
    pub instr: Instr,
}

/// The commands that a program issues, in its order. After an error there are none.
///
/// # Errors
/// See [`Interpreter::step`].
pub fn commands(program: &[u64]) -> impl Iterator<Item = Result<Synced, BadProgram>> {
    let mut interpreter = Interpreter::new(program);
    let mut over = false;
    std::iter::from_fn(move || {
        while !over {
            match interpreter.step() {
                Ok(Step { instr: Instr::Issue { engine, wait, signal }, .. }) => {
                    return Some(Ok(Synced { command: interpreter.command(engine), wait, signal }));
                }
                Ok(Step { instr, .. }) => over = instr == Instr::End,
                Err(error) => {
                    over = true;
                    return Some(Err(error));
                }
            }
        }
        None
    })
}

/// Streams of fields of an engine.
type Fields = [[Option<u32>; 64]; instr::STREAMS];

/// What the controller holds: descriptors, state memory, loops, program counter.
pub struct Interpreter<'a> {
    program: &'a [u64],
    pc: usize,
    load: LoadDesc,
    compute: ComputeDesc,
    store: StoreDesc,
    /// By engine; `None` before the first SET.
    state: [Fields; Engine::ALL.len()],
    /// First instruction and turns left.
    loops: Vec<(usize, u16)>,
}

impl<'a> Interpreter<'a> {
    /// Before the first instruction of `program`, with empty loops and state memory.
    pub fn new(program: &'a [u64]) -> Self {
        Interpreter {
            program,
            pc: 0,
            load: LoadDesc::default(),
            compute: ComputeDesc::default(),
            store: StoreDesc::default(),
            state: [[[None; 64]; instr::STREAMS]; Engine::ALL.len()],
            loops: Vec::new(),
        }
    }

    /// The number of the next instruction.
    pub fn pc(&self) -> usize {
        self.pc
    }

    /// Executes the next instruction, which is not repeated after END.
    ///
    /// # Errors
    /// If there is none, it is none, or it does what the controller refuses.
    pub fn step(&mut self) -> Result<Step, BadProgram> {
        let pc = self.pc;
        let word = *self.program.get(pc).ok_or(BadProgram { pc, what: "the program has no END" })?;
        let instr = Instr::decode(word).ok_or(BadProgram { pc, what: "not an instruction" })?;
        self.pc += 1;
        self.execute(instr).map_err(|what| BadProgram { pc, what })?;
        Ok(Step { pc, instr })
    }

    /// What an ISSUE runs on an engine.
    pub fn command(&self, engine: Engine) -> Command {
        match engine {
            Engine::Load => Command::Load(self.load.clone()),
            Engine::Compute => Command::Compute(self.compute.clone()),
            Engine::Store => Command::Store(self.store.clone()),
        }
    }

    fn execute(&mut self, instr: Instr) -> Result<(), &'static str> {
        match instr {
            Instr::End | Instr::Issue { .. } => Ok(()),
            Instr::Set { engine, stream, field, value } => self.put(engine, stream, field, |_| Some(value)),
            Instr::Add { engine, stream, field, increment } => {
                self.put(engine, stream, field, |old| old.map(|value| value.wrapping_add(increment)))
            }
            Instr::Loop { count: 0 } => Err("LOOP 0"),
            Instr::Loop { .. } if self.loops.len() == instr::MAX_LOOPS => Err("LOOP nested too deep"),
            Instr::Loop { count } => {
                self.loops.push((self.pc, count));
                Ok(())
            }
            Instr::Next => {
                let (start, left) = self.loops.last_mut().ok_or("NEXT without LOOP")?;
                *left -= 1;
                if *left > 0 {
                    self.pc = *start;
                } else {
                    self.loops.pop();
                }
                Ok(())
            }
        }
    }

    /// Changes a word of the state memory, and with it a field of the engine's descriptor.
    fn put(
        &mut self,
        engine: Engine,
        stream: u8,
        field: u8,
        change: impl Fn(Option<u32>) -> Option<u32>,
    ) -> Result<(), &'static str> {
        fn into<D: Descriptor>(descriptor: &mut D, field: usize, value: u32) -> Option<()> {
            (field < D::FIELDS.len()).then(|| descriptor.put(field, value))
        }
        let field = usize::from(field);
        let word = self.state[engine as usize][usize::from(stream)].get_mut(field).ok_or("no such field")?;
        let value = change(*word).ok_or("ADD to a field that was never SET")?;
        *word = Some(value);
        match engine {
            Engine::Load => into(&mut self.load, field, value),
            Engine::Compute => into(&mut self.compute, field, value),
            Engine::Store => into(&mut self.store, field, value),
        }
        .ok_or("no such field")
    }
}
