use ef_program::Engine;
use ef_program::interpret::BadProgram;

/// Why the model refuses a command: what the RTL would do silently wrong is an error here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    #[error("address {address} is outside the {buffer} buffer ({depth} entries)")]
    OutOfRange { buffer: &'static str, address: i64, depth: usize },
    #[error("the {0:?} engine was issued an undefined operation {1:#x}")]
    BadOperation(Engine, u32),
    #[error("the command moves {got} words but its runs hold {expected}")]
    RunMismatch { expected: usize, got: usize },
    #[error(transparent)]
    BadProgram(#[from] BadProgram),
}
