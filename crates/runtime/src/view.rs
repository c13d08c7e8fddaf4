//! What a person sees of a run: a live view on a terminal, plain lines in a pipe.

use crate::metrics::{EpochRecord, StepRecord};
use crate::progress::Progress;
use crate::summary::grouped;
use ef_tools::terminal::is_live;
use ef_tools::{note, say};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::{Duration, Instant};

/// In a pipe, a line about the steps is printed this often.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Where the messages of a run go.
pub struct View {
    /// Drawn on a terminal only.
    bar: ProgressBar,
    live: bool,
    silent: bool,
    epochs: u32,
    part: String,
    total: u64,
    done: u64,
    last_line: Option<Instant>,
}

impl View {
    /// A live view if standard output is a terminal that can show one.
    pub fn new() -> View {
        View::with(is_live(&std::io::stdout()))
    }

    /// A view that shows nothing but warnings.
    pub fn silent() -> View {
        View { silent: true, ..View::with(false) }
    }

    fn with(live: bool) -> View {
        let (bar, part) = (ProgressBar::hidden(), String::new());
        View { bar, live, silent: false, epochs: 0, part, total: 0, done: 0, last_line: None }
    }

    /// A line that stays.
    pub fn line(&self, text: &str) {
        if self.live {
            self.bar.suspend(|| say!("{text}"));
        } else if !self.silent {
            say!("{text}");
        }
    }

    /// A line that stays, on standard error.
    pub fn warn(&self, text: &str) {
        self.bar.suspend(|| note!("warning: {text}"));
    }

    /// A line on standard error.
    pub fn notice(&self, text: &str) {
        self.bar.suspend(|| note!("{text}"));
    }

    /// Does something that takes long and has no progress to show; meanwhile a line says what it is.
    pub fn stage<T>(&mut self, what: &str, work: impl FnOnce() -> T) -> T {
        if !self.live {
            self.line(&format!("{what} ..."));
            return work();
        }
        let style = "{spinner} {msg} ({elapsed})";
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stdout());
        bar.set_style(ProgressStyle::with_template(style).expect("a valid template"));
        bar.set_message(what.to_string());
        bar.enable_steady_tick(Duration::from_millis(120));
        let result = work();
        bar.finish_and_clear();
        result
    }

    /// The steps begin: `done` of `total`, in `epochs` epochs.
    pub fn begin(&mut self, epochs: u32, total: u64, done: u64) {
        (self.epochs, self.total) = (epochs, total);
        self.begin_bar("{bar:40} {pos}/{len} steps  {elapsed} (left: {eta})\n{msg}", done);
    }

    /// A part of the work begins, of `total` equal pieces.
    pub fn begin_part(&mut self, what: &str, total: u64) {
        self.end();
        (self.part, self.total, self.done) = (what.into(), total, 0);
        self.begin_bar("{bar:40} {percent:>3} %  {msg}  {elapsed} (left: {eta})", 0);
        self.bar.set_message(what.to_string());
        self.last_line = Some(Instant::now());
    }

    /// So many pieces more of the part are done.
    pub fn advance(&mut self, pieces: u64) {
        self.done += pieces;
        self.bar.set_position(self.done);
        if !self.live && self.last_line.is_none_or(|last| last.elapsed() >= LINE_EVERY) {
            self.line(&format!("{}: {} %", self.part, 100 * self.done / self.total.max(1)));
            self.last_line = Some(Instant::now());
        }
    }

    fn begin_bar(&mut self, style: &str, done: u64) {
        if self.live {
            self.bar = ProgressBar::with_draw_target(Some(self.total), ProgressDrawTarget::stdout());
            self.bar.set_style(ProgressStyle::with_template(style).expect("a valid template"));
            self.bar.set_position(done);
            self.bar.reset_eta();
            self.bar.enable_steady_tick(Duration::from_millis(250));
        }
    }

    /// A step is done.
    pub fn step(&mut self, record: &StepRecord, progress: &Progress) {
        let mut text = format!(
            "epoch {}/{}  loss {:.3}  accuracy {:5.1} %",
            progress.epoch,
            self.epochs,
            progress.mean_loss(),
            100.0 * progress.accuracy()
        );
        if record.counters.cycles > 0 && record.device_seconds > 0.0 {
            let speed = record.counters.cycles as f64 / record.device_seconds;
            text += &format!("  {} cycles/s", grouped(speed as u64));
        }
        if record.verified {
            text += "  verified";
        }
        if self.live {
            self.bar.set_message(text);
            self.bar.set_position(record.step);
        } else if self.last_line.is_none_or(|last| last.elapsed() >= LINE_EVERY) {
            self.line(&format!("step {}/{}  {text}", record.step, self.total));
            self.last_line = Some(Instant::now());
        }
    }

    /// An epoch is done.
    pub fn epoch(&mut self, record: &EpochRecord) {
        self.line(&format!(
            "epoch {}/{}  train: loss {:.3}, accuracy {:.2} %  test: loss {:.3}, accuracy {:.2} %  ({:.0} s)",
            record.epoch,
            self.epochs,
            record.train_loss,
            100.0 * record.train_accuracy,
            record.test_loss,
            100.0 * record.test_accuracy,
            record.seconds
        ));
        self.last_line = Some(Instant::now());
    }

    /// Names and figures, one below the other.
    pub fn table(&self, rows: &[(&str, String)]) {
        let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        for (name, figure) in rows {
            self.line(&format!("  {name:width$}  {figure}"));
        }
    }

    /// Removes what is only there while something goes on.
    pub fn end(&mut self) {
        self.bar.finish_and_clear();
        self.bar = ProgressBar::hidden();
    }
}

impl Default for View {
    fn default() -> View {
        View::new()
    }
}
