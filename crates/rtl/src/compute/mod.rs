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
pub mod fetch;
pub mod op_decode;
pub mod sequencer;
pub mod stream;

pub use array::{psum, row, row_start, stationary};
pub use fetch::{fetch_address, fetch_control, fetcher, lanes};
pub use stream::{hazard_timer, stream_address, stream_control, stream_lanes, streamer};

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
