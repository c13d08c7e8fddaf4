//! The command line: whole runs, and everything a user can get wrong.

mod bad_input;
mod board;
mod by_channel;
mod common;
mod link;
mod long_runs;
mod memtest;
mod optimisers;
mod rtl;
mod serial;
mod terminal;
mod training;
