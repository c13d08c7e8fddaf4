//! The update: old weights and velocities stream in, new ones stream out, gradients come from the partial sums.

use super::builder::{Builder, Slots};
use super::tiles::blocks;
use ef_program::load::{LoadOp, WordBuffer};
use ef_program::store::{StoreKind, StoreOp};
use ef_program::{Config, LoadDesc, StoreDesc};

/// A contiguous piece of a layer's parameters and where its gradients are.
struct Piece {
    /// First word within the layer's parameters.
    at: usize,
    /// Elements as (kernel steps, output channels, input channels), and the partial-sum walk over them.
    shape: (usize, usize, usize),
    sum: usize,
    sum_step: usize,
    sum_channel: usize,
}

impl Builder<'_> {
    /// Updates output groups `outs` x input groups `ins`; gradients of output group m lie from `sums + m * stride`,
    /// the bias gradient after the weights' if `bias`.
    pub fn update(
        &mut self,
        index: usize,
        outs: (usize, usize),
        ins: (usize, usize),
        sums: usize,
        bias: bool,
    ) {
        let stage = self.stages[index].clone();
        let t = self.lanes();
        let area = stage.area();
        let stride = gradient_sums(ins.1, area, t, bias);
        let most = matrices_at_once(self.config);
        let mut operands = Slots::new(0, 2 * most * t * t, 2);
        for m in 0..outs.1 {
            let block = (outs.0 + m) * stage.block_words();
            let own = sums + m * stride;
            // 1 x 1 kernels: steps run over the input groups
            let (rows, steps, step_sums) = if area == 1 { (1, ins.1, t) } else { (ins.1, area, 1) };
            for row in 0..rows {
                for (step, count) in blocks(steps, most) {
                    self.update_piece(
                        index,
                        &mut operands,
                        Piece {
                            at: block + ((ins.0 + row) * area + step) * t * t,
                            shape: (count, t, t),
                            sum: own + row * area * t + step * step_sums,
                            sum_step: step_sums,
                            sum_channel: area,
                        },
                    );
                }
            }
            if bias {
                self.update_piece(
                    index,
                    &mut operands,
                    Piece {
                        at: block + stage.block_words() - t,
                        shape: (1, t, 1),
                        sum: own + ins.1 * t * area,
                        sum_step: 0,
                        sum_channel: 0,
                    },
                );
            }
        }
    }

    fn update_piece(&mut self, index: usize, operands: &mut Slots, piece: Piece) {
        let (steps, outs, ins) = piece.shape;
        let words = steps * outs * ins;
        let tensors = [self.map.layers[index].weights, self.map.layers[index].velocities];
        let first = operands.take();
        for (k, tensor) in tensors.into_iter().enumerate() {
            self.load(LoadDesc {
                op: LoadOp::words(WordBuffer::Operand).encode(),
                base: (first + k * words) as u32,
                dram: tensor + piece.at as u32,
                run: words as u32,
                n_run0: 1,
                n_run1: 1,
                ..Default::default()
            });
        }
        for (k, tensor) in tensors.into_iter().enumerate() {
            let op = StoreOp { velocity: k == 1, ..StoreOp::new(StoreKind::Update) };
            self.store(StoreDesc {
                op: op.encode(),
                tag: self.stages[index].tag,
                p_base: piece.sum as u32,
                p_g: piece.sum_step as u32,
                p_n: piece.sum_channel as u32,
                n_g: steps as u32,
                n_r: outs as u32,
                n_c: ins as u32,
                o_w: first as u32,
                o_v: (first + words) as u32,
                dram: tensor + piece.at as u32,
                run: words as u32,
                n_run: 1,
                ..Default::default()
            });
        }
    }
}

/// Loads and stores of a piece: weights and velocities.
pub const COMMANDS: usize = 4;

/// Matrices of T x T weights in a piece: its weights and velocities, twice, share the operand buffer.
pub fn matrices_at_once(config: &Config) -> usize {
    ((1 << config.operand_aw) / 4 / (config.lanes * config.lanes)).max(1)
}

/// Partial sums that the gradients of one output group take.
pub fn gradient_sums(in_groups: usize, area: usize, lanes: usize, bias: bool) -> usize {
    in_groups * lanes * area + usize::from(bias)
}
