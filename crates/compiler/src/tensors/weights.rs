//! Weights into the weight buffer, for FP by rows and for BP by columns: the same bytes, the same buffer layout.

use super::runs::Runs;
use crate::Stage;
use crate::builder::Builder;
use ef_isa::LoadDesc;
use ef_isa::load::{LoadOp, VectorBuffer};

impl Stage {
    /// Weight-buffer vectors of the matrices of `ins` groups of input channels for one group of outputs.
    pub(crate) fn matrix_rows(&self, ins: usize) -> usize {
        ins * self.matrices() * self.lanes
    }

    /// Weight-buffer vectors for FP of one group of outputs from `ins` groups of inputs: their matrices, then the biases.
    pub(crate) fn fp_block(&self, ins: usize) -> usize {
        self.matrix_rows(ins) + 1
    }
}

impl Builder<'_> {
    /// FP: for each group of `outs` the matrices of groups `ins`, then a vector for the biases, which come with the first of them.
    pub fn load_fp_weights(&mut self, index: usize, outs: (usize, usize), ins: (usize, usize), base: usize) {
        let stage = self.context.stage(index);
        let t = self.context.lanes();
        let (block, matrix) = (stage.block_words(), stage.area() * t * t);
        let (rows, pitch) = (stage.matrix_rows(ins.1), stage.fp_block(ins.1));
        let first = self.context.layer(index).weights as usize + outs.0 * block;
        let strides = (outs.1, block);
        if ins.1 == stage.in_groups() {
            return self.load_weight_vectors(
                first,
                Runs::new(block, strides, (1, 0)),
                (pitch, outs.1, pitch),
                base,
            );
        }
        let matrices = Runs::new(ins.1 * matrix, strides, (1, 0));
        self.load_weight_vectors(first + ins.0 * matrix, matrices, (rows, outs.1, pitch), base);
        if ins.0 == 0 {
            let biases = Runs::new(t, strides, (1, 0));
            self.load_weight_vectors(first + block - t, biases, (1, outs.1, pitch), base + rows);
        }
    }

    /// BP: for each group of `outs` the matrices of groups `ins`.
    pub fn load_bp_weights(&mut self, index: usize, outs: (usize, usize), ins: (usize, usize), base: usize) {
        let stage = self.context.stage(index);
        let t = self.context.lanes();
        let (block, matrix) = (stage.block_words(), stage.area() * t * t);
        let runs = Runs::new(ins.1 * matrix, (outs.1, block), (1, 0));
        let first = self.context.layer(index).weights as usize + outs.0 * block + ins.0 * matrix;
        let rows = stage.matrix_rows(ins.1);
        self.load_weight_vectors(first, runs, (rows, outs.1, rows), base);
    }

    /// FP, or BP without biases, of groups that work by channel: for each its matrices, and a vector for the biases.
    pub fn load_forward_matrices(&mut self, index: usize, groups: (usize, usize), biases: bool, base: usize) {
        let stage = self.context.stage(index);
        let rows = if biases { stage.fp_block(1) } else { stage.matrix_rows(1) };
        let first = self.context.forward_matrix(index, groups.0, 0);
        self.load_matrices(stage, first, groups.1, rows, base);
    }

    /// The matrices and biases of the centred map in BP of groups of a batch normalisation.
    pub fn load_backward_matrices(&mut self, index: usize, groups: (usize, usize), base: usize) {
        let stage = self.context.stage(index);
        let first = self.context.backward_matrix(index, groups.0);
        self.load_matrices(stage, first, groups.1, stage.fp_block(1), base);
    }

    /// The first `rows` vectors of the blocks of so many groups from word `first` on; biases are one vector.
    fn load_matrices(&mut self, stage: &Stage, first: u32, groups: usize, rows: usize, base: usize) {
        let runs = Runs::new(rows * self.context.lanes(), (groups, stage.expanded_words()), (1, 0));
        self.load_weight_vectors(first as usize, runs, (rows, groups, rows), base);
    }

    /// The identity.
    pub fn load_identity(&mut self, base: usize) {
        let t = self.context.lanes();
        let at = self.context.map.identity.expect("a network that adds maps has one") as usize;
        self.load_weight_vectors(at, Runs::new(t * t, (1, 0), (1, 0)), (t, 1, t), base);
    }

    /// `blocks` blocks of `rows` vectors, each `pitch` vectors after the one before.
    fn load_weight_vectors(
        &mut self,
        dram: usize,
        runs: Runs,
        (rows, blocks, pitch): (usize, usize, usize),
        base: usize,
    ) {
        self.load(runs.read_by(LoadDesc {
            op: LoadOp::vectors(VectorBuffer::Weight).encode(),
            base: base as u32,
            n0: rows as u32,
            n1: blocks as u32,
            n2: 1,
            n3: 1,
            a0: 1,
            a1: pitch as u32,
            // row m of a matrix has phase m, so that rows and columns are both read without conflict
            p0: 1,
            dram: dram as u32,
            ..Default::default()
        }));
    }
}
