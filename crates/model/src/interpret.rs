use crate::{Machine, ModelError};
use ef_program::Command;

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
    ef_program::interpret::commands(program).try_for_each(|issued| issue(&issued?.command))
}
