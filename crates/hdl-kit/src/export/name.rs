//! Readable module names.
use std::collections::HashMap;

/// Marks the comment in a module's body that carries the name of its block and what it is for.
pub(crate) const BLOCK_MARK: &str = "block: ";

/// Name and purpose in such a comment.
pub(super) fn mark(line: &str) -> Option<(&str, &str)> {
    line.trim().strip_prefix("// ")?.strip_prefix(BLOCK_MARK)?.split_once(": ")
}

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

/// The Rust name of the block if its text carries it, the kind and size of a register or memory, else the field
/// it is an instance of.
fn base_name(path: &str, text: &str) -> String {
    if let Some((block, _)) = text.lines().find_map(mark) {
        return snake_case(block);
    }
    if let Some(primitive) = Primitive::of(text) {
        return primitive.name();
    }
    let mut fields =
        path.split('$').filter(|part| !part.is_empty() && !part.chars().all(|c| c.is_ascii_digit()));
    fields.next_back().unwrap_or("block").to_string()
}

/// The blocks of rust-hdl itself, whose field names say nothing about them.
pub(super) enum Primitive {
    FlipFlop { bits: usize },
    Ram { words: usize, bits: usize },
    Rom { words: usize, bits: usize },
}

impl Primitive {
    /// What the module with this text is, by the lines that rust-hdl gives it.
    pub fn of(text: &str) -> Option<Primitive> {
        let mut lines = text.lines().map(str::trim);
        if lines.next()?.ends_with("(d,q,clock);") && text.contains("q <= d;") {
            let output = lines.find(|line| line.starts_with("output reg"))?;
            return Some(Primitive::FlipFlop { bits: output.split_once('[').map_or(Some(1), size)? });
        }
        let (width, memory) = lines.find_map(|line| line.strip_prefix("reg[")?.split_once(" mem"))?;
        let (bits, words) = (size(("", width))?, size(memory.split_once('[')?)?);
        let is_rom = text.contains("initial begin\n");
        Some(if is_rom { Primitive::Rom { words, bits } } else { Primitive::Ram { words, bits } })
    }

    fn name(&self) -> String {
        match self {
            Primitive::FlipFlop { bits } => format!("dff_{bits}"),
            Primitive::Ram { words, bits } => format!("ram_{words}x{bits}"),
            Primitive::Rom { words, bits } => format!("rom_{words}x{bits}"),
        }
    }

    /// What it is, in words.
    pub fn purpose(&self) -> String {
        match self {
            Primitive::FlipFlop { bits } => format!("DFF: A register, {bits} bits"),
            Primitive::Ram { words, bits } => {
                format!("RAM: {words} words of {bits} bits, one port to write, one to read")
            }
            Primitive::Rom { words, bits } => format!("ROM: {words} words of {bits} bits"),
        }
    }
}

/// The size of a range such as `31:0]`.
fn size((_, range): (&str, &str)) -> Option<usize> {
    Some(range.split_once(':')?.0.trim().parse::<usize>().ok()? + 1)
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
    fn primitives_are_named_after_what_they_are() {
        let ram = "module r(a);\n    reg[31:0] mem[127:0];\nendmodule";
        let rom = "module r(a);\n    reg[17:0] mem [511:0];\n    initial begin\n    mem[9'b0] = 18'h3;\n    end\nendmodule";
        let dff = "module r(d,q,clock);\n    output reg  [4:0] q;\n    q <= d;\nendmodule";
        assert_eq!(base_name("root$x", ram), "ram_128x32");
        assert_eq!(base_name("root$x", rom), "rom_512x18");
        assert_eq!(base_name("root$x", dff), "dff_5");
    }

    #[test]
    fn glued_blocks_are_named_after_their_type() {
        let text = format!("module x();\n// {BLOCK_MARK}MacRow: a row\nendmodule");
        assert_eq!(Namer::new("", "top").name("root$r", &text), "mac_row");
        assert_eq!(snake_case("FP32Add"), "fp32_add");
    }
}
