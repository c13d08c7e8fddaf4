//! Weights into the weight buffer, for FP by rows and for BP by columns: the same bytes, the same buffer layout.

use super::builder::Builder;
use super::runs::Runs;
use ef_program::LoadDesc;
use ef_program::load::{LoadOp, VectorBuffer};

impl Builder<'_> {
    /// Weight-buffer vectors of one FP block: all kernel matrices of T output channels, then their biases.
    pub fn fp_block(&self, index: usize) -> usize {
        self.stages[index].block_words() / self.lanes()
    }

    /// FP: blocks of `count` groups of output channels, one after the other from `base`.
    pub fn load_fp_weights(&mut self, index: usize, (first, count): (usize, usize), base: usize) {
        let block = self.stages[index].block_words();
        let rows = self.fp_block(index) as u32;
        let runs = Runs::new(block, (count, block), (1, 0));
        let dram = self.map.layers[index].weights + (first * block) as u32;
        self.load_weight_vectors(dram, runs, (rows, count as u32, rows), base);
    }

    /// FP where a block is larger than the weight buffer: the matrices of input groups `ins` for each of `outs`,
    /// with a vector for the bias after each, which is loaded with the first input group. Regions of `pitch` vectors.
    pub fn load_fp_chunk(
        &mut self,
        index: usize,
        outs: (usize, usize),
        ins: (usize, usize),
        base: usize,
        pitch: usize,
    ) {
        let stage = &self.stages[index];
        let t = self.lanes();
        let (block, matrix) = (stage.block_words(), stage.area() * t * t);
        let rows = ins.1 * stage.area() * t;
        let first = self.map.layers[index].weights as usize + outs.0 * block;
        let strides = (outs.1, block);
        let matrices = Runs::new(ins.1 * matrix, strides, (1, 0));
        let biases = Runs::new(t, strides, (1, 0));
        let (count, pitch) = (outs.1 as u32, pitch as u32);
        let dram = (first + ins.0 * matrix) as u32;
        self.load_weight_vectors(dram, matrices, (rows as u32, count, pitch), base);
        if ins.0 == 0 {
            self.load_weight_vectors((first + block - t) as u32, biases, (1, count, pitch), base + rows);
        }
    }

    /// BP: for every group of output channels the matrices of input groups `first..first + count`.
    pub fn load_bp_weights(&mut self, index: usize, (first, count): (usize, usize), base: usize) {
        let stage = &self.stages[index];
        let t = self.lanes();
        let matrix = stage.area() * t * t;
        let runs = Runs::new(count * matrix, (stage.out_groups(), stage.block_words()), (1, 0));
        let dram = self.map.layers[index].weights + (first * matrix) as u32;
        let rows = (count * matrix / t) as u32;
        let blocks = stage.out_groups() as u32;
        self.load_weight_vectors(dram, runs, (rows, blocks, rows), base);
    }

    fn load_weight_vectors(
        &mut self,
        dram: u32,
        runs: super::runs::Runs,
        (rows, blocks, pitch): (u32, u32, u32),
        base: usize,
    ) {
        let [run, n_run0, d_run0, n_run1, d_run1] = runs.fields();
        self.load(LoadDesc {
            op: LoadOp::vectors(VectorBuffer::Weight).encode(),
            base: base as u32,
            n0: rows,
            n1: blocks,
            n2: 1,
            n3: 1,
            a0: 1,
            a1: pitch,
            // row m of a matrix has phase m, so that rows and columns are both read without conflict
            p0: 1,
            dram,
            run,
            n_run0,
            d_run0,
            n_run1,
            d_run1,
            ..Default::default()
        });
    }
}
