//! Random programs that cannot deadlock, and what they mean.
use ef_hdl_kit::rand::Rng;
use ef_isa::instr::{Engine, Instr};
use ef_isa::{ComputeDesc, Descriptor, Field, LoadDesc, StoreDesc};

/// The fields of each engine's descriptor.
pub const FIELDS: [&[Field]; 3] = [LoadDesc::FIELDS, ComputeDesc::FIELDS, StoreDesc::FIELDS];

/// One command as it has to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    pub engine: usize,
    pub fields: Vec<u32>,
    pub wait: u8,
    pub signal: u8,
}

/// The commands of a legal program, in program order.
pub fn interpret(program: &[Instr]) -> Vec<Start> {
    let mut state = vec![0u32; 3 * 8 * 64];
    let mut descriptors = FIELDS.map(|fields| vec![0u32; fields.len()]);
    let mut starts = Vec::new();
    let mut loops: Vec<(usize, u16)> = Vec::new();
    let mut pc = 0;
    loop {
        let mut next = pc + 1;
        match program[pc] {
            Instr::End => return starts,
            Instr::Set { engine, stream, field, value: word }
            | Instr::Add { engine, stream, field, increment: word } => {
                let (engine, field) = (engine as usize, usize::from(field));
                let state = &mut state[(engine * 8 + usize::from(stream)) * 64 + field];
                let old = if matches!(program[pc], Instr::Add { .. }) { *state } else { 0 };
                *state = old.wrapping_add(word);
                descriptors[engine][field] = *state & (u32::MAX >> (32 - FIELDS[engine][field].bits));
            }
            Instr::Issue { engine, wait, signal } => {
                let engine = engine as usize;
                starts.push(Start { engine, fields: descriptors[engine].clone(), wait, signal });
            }
            Instr::Loop { count } => loops.push((next, count - 1)),
            Instr::Next => match loops.last_mut() {
                Some((start, left)) if *left > 0 => {
                    *left -= 1;
                    next = *start;
                }
                _ => drop(loops.pop()),
            },
        }
        pc = next;
    }
}

/// A program of about `size` instructions in which every wait has its signal before it, and every ADD its SET; the body of a loop
/// has at most about `longest`.
pub fn random(rng: &mut impl Rng, size: usize, longest: usize) -> Vec<Instr> {
    let mut program = Vec::new();
    body(rng, size, (0, longest), &mut Vec::new(), &mut program);
    program.push(Instr::End);
    program
}

/// `words` are the words of the state memory that have been set, as SET instructions.
fn body(
    rng: &mut impl Rng,
    size: usize,
    (depth, longest): (usize, usize),
    words: &mut Vec<Instr>,
    program: &mut Vec<Instr>,
) {
    // tokens signalled in this body and not yet waited for: only these may be waited for, as the body may be repeated
    let mut tokens = [0u32; 9];
    let end = program.len() + size;
    while program.len() < end {
        let engine = Engine::ALL[rng.random_range(0..3)];
        let e = engine as usize;
        match rng.random_range(0..10) {
            0..2 => {
                let field = rng.random_range(0..FIELDS[e].len()) as u8;
                let stream = rng.random_range(0..8);
                words.push(Instr::Set { engine, stream, field, value: rng.random() });
                program.extend(words.last());
            }
            2..6 if !words.is_empty() => {
                // often one of the newest words: it is still on its way into the memory
                let newest = if rng.random() { 3 } else { 100 };
                let back = rng.random_range(0..words.len().min(newest));
                if let Instr::Set { engine, stream, field, .. } = words[words.len() - 1 - back] {
                    program.push(Instr::Add { engine, stream, field, increment: rng.random() });
                }
            }
            6..9 => {
                // a token to the engine itself exists in no counter and must not matter
                let wait = (0..3).filter(|f| *f == e || tokens[3 * f + e] > 0).fold(0, |m, f| m | 1 << f);
                let wait = wait & rng.random_range(0..8);
                let signal = rng.random_range(0..8);
                for f in 0..3 {
                    tokens[3 * f + e] -= u32::from(f != e && wait >> f & 1 != 0);
                    tokens[3 * e + f] += u32::from(signal >> f & 1);
                }
                program.push(Instr::Issue { engine, wait, signal });
            }
            9 if depth < 8 && end - program.len() >= 4 => {
                let inside = rng.random_range(0..=(end - program.len() - 2).min(longest));
                program.push(Instr::Loop { count: rng.random_range(1..4) });
                body(rng, inside, (depth + 1, longest), words, program);
                program.push(Instr::Next);
            }
            _ => {}
        }
    }
}
