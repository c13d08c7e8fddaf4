//! What lies in the on-chip buffers over the time of a step, on a grid that is coarse enough to be drawn.

use ef_isa::Config;
use ef_isa::{Access, Space};
use ef_time::Span;

/// Number of parts that a buffer, and the time of a step, are divided into.
const PARTS: usize = 64;
const MOMENTS: usize = 600;

/// A buffer over the time of a step.
pub struct Buffer {
    pub name: &'static str,
    /// Vectors; words of the operand buffer and of the hand-over RAM.
    pub depth: usize,
    pub uses: Vec<Use>,
}

/// Entries `lo..hi` hold something of a stage from cycle `from` to cycle `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    pub lo: usize,
    pub hi: usize,
    pub from: u64,
    pub to: u64,
    pub stage: usize,
}

/// Collects accesses in program order.
pub struct Occupancy {
    cycles: u64,
    grids: Vec<(Space, &'static str, Grid)>,
}

struct Grid {
    depth: usize,
    parts: Vec<Part>,
}

/// What a part of a buffer holds now, and when it held what.
#[derive(Clone)]
struct Part {
    /// Stage, cycle of the first write or the latest read, and whether it was read since it was written.
    now: Option<(usize, u64, bool)>,
    held: Vec<Option<usize>>,
}

impl Occupancy {
    pub fn new(config: &Config, cycles: u64) -> Occupancy {
        let grid = |aw: usize| {
            let depth = 1 << aw;
            let part = Part { now: None, held: vec![None; MOMENTS] };
            Grid { depth, parts: vec![part; PARTS.min(depth)] }
        };
        let grids = vec![
            (Space::Feature, "feature buffer", grid(config.feature_aw)),
            (Space::Loss, "loss buffer", grid(config.loss_aw)),
            (Space::Weight, "weight buffer", grid(config.weight_aw)),
            (Space::Psum, "partial sums", grid(config.psum_aw)),
            (Space::Operand, "operand buffer", grid(config.operand_aw)),
            (Space::Handover, "hand-over RAM", grid(config.handover_aw())),
        ];
        Occupancy { cycles: cycles.max(1), grids }
    }

    /// An entry is occupied from the first write to the last read before it is written for something else.
    pub fn note(&mut self, access: &Access, span: Span, stage: usize) {
        let cycles = self.cycles;
        let Some((_, _, grid)) = self.grids.iter_mut().find(|(space, ..)| *space == access.space) else {
            return;
        };
        let part = |entry: i64| (entry.max(0) as usize * grid.parts.len() / grid.depth).min(grid.parts.len());
        let (lo, hi) = (part(access.lo), part(access.hi - 1) + 1);
        let hi = hi.min(grid.parts.len());
        for part in &mut grid.parts[lo.min(hi)..hi] {
            match (&mut part.now, access.write) {
                (Some((owner, from, read)), false) => {
                    *read = true;
                    let moment = |cycle: u64| (cycle as u128 * MOMENTS as u128 / cycles as u128) as usize;
                    let (first, last) = (moment(*from), moment(span.done).min(MOMENTS - 1));
                    part.held[first.min(last)..=last].fill(Some(*owner));
                    *from = span.done.max(*from);
                }
                // partial sums are written many times before they are read
                (Some((owner, _, false)), true) if *owner == stage => {}
                (now, true) => *now = Some((stage, span.start, false)),
                (None, false) => {}
            }
        }
    }

    /// The buffers that are used, and their uses, each as long as nothing changes.
    pub fn buffers(self) -> Vec<Buffer> {
        let cycles = self.cycles;
        let cycle = |moment: usize| (moment as u128 * cycles as u128 / MOMENTS as u128) as u64;
        let buffers = self.grids.into_iter().map(|(_, name, Grid { depth, parts })| {
            let entries = depth / parts.len();
            let uses = parts.iter().enumerate().flat_map(|(number, part)| {
                let mut moment = 0;
                let runs = part.held.chunk_by(|a, b| a == b).filter_map(move |run| {
                    let from = moment;
                    moment += run.len();
                    Some((run[0]?, from, moment))
                });
                runs.map(move |(stage, from, to)| Use {
                    lo: number * entries,
                    hi: (number + 1) * entries,
                    from: cycle(from),
                    to: cycle(to),
                    stage,
                })
            });
            Buffer { name, depth, uses: uses.collect() }
        });
        buffers.filter(|buffer: &Buffer| !buffer.uses.is_empty()).collect()
    }
}
