//! Ctrl-C: the step in progress is finished and saved; a second one ends the program at once.

use anyhow::{Context, Result};
use ef_tools::note;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a shell expects of a program ended by Ctrl-C.
pub const EXIT_CODE: u8 = 130;

/// Whether the user wants the run to end.
#[derive(Clone, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Answers to Ctrl-C (and to the signals TERM and HUP) from now on; once per program.
    ///
    /// # Errors
    /// If the signals are taken already.
    pub fn on_ctrl_c() -> Result<Interrupt> {
        let interrupt = Interrupt::default();
        let handler = interrupt.clone();
        ctrlc::set_handler(move || {
            if handler.raised() {
                note!("interrupted again: stopping without saving; the last checkpoint is intact");
                std::process::exit(EXIT_CODE.into());
            }
            handler.raise();
            note!("interrupted: finishing the current step (Ctrl-C again to stop at once)");
        })
        .context("cannot answer to Ctrl-C")?;
        Ok(interrupt)
    }

    /// Asks the run to end, as Ctrl-C does.
    pub fn raise(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether the run is to end.
    pub fn raised(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
