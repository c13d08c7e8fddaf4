pub mod buffer;
pub mod stream;
