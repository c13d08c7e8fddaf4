//! Random patterns: each bit of the tested words at both levels.

use super::report::{Finding, Kind, Stage};
use super::session::{NAMED, Session, Stop, Wrong};
use super::wires::data_nets;
use crate::summary::grouped;
use std::collections::BTreeMap;

/// Writes all words before it reads one, with the pattern and with its complement.
pub fn test(session: &mut Session) -> Result<Stage, Stop> {
    let (blocks, words) = session.sample(session.options.words);
    session.view.begin_part("random patterns", 4 * words);
    let mut wrong = Vec::new();
    for complement in [false, true] {
        session.fill(&blocks, complement)?;
        wrong.extend(session.compare(&blocks, complement)?);
    }
    let all = grouped(session.geometry.words());
    let tested = format!("{} of {all} words, each bit at both levels", grouped(words));
    let findings = about(session, Kind::WrongWords, &wrong, words, "read wrong");
    Ok(Stage::new(tested, words, findings))
}

/// One finding about all these words of the `of` that were tested, with the first of them named; none if there
/// is no word.
pub fn about(session: &Session, kind: Kind, wrong: &[Wrong], of: u64, what: &str) -> Vec<Finding> {
    let words: BTreeMap<u32, &Wrong> = wrong.iter().rev().map(|wrong| (wrong.address, wrong)).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let mask = words.values().fold(0, |mask, wrong| mask | (wrong.wrote ^ wrong.read));
    let nets = data_nets(session.board, mask);
    let count = words.len();
    let mut text =
        format!("{} of {} words {what}, on {}", grouped(count as u64), grouped(of), nets.join(", "));
    for wrong in words.values().take(NAMED) {
        text += &format!("\n  {}", session.describe(wrong));
    }
    if count > NAMED {
        text += &format!("\n  and {} more", grouped((count - NAMED) as u64));
    }
    vec![Finding::new(kind, text).nets(nets).addresses(words.keys().take(NAMED).copied())]
}
