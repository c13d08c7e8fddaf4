//! The golden model: the whole accelerator at tile level, bit-exact with the RTL, running the same programs.
//!
//! Commands execute one after the other in program order, which is always a legal order (tokens only relax it).
//! Buffers are modelled bank by bank, so that a wrong phase or stride in a program gives the same wrong result
//! as in the RTL. Addresses out of a buffer's range are errors here; the RTL would wrap.
//!
//! - [`Machine`]: state and one method per engine ([`Machine::load`], [`Machine::compute`], [`Machine::store`]).
//! - [`interpret`]: instructions to commands.
//! - [`vector::VectorUnit`]: the vector unit.
//! - [`ModelDevice`]: the machine behind the host's [`ef_isa::Device`] interface.

mod banks;
mod compute;
mod device;
mod error;
mod interpret;
mod load;
mod machine;
mod store;
pub mod vector;

pub use banks::Banks;
pub use device::ModelDevice;
pub use error::ModelError;
pub use interpret::interpret;
pub use machine::{Machine, Scalars, Traffic};
