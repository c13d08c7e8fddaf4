//! From commands to instructions: increments between consecutive descriptors, repeats folded into hardware loops.

use crate::Synced;
use ef_isa::load::LoadOp;
use ef_isa::store::StoreOp;
use ef_isa::{Command, ComputeDesc, Descriptor, Engine, Instr, LoadDesc, StoreDesc, instr};
use foldhash::HashMap;

/// The longest loop body that the search for repeats looks for: commands and inner loops, each counted as one.
const LONGEST_BODY: usize = 256;

/// The bits of `op` that say which kind of command it is; the same in every engine.
const KIND: u32 = 15 | 1 << LoadOp::HANDED | 1 << StoreOp::HAND_OVER;

/// What tells one kind of command from another, beside `op`. Commands of one kind share a stream of the state memory: two walks
/// through memory that share one do not repeat themselves, but there are few streams.
#[derive(Clone, Copy)]
enum Kinds {
    /// The layer, of commands that have a tag.
    Layer,
    /// That, and the words of a run.
    Run,
}

impl Kinds {
    fn of(self, command: &Command) -> u64 {
        let (op, tag, run) = match command {
            Command::Load(d) => (d.op, 0, d.run),
            Command::Compute(d) => (d.op, d.tag, 0),
            Command::Store(d) => (d.op, d.tag, d.run),
        };
        let run = if matches!(self, Kinds::Run) { run } else { 0 };
        u64::from(op & KIND | tag << 16) | u64::from(run) << 32
    }
}

/// The program of a list of commands, END included: the shorter one of two.
pub fn encode(commands: &[Synced]) -> Vec<u64> {
    let programs = [Kinds::Layer, Kinds::Run].map(|kinds| encode_by(commands, kinds));
    programs.into_iter().min_by_key(Vec::len).expect("there are two")
}

fn encode_by(commands: &[Synced], kinds: Kinds) -> Vec<u64> {
    let mut nodes = Nodes::default();
    let sequence = differences(commands, kinds, &mut nodes);
    let folded = nodes.fold(sequence);
    let mut program = Vec::new();
    nodes.emit(&folded, &mut program);
    program.push(Instr::End.encode());
    program
}

/// A node per command: the instructions that change the engine's descriptor into this one, then the ISSUE.
fn differences(commands: &[Synced], kinds: Kinds, nodes: &mut Nodes) -> Vec<u32> {
    let mut load = Tracker::<LoadDesc>::new(Engine::Load);
    let mut compute = Tracker::<ComputeDesc>::new(Engine::Compute);
    let mut store = Tracker::<StoreDesc>::new(Engine::Store);
    for s in commands {
        match &s.command {
            Command::Load(d) => load.survey(d, kinds.of(&s.command)),
            Command::Compute(d) => compute.survey(d, kinds.of(&s.command)),
            Command::Store(d) => store.survey(d, kinds.of(&s.command)),
        }
    }
    (load.streams, compute.streams, store.streams) = Default::default();
    let mut code = Vec::new();
    let leaf = |s: &Synced| {
        code.clear();
        match &s.command {
            Command::Load(d) => load.step(d, kinds.of(&s.command), &mut code),
            Command::Compute(d) => compute.step(d, kinds.of(&s.command), &mut code),
            Command::Store(d) => store.step(d, kinds.of(&s.command), &mut code),
        }
        let issue = Instr::Issue { engine: s.command.engine(), wait: s.wait, signal: s.signal };
        code.push(issue.encode());
        nodes.leaf(&code)
    };
    commands.iter().map(leaf).collect()
}

/// The numbers of the bits that are 1, in order.
fn ones(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lowest = (bits != 0).then(|| bits.trailing_zeros() as usize);
        bits &= bits.wrapping_sub(1);
        lowest
    })
}

/// One field of a stream while one kind of command has it.
#[derive(Clone, Copy, Default)]
struct Track {
    /// The word of the controller's state memory, where it is known.
    state: Option<u32>,
    /// The first value that the field has, and whether a later command gives it another.
    first: Option<u32>,
    varies: bool,
}

