//! `docs/fuzz.md`: what the last campaigns found.

use crate::{Tally, Target};
use std::fmt::Write;

/// The page. `command` is what made it.
pub fn page(command: &str, cases: u64, seed: u64, tallies: &[(&Target, Tally)]) -> String {
    let mut page = format!(
        "# Parsers under damaged input\n\n\
         `{command}` makes this page. {cases} cases of each target, seed {seed}: a valid input with a few changes, parsed, and what\n\
         came out of it used. No case panicked (arithmetic overflow is a panic here), took more than a second, or allocated out of\n\
         proportion to its input; one that did would have failed the command and left its input in a file.\n\n\
         | target | parsed | accepted | refused | slowest case, ms | most memory, KiB | seconds |\n|---|---|---|---|---|---|---|\n"
    );
    for (target, tally) in tallies {
        writeln!(
            page,
            "| {} | {} | {} | {} | {:.1} | {} | {:.0} |",
            target.name,
            target.about,
            tally.accepted,
            tally.refused,
            1e3 * tally.slowest.as_secs_f64(),
            tally.most_bytes.div_ceil(1024),
            tally.time.as_secs_f64()
        )
        .expect("a string takes everything");
    }
    page += "\nMilliseconds, seconds and the memory of hash tables differ from machine to machine; all other figures are the same on every one.\n";
    page
}
