//! The top-level ports of a block, and their values.
use rust_hdl::core::prelude::*;

/// A port of a block, under its Verilog name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Port {
    /// Verilog name: array elements and interface members are joined by `$`, as in `x$0` or `bus$valid`.
    pub name: String,
    /// Width.
    pub bits: usize,
    /// Whether the block reads it (else it drives it).
    pub input: bool,
}

/// The ports of `block`, in the order of its fields.
pub fn ports(block: &dyn Block) -> Vec<Port> {
    let mut found = Vec::new();
    visit_ports(block, &mut |port, _| found.push(port));
    found
}

/// Calls `visit` with each port of `block` and the atom that holds its value.
pub(crate) fn visit_ports(block: &dyn Block, visit: &mut dyn FnMut(Port, &dyn Atom)) {
    let mut probe = PortProbe { depth: 0, namespace: Vec::new(), visit };
    block.accept("top", &mut probe);
}

/// The value of an atom as 32-bit words, least significant first.
pub(crate) fn words_of(atom: &dyn Atom) -> Vec<u32> {
    let literal = format!("{:x}", atom.verilog());
    let digits = literal.rsplit("'h").next().unwrap_or("");
    let (negative, digits) = match digits.strip_prefix('-') {
        Some(magnitude) => (true, magnitude),
        None => (false, digits),
    };
    let mut words: Vec<u32> = digits
        .as_bytes()
        .rchunks(8)
        .map(|chunk| {
            chunk.iter().fold(0, |word, digit| word << 4 | char::from(*digit).to_digit(16).unwrap_or(0))
        })
        .collect();
    words.resize(atom.bits().div_ceil(32), 0);
    if negative {
        negate(&mut words);
    }
    mask_top(&mut words, atom.bits());
    words
}

fn negate(words: &mut [u32]) {
    let mut carry = true;
    for word in words {
        (*word, carry) = (!*word).overflowing_add(u32::from(carry));
    }
}

/// Clears the bits above `bits`.
pub(crate) fn mask_top(words: &mut [u32], bits: usize) {
    if let (Some(top), used @ 1..) = (words.last_mut(), bits % 32) {
        *top &= (1 << used) - 1;
    }
}

struct PortProbe<'a> {
    depth: usize,
    namespace: Vec<String>,
    visit: &'a mut dyn FnMut(Port, &dyn Atom),
}

impl Probe for PortProbe<'_> {
    fn visit_start_scope(&mut self, _: &str, _: &dyn Block) {
        self.depth += 1;
    }
    fn visit_end_scope(&mut self, _: &str, _: &dyn Block) {
        self.depth -= 1;
    }
    fn visit_start_namespace(&mut self, name: &str, _: &dyn Block) {
        self.namespace.push(name.into());
    }
    fn visit_end_namespace(&mut self, _: &str, _: &dyn Block) {
        self.namespace.pop();
    }
    fn visit_atom(&mut self, name: &str, atom: &dyn Atom) {
        if self.depth != 1 {
            return;
        }
        let input = match atom.kind() {
            AtomKind::InputParameter => true,
            AtomKind::OutputParameter => false,
            _ => return,
        };
        let mut path = self.namespace.clone();
        path.push(name.into());
        (self.visit)(Port { name: path.join("$"), bits: atom.bits(), input }, atom);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_any_width_are_read_as_words() {
        let mut wide = Signal::<Local, Bits<70>>::default();
        wide.next = (Bits::<70>::from(0x2au64) << 64) | Bits::from(0x1234_5678_9abc_def0);
        wide.update_all();
        assert_eq!(words_of(&wide), [0x9abc_def0, 0x1234_5678, 0x2a]);
    }

    #[test]
    fn negative_signed_values_are_read_in_twos_complement() {
        let mut signal = Signal::<Local, Signed<12>>::default();
        signal.next = (-5).to_signed_bits();
        signal.update_all();
        assert_eq!(words_of(&signal), [0xffb]);
    }
}
