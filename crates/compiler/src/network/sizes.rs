//! Sizes from a file: every one is checked before anything is computed with it.

use super::Shape;

/// Rows and columns of a map, kernel and padding: what the 16-bit fields of a descriptor count.
const LONGEST: usize = 65_535;
/// Words that 32-bit addresses reach; no tensor has more elements.
const ADDRESSABLE: u64 = 1 << 32;

/// Refuses a number that no descriptor can count.
pub fn length(name: &str, value: usize) -> Result<(), String> {
    if value > LONGEST {
        return Err(format!("{name} is {value}; up to {LONGEST} is possible"));
    }
    Ok(())
}

/// Refuses a tensor of these extents if it has more elements than there are addresses.
pub fn tensor(what: &str, extents: &[(&str, usize)]) -> Result<(), String> {
    let count = extents.iter().try_fold(1u64, |count, (_, extent)| count.checked_mul(*extent as u64));
    if count.is_some_and(|count| count <= ADDRESSABLE) {
        return Ok(());
    }
    let names: Vec<&str> = extents.iter().map(|(name, _)| *name).collect();
    let values: Vec<String> = extents.iter().map(|(_, extent)| extent.to_string()).collect();
    Err(format!(
        "{} = {} {what} are more than the {ADDRESSABLE} words that can be addressed",
        names.join(" x "),
        values.join(" x ")
    ))
}

/// Refuses a map that is too long, too wide or too large.
pub fn map(what: &str, (channels, rows, columns): Shape) -> Result<(), String> {
    if rows > LONGEST || columns > LONGEST {
        return Err(format!("a map of {rows} x {columns}: up to {LONGEST} rows and columns are possible"));
    }
    tensor(what, &[("channels", channels), ("rows", rows), ("columns", columns)])
}