/// Which kind of command has which stream. A kind without a stream takes the one that was not used for longest.
/// Each time that a stream changes its kind a new use of it begins; uses are numbered.
#[derive(Clone, Copy, Default)]
struct Streams {
    /// Per stream: the kind that has it, the number of this use, and the count of requests when it was last
    /// asked for.
    held: [Option<(u64, usize, usize)>; instr::STREAMS],
    uses: usize,
    asked: usize,
}

/// The answer to a request for a stream: the stream, and the number of its use. If this use is new, `after` is
/// the number of the use that the stream had before, if any.
struct Use {
    stream: usize,
    number: usize,
    after: Option<usize>,
    new: bool,
}

impl Streams {
    fn of(&mut self, kind: u64) -> Use {
        self.asked += 1;
        let asked = self.asked;
        let held = self.held.iter_mut().enumerate();
        if let Some((stream, Some((_, number, last)))) =
            held.into_iter().find(|(_, held)| held.is_some_and(|held| held.0 == kind))
        {
            *last = asked;
            return Use { stream, number: *number, after: None, new: false };
        }
        let age = |held: &Option<(u64, usize, usize)>| held.map_or(0, |held| held.2);
        let stream = (0..instr::STREAMS).min_by_key(|s| age(&self.held[*s])).expect("there are streams");
        let (number, after) = (self.uses, self.held[stream].map(|held| held.1));
        self.uses += 1;
        self.held[stream] = Some((kind, number, asked));
        Use { stream, number, after, new: true }
    }
}

/// What an engine's descriptor and its streams hold after each command, to find the shortest change to the next
/// one.
struct Tracker<D> {
    engine: Engine,
    streams: Streams,
    /// Per field of the descriptor: the number of the use of a stream that wrote it last.
    owner: Vec<Option<usize>>,
    /// Per use of a stream: its fields.
    tracks: Vec<Vec<Track>>,
    descriptor: std::marker::PhantomData<D>,
}

impl<D: Descriptor> Tracker<D> {
    fn new(engine: Engine) -> Self {
        let owner = vec![None; D::FIELDS.len()];
        let (streams, tracks) = (Streams::default(), Vec::new());
        Tracker { engine, streams, owner, tracks, descriptor: std::marker::PhantomData }
    }

    /// First pass over the commands: finds the fields that vary. A field that the operation does not read keeps
    /// its value.
    fn survey(&mut self, d: &D, kind: u64) {
        let Use { number, new, .. } = self.streams.of(kind);
        if new {
            self.tracks.push(vec![Track::default(); D::FIELDS.len()]);
        }
        let (words, tracks) = (d.words(), &mut self.tracks[number]);
        for index in ones(d.used()) {
            let (track, word) = (&mut tracks[index], words.as_ref()[index]);
            track.varies |= *track.first.get_or_insert(word) != word;
        }
    }

    /// Second pass: appends the instructions of a command to `code`. A field that varies gets an instruction
    /// even where two commands happen to have the same value, because the iterations of a loop must have the
    /// same instructions.
    fn step(&mut self, to: &D, kind: u64, code: &mut Vec<u64>) {
        let engine = self.engine;
        let Use { stream, number, after, .. } = self.streams.of(kind);
        if let Some(before) = after {
            for index in 0..D::FIELDS.len() {
                self.tracks[number][index].state = self.tracks[before][index].state;
            }
        }
        let words = to.words();
        for index in ones(to.used()) {
            let mine = self.tracks[number][index];
            let value = words.as_ref()[index];
            let up_to_date = match self.owner[index] {
                Some(owner) if owner == number => mine.state == Some(value),
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
            let instr = match mine.state {
                Some(before) => {
                    let increment = value.wrapping_sub(before);
                    Instr::Add { engine, stream: stream_bits, field, increment }
                }
                None => Instr::Set { engine, stream: stream_bits, field, value },
            };
            code.push(instr.encode());
            self.tracks[number][index].state = Some(value);
            self.owner[index] = Some(number);
        }
    }
}

/// A piece of program: the instructions of a command, or a loop around pieces.
enum Node {
    Leaf(Box<[u64]>),
    Loop { count: u16, body: Box<[u32]> },
}

/// All pieces of a program. Equal pieces are kept once, so they have equal numbers.
#[derive(Default)]
struct Nodes {
    list: Vec<Node>,
    /// Per node: its instructions, and how deep its loops are nested.
    sizes: Vec<usize>,
    depths: Vec<usize>,
    leaves: HashMap<Box<[u64]>, u32>,
    loops: HashMap<(u16, Box<[u32]>), u32>,
}

impl Nodes {
    fn add(&mut self, node: Node, size: usize, depth: usize) -> u32 {
        self.list.push(node);
        self.sizes.push(size);
        self.depths.push(depth);
        (self.list.len() - 1) as u32
    }

