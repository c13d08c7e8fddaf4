//! Values of a network file that have rules of their own.

use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Unexpected, Visitor};
use std::fmt;

/// The number 2, the only one that pooling knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Two;

impl<'de> Deserialize<'de> for Two {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Two, D::Error> {
        from.deserialize_any(JustTwo)?;
        Ok(Two)
    }
}

/// A number for rows and one for columns: a single one for both, or `[rows, columns]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Of rows.
    pub rows: usize,
    /// Of columns.
    pub columns: usize,
}

/// A number for each side of a map: a single one for all, `[rows, columns]`, or `[top, bottom, left, right]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sides {
    /// Above and below.
    pub rows: (usize, usize),
    /// To the left and to the right.
    pub columns: (usize, usize),
}

impl Pair {
    /// The stride and the dilation of a convolution that says none.
    pub(super) fn one() -> Pair {
        Pair { rows: 1, columns: 1 }
    }
}

impl<'de> Deserialize<'de> for Pair {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Pair, D::Error> {
        let expected = "a whole number, or two in a list, [rows, columns], is needed";
        match from.deserialize_any(Numbers { expected, counts: &[2] })?[..] {
            [both] => Ok(Pair { rows: both, columns: both }),
            [rows, columns] => Ok(Pair { rows, columns }),
            _ => unreachable!("the visitor has counted them"),
        }
    }
}

impl<'de> Deserialize<'de> for Sides {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Sides, D::Error> {
        let expected = "a whole number, [rows, columns] or [top, bottom, left, right] is needed";
        match from.deserialize_any(Numbers { expected, counts: &[2, 4] })?[..] {
            [all] => Ok(Sides { rows: (all, all), columns: (all, all) }),
            [rows, columns] => Ok(Sides { rows: (rows, rows), columns: (columns, columns) }),
            [top, bottom, left, right] => Ok(Sides { rows: (top, bottom), columns: (left, right) }),
            _ => unreachable!("the visitor has counted them"),
        }
    }
}

/// What a layer has that does not say otherwise.
pub fn yes() -> bool {
    true
}

/// The groups of a convolution that says none.
pub fn one() -> usize {
    1
}

/// The momentum of a batch normalisation that says none.
pub fn tenth() -> f32 {
    0.1
}

/// The slope of a leaky ReLU that says none.
pub fn hundredth() -> f32 {
    0.01
}

/// The epsilon of a batch normalisation that says none.
pub fn epsilon() -> f32 {
    1e-5
}

/// One whole number, or a list of some.
struct Numbers {
    expected: &'static str,
    /// How many may be in a list.
    counts: &'static [usize],
}

impl<'de> Visitor<'de> for Numbers {
    type Value = Vec<usize>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Vec<usize>, E> {
        let number =
            usize::try_from(value).map_err(|_| E::invalid_value(Unexpected::Signed(value), &self))?;
        Ok(vec![number])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<usize>, A::Error> {
        let mut numbers = Vec::new();
        while let Some(value) = list.next_element::<i64>()? {
            let number = usize::try_from(value);
            numbers.push(number.map_err(|_| de::Error::invalid_value(Unexpected::Signed(value), &self))?);
            if numbers.len() > 4 {
                break;
            }
        }
        match self.counts.contains(&numbers.len()) {
            true => Ok(numbers),
            false => Err(de::Error::invalid_length(numbers.len(), &self)),
        }
    }
}

/// The number 2.
struct JustTwo;

impl Visitor<'_> for JustTwo {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("2 is needed (max_pool takes the largest of 2 x 2 pixels, stride 2; only 2 is possible)")
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<(), E> {
        if value == 2 { Ok(()) } else { Err(E::invalid_value(Unexpected::Signed(value), &self)) }
    }
}

/// A name that folders and files can have: nothing in it leaves a folder, or commands a terminal.
pub fn name<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let name = String::deserialize(from)?;
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if (1..=64).contains(&name.len()) && name.chars().all(known) && !name.starts_with('.') {
        return Ok(name);
    }
    Err(de::Error::custom(format!(
        "{name:?}: a name has 1 to 64 letters, digits, `.`, `_` and `-`, and the first one is no `.`"
    )))
}
