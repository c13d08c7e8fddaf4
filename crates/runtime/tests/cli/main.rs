//! The command line: whole runs, and everything a user can get wrong.

mod bad_input;
mod common;
mod rtl;
mod training;
