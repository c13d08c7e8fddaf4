//! The SDRAM controller behind the accelerator's memory port.
