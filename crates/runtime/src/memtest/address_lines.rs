//! Address lines: which addresses are one cell.

use super::address_faults::{Facts, findings};
use super::report::{Finding, Kind, Stage};
use super::session::{Session, Stop, Stream};
use super::wires::Wire;
use crate::order::generator;
use rand_chacha::rand_core::RngCore;
use std::collections::BTreeSet;

/// What was found around one address: its own word first, then those with one bit of the address changed.
struct Probe {
    addresses: Vec<u32>,
    tags: Vec<u32>,
    read: Vec<u32>,
}

impl Probe {
    /// Writes a word of its own to each address, then reads them all.
    fn around(session: &mut Session, base: u32) -> Result<Probe, Stop> {
        let bits = session.geometry.address_bits();
        let addresses: Vec<u32> = [base].into_iter().chain((0..bits).map(|bit| base ^ 1 << bit)).collect();
        let mut rng = generator(session.options.seed, Stream::Tags as u64);
        let tags: Vec<u32> = addresses.iter().map(|_| rng.next_u32()).collect();
        for (address, tag) in addresses.iter().zip(&tags) {
            session.write(*address, &[*tag])?;
        }
        let mut read = Vec::new();
        for address in &addresses {
            read.push(session.read(*address, 1)?[0]);
        }
        Ok(Probe { addresses, tags, read })
    }

    /// Whether two of the addresses are one cell: both read as what was written there last.
    fn same(&self, a: usize, b: usize) -> bool {
        self.read[a] == self.read[b] && self.tags.contains(&self.read[a])
    }

    /// Whether a changed bit of the address made no difference.
    fn dead(&self, bit: usize) -> bool {
        self.same(0, bit + 1)
    }

    /// Whether changing one of two bits was the same as changing the other.
    fn alike(&self, a: usize, b: usize) -> bool {
        self.same(a + 1, b + 1)
    }

    /// Words that hold nothing that was written.
    fn foreign(&self) -> impl Iterator<Item = (u32, u32)> {
        let pairs = self.addresses.iter().copied().zip(self.read.iter().copied());
        pairs.filter(|(_, read)| !self.tags.contains(read))
    }
}

/// Around the first and the last address, where two joined lines differ from one that has no effect.
pub fn test(session: &mut Session) -> Result<Stage, Stop> {
    let bits = session.geometry.address_bits() as usize;
    let words = 2 * (bits as u64 + 1);
    session.view.begin_part("address lines", 2 * words);
    let low = Probe::around(session, 0)?;
    let high = Probe::around(session, (session.geometry.words() - 1) as u32)?;
    let facts = facts(session, &low, &high)?;
    let mut findings = findings(&facts, session)?;
    // joined lines lead some commands to a bank that is not open
    if facts.joined.is_empty() {
        for (address, read) in low.foreign().chain(high.foreign()) {
            let text = format!("{} reads {read:08x}, which was written nowhere", session.name(address));
            findings.push(Finding::new(Kind::WrongWords, text).addresses([address]));
        }
    }
    Ok(Stage::new(format!("{bits} bits of the address of a word"), words, findings))
}

fn facts(session: &mut Session, low: &Probe, high: &Probe) -> Result<Facts, Stop> {
    let bits = session.geometry.address_bits() as usize;
    let dead: Vec<usize> = (0..bits).filter(|bit| low.dead(*bit) && high.dead(*bit)).collect();
    let live: Vec<usize> = (0..bits).filter(|bit| !dead.contains(bit)).collect();
    let pairs = live.iter().flat_map(|a| live.iter().filter(move |b| a < *b).map(move |b| (*a, *b)));
    // of two joined lines, one level wins: where it is the level of the others, both bits seem dead
    let mut joined: Vec<(usize, usize)> = pairs
        .filter(|(a, b)| {
            (low.alike(*a, *b) && high.alike(*a, *b))
                && [low, high].into_iter().any(|probe| !probe.dead(*a) && !probe.dead(*b))
        })
        .collect();
    let is_unclear = |bit: &usize| {
        (low.dead(*bit) || high.dead(*bit)) && !joined.iter().any(|(a, b)| a == bit || b == bit)
    };
    let unclear: Vec<usize> = live.into_iter().filter(is_unclear).collect();
    for bit in &unclear {
        let probe = if low.dead(*bit) { low } else { high };
        joined.extend(deciding(session, probe.addresses[0], *bit)?.into_iter().map(|other| (*bit, other)));
    }
    let name = |bit: usize| session.geometry.bit(bit as u32);
    Ok(Facts {
        unclear: unclear.into_iter().map(name).collect(),
        dead: dead.into_iter().map(name).collect(),
        joined: joined.into_iter().map(|(a, b)| (name(a), name(b))).collect(),
    })
}

/// The bits that decide whether `bit`, which has no effect at `base`, has one: if they are all on one wire, it is the
/// one that the wire of `bit` is connected with; else none. A bank's wire carries the same bit in every command, an
/// address wire first a row's and then a column's, so that their bits are nowhere alike.
fn deciding(session: &mut Session, base: u32, bit: usize) -> Result<Vec<usize>, Stop> {
    let mut rng = generator(session.options.seed, Stream::Tags as u64);
    let mut others = Vec::new();
    for other in (0..session.geometry.address_bits() as usize).filter(|other| *other != bit) {
        let addresses = [base ^ 1 << other, base ^ 1 << other ^ 1 << bit];
        let tags = [rng.next_u32(), rng.next_u32()];
        for (address, tag) in addresses.into_iter().zip(tags) {
            session.write(address, &[tag])?;
        }
        let read = [session.read(addresses[0], 1)?[0], session.read(addresses[1], 1)?[0]];
        if read != [tags[1]; 2] {
            others.push(other);
        }
    }
    let wire = |bit: usize| Wire::address(session.board, session.geometry.bit(bit as u32));
    let wires: BTreeSet<Wire> = others.iter().map(|other| wire(*other)).collect();
    let one = wires.len() == 1 && !wires.contains(&wire(bit));
    Ok(if one { others } else { Vec::new() })
}
