//! What several test files share.

pub mod memory_port;
