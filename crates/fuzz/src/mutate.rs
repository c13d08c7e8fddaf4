//! Small damage to valid input.

use rand::Rng;
use rand::seq::IndexedRandom;

/// Numbers at which something may overflow, or that are no numbers at all.
const EXTREME: [&str; 24] = [
    "0",
    "1",
    "2",
    "-1",
    "3",
    "7",
    "255",
    "256",
    "32767",
    "32768",
    "65535",
    "65536",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "4611686018427387904",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "1e300",
    "-0.0",
    "nan",
    "inf",
];

/// Pieces that a TOML file is made of, whole and broken.
const PIECES: [&str; 20] = [
    "[[layer]]",
    "[layer]",
    "[input]",
    "kind = \"conv\"",
    "kind = \"relu\"",
    "kind = \"max_pool\"",
    "kind = \"fc\"",
    "outputs = 8",
    "kernel = 3",
    "padding = 1",
    "scale_shift = 4",
    "stride = 2",
    "name = \"..\"",
    "[",
    "\"\"\"",
    "= 3",
    "a.b.c = 1",
    "x = [[[[[[[[",
    "y = { z = { } }",
    "\u{feff}",
];

/// A text with one to four changes; not always valid UTF-8.
pub fn text(rng: &mut impl Rng, text: &str) -> Vec<u8> {
    let mut lines: Vec<String> = text.lines().map(String::from).collect();
    for _ in 0..rng.random_range(1..=4) {
        change_lines(rng, &mut lines);
    }
    let mut bytes = lines.join("\n").into_bytes();
    if rng.random_ratio(1, 8) {
        change_bytes(rng, &mut bytes);
    }
    bytes
}

fn change_lines(rng: &mut impl Rng, lines: &mut Vec<String>) {
    if lines.is_empty() {
        lines.push(String::new());
    }
    let at = rng.random_range(0..lines.len());
    let line = lines[at].clone();
    match rng.random_range(0..10) {
        0..=4 => lines[at] = with_number(rng, &line),
        5 => lines[at] = with_key(rng, &line),
        6 => drop(lines.remove(at)),
        7 => lines.insert(rng.random_range(0..=lines.len()), line),
        8 => {
            let other = rng.random_range(0..lines.len());
            lines.swap(at, other);
        }
        _ => lines.insert(at, PIECES.choose(rng).expect("there are pieces").to_string()),
    }
}

/// The line with one of its numbers, or else its value, replaced.
fn with_number(rng: &mut impl Rng, line: &str) -> String {
    let number = match rng.random_range(0..3) {
        0 => rng.random_range(0..300).to_string(),
        1 => (1u64 << rng.random_range(0..63)).to_string(),
        _ => EXTREME.choose(rng).expect("there are numbers").to_string(),
    };
    let digits: Vec<usize> =
        line.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(i, _)| i).collect();
    match (digits.choose(rng), line.split_once('=')) {
        (Some(&start), _) => {
            let end = start + line[start..].find(|c: char| !c.is_ascii_digit()).unwrap_or(line.len() - start);
            format!("{}{number}{}", &line[..start], &line[end..])
        }
        (None, Some((key, _))) => format!("{key}= {number}"),
        (None, None) => line.into(),
    }
}

/// The line with a letter of its key changed, doubled or left away.
fn with_key(rng: &mut impl Rng, line: &str) -> String {
    let letters = line.chars().take_while(|c| *c != '=').count();
    if letters == 0 {
        return line.into();
    }
    let at = rng.random_range(0..letters);
    let change = rng.random_range(0..3);
    let changed = line.chars().enumerate().flat_map(|(i, c)| match (i == at, change) {
        (true, 0) => vec![],
        (true, 1) => vec![c, c],
        (true, _) => vec!['q'],
        (false, _) => vec![c],
    });
    changed.collect()
}

/// Bytes with one to four changes.
pub fn bytes(rng: &mut impl Rng, valid: &[u8]) -> Vec<u8> {
    let mut bytes = valid.to_vec();
    for _ in 0..rng.random_range(1..=4) {
        change_bytes(rng, &mut bytes);
    }
    bytes
}

fn change_bytes(rng: &mut impl Rng, bytes: &mut Vec<u8>) {
    if bytes.is_empty() {
        bytes.push(rng.random());
    }
    // headers are at the beginning
    let reach = if rng.random_bool(0.5) { bytes.len() } else { bytes.len().min(64) };
    let at = rng.random_range(0..reach);
    match rng.random_range(0..7) {
        0 => bytes[at] ^= 1 << rng.random_range(0..8),
        1 => bytes[at] = *[0, 1, 0x7f, 0x80, 0xc0, 0xdb, 0xdc, 0xff].choose(rng).expect("there are bytes"),
        2 => bytes.truncate(at),
        3 => drop(bytes.remove(at)),
        4 => bytes.insert(at, rng.random()),
        5 => {
            let end = (at + rng.random_range(1..40)).min(bytes.len());
            let again = bytes[at..end].to_vec();
            bytes.splice(at..at, again);
        }
        _ => {
            let number =
                1u64.checked_shl(rng.random_range(0..65)).unwrap_or(0).wrapping_sub(rng.random_range(0..2));
            let wide = if rng.random() { number.to_le_bytes() } else { number.to_be_bytes() };
            let width = *[2, 4, 8].choose(rng).expect("there are widths");
            let word = if rng.random() { &wide[..width] } else { &wide[8 - width..] };
            for (byte, new) in bytes[at..].iter_mut().zip(word) {
                *byte = *new;
            }
        }
    }
}
