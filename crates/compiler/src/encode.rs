//! From commands to instructions: increments between consecutive descriptors, repeats folded into hardware loops.

use crate::Synced;
use ef_program::{Command, ComputeDesc, Descriptor, Engine, Instr, LoadDesc, StoreDesc, isa};
use std::collections::HashMap;

/// Longest loop body that is looked for, in commands and inner loops.
const LONGEST_BODY: usize = 256;

/// The program of a list of commands, END included.
pub fn encode(commands: &[Synced]) -> Vec<u64> {
    let mut nodes = Nodes::default();
    let sequence = differences(commands).into_iter().map(|leaf| nodes.intern(Node::Leaf(leaf))).collect();
    let folded = nodes.fold(sequence);
    let mut program = Vec::new();
    nodes.emit(&folded, &mut program);
    program.push(Instr::End.encode());
    program
}

/// Per command: what turns the engine's descriptor into this one, then the ISSUE.
fn differences(commands: &[Synced]) -> Vec<Vec<Instr>> {
    let mut load = Tracker::<LoadDesc>::new(Engine::Load);
    let mut compute = Tracker::<ComputeDesc>::new(Engine::Compute);
    let mut store = Tracker::<StoreDesc>::new(Engine::Store);
    for s in commands {
        match &s.command {
            Command::Load(d) => load.survey(d, d.op),
            Command::Compute(d) => compute.survey(d, d.op),
            Command::Store(d) => store.survey(d, d.op),
        }
    }
    commands
        .iter()
        .map(|s| {
            let mut instrs = match &s.command {
                Command::Load(d) => load.step(d, d.op),
                Command::Compute(d) => compute.step(d, d.op),
                Command::Store(d) => store.step(d, d.op),
            };
            instrs.push(Instr::Issue { engine: s.command.engine(), wait: s.wait, signal: s.signal });
            instrs
        })
        .collect()
}

/// One field of one stream.
#[derive(Clone, Copy, Default)]
struct Track {
    /// What the controller's state memory holds.
    state: Option<u32>,
    /// The value of the whole program, and whether it is the same throughout.
    first: Option<u32>,
    varies: bool,
}

/// What one engine's descriptor and its streams hold.
struct Tracker<D> {
    engine: Engine,
    /// Kinds of command that have a stream of their own; the last stream takes what is left.
    kinds: Vec<u32>,
    /// Which stream wrote a field of the descriptor last.
    owner: Vec<Option<usize>>,
    tracks: Vec<Vec<Track>>,
    descriptor: std::marker::PhantomData<D>,
}

impl<D: Descriptor> Tracker<D> {
    fn new(engine: Engine) -> Self {
        let fields = D::FIELDS.len();
        let tracks = vec![vec![Track::default(); fields]; isa::STREAMS];
        Tracker {
            engine,
            kinds: Vec::new(),
            owner: vec![None; fields],
            tracks,
            descriptor: std::marker::PhantomData,
        }
    }

    /// The stream of a kind of command: the low bits of `op` tell kinds apart in every engine.
    fn stream(&mut self, op: u32) -> usize {
        let kind = op & 15;
        let number = self.kinds.iter().position(|k| *k == kind).unwrap_or_else(|| {
            self.kinds.push(kind);
            self.kinds.len() - 1
        });
        number.min(isa::STREAMS - 1)
    }

    /// First pass: which fields vary. What an operation does not read is left as it is.
    fn survey(&mut self, d: &D, op: u32) {
        let (stream, used) = (self.stream(op), d.used());
        for (index, track) in self.tracks[stream].iter_mut().enumerate() {
            if used >> index & 1 == 0 {
                continue;
            }
            track.varies |= *track.first.get_or_insert(d.get(index)) != d.get(index);
        }
    }

