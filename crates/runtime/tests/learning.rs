//! Runs with the defaults learn, whatever the configuration, the batch and the data.

use ef_runtime::learning::{BATCHES, Case, Data, ENOUGH, EPOCHS, SEEDS, cases, others, sample};
use rayon::prelude::*;

#[test]
fn the_defaults_learn_on_every_configuration_and_batch() {
    let folder = tempfile::tempdir().unwrap();
    Data::ALL.iter().for_each(|data| data.write(folder.path()).unwrap());
    let failed: Vec<String> = sample()
        .par_iter()
        .map(|case| (case, case.run(folder.path()).unwrap()))
        .filter(|(_, (_, accuracy))| *accuracy < ENOUGH)
        .map(|(case, (_, accuracy))| format!("{case}: {:.1} % after {EPOCHS} epochs", 100.0 * accuracy))
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn the_sample_has_every_kind_of_case() {
    let sample = sample();
    let all = cases();
    assert_eq!(all.len(), 2 * BATCHES.len() * (5 * SEEDS.len() + others().count()));
    let covered = |kind: &dyn Fn(&Case) -> String| {
        let kinds = |cases: &[Case]| {
            let mut kinds: Vec<String> = cases.iter().map(kind).collect();
            kinds.sort();
            kinds.dedup();
            kinds
        };
        kinds(&sample) == kinds(&all)
    };
    assert!(covered(&|case| format!("{} {}", case.data, case.config)));
    assert!(covered(&|case| format!("{} {}", case.data, case.batch)));
    assert!(covered(&|case| case.seed.to_string()));
    assert!(covered(&|case| case.optimiser.to_string()));
}

#[test]
fn every_case_on_the_page_has_learned() {
    let page = include_str!("../../../docs/learning.md");
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    // `| configuration | accuracies (epochs) | .. |`
    let cells = rows.flat_map(|row| row.trim_matches('|').split('|').skip(1));
    let accuracies: Vec<f64> = cells
        .flat_map(|cell| cell.split_once('(').unwrap().0.split(','))
        .map(|accuracy| accuracy.trim().parse().unwrap())
        .collect();
    assert_eq!(accuracies.len(), cases().len());
    assert!(accuracies.iter().all(|accuracy| *accuracy >= 100.0 * ENOUGH), "{accuracies:?}");
}
