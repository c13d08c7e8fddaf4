use super::LONGEST;
use crate::{CompileError, MemoryMap, Stage};
use ef_program::load::{LoadOp, VectorBuffer, WordBuffer};
use ef_program::{Command, ComputeDesc, Config, LoadDesc, StoreDesc};

/// The commands so far, and what is known of the buffers.
pub struct Builder<'a> {
    pub stages: &'a [Stage],
    pub config: &'static Config,
    pub map: &'a MemoryMap,
    pub train: bool,
    pub commands: Vec<Command>,
    /// Regions whose padding is zero, with the geometry for which that holds.
    padded: Vec<(VectorBuffer, u32, u32, Geometry)>,
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

impl<'a> Builder<'a> {
    pub fn new(stages: &'a [Stage], config: &'static Config, map: &'a MemoryMap, train: bool) -> Self {
        Builder { stages, config, map, train, commands: Vec::new(), padded: Vec::new() }
    }

    pub fn lanes(&self) -> usize {
        self.config.lanes
    }

    pub fn load(&mut self, d: LoadDesc) {
        self.commands.push(Command::Load(d));
    }
    pub fn compute(&mut self, d: ComputeDesc) {
        self.commands.push(Command::Compute(d));
    }
    pub fn store(&mut self, d: StoreDesc) {
        self.commands.push(Command::Store(d));
    }

    /// A stage whose commands are too many is refused before the next one adds to them.
    pub fn check_length(&self, index: usize) -> Result<(), CompileError> {
        let commands = self.commands.len();
        if commands <= LONGEST {
            return Ok(());
        }
        Err(self.too_long(index, commands))
    }

    pub fn too_long(&self, index: usize, commands: usize) -> CompileError {
        let layer = self.stages[index].name.clone();
        CompileError::TooLong { layer, commands: commands as u128, possible: LONGEST }
    }

    /// The labels of the batch stay in the operand buffer for the loss.
    pub fn load_labels(&mut self) -> Result<(), CompileError> {
        let batch = self.map.batch;
        self.fits_operand("softmax_cross_entropy", "the labels of the batch", batch)?;
        self.load(LoadDesc {
            op: LoadOp::words(WordBuffer::Operand).encode(),
            dram: self.map.labels,
            run: batch as u32,
            n_run0: 1,
            n_run1: 1,
            ..Default::default()
        });
        Ok(())
    }

    /// Makes the padding of a tile's region zero, unless it still is from an earlier tile of the same geometry.
    pub fn zero_padding(&mut self, buffer: VectorBuffer, base: usize, geometry: Geometry) {
        let size = geometry.maps * geometry.rows * geometry.cols;
        let (lo, hi) = (base as u32, (base + size) as u32);
        let full = geometry.real_rows == (0, geometry.rows) && geometry.real_cols == (0, geometry.cols);
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
