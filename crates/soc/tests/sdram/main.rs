//! The SDRAM controller against a model of the chip that checks every rule of the data sheet.

mod bench;
mod efficiency;
mod parts;
mod traffic;
