//! The store engine: partial sums through the vector unit back to DRAM. The top is [`StoreEngine`].

pub mod arithmetic;
pub mod class_walk;
pub mod codes;
pub mod drain;
pub mod exponents;
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

pub use store_engine::StoreEngine;
