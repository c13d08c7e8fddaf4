//! The controller's instructions.
//!
//! One instruction is 64 bits and lies in DRAM as two words, the low half first. The controller fetches in order and hands field values and issues to three
//! engine queues; each engine keeps a descriptor that they change and that an issue executes. Engines run
//! concurrently, each in order; tokens are what orders them among each other. Executing everything one after
//! the other in program order is always a legal execution.
//!
//! Several regular streams of commands share an engine (input tiles, loss tiles, weights, ...). So that the fields
//! of each advance by constant increments inside a loop, the controller keeps a state memory of one word per
//! (engine, stream, field); SET and ADD change that word and send it to the engine's descriptor.
//! The state memory is not cleared: a program sets a word before it adds to it. The descriptor registers are plain
//! registers (no adders); 16-bit fields take the low half of the word.
//!
//! ```text
//!  63..60  59..58  57..52  51..35  34..32  31..0
//!  opcode  engine  field   0       stream  immediate
//!  END     -       -               -       -                 stop when all engines and the memory are idle
//!  ADD     e       f               s       increment         state[e][s][f] += increment; descriptor[e].f = state[e][s][f]
//!  ISSUE   e       -               -       [2:0] wait  [6:4] signal   run descriptor[e]
//!  LOOP    -       -               -       count (1..65535)  repeat up to the matching NEXT
//!  NEXT    -       -               -       -
//!  SET     e       f               s       value             state[e][s][f] = value; descriptor[e].f = value
//! ```
//! `wait` bit f: before starting, take one token from the counter f -> e.
//! `signal` bit f: when finished (results visible to engine f), put one token into the counter e -> f.
//! Loops nest at most [`MAX_LOOPS`] deep.

/// Deepest nesting of LOOP.
pub const MAX_LOOPS: usize = 8;
/// Instructions that a program has at most.
pub const MAX_PROGRAM: usize = (1 << 24) - 1;
/// Streams of field values per engine.
pub const STREAMS: usize = 8;
/// Tokens a counter can hold.
pub const MAX_TOKENS: usize = 255;

/// The engines. The number is that of the instructions and tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Engine {
    /// From DRAM into the buffers.
    Load = 0,
    /// From the buffers into the partial sums.
    Compute = 1,
    /// From the partial sums to DRAM.
    Store = 2,
}

impl Engine {
    /// All engines, by number.
    pub const ALL: [Engine; 3] = [Engine::Load, Engine::Compute, Engine::Store];

    fn from_bits(bits: u64) -> Option<Engine> {
        Engine::ALL.get(bits as usize).copied()
    }
}

/// An instruction, decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Instr {
    /// Stops the program.
    End,
    /// `state[engine][stream][field] = value`, and the field of the engine's descriptor becomes that.
    Set {
        /// Whose descriptor.
        engine: Engine,
        /// 0..8.
        stream: u8,
        /// Index of the field.
        field: u8,
        /// The new value.
        value: u32,
    },
    /// `state[engine][stream][field] += increment`, and the field of the engine's descriptor becomes the sum.
    Add {
        /// Whose descriptor.
        engine: Engine,
        /// 0..8.
        stream: u8,
        /// Index of the field.
        field: u8,
        /// What is added, modulo 2^32.
        increment: u32,
    },
    /// Runs the descriptor of an engine.
    Issue {
        /// The engine that runs it.
        engine: Engine,
        /// Bit f: takes a token from engine f before it starts.
        wait: u8,
        /// Bit f: gives a token to engine f when it is done.
        signal: u8,
    },
    /// Repeats the instructions up to the matching [`Instr::Next`].
    Loop {
        /// How often, at least 1.
        count: u16,
    },
    /// Ends the innermost loop body.
    Next,
}

/// Opcode values, bits 63..60.
pub mod opcode {
    /// Stops the program.
    pub const END: u64 = 0;
    /// Adds to a word of the state memory, and writes the sum into a field.
    pub const ADD: u64 = 1;
    /// Runs a descriptor.
    pub const ISSUE: u64 = 2;
    /// Begins a loop body.
    pub const LOOP: u64 = 3;
    /// Ends the innermost loop body.
    pub const NEXT: u64 = 4;
    /// Writes a word of the state memory and a field.
    pub const SET: u64 = 5;
}

