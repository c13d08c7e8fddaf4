use crate::{Machine, ModelError};
use ef_isa::Command;

impl Machine {
    /// Executes one command of any engine.
    ///
    /// # Errors
    /// As [`Machine::load`], [`Machine::compute`] and [`Machine::store`].
    pub fn execute(&mut self, command: &Command) -> Result<(), ModelError> {
        match command {
            Command::Load(d) => self.load(d),
            Command::Compute(d) => self.compute(d),
            Command::Store(d) => self.store(d),
        }
    }
}

/// Runs a program: calls `issue` for every command in program order.
///
/// # Errors
/// If the program is malformed, or `issue` fails: its error.
pub fn interpret(
    program: &[u64],
    mut issue: impl FnMut(&Command) -> Result<(), ModelError>,
) -> Result<(), ModelError> {
    ef_isa::interpret::commands(program).try_for_each(|issued| issue(&issued?.command))
}
