//! The store engine: partial sums through the vector unit back to DRAM. The top is [`StoreEngine`].
//!
//! | module | what |
//! |---|---|
//! | [`StoreEngine`] | the top: commands in, bursts out |
//! | [`StoreControl`](store_control::StoreControl), [`StoreLatch`](store_latch::StoreLatch) | one command at a time |
//! | [`Drain`](drain::Drain) | MAP: [`MapWalk`](map_walk::MapWalk), T [`PoolLane`](pool_lane::PoolLane)s, [`Serialise`](serialise::Serialise), [`Codes`](codes::Codes) |
//! | [`VectorUnit`](vector::VectorUnit) | VECTOR: recipes as tables of control words |
//! | [`OperandRam`](operand_ram::OperandRam), [`PsumPort`](psum_port::PsumPort) | where its words come from; [`WordRam`](word_ram::WordRam) |
//! | [`HandoverWriter`](handover_writer::HandoverWriter) | words of a map to the hand-over RAM |
//! | [`WordMux`](word_mux::WordMux), [`WordBuffer`](word_buffer::WordBuffer), [`RunWriter`](run_writer::RunWriter) | words to memory |
//!
//! Every pipeline here is free-running: tokens in a [`TokenLine`](token_line::TokenLine) say when a step's operands are there, and
//! what does not fit into the word buffer is not begun. Only the words between the buffer and memory ever wait.

pub mod map;
pub mod operand_ram;
pub mod psum_port;
pub mod store_control;
pub mod store_engine;
pub mod store_latch;
pub mod token_line;
pub mod vector;
pub mod write;

pub use map::{codes, drain, map_walk, order_key, pool_lane, serialise};
pub use write::{handover_writer, run_writer, word_buffer, word_mux, word_ram};

pub use store_engine::StoreEngine;