    fn leaf(&mut self, code: &[u64]) -> u32 {
        if let Some(number) = self.leaves.get(code) {
            return *number;
        }
        let number = self.add(Node::Leaf(code.into()), code.len(), 0);
        self.leaves.insert(code.into(), number);
        number
    }

    fn repeat(&mut self, count: u16, body: &[u32]) -> u32 {
        let key = (count, Box::from(body));
        if let Some(number) = self.loops.get(&key) {
            return *number;
        }
        let depth = 1 + self.depth(body);
        let number = self.add(Node::Loop { count, body: body.into() }, 2 + self.size(body), depth);
        self.loops.insert(key, number);
        number
    }

    /// Folds tandem repeats, shortest bodies first, so that inner loops form before the loops around them;
    /// repeated until nothing folds any more.
    fn fold(&mut self, mut sequence: Vec<u32>) -> Vec<u32> {
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

    fn fold_bodies(&mut self, sequence: Vec<u32>, length: usize) -> Vec<u32> {
        let mut out = Vec::new();
        // `done`: nodes of the sequence that are in `out`; `from`: where the search goes on
        let (mut done, mut from) = (0, 0);
        while let Some((start, repeats)) = next_repeats(&sequence, from, length) {
            let repeats = repeats.min(usize::from(u16::MAX));
            let body = &sequence[start..start + length];
            from = start + repeats * length;
            // LOOP and NEXT must cost less than they save; a body that begins later in these repeats consists
            // of the same nodes
            if (repeats - 1) * self.size(body) > 2 && self.depth(body) < instr::MAX_LOOPS {
                let folded = self.repeat(repeats as u16, body);
                out.extend_from_slice(&sequence[done..start]);
                out.push(folded);
                done = from;
            }
        }
        if done == 0 {
            return sequence;
        }
        out.extend_from_slice(&sequence[done..]);
        out
    }

    /// Instructions of a sequence.
    fn size(&self, sequence: &[u32]) -> usize {
        sequence.iter().map(|n| self.sizes[*n as usize]).sum()
    }

    /// How deep the loops of a sequence are nested.
    fn depth(&self, sequence: &[u32]) -> usize {
        sequence.iter().map(|n| self.depths[*n as usize]).max().unwrap_or(0)
    }

    fn emit(&self, sequence: &[u32], program: &mut Vec<u64>) {
        for node in sequence {
            match &self.list[*node as usize] {
                Node::Leaf(code) => program.extend_from_slice(code),
                Node::Loop { count, body } => {
                    program.push(Instr::Loop { count: *count }.encode());
                    self.emit(body, program);
                    program.push(Instr::Next.encode());
                }
            }
        }
    }
}

/// The first place from `from` on at which `length` nodes come at least twice one after the other, and how often.
fn next_repeats(sequence: &[u32], from: usize, length: usize) -> Option<(usize, usize)> {
    let ahead = sequence.get(from + length..)?;
    // the number of nodes in a row that are equal to those `length` further on
    let mut equal = 0;
    for (i, (node, other)) in sequence[from..].iter().zip(ahead).enumerate() {
        if node == other {
            equal += 1;
        } else if equal >= length {
            return Some((from + i - equal, 1 + equal / length));
        } else {
            equal = 0;
        }
    }
    (equal >= length).then(|| (sequence.len() - length - equal, 1 + equal / length))
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
