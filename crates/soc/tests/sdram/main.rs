//! The SDRAM controller against a model of the chip that checks every rule of the data sheet.

mod bench;
mod broken;
mod chip;
mod efficiency;
mod lockstep;
mod parts;
mod traffic;
