//! Runs one program of the flow: watched, stopped with the flow, its result checked.

use anyhow::{Context, Result, bail};
use ef_tools::Tool;
use std::fs::File;
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const POLL: Duration = Duration::from_millis(50);
/// Lines shown of the output of a program that failed without saying `ERROR`.
const LAST_LINES: usize = 15;

/// Runs `tool` in `dir` until it ends or `cancel` becomes true; afterwards each file of `outputs` must exist and hold something.
///
/// What it prints goes to `TOOL.out` in that folder; `log` is what it writes itself.
pub fn run(
    tool: &Tool,
    args: &[String],
    dir: &Path,
    log: &str,
    outputs: &[String],
    cancel: &AtomicBool,
) -> Result<()> {
    // several runs of one tool must not share a file
    let printed = dir.join(format!("{log}.out"));
    let out = File::create(&printed)?;
    let mut child = Running(
        tool.command()
            .args(args)
            .current_dir(dir)
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out)
            .spawn()
            .with_context(|| format!("cannot start {}", tool.name))?,
    );
    let status = child.wait(cancel).with_context(|| tool.name)?;
    let missing = outputs.iter().find(|file| dir.join(file).metadata().map_or(0, |meta| meta.len()) == 0);
    if !status.success() || missing.is_some() {
        let text =
            [printed, dir.join(log)].map(|path| std::fs::read_to_string(path).unwrap_or_default()).join("\n");
        match missing {
            Some(file) if status.success() => {
                bail!("{} ended without an error and without {file}:\n{}", tool.name, telling(&text))
            }
            _ => bail!("{} failed ({status}):\n{}", tool.name, telling(&text)),
        }
    }
    Ok(())
}

/// The lines with an error, else the last ones.
fn telling(text: &str) -> String {
    let mut errors: Vec<&str> = text.lines().filter(|line| line.contains("ERROR")).collect();
    errors.dedup();
    if errors.is_empty() {
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        errors = lines[lines.len().saturating_sub(LAST_LINES)..].to_vec();
    }
    errors.join("\n")
}

/// A child that does not outlive this value.
struct Running(Child);

impl Running {
    fn wait(&mut self, cancel: &AtomicBool) -> Result<ExitStatus> {
        loop {
            if cancel.load(Ordering::Relaxed) {
                bail!("stopped before it ended");
            }
            if let Some(status) = self.0.try_wait()? {
                return Ok(status);
            }
            std::thread::sleep(POLL);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // both fail only if it has ended, and then there is nothing to do
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
