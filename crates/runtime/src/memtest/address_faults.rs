//! What wrong address bits mean: a line, or another SDRAM than the one that the bitstream was built for.

use super::geometry::{Bit, Geometry};
use super::report::{Finding, Kind};
use super::session::Session;
use super::wires::Wire;
use crate::summary::grouped;
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};

/// What is known of the bits of addresses.
pub struct Facts {
    /// Without effect.
    pub dead: Vec<Bit>,
    /// Pairs that act as one.
    pub joined: Vec<(Bit, Bit)>,
    /// Without effect at some addresses.
    pub unclear: Vec<Bit>,
}

/// # Errors
/// If a file of `boards/sdram` is wrong.
pub fn findings(facts: &Facts, session: &Session) -> Result<Vec<Finding>> {
    // on connected wires a level that is always there, as that of column bit 0, hides the bits of the others
    let wire = |bit: Bit| Wire::address(session.board, bit);
    let connected: BTreeSet<Wire> = facts.joined.iter().flat_map(|(a, b)| [wire(*a), wire(*b)]).collect();
    let dead: Vec<Bit> = facts.dead.iter().copied().filter(|bit| !connected.contains(&wire(*bit))).collect();
    let smaller = smaller(&dead, session.geometry);
    let mut findings = Vec::new();
    if smaller != session.geometry {
        findings.push(other_part(session, smaller)?);
    }
    let present = |bit: &Bit| match *bit {
        Bit::Column(bit) => bit < smaller.column_bits,
        Bit::Row(bit) => bit < smaller.row_bits,
        Bit::Bank(_) => true,
    };
    let dead: Vec<Bit> = dead.into_iter().filter(present).collect();
    findings.extend(dead_lines(session, &dead));
    findings.extend(joined_lines(session, &facts.joined));
    let unclear = facts.unclear.iter().filter(|bit| !connected.contains(&wire(**bit)));
    findings.extend(unclear.map(|bit| {
        let wire = wire(*bit);
        let text = format!("{wire}: {bit} has an effect at some addresses only");
        Finding::new(Kind::AddressUnreliable, text).nets([wire.net])
    }));
    Ok(findings)
}

/// The geometry without the top columns and rows that are missing. A line that is dead for rows and for columns
/// is no sign of that.
fn smaller(dead: &[Bit], geometry: Geometry) -> Geometry {
    let mut found = geometry;
    let other_use = |bit: Bit| match bit {
        Bit::Column(line) => Bit::Row(line),
        Bit::Row(line) => Bit::Column(line),
        Bit::Bank(line) => Bit::Bank(line),
    };
    let is_missing = |bit: Bit| dead.contains(&bit) && !dead.contains(&other_use(bit));
    while is_missing(Bit::Column(found.column_bits - 1)) {
        found.column_bits -= 1;
    }
    while is_missing(Bit::Row(found.row_bits - 1)) {
        found.row_bits -= 1;
    }
    found
}

fn other_part(session: &Session, found: Geometry) -> Result<Finding> {
    let Geometry { column_bits, row_bits, .. } = session.geometry;
    let mut differences = Vec::new();
    for (what, found, built) in
        [("columns", found.column_bits, column_bits), ("rows", found.row_bits, row_bits)]
    {
        if found != built {
            differences.push(format!("{} {what}, not {}", grouped(1 << found), grouped(1 << built)));
        }
    }
    let mut text = format!(
        "the SDRAM has {}: it is no {}, which the bitstream was built for",
        differences.join(" and "),
        session.board.sdram.name
    );
    let open = (found.row_bits..row_bits).map(|bit| Wire::address(session.board, Bit::Row(bit)));
    let open: Vec<Wire> = open.collect();
    if !open.is_empty() {
        text += &format!("; or it has, and nothing connects {}", list(&open));
    }
    let parts = session.board.sdram_parts()?;
    let fitting = parts.into_iter().filter(|(_, part)| Geometry::from(part) == found);
    let (names, sold_as): (Vec<String>, Vec<String>) = fitting.map(|(name, part)| (name, part.name)).unzip();
    text += &match sold_as.is_empty() {
        true => "; boards/sdram has no part of this size".to_string(),
        false => format!("; parts of this size are {}", sold_as.join(", ")),
    };
    Ok(Finding { parts: names, ..Finding::new(Kind::OtherPart, text).nets(nets(open)) })
}

/// A finding for each wire whose bits have no effect.
fn dead_lines(session: &Session, dead: &[Bit]) -> Vec<Finding> {
    let mut wires: BTreeMap<Wire, Vec<Bit>> = BTreeMap::new();
    for bit in dead {
        wires.entry(Wire::address(session.board, *bit)).or_default().push(*bit);
    }
    let finding = |(wire, bits): (Wire, Vec<Bit>)| {
        let text = format!("{wire} is stuck or not connected: {} has no effect", list(&bits));
        Finding::new(Kind::AddressDead, text).nets([wire.net])
    };
    wires.into_iter().map(finding).collect()
}

/// A finding for each pair of wires that act as one.
fn joined_lines(session: &Session, joined: &[(Bit, Bit)]) -> Vec<Finding> {
    let mut pairs: BTreeMap<BTreeSet<Wire>, Vec<String>> = BTreeMap::new();
    for (a, b) in joined {
        let wires = [*a, *b].map(|bit| Wire::address(session.board, bit));
        pairs.entry(wires.into()).or_default().push(format!("{a} with {b}"));
    }
    let finding = |(wires, bits): (BTreeSet<Wire>, Vec<String>)| {
        let text = format!("{} are connected with each other: {}", list(&wires), list(&bits));
        Finding::new(Kind::AddressShorted, text).nets(nets(wires))
    };
    pairs.into_iter().map(finding).collect()
}

fn nets(wires: impl IntoIterator<Item = Wire>) -> impl Iterator<Item = String> {
    wires.into_iter().map(|wire| wire.net)
}

fn list<'a, T: ToString + 'a>(items: impl IntoIterator<Item = &'a T>) -> String {
    items.into_iter().map(T::to_string).collect::<Vec<_>>().join(" and ")
}
