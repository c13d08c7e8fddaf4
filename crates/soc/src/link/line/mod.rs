//! Bytes and frames on the serial line.

pub mod bit_timer;
pub mod crc;
pub mod slip_decoder;
pub mod slip_encoder;
pub mod uart_rx;
pub mod uart_tx;
