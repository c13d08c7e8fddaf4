use crate::vector::VectorError;
use ef_isa::Engine;
use ef_isa::interpret::BadProgram;

/// Why the model refuses a command: what the RTL would do silently wrong is an error here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// An address beyond the end of a buffer or of the memory, where the RTL would wrap.
    #[error("address {address} is outside the {buffer} buffer ({depth} entries)")]
    OutOfRange {
        /// Name of the buffer.
        buffer: &'static str,
        /// The address asked for.
        address: i64,
        /// Entries of the buffer.
        depth: usize,
    },
    /// An operation that the engine does not know: its field `op`.
    #[error("the {0:?} engine was issued an undefined operation {1:#x}")]
    BadOperation(Engine, u32),
    /// A command whose two sides move unequal numbers of words: the RTL would wait for ever.
    #[error("the command moves {got} words but its runs hold {expected}")]
    RunMismatch {
        /// Words of the runs.
        expected: usize,
        /// Words that the other side moves.
        got: usize,
    },
    /// A run of a VECTOR that cannot wait in the word buffer: the RTL would wait for ever.
    #[error("a burst waits for {run} words; the word buffer holds {most} of a stream")]
    RunTooLong {
        /// Words that must be there.
        run: u32,
        /// Words that the buffer holds.
        most: u32,
    },
    /// The vector unit refuses its table.
    #[error(transparent)]
    Vector(#[from] VectorError),
    /// The program is malformed.
    #[error(transparent)]
    BadProgram(#[from] BadProgram),
}
