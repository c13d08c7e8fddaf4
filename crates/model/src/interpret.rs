use crate::{Machine, ModelError};
use ef_program::interpret::Interpreter;
use ef_program::{Command, Instr};

impl Machine {
    pub fn execute(&mut self, command: &Command) -> Result<(), ModelError> {
        match command {
            Command::Load(d) => self.load(d),
            Command::Compute(d) => self.compute(d),
            Command::Store(d) => self.store(d),
        }
    }
}

/// Runs a program: calls `issue` for every command in program order.
pub fn interpret(
    program: &[u64],
    mut issue: impl FnMut(&Command) -> Result<(), ModelError>,
) -> Result<(), ModelError> {
    let mut interpreter = Interpreter::new(program);
    loop {
        match interpreter.step()?.instr {
            Instr::End => return Ok(()),
            Instr::Issue { engine, .. } => issue(&interpreter.command(engine))?,
            _ => {}
        }
    }
}