/// Where the parts of an instruction begin, as bits of the 64.
pub mod place {
    /// Four bits, see [`opcode`](super::opcode).
    pub const OPCODE: u64 = 60;
    /// Two bits.
    pub const ENGINE: u64 = 58;
    /// Six bits: the field of the engine's descriptor.
    pub const FIELD: u64 = 52;
    /// Three bits.
    pub const STREAM: u64 = 32;
    /// Of an ISSUE.
    pub const WAIT: u64 = 0;
    /// Of an ISSUE.
    pub const SIGNAL: u64 = 4;
}

/// The words of a program as they lie in DRAM.
pub fn to_words(program: &[u64]) -> Vec<u32> {
    program.iter().flat_map(|instr| [*instr as u32, (instr >> 32) as u32]).collect()
}

/// The inverse of [`to_words`].
pub fn from_words(words: &[u32]) -> Vec<u64> {
    words.chunks_exact(2).map(|word| u64::from(word[0]) | u64::from(word[1]) << 32).collect()
}

impl Instr {
    /// The 64-bit word.
    pub fn encode(self) -> u64 {
        let word = |op: u64, immediate: u64| op << place::OPCODE | immediate;
        let to =
            |engine: Engine, field: u8| (engine as u64) << place::ENGINE | u64::from(field) << place::FIELD;
        let value = |stream: u8, value: u32| u64::from(stream) << place::STREAM | u64::from(value);
        match self {
            Instr::End => word(opcode::END, 0),
            Instr::Set { engine, stream, field, value: new } => {
                word(opcode::SET, to(engine, field) | value(stream, new))
            }
            Instr::Add { engine, stream, field, increment } => {
                word(opcode::ADD, to(engine, field) | value(stream, increment))
            }
            Instr::Issue { engine, wait, signal } => {
                let tokens = u64::from(wait) << place::WAIT | u64::from(signal) << place::SIGNAL;
                word(opcode::ISSUE, to(engine, 0) | tokens)
            }
            Instr::Loop { count } => word(opcode::LOOP, count.into()),
            Instr::Next => word(opcode::NEXT, 0),
        }
    }

    /// `None` for a word that is no instruction: the controller raises `BAD_INSTRUCTION`.
    pub fn decode(word: u64) -> Option<Instr> {
        let engine = Engine::from_bits(word >> place::ENGINE & 3);
        let imm = word as u32;
        let field = (word >> place::FIELD & 63) as u8;
        let stream = (word >> place::STREAM & 7) as u8;
        Some(match word >> place::OPCODE {
            opcode::END => Instr::End,
            opcode::SET => Instr::Set { engine: engine?, stream, field, value: imm },
            opcode::ADD => Instr::Add { engine: engine?, stream, field, increment: imm },
            opcode::ISSUE => {
                let tokens = |at: u64| (word >> at & 7) as u8;
                Instr::Issue { engine: engine?, wait: tokens(place::WAIT), signal: tokens(place::SIGNAL) }
            }
            opcode::LOOP => Instr::Loop { count: imm as u16 },
            opcode::NEXT => Instr::Next,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instruction_decodes_to_itself() {
        for i in [
            Instr::End,
            Instr::Add { engine: Engine::Store, stream: 7, field: 37, increment: 0xffff_fff0 },
            Instr::Set { engine: Engine::Load, stream: 3, field: 1, value: 9 },
            Instr::Issue { engine: Engine::Compute, wait: 5, signal: 1 },
            Instr::Loop { count: 65535 },
            Instr::Next,
        ] {
            assert_eq!(Instr::decode(i.encode()), Some(i));
        }
    }

    #[test]
    fn unknown_opcodes_and_engines_are_rejected() {
        assert_eq!(Instr::decode(15 << 60), None);
        assert_eq!(Instr::decode(opcode::ADD << 60 | 3 << 58), None);
    }
}
