//! Readable module names.
use crate::glue::BLOCK_COMMENT;
use std::collections::HashMap;

/// Gives out names that are all different.
pub(super) struct Namer<'a> {
    prefix: &'a str,
    used: HashMap<String, usize>,
}

impl<'a> Namer<'a> {
    /// A namer that never gives out `reserved`.
    pub fn new(prefix: &'a str, reserved: &str) -> Self {
        Namer { prefix, used: HashMap::from([(reserved.to_string(), 1)]) }
    }

    /// The name of the module whose instance path and merged text are given: `base`, then `base_2`, `base_3`.
    pub fn name(&mut self, path: &str, text: &str) -> String {
        let base = format!("{}{}", self.prefix, base_name(path, text));
        loop {
            let count = self.used.entry(base.clone()).and_modify(|n| *n += 1).or_insert(1);
            let name = if *count == 1 { base.clone() } else { format!("{base}_{count}") };
            if name == base || !self.used.contains_key(&name) {
                self.used.entry(name.clone()).or_insert(1);
                return name;
            }
        }
    }
}

/// The Rust name of the block if its text carries it, the kind and width of a flip-flop, else the field it is
/// an instance of.
fn base_name(path: &str, text: &str) -> String {
    if let Some(block) = text.lines().find_map(|line| line.trim().strip_prefix(BLOCK_COMMENT)) {
        return snake_case(block);
    }
    if let Some(width) = flip_flop_width(text) {
        return format!("dff_{width}");
    }
    let mut fields =
        path.split('$').filter(|part| !part.is_empty() && !part.chars().all(|c| c.is_ascii_digit()));
    fields.next_back().unwrap_or("block").to_string()
}

/// The width of rust-hdl's `DFF`, whose field name says nothing about it.
fn flip_flop_width(text: &str) -> Option<usize> {
    let mut lines = text.lines().map(str::trim);
    let header = lines.next()?;
    let is_flip_flop = header.ends_with("(d,q,clock);") && text.contains("q <= d;");
    let declaration = lines.find(|line| line.starts_with("output reg"))?;
    let width = match declaration.split_once('[') {
        Some((_, range)) => range.split(':').next()?.parse::<usize>().ok()? + 1,
        None => 1,
    };
    is_flip_flop.then_some(width)
}

/// `FpMul` as `fp_mul`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    let mut previous_is_lower = false;
    for c in name.chars().filter(|c| c.is_alphanumeric() || *c == '_') {
        if c.is_uppercase() && previous_is_lower {
            snake.push('_');
        }
        previous_is_lower = c.is_lowercase() || c.is_ascii_digit();
        snake.extend(c.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_are_named_after_their_field() {
        let mut namer = Namer::new("ef_", "top");
        assert_eq!(namer.name("root$row$3$mul$0", "a"), "ef_mul");
        assert_eq!(namer.name("root$mul", "b"), "ef_mul_2");
        assert_eq!(namer.name("root$mul_2", "c"), "ef_mul_2_2");
    }

    #[test]
    fn glued_blocks_are_named_after_their_type() {
        let text = format!("module x();\n{BLOCK_COMMENT}MacRow\nendmodule");
        assert_eq!(Namer::new("", "top").name("root$r", &text), "mac_row");
        assert_eq!(snake_case("FP32Add"), "fp32_add");
    }
}
