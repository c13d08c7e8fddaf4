//! What is written for a person. Every program of the project writes its lines with [`say!`](crate::say) and [`note!`](crate::note).

use std::fmt::Arguments;
use std::io::{IsTerminal, Write};

/// A line on standard output, as `println!` writes it; but a reader that went away (`doctor | head -1`) does not end the program.
#[macro_export]
macro_rules! say {
    ($($text:tt)*) => { $crate::terminal::line(std::io::stdout(), format_args!($($text)*)) };
}

/// The same on standard error.
#[macro_export]
macro_rules! note {
    ($($text:tt)*) => { $crate::terminal::line(std::io::stderr(), format_args!($($text)*)) };
}

/// Writes a line; if nobody reads it, that is no error.
pub fn line(mut to: impl Write, text: Arguments) {
    let _ = writeln!(to, "{text}");
}

/// Whether a view that moves the cursor may be drawn on `out`: it is a terminal that can (`TERM`), and nobody has forbidden it (`NO_COLOR`,
/// see no-color.org). Else plain lines are written, as in a pipe.
pub fn is_live(out: &impl IsTerminal) -> bool {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    out.is_terminal() && set("TERM").is_some_and(|term| term != "dumb") && set("NO_COLOR").is_none()
}
