//! The host link: UART, frames, and the reads and writes they ask for.
