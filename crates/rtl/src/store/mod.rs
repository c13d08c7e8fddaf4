//! The store engine: partial sums through the vector unit back to DRAM. The top is [`StoreEngine`].
//!
//! | module | what |
//! |---|---|
//! | [`StoreEngine`] | the top: commands in, bursts out |
//! | [`StoreControl`](store_control::StoreControl), [`StoreLatch`](store_latch::StoreLatch) | one command at a time |
//! | [`Drain`](drain::Drain) | MAP: [`MapWalk`](map_walk::MapWalk), T [`PoolLane`](pool_lane::PoolLane)s, [`Serialise`](serialise::Serialise), [`Codes`](codes::Codes) |
//! | [`Update`](update::Update) | UPDATE: [`UpdateWalk`](update_walk::UpdateWalk), the times of its steps in [`update_schedule`] |
//! | [`Softmax`](softmax::Softmax) | SOFTMAX: [`SoftmaxControl`](softmax_control::SoftmaxControl), [`ClassWalk`](class_walk::ClassWalk), [`ArgMax`](class_walk::ArgMax), [`Exponents`](exponents::Exponents), [`SoftmaxTotals`](softmax_totals::SoftmaxTotals), [`SoftmaxSteps`](softmax_steps::SoftmaxSteps) |
//! | [`Arithmetic`](arithmetic::Arithmetic), [`OperandRam`](operand_ram::OperandRam), [`PsumPort`](psum_port::PsumPort) | what they share; [`WordRam`](word_ram::WordRam) |
//! | [`HandoverWriter`](handover_writer::HandoverWriter) | words of a map to the hand-over RAM |
//! | [`WordMux`](word_mux::WordMux), [`WordBuffer`](word_buffer::WordBuffer), [`RunWriter`](run_writer::RunWriter) | words to memory |
//!
//! Every pipeline here is free-running: tokens in a [`TokenLine`](token_line::TokenLine) say when a step's operands are there, and
//! what does not fit into the word buffer is not begun. Only the words between the buffer and memory ever wait.

pub mod arithmetic;
pub mod class_walk;
pub mod codes;
pub mod drain;
pub mod exponents;
pub mod handover_writer;
pub mod hold;
pub mod lane_constants;
pub mod map_walk;
pub mod operand_ram;
pub mod order_key;
pub mod pool_lane;
pub mod psum_port;
pub mod run_writer;
pub mod serialise;
pub mod softmax;
pub mod softmax_control;
pub mod softmax_steps;
pub mod softmax_totals;
pub mod store_control;
pub mod store_engine;
pub mod store_latch;
pub mod token_line;
pub mod update;
pub mod update_schedule;
pub mod update_walk;
pub mod word_buffer;
pub mod word_mux;
pub mod word_ram;

pub use store_engine::StoreEngine;
