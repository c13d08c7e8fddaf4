//! Refresh: whether words stay what they are.

use super::patterns::about;
use super::report::{Finding, Kind, Stage};
use super::session::{SLICES, Session, Stop, Wrong};
use crate::summary::grouped;
use std::collections::BTreeSet;

/// Share of the words of the random patterns that are kept for a while.
const SHARE: u64 = 4;
/// If more than one of so many words is lost, it is not the single cells.
const SINGLE: u64 = 16;

/// Writes words, reads them at once, and again after a while: a cell that is lost goes to one level only, so with
/// a pattern and with its complement.
pub fn test(session: &mut Session) -> Result<Stage, Stop> {
    let (blocks, words) = session.sample(session.options.words / SHARE);
    let half = session.options.wait / 2;
    let (mut wrong, mut lost) = (Vec::new(), Vec::new());
    for complement in [false, true] {
        session.view.begin_part("refresh, writing", 2 * words);
        let mut before = Vec::new();
        for block in blocks.chunks(1) {
            session.fill(block, complement)?;
            before.extend(session.compare(block, complement)?);
        }
        session.view.begin_part("refresh, waiting", SLICES.into());
        session.wait(half)?;
        session.view.begin_part("refresh, reading", words);
        let after = session.compare(&blocks, complement)?;
        let known: BTreeSet<u32> = before.iter().map(|wrong| wrong.address).collect();
        lost.extend(after.into_iter().filter(|wrong| !known.contains(&wrong.address)));
        wrong.extend(before);
    }
    let mut findings = about(session, Kind::WrongWords, &wrong, words, "read wrong at once");
    findings.extend(forgotten(session, &lost, words));
    let all = grouped(session.geometry.words());
    Ok(Stage::new(
        format!("{} of {all} words, kept for {half:?} at both levels", grouped(words)),
        words,
        findings,
    ))
}

/// What was right at first and wrong later.
fn forgotten(session: &Session, lost: &[Wrong], words: u64) -> Vec<Finding> {
    let many = lost.len() as u64 > words / SINGLE;
    let kind = if many { Kind::Forgets } else { Kind::WeakCells };
    about(
        session,
        kind,
        lost,
        words,
        &format!("were right at first and wrong {:?} later", session.options.wait / 2),
    )
}
