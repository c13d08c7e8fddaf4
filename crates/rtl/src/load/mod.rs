//! The load engine: the reshaping DMA from DRAM into the on-chip buffers. What it does is specified in [`ef_isa::load`].
//!
//! | module | what |
//! |---|---|
//! | [`load_engine`] | the engine: wiring of all below |
//! | [`control`] | decoding, routing, completion |
//! | [`run_reader`] | the DRAM side: bursts to one word stream |
//! | [`read_route`], [`handover_ram`] | bursts from memory, or from the RAM with tiles that the store engine hands on |
//! | [`vectors`] | the vector path, wired from the six below |
//! | [`levels`], [`walker`] | the loop nest, its addresses and phases |
//! | [`collector`] | T words or taps become a vector |
//! | [`code_reader`] | code RAM: a mask or pool code per vector |
//! | [`expander`] | masking and un-pooling |
//! | [`buffer_writer`] | rotation into bank order, write ports |
//! | [`words`] | words into the operand, scratch and code RAMs, pixels unpacked |
//! | [`gather`] | convolution taps, wired from the three below |
//! | [`scratch`] | raw image rows in banks |
//! | [`tap_walker`], [`tap_origin`], [`tap_position`] | addresses, rows and columns of the taps |
//! | [`tap_lanes`] | which lane each tap goes to, and whether it lies in the image |
//! | [`cycles`] | how long commands take |

pub mod control;
pub mod field16;
pub mod load_engine;
pub mod source;
pub mod taps;
pub mod vector;
pub mod words;

pub use source::{handover_ram, read_route, run_reader};
pub use taps::{gather, scratch, tap_lanes, tap_origin, tap_position, tap_walker};
pub use vector::{buffer_writer, code_reader, collector, cycles, expander, levels, vectors, walker};

pub use buffer_writer::BufferWriter;
pub use code_reader::CodeReader;
pub use collector::Collector;
pub use control::LoadControl;
pub use cycles::{gather_cycles, pixel_cycles, unpack_cycles, zero_cycles};
pub use expander::Expander;
pub use field16::Field16;
pub use gather::Gather;
pub use handover_ram::HandoverRam;
pub use levels::Levels;
pub use load_engine::LoadEngine;
pub use read_route::ReadRoute;
pub use run_reader::RunReader;
pub use scratch::Scratch;
pub use tap_lanes::TapLanes;
pub use tap_origin::TapOrigin;
pub use tap_position::TapPosition;
pub use tap_walker::TapWalker;
pub use vectors::Vectors;
pub use walker::Walker;
pub use words::Words;
