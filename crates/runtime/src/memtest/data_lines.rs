//! Data lines: walking ones and zeros, and which lines their faults are on.

use super::report::{Finding, Kind, Stage};
use super::session::{Session, Stop, Wrong};
use super::wires::{DATA_LINES, Wire, data_nets};

const WORD: u32 = 2 * DATA_LINES;

/// What is wrong with a bit of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// It reads the same always.
    Stuck(bool),
    /// It reads as if its line were joined with that of this bit.
    Joined(u32),
    /// Neither.
    Unreliable,
}

/// What was written into a word, and read.
type Sample = (u32, u32);

/// All zeros, all ones, a one that walks, a zero that walks.
fn halfwords() -> Vec<u32> {
    let ones = (0..DATA_LINES).map(|line| 1 << line);
    [0, 0xffff].into_iter().chain(ones.clone()).chain(ones.map(|one: u32| 0xffff ^ one)).collect()
}

/// Words whose halves are all [`halfwords`], each half another at the same time.
fn words() -> Vec<u32> {
    let halves = halfwords();
    let other = halves.iter().cycle().skip(halves.len() / 2);
    halves.iter().zip(other).map(|(low, high)| high << DATA_LINES | low).collect()
}

/// Writes and reads single words at a few places.
pub fn test(session: &mut Session) -> Result<Stage, Stop> {
    let places = session.spread(session.options.places.into(), 2);
    let words = words();
    session.view.begin_part("data lines", 3 * (places.len() * words.len()) as u64);
    let mut samples = Vec::new();
    for place in &places {
        samples.push(walk(session, *place, &words)?);
    }
    let findings = findings(session, &places, &samples);
    let tested = format!("{} patterns at {} addresses", words.len(), places.len());
    Ok(Stage::new(tested, (places.len() * words.len()) as u64, findings))
}

/// After each word its complement goes to the next address, so that the lines do not keep what they had.
fn walk(session: &mut Session, place: u32, words: &[u32]) -> Result<Vec<Sample>, Stop> {
    let mut samples = Vec::new();
    for word in words {
        session.write(place, &[*word, !word])?;
        samples.push((*word, session.read(place, 1)?[0]));
    }
    if samples.iter().all(|(wrote, read)| *read == !wrote) {
        // both addresses are one word: the stage of the address lines tells
        samples.iter_mut().for_each(|(wrote, _)| *wrote = !*wrote);
    }
    Ok(samples)
}

fn findings(session: &Session, places: &[u32], samples: &[Vec<Sample>]) -> Vec<Finding> {
    let bits: Vec<Option<Fault>> = (0..WORD).map(|bit| fault_everywhere(samples, bit)).collect();
    let faulty = |half: u32| (0..DATA_LINES).all(|line| bits[(half * DATA_LINES + line) as usize].is_some());
    match (faulty(0), faulty(1)) {
        (true, true) => return vec![silent(session, samples)],
        (low, high) if low != high && bits.iter().flatten().count() == DATA_LINES as usize => {
            return vec![half(u32::from(high))];
        }
        _ => {}
    }
    let lines: Vec<Option<LineFault>> = (0..DATA_LINES as usize)
        .map(|line| LineFault::of(bits[line], bits[line + DATA_LINES as usize]))
        .collect();
    let mut findings: Vec<Finding> =
        (0..DATA_LINES).filter_map(|line| line_finding(session, line, &lines, samples)).collect();
    findings.extend(single_places(session, places, samples, &bits));
    findings
}

/// The fault of a bit, if it has one at every place.
fn fault_everywhere(samples: &[Vec<Sample>], bit: u32) -> Option<Fault> {
    let faults: Option<Vec<Fault>> = samples.iter().map(|samples| fault(samples, bit)).collect();
    let faults = faults?;
    let first = *faults.first()?;
    Some(if faults.iter().all(|fault| *fault == first) { first } else { Fault::Unreliable })
}

fn fault(samples: &[Sample], bit: u32) -> Option<Fault> {
    let at = |word: u32, bit: u32| word >> bit & 1 != 0;
    let holds =
        |says: &dyn Fn(u32) -> bool| samples.iter().all(|(wrote, read)| at(*read, bit) == says(*wrote));
    if holds(&|wrote| at(wrote, bit)) {
        return None;
    }
    if let Some(level) = [false, true].into_iter().find(|level| holds(&|_| *level)) {
        return Some(Fault::Stuck(level));
    }
    let half = bit / DATA_LINES * DATA_LINES;
    let joined = (half..half + DATA_LINES).filter(|other| *other != bit).find(|other| {
        holds(&|wrote| at(wrote, bit) & at(wrote, *other))
            || holds(&|wrote| at(wrote, bit) | at(wrote, *other))
            || holds(&|wrote| at(wrote, *other))
    });
    Some(joined.map_or(Fault::Unreliable, Fault::Joined))
}

