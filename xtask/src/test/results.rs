//! Runs test programs side by side and tells how each went.

use anyhow::{Context, Result};
use ef_tools::say;
use std::process::Command;
use std::sync::Mutex;
use std::time::Instant;

/// Runs the named commands, as many at a time as there are processors, in this order. Of one that passes a line is
/// printed, of one that fails all that it has printed. Are all fine?
pub fn run(commands: Vec<(String, Command)>) -> bool {
    let queue = Mutex::new(commands.into_iter());
    let next = || queue.lock().ok().and_then(|mut queue| queue.next());
    let worker = || {
        let mut passed = true;
        while let Some((name, command)) = next() {
            passed &= one(&name, command).unwrap_or_else(|error| {
                say!("{name}: {error:#}");
                false
            });
        }
        passed
    };
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..processors).map(|_| scope.spawn(worker)).collect();
        // all are waited for, whatever the others say
        workers.into_iter().map(|worker| worker.join().unwrap_or(false)).fold(true, |all, one| all & one)
    })
}

fn one(name: &str, mut command: Command) -> Result<bool> {
    let start = Instant::now();
    // what does not come from a test, such as the message of a crash, goes to standard error
    let output = command.output().with_context(|| format!("cannot start {command:?}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let seconds = start.elapsed().as_secs();
    if output.status.success() {
        say!("{name}: {} tests passed in {seconds} s", passed(&text));
    } else {
        say!(
            "{name}: failed in {seconds} s, {}\n{text}{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(output.status.success())
}

/// Tests that passed, by the summaries that test programs print.
fn passed(text: &str) -> u64 {
    text.lines()
        .filter_map(|line| line.strip_prefix("test result: ok. ")?.split(' ').next()?.parse::<u64>().ok())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> (String, Command) {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        (script.into(), command)
    }

    #[test]
    fn one_failure_among_many_is_a_failure_and_all_run() {
        let folder = tempfile::tempdir().unwrap();
        let touch = |name: &str| shell(&format!("touch {}", folder.path().join(name).display()));
        assert!(run(vec![touch("a"), touch("b")]));
        assert!(!run(vec![touch("c"), shell("exit 101"), touch("d")]));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4);
    }

    #[test]
    fn a_program_that_cannot_start_or_is_killed_is_a_failure() {
        assert!(!run(vec![("gone".into(), Command::new("/nowhere/at/all"))]));
        assert!(!run(vec![shell("kill -9 $$")]));
    }

    #[test]
    fn the_passed_tests_of_all_summaries_are_added_up() {
        let text =
            "test a ... ok\n\ntest result: ok. 4 passed; 0 failed; 1 ignored\ntest result: ok. 3 passed; 0";
        assert_eq!(passed(text), 7);
    }
}
