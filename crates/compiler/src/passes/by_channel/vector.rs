//! Commands of the vector unit, and the words that they load.

use crate::builder::{Builder, Context, Slots, prefill};
use crate::tensors::runs::Runs;
use ef_isa::load::{LoadOp, WordBuffer};
use ef_isa::vector::Walk;
use ef_isa::{LoadDesc, StoreDesc};

/// What of the operand RAM holds what, while matrices are made: words.
pub struct Operands {
    /// 1 / pixels, momentum, epsilon: T words each.
    pub constants: usize,
    /// T x T words.
    pub identity: usize,
    /// 4 T words of a group.
    pub groups: Slots,
    /// Words of a map, or of parameters.
    pub pieces: Slots,
    /// So many of them at once.
    pub room: usize,
}

impl Operands {
    pub fn new(context: &Context) -> Operands {
        let t = context.lanes();
        let (identity, groups) = (3 * t, 3 * t + t * t);
        let pieces = groups + 8 * t;
        let room = ((1 << context.config.operand_aw) - pieces) / (2 * t) * t;
        Operands {
            constants: 0,
            identity,
            groups: Slots::new(groups, 4 * t, 2),
            pieces: Slots::new(pieces, room, 2),
            room,
        }
    }
}

/// Runs in DRAM that a recipe's words leave for: first word, words of a run, runs, and from one to the next.
#[derive(Clone, Copy)]
pub struct Left {
    pub dram: u32,
    pub run: usize,
    pub n_run: usize,
    pub d_run: usize,
}

impl Left {
    /// One run.
    pub fn run(dram: u32, run: usize) -> Left {
        Left { dram, run, n_run: 1, d_run: 0 }
    }
}

impl Builder<'_> {
    /// Loads words into the operand RAM.
    pub fn load_operands(&mut self, base: usize, dram: u32, runs: Runs) {
        let op = LoadOp::words(WordBuffer::Operand).encode();
        self.load(runs.read_by(LoadDesc { op, base: base as u32, dram, ..Default::default() }));
    }

    /// Loads `count` words that lie together.
    pub fn load_operand_run(&mut self, base: usize, dram: u32, count: usize) {
        self.load_operands(base, dram, Runs::new(count, (1, 0), (1, 0)));
    }

    /// A command of the vector unit for stage `index`.
    pub fn vector(&mut self, index: usize, walk: &Walk, left: Option<Left>) {
        self.use_recipe(walk.recipe);
        let Left { dram, run, n_run, d_run } = left.unwrap_or(Left { dram: 0, run: 0, n_run: 0, d_run: 0 });
        self.store(StoreDesc {
            tag: self.context.stage(index).tag,
            dram,
            run: run as u32,
            n_run: n_run as u32,
            d_run: d_run as u32,
            prefill: prefill(run as u32, walk.recipe),
            ..StoreDesc::vector(walk)
        });
    }
}