/// What is wrong with a line, and in which halfwords.
#[derive(Clone, Copy, PartialEq)]
struct LineFault {
    fault: Fault,
    whose: &'static str,
}

impl LineFault {
    /// From the faults of its two bits.
    fn of(low: Option<Fault>, high: Option<Fault>) -> Option<LineFault> {
        let of_line = |fault| match fault {
            Fault::Joined(bit) => Fault::Joined(bit % DATA_LINES),
            other => other,
        };
        match (low.map(of_line), high.map(of_line)) {
            (Some(fault), Some(other)) if fault == other => Some(LineFault { fault, whose: "" }),
            (Some(_), Some(_)) => Some(LineFault { fault: Fault::Unreliable, whose: "" }),
            (Some(fault), None) => Some(LineFault { fault, whose: " in the first halfword of a word only" }),
            (None, Some(fault)) => Some(LineFault { fault, whose: " in the second halfword of a word only" }),
            (None, None) => None,
        }
    }
}

/// What is said about a line; nothing if it was said with the one it is connected with.
fn line_finding(
    session: &Session,
    line: u32,
    lines: &[Option<LineFault>],
    samples: &[Vec<Sample>],
) -> Option<Finding> {
    let wire = Wire::data(session.board, line);
    let LineFault { fault, whose } = lines[line as usize]?;
    Some(match fault {
        Fault::Stuck(level) => {
            let text = format!("{wire} always reads {}{whose}", u32::from(level));
            Finding::new(Kind::DataStuck, text).nets([wire.net])
        }
        Fault::Joined(other) => {
            let partner = Some(LineFault { fault: Fault::Joined(line), whose });
            if other < line && lines[other as usize] == partner {
                return None;
            }
            let other = Wire::data(session.board, other);
            let text = format!("{wire} is connected with {other}{whose}");
            Finding::new(Kind::DataShorted, text).nets([wire.net, other.net])
        }
        Fault::Unreliable => {
            let mask = 1 << line | 1 << (line + DATA_LINES);
            let (wrong, all) = wrong_reads(samples, mask);
            let text = format!("{wire} is wrong in {wrong} of {all} reads{whose}");
            Finding::new(Kind::DataUnreliable, text).nets([wire.net])
        }
    })
}

/// Reads that differ from what was written in one of the bits of a mask, of all.
fn wrong_reads(samples: &[Vec<Sample>], mask: u32) -> (usize, usize) {
    let samples = samples.iter().flatten();
    (samples.clone().filter(|(wrote, read)| (wrote ^ read) & mask != 0).count(), samples.count())
}

/// No line is right.
fn silent(session: &Session, samples: &[Vec<Sample>]) -> Finding {
    let (wrong, all) = wrong_reads(samples, u32::MAX);
    let text = format!("no data line is right: {wrong} of {all} words were not read as they were written");
    Finding::new(Kind::NoAnswer, text).nets(data_nets(session.board, u32::MAX))
}

/// No line is right in one halfword, all are in the other.
fn half(half: u32) -> Finding {
    let (wrong, right) = if half == 0 { ("first", "second") } else { ("second", "first") };
    let text = format!(
        "the {wrong} halfword of every word is wrong and the {right} one right: the SDRAM moves its bursts \
         of two halfwords at another time, or has not understood its mode register (address lines 0, 4 and 5)"
    );
    Finding::new(Kind::HalfWrong, text)
}

/// Words with wrong bits that are right elsewhere.
fn single_places<'a>(
    session: &'a Session,
    places: &'a [u32],
    samples: &'a [Vec<Sample>],
    bits: &'a [Option<Fault>],
) -> impl Iterator<Item = Finding> + 'a {
    let known = (0..WORD).filter(|bit| bits[*bit as usize].is_some()).fold(0, |mask, bit| mask | 1 << bit);
    places.iter().zip(samples).filter_map(move |(address, samples)| {
        let (wrote, read) = *samples.iter().find(|(wrote, read)| (wrote ^ read) & !known != 0)?;
        let text = session.describe(&Wrong { address: *address, wrote, read, again: None });
        let nets = data_nets(session.board, (wrote ^ read) & !known);
        Some(Finding::new(Kind::WrongWords, text).nets(nets).addresses([*address]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_alone_at_both_levels_in_both_halves() {
        for half in [0, DATA_LINES] {
            let seen: Vec<u32> = words().iter().map(|word| word >> half & 0xffff).collect();
            for line in 0..DATA_LINES {
                assert!(seen.contains(&(1 << line)) && seen.contains(&(0xffff ^ 1 << line)));
            }
        }
    }
}
