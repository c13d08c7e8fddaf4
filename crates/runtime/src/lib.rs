//! Trains networks on an accelerator, wherever it runs, and shows a person how that goes.
//!
//! ```text
//! NetworkFile --Plans--> LoadedDevice (a Device and its programs) <--- Images of a DataSpec
//!                            |  train / evaluate a batch
//!                          train  --StepRecord, EpochRecord--> Metrics, View, curve, Summary
//!                            |
//!                        checkpoint (safetensors) <--> --resume
//! ```
//!
//! A run is a pure function of network, data, configuration, seed and hyperparameters: the order of the images follows from seed and
//! epoch alone, so that one resumed from a checkpoint ends with the same bits as one that never stopped, on every back end.

pub mod atomic;
pub mod backend;
pub mod checkpoint;
pub mod cli;
pub mod counters;
pub mod curve;
pub mod data;
pub mod evaluate;
pub mod fitting;
pub mod hyper;
pub mod interrupt;
pub mod learning;
pub mod loaded;
pub mod memtest;
pub mod metrics;
pub mod networks;
mod order;
pub mod parameters;
pub mod pixels;
pub mod plans;
pub mod progress;
pub mod run_folder;
pub mod save_every;
pub mod summary;
pub mod train;
mod verify;
pub mod view;

pub use order::epoch_order;
