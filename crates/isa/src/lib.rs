//! The one place where an encoding, a parameter or a data layout of the accelerator is defined.
//!
//! RTL, golden model, compiler, runtime and documents all derive from here.
//!
//! - [`config`]: named configurations (lanes and buffer depths).
//! - [`instr`]: the controller's instructions: descriptor increments, issues with tokens, loops.
//! - [`interpret`]: a program, instruction by instruction.
//! - [`load`], [`compute`], [`store`]: the three engines' descriptors, field by field.
//! - [`vector`]: the programs of the vector unit.
//! - [`op`]: the bits of their operations; what a command reads and writes follows from its descriptor ([`accesses`]).
//! - [`regs`]: the register map of the host port.
//! - [`device`], [`run`]: what a host can do with an accelerator, and how a run is watched.
//! - [`layout`]: how maps, weights, packed codes and raw images lie in DRAM.

mod command;
pub mod compute;
pub mod config;
pub mod device;
mod effect;
mod fields;
pub mod instr;
pub mod interpret;
pub mod layout;
pub mod load;
pub mod op;
pub mod regs;
pub mod run;
pub mod store;
pub mod vector;

pub use command::{Command, Synced};
pub use compute::ComputeDesc;
pub use config::Config;
pub use device::{Device, DeviceError, MemoryUse};
pub use effect::{Access, Accesses, Space, accesses};
pub use fields::{Descriptor, Field};
pub use instr::{Engine, Instr};
pub use load::LoadDesc;
pub use regs::Hyperparameters;
pub use store::StoreDesc;
