//! Values of a network file that have rules of their own.

use serde::Deserialize;
use serde::de::{self, Deserializer, Unexpected, Visitor};
use std::fmt;

/// The number 2, the only one that pooling knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Two;

impl<'de> Deserialize<'de> for Two {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Two, D::Error> {
        from.deserialize_any(Number {
            expected: "2 is needed (max_pool takes the largest of 2 x 2 pixels, stride 2; only 2 is possible)",
            least: 2,
            most: 2,
        })?;
        Ok(Two)
    }
}

/// The stride of a convolution that says none.
pub fn one() -> usize {
    1
}

/// The rows and columns of a kernel.
pub fn square<'de, D: Deserializer<'de>>(from: D) -> Result<usize, D::Error> {
    let expected = "a single number, 1 or more, is needed (kernels are square)";
    from.deserialize_any(Number { expected, least: 0, most: i64::MAX as usize })
}

/// A whole number from `least` to `most`.
struct Number {
    expected: &'static str,
    least: usize,
    most: usize,
}

impl Visitor<'_> for Number {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<usize, E> {
        let number = usize::try_from(value).ok().filter(|value| (self.least..=self.most).contains(value));
        number.ok_or_else(|| E::invalid_value(Unexpected::Signed(value), &self))
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
