//! Short campaigns, and that a campaign would notice.

use cpu_time::ThreadTime;
use ef_fuzz::{Campaign, Target, targets};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A test build is slower than the one of `cargo xtask fuzz`.
const SLOWEST: Duration = Duration::from_secs(5);

fn campaign(folder: &tempfile::TempDir, cases: u64) -> Campaign {
    Campaign { cases, seed: 20_261_127, slowest: SLOWEST, folder: folder.path().into() }
}

/// What one campaign allocates, another one in the same program would count as its own.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn no_parser_panics_or_takes_long_or_allocates_out_of_proportion() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    for target in targets::all().unwrap() {
        let tally = campaign(&folder, 2000).run(&target).unwrap_or_else(|error| panic!("{error:#}"));
        // damage that is always noticed, or never, tries nothing
        assert!(tally.accepted > 20 && tally.refused > 20, "{}: {tally:?}", target.name);
    }
}

/// Longer at work than a case may be.
fn busy() {
    let begin = ThreadTime::now();
    while begin.elapsed() <= SLOWEST {}
}

/// A target of four bytes that does something bad if the first is 3.
fn bad(parse: fn()) -> Target {
    Target {
        name: "bad",
        about: "",
        input: Box::new(|rng| vec![rand::Rng::random_range(rng, 0..4), 1, 2, 3]),
        parse: Box::new(move |input| {
            if input[0] == 3 {
                parse();
            }
            true
        }),
        memory: 1 << 16,
    }
}

#[test]
fn what_a_case_does_wrong_is_told_and_its_input_is_kept() {
    let _alone = alone();
    let cases: [(fn(), &str); 3] = [
        (|| panic!("as it should"), "panics"),
        (busy, "takes 5."),
        (|| drop(std::hint::black_box(vec![1u8; 1 << 20])), "allocates 10"),
    ];
    for (parse, told) in cases {
        let folder = tempfile::tempdir().unwrap();
        let error = campaign(&folder, 100).run(&bad(parse)).unwrap_err().to_string();
        assert!(error.contains("target bad, seed 20261127, case ") && error.contains(told), "{error}");
        let file = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
        assert_eq!(std::fs::read_to_string(file).unwrap(), "03010203\n");
    }
}

#[test]
fn the_page_shows_a_million_cases_of_every_target() {
    let page = include_str!("../../../docs/fuzz.md");
    assert!(page.contains("`cargo xtask fuzz --cases 1000000 --seed "));
    for target in targets::all().unwrap() {
        let row = page.lines().find(|line| line.starts_with(&format!("| {} | ", target.name)));
        let row = row.unwrap_or_else(|| panic!("docs/fuzz.md has no row of {}", target.name));
        // name, what is parsed, accepted, refused
        let cases: u64 = row.split(" | ").skip(2).take(2).map(|count| count.parse::<u64>().unwrap()).sum();
        assert_eq!(cases, 1_000_000, "{row}");
    }
}