    /// Second pass. Whether an instruction is needed never depends on a chance equality of values: iterations of a
    /// loop must look alike.
    fn step(&mut self, to: &D, op: u32) -> Vec<Instr> {
        let (engine, stream) = (self.engine, self.stream(op));
        let mut instrs = Vec::new();
        let used = to.used();
        for index in (0..D::FIELDS.len()).filter(|i| used >> i & 1 != 0) {
            let mine = self.tracks[stream][index];
            let value = to.get(index);
            let up_to_date = match self.owner[index] {
                Some(owner) if owner == stream => mine.state == Some(value),
                Some(owner) => {
                    let theirs = self.tracks[owner][index];
                    !mine.varies && !theirs.varies && mine.first == theirs.first
                }
                None => false,
            };
            if up_to_date {
                continue;
            }
            let field = index as u8;
            let stream_bits = stream as u8;
            instrs.push(match mine.state {
                Some(before) => {
                    let increment = value.wrapping_sub(before);
                    Instr::Add { engine, stream: stream_bits, field, increment }
                }
                None => Instr::Set { engine, stream: stream_bits, field, value },
            });
            self.tracks[stream][index].state = Some(value);
            self.owner[index] = Some(stream);
        }
        instrs
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Node {
    Leaf(Vec<Instr>),
    Loop { count: u16, body: Vec<usize> },
}

/// Interned nodes: equal pieces of program have equal numbers.
#[derive(Default)]
struct Nodes {
    list: Vec<Node>,
    numbers: HashMap<Node, usize>,
}

impl Nodes {
    fn intern(&mut self, node: Node) -> usize {
        *self.numbers.entry(node.clone()).or_insert_with(|| {
            self.list.push(node);
            self.list.len() - 1
        })
    }

    /// Folds tandem repeats, shortest bodies first, so that inner loops form before the loops around them;
    /// repeated until nothing folds any more.
    fn fold(&mut self, mut sequence: Vec<usize>) -> Vec<usize> {
        loop {
            let before = sequence.len();
            for length in 1..=LONGEST_BODY.min(sequence.len() / 2) {
                sequence = self.fold_bodies(sequence, length);
            }
            if sequence.len() == before {
                return sequence;
            }
        }
    }

    fn fold_bodies(&mut self, sequence: Vec<usize>, length: usize) -> Vec<usize> {
        let mut out = Vec::with_capacity(sequence.len());
        let mut i = 0;
        while i < sequence.len() {
            let rest = &sequence[i..];
            let repeats =
                rest.chunks_exact(length).take_while(|c| *c == &rest[..length.min(rest.len())]).count();
            let body = &rest[..length.min(rest.len())];
            // a loop costs two instructions
            let saves = repeats >= 2 && (repeats - 1) * body.iter().map(|n| self.size(*n)).sum::<usize>() > 2;
            if saves && body.iter().map(|n| self.depth(*n)).max() < Some(isa::MAX_LOOPS) {
                let repeats = repeats.min(usize::from(u16::MAX));
                out.push(self.intern(Node::Loop { count: repeats as u16, body: body.to_vec() }));
                i += repeats * length;
            } else {
                out.push(sequence[i]);
                i += 1;
            }
        }
        out
    }

    fn size(&self, node: usize) -> usize {
        match &self.list[node] {
            Node::Leaf(instrs) => instrs.len(),
            Node::Loop { body, .. } => 2 + body.iter().map(|n| self.size(*n)).sum::<usize>(),
        }
    }

    fn depth(&self, node: usize) -> usize {
        match &self.list[node] {
            Node::Leaf(_) => 0,
            Node::Loop { body, .. } => 1 + body.iter().map(|n| self.depth(*n)).max().unwrap_or(0),
        }
    }

    fn emit(&self, sequence: &[usize], program: &mut Vec<u64>) {
        for node in sequence {
            match &self.list[*node] {
                Node::Leaf(instrs) => program.extend(instrs.iter().map(|i| i.encode())),
                Node::Loop { count, body } => {
                    program.push(Instr::Loop { count: *count }.encode());
                    self.emit(body, program);
                    program.push(Instr::Next.encode());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ef_model::interpret;

    fn load(op: u32, base: u32, dram: u32) -> Synced {
        let descriptor = LoadDesc { op, base, dram, n0: 3, ..Default::default() };
        Synced { command: Command::Load(descriptor), wait: 0, signal: 0 }
    }

    #[test]
    fn nested_regular_commands_become_nested_loops_and_interpret_to_themselves() {
        let commands: Vec<Synced> = (0..6)
            .flat_map(|i| (0..10).flat_map(move |j| [load(1, i * 100 + j, j * 7), load(2, 500 - j, i * 3)]))
            .collect();
        let program = encode(&commands);
        let mut seen = Vec::new();
        interpret(&program, |c| {
            seen.push(c.clone());
            Ok(())
        })
        .unwrap();
        let normal = |c: &Command| match c {
            Command::Load(d) => Command::Load(d.normalised()),
            other => other.clone(),
        };
        let seen: Vec<_> = seen.iter().map(normal).collect();
        assert_eq!(seen, commands.iter().map(|s| normal(&s.command)).collect::<Vec<_>>());
        assert!(program.len() < 80, "{} instructions for {} commands", program.len(), commands.len());
    }
}
