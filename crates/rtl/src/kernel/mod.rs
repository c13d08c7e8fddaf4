//! The compute engine: the unified kernel, its buffers, and the sequencer that makes every phase of training out of addresses.
//!
//! | module | what |
//! |---|---|
//! | [`ComputeEngine`] | the top: commands in, partial sums out |
//! | [`Sequencer`] | commands to addresses: [`CommandLatch`], [`OpDecode`], [`Fetcher`], [`Streamer`], [`StreamLanes`] |
//! | [`Fetcher`] | stationary matrices: [`FetchControl`], [`Lanes`], [`FetchAddress`] |
//! | [`Streamer`] | streamed vectors: [`StreamControl`], [`HazardTimer`], [`StreamAddress`] |
//! | [`Axis`] | one loop of a nest: [`Counter`], [`Accumulator`] |
//! | [`Array`] | T [`Row`]s of [`Stationary`], [`RowStart`], dot unit and [`Psum`] |

pub mod accumulator;
pub mod array;
pub mod axis;
pub mod command;
pub mod compute_engine;
pub mod counter;
pub mod fetch_address;
pub mod fetch_control;
pub mod fetcher;
pub mod hazard_timer;
pub mod lanes;
pub mod op_decode;
pub mod psum;
pub mod row;
pub mod row_start;
pub mod sequencer;
pub mod stationary;
pub mod stream_address;
pub mod stream_control;
pub mod stream_lanes;
pub mod streamer;

pub use accumulator::Accumulator;
pub use array::Array;
pub use axis::Axis;
pub use command::CommandLatch;
pub use compute_engine::{ComputeEngine, PSUM_READ_LATENCY};
pub use counter::Counter;
pub use fetch_address::FetchAddress;
pub use fetch_control::FetchControl;
pub use fetcher::Fetcher;
pub use hazard_timer::HazardTimer;
pub use lanes::Lanes;
pub use op_decode::OpDecode;
pub use psum::Psum;
pub use row::Row;
pub use row_start::RowStart;
pub use sequencer::Sequencer;
pub use stationary::Stationary;
pub use stream_address::StreamAddress;
pub use stream_control::StreamControl;
pub use stream_lanes::StreamLanes;
pub use streamer::Streamer;
