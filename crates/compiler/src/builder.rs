//! The list of commands while it grows, and what is known of the buffers.

use crate::passes::Updates;
use crate::room::Needs;
use crate::tensors::gather::Held;
use crate::{Graph, LayerPlan, MemoryMap, Stage};
use ef_isa::load::{LoadOp, TABLES_AT, VectorBuffer, WordBuffer};
use ef_isa::store::MOST_PREFILL;
use ef_isa::vector::{RecipeWord, library};
use ef_isa::{Command, ComputeDesc, Config, LoadDesc, StoreDesc, Synced};
use ef_time::Memory;
use std::collections::BTreeSet;

/// What every pass is made from.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub graph: &'a Graph,
    pub config: &'static Config,
    pub map: &'a MemoryMap,
    /// The memory that the schedule is made for.
    pub memory: Memory,
    /// Images of the step; a trial of a schedule takes fewer than there are.
    pub batch: usize,
    /// Weights are updated; a trial of a schedule may leave it out.
    pub updates: bool,
    /// The step trains: codes are kept, and gradients are made.
    pub train: bool,
    /// If there is a seed, cuts are drawn by it instead of searched.
    pub drawn: Option<u64>,
}

impl<'a> Context<'a> {
    pub fn stage(&self, index: usize) -> &'a Stage {
        &self.graph.stages[index]
    }
    /// Where the parameters of a stage that has some are.
    pub fn layer(&self, index: usize) -> &'a LayerPlan {
        &self.map.layers[self.stage(index).layer.expect("the stage has parameters")]
    }
    pub fn lanes(&self) -> usize {
        self.config.lanes
    }
    /// Vectors of the weight buffer that the identity takes in a pass that adds maps or losses.
    pub fn identity_rows(&self, adds: bool) -> usize {
        if adds { self.lanes() } else { 0 }
    }
    /// Vectors of the weight buffer for the weights of such a pass.
    pub fn weight_room(&self, adds: bool) -> usize {
        (1 << self.config.weight_aw) - self.identity_rows(adds)
    }
}

/// The commands so far.
pub struct Builder<'a> {
    pub context: Context<'a>,
    /// Without tokens yet.
    pub commands: Vec<Synced>,
    /// Regions of the buffers whose padding is zero: buffer, addresses, and the geometry of the tiles for which
    /// it is.
    padded: Vec<(VectorBuffer, u32, u32, Geometry)>,
    /// Passes take the low and the high end of the buffers in turn, so that one loads while the one before still computes.
    high: bool,
    /// The window of the images that the scratch holds.
    pub(crate) scratch: Option<Held>,
    /// Parts of the tables that the vector unit has: their addresses there.
    tables: BTreeSet<u32>,
    /// Updates that are still to be made, between the tiles of later passes.
    pub(crate) updates: Updates,
}

/// Where the real pixels of a tile lie among its padding: what a region was zeroed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Maps in the tile (images x groups), each of `rows x cols` vectors.
    pub maps: usize,
    pub rows: usize,
    pub cols: usize,
    /// Real rows and columns within each map.
    pub real_rows: (usize, usize),
    pub real_cols: (usize, usize),
    /// From one real row, and column, to the next; what is between them is zero too.
    pub spread: [usize; 2],
}

/// One or two equal regions of a buffer, used in turn.
#[derive(Clone, Copy, Debug)]
pub struct Slots {
    base: usize,
    size: usize,
    count: usize,
    next: usize,
}

impl Slots {
    pub fn new(base: usize, size: usize, count: usize) -> Self {
        Slots { base, size, count, next: 0 }
    }

    /// The region's first address.
    pub fn take(&mut self) -> usize {
        let at = self.base + self.next * self.size;
        self.next = (self.next + 1) % self.count;
        at
    }
}

/// First addresses of a pass's part of each buffer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bases {
    pub feature: usize,
    pub loss: usize,
    pub weight: usize,
    pub psum: usize,
}

impl<'a> Builder<'a> {
    pub fn new(context: Context<'a>) -> Self {
        Builder {
            context,
            commands: Vec::new(),
            padded: Vec::new(),
            high: false,
            scratch: None,
            tables: BTreeSet::new(),
            updates: Updates::default(),
        }
    }

    /// Loads the control words of a recipe, if the vector unit has them not yet.
    pub fn use_recipe(&mut self, recipe: RecipeWord) {
        for (address, words) in library().tables.parts(recipe) {
            if self.tables.insert(address) {
                self.load(LoadDesc {
                    op: LoadOp::words(WordBuffer::Operand).encode(),
                    base: TABLES_AT + address,
                    dram: self.context.map.tables + address,
                    run: words,
                    n_run0: 1,
                    n_run1: 1,
                    ..Default::default()
                });
            }
        }
    }

    fn push(&mut self, command: Command) {
        self.commands.push(Synced { command, wait: 0, signal: 0 });
    }
    pub fn load(&mut self, d: LoadDesc) {
        self.push(Command::Load(d));
    }
    pub fn compute(&mut self, d: ComputeDesc) {
        self.push(Command::Compute(d));
    }
    pub fn store(&mut self, d: StoreDesc) {
        self.push(Command::Store(d));
    }

    /// Chooses the part of each buffer for the next pass, which needs this much. Updates that are still to be
    /// made go on during the pass; but if it needs the partial sums that they read, all of them are made before
    /// it.
    pub fn begin_pass(&mut self, needs: &Needs) -> Bases {
        self.high = !self.high;
        let high = self.high;
        let config = self.context.config;
        let base = |aw: usize, needed: usize| if high { (1 << aw) - needed } else { 0 };
        let bases = Bases {
            feature: base(config.feature_aw, needs.feature),
            loss: base(config.loss_aw, needs.loss),
            weight: base(config.weight_aw, needs.weight),
            psum: base(config.psum_aw, needs.psum),
        };
        if self.updates.read(bases.psum..bases.psum + needs.psum) {
            self.finish_updates();
        }
        bases
    }

    /// Makes the padding of a tile's region zero, unless it still is from an earlier tile of the same geometry.
    pub fn zero_padding(&mut self, buffer: VectorBuffer, base: usize, geometry: Geometry) {
        let size = geometry.maps * geometry.rows * geometry.cols;
        let (lo, hi) = (base as u32, (base + size) as u32);
        let full = geometry.real_rows == (0, geometry.rows)
            && geometry.real_cols == (0, geometry.cols)
            && geometry.spread == [1; 2];
        if self.padded.iter().any(|p| (p.0, p.1, p.2) == (buffer, lo, hi) && p.3 == geometry) {
            return;
        }
        self.padded.retain(|p| p.0 != buffer || p.2 <= lo || hi <= p.1);
        if !full {
            self.load(LoadDesc {
                op: LoadOp::zero(buffer).encode(),
                base: lo,
                n0: size as u32,
                ..Default::default()
            });
        }
        self.padded.push((buffer, lo, hi, geometry));
    }
}

/// Words of a run that must be there before its burst begins, so that the others come in time: the memory takes at most one per cycle.
pub fn prefill(run: u32, recipe: RecipeWord) -> u32 {
    (run - run / (recipe.period + 1)).min(MOST_PREFILL)
}
