//! Shows what is being done and for how long: live on a terminal, lines in a pipe.

use ef_tools::note;
use ef_tools::terminal::is_live;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::time::{Duration, Instant};

/// The display of a build.
pub struct Stages {
    live: Option<MultiProgress>,
}

/// One stage of it; dropped without [`done`](Stage::done) it counts as failed.
pub struct Stage<'a> {
    stages: &'a Stages,
    name: String,
    start: Instant,
    bar: Option<ProgressBar>,
    result: Option<String>,
}

impl Stages {
    pub fn new() -> Stages {
        Stages { live: is_live(&std::io::stderr()).then(MultiProgress::new) }
    }

    pub fn start(&self, name: impl Into<String>) -> Stage<'_> {
        let name = name.into();
        let bar = self.live.as_ref().map(|live| {
            let style = ProgressStyle::with_template("{spinner} {msg} {elapsed}").expect("a fixed template");
            let bar = live.add(ProgressBar::new_spinner().with_style(style).with_message(name.clone()));
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        if bar.is_none() {
            note!("{name} ...");
        }
        Stage { stages: self, name, start: Instant::now(), bar, result: None }
    }

    fn say(&self, line: &str) {
        match &self.live {
            // fails only if the terminal has gone away
            Some(live) => drop(live.println(line)),
            None => note!("{line}"),
        }
    }
}

impl Stage<'_> {
    /// Ends it with what came out.
    pub fn done(mut self, result: impl Into<String>) {
        self.result = Some(result.into());
    }
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let result = self.result.take().unwrap_or_else(|| "failed".into());
        self.stages.say(&format!("{}: {result} ({})", self.name, minutes(self.start.elapsed())));
    }
}

/// Minutes and seconds.
fn minutes(time: Duration) -> String {
    format!("{}:{:02}", time.as_secs() / 60, time.as_secs() % 60)
}
