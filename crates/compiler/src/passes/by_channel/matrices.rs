//! The diagonal matrices of FP, from compact parameters.

use super::vector::{Left, Operands};
use crate::builder::{Builder, Context};
use crate::passes::{Cut, Order, Part, Pass, Space};
use crate::room::Needs;
use crate::tile::{Grid, blocks, parts};
use crate::work::Work;
use ef_isa::compute::Phase;
use ef_isa::vector::{RecipeWord, Walk, library};
use ef_time::Traffic;

/// The matrices of FP of stage `.0`, of all its groups. In training those of a batch normalisation follow from the batch's statistics, which are
/// taken of the map that it reads; then that map is centred.
pub struct Matrices(pub usize);

impl Matrices {
    /// The smallest part of the batch with as many images as a piece of the map has.
    fn images(&self, context: &Context) -> usize {
        let stage = context.stage(self.0);
        let map = stage.in_rows * stage.in_cols * context.lanes();
        let at_once = (Operands::new(context).room / map).clamp(1, context.batch);
        parts(context.batch, 1).into_iter().filter(|images| *images >= at_once).min().unwrap_or(1)
    }

    fn measures(&self, context: &Context) -> bool {
        context.train && context.stage(self.0).measured().is_some()
    }
}

impl Pass for Matrices {
    fn parts(&self) -> Vec<Part> {
        vec![(self.0, Phase::Fp)]
    }

    fn helps(&self) -> bool {
        true
    }

    fn space(&self, context: &Context) -> Space {
        let stage = context.stage(self.0);
        let (rows, cols) = (stage.rows, stage.cols);
        Space {
            grid: Grid { rows, cols, row_step: rows, col_step: cols },
            most_pixels: usize::MAX,
            outs: vec![1],
            ins: vec![1],
            orders: &[Order::GroupsFirst],
        }
    }

    fn admits(&self, context: &Context, cut: &Cut) -> bool {
        // there is one way; trials are of as many images as a piece has
        cut.size.images == self.images(context) && cut.slots == 2
    }

    fn needs(&self, context: &Context, _: &Cut) -> Needs {
        Needs { operand: 1 << context.config.operand_aw, ..Default::default() }
    }

    fn work(&self, context: &Context, _: &Cut) -> Work {
        let stage = context.stage(self.0);
        let (groups, t) = (stage.out_groups(), context.lanes());
        let (made, few) = (groups * stage.expanded_words(), groups * (4 + stage.area()));
        let mut work = Work {
            loads: Traffic::new(groups * (stage.block_words() + 2 * t), few),
            stores: Traffic::new(made, few),
            ..Default::default()
        };
        if self.measures(context) {
            let words = context.batch * groups * stage.in_rows * stage.in_cols * t;
            let pieces = words.div_ceil(Operands::new(context).room);
            work.loads = work.loads + Traffic::new(2 * words, 2 * pieces);
            work.stores = work.stores + Traffic::new(words, 3 * pieces);
        }
        work
    }

    fn emit(&self, builder: &mut Builder, _: &Cut) {
        let mut operands = Operands::new(&builder.context);
        let (stage, measures) = (builder.context.stage(self.0), self.measures(&builder.context));
        builder.load_given(self.0, &operands);
        for group in 0..stage.out_groups() {
            if measures {
                builder.measure(self.0, group, &mut operands);
            } else if stage.norm().is_some() {
                builder.running_matrix(self.0, group, &mut operands);
            } else {
                builder.spread_taps(self.0, group, &mut operands);
            }
        }
    }
}

impl Builder<'_> {
    /// Loads what matrices are made from: the identity, and the constants of a batch normalisation.
    pub(super) fn load_given(&mut self, index: usize, operands: &Operands) {
        let (map, t) = (self.context.map, self.context.lanes());
        let identity = map.identity.expect("a network with such a layer has one");
        self.load_operand_run(operands.identity, identity, t * t);
        if self.context.stage(index).norm().is_some() {
            self.load_operand_run(operands.constants, self.context.matrices(index).constants, 3 * t);
        }
    }

    /// Loads the running statistics of a group of a batch normalisation, T means and T variances, and behind them T scales and T shifts.
    pub(super) fn load_group(&mut self, index: usize, group: usize, base: usize) {
        let (t, layer) = (self.context.lanes(), self.context.layer(index));
        let at = (group * 2 * t) as u32;
        let running = layer.running.expect("a batch normalisation has them");
        self.load_operand_run(base, running + at, 2 * t);
        self.load_operand_run(base + 2 * t, layer.weights + at, 2 * t);
    }

    /// A command with an element for each of the T channels of a group.
    pub(super) fn of_channels(&mut self, index: usize, walk: Walk, left: Option<u32>) {
        let t = self.context.lanes();
        let walk = Walk { turns: [t as u32, 1, 1, 1], ..walk };
        self.vector(index, &walk, left.map(|dram| Left::run(dram, t)));
    }

    /// T x T words to `left`, of a recipe whose channel is the row.
    pub(super) fn of_matrix(
        &mut self,
        index: usize,
        recipe: RecipeWord,
        identity: usize,
        words: usize,
        left: u32,
    ) {
        let t = self.context.lanes();
        let (turns, o_a, o_c) = ([t as u32, t as u32, 1, 1], identity as u32, words as u32);
        let walk = Walk { recipe, turns, o_a, o_c, ..Walk::default() };
        self.vector(index, &walk, Some(Left::run(left, t * t)));
    }

    /// The matrix and the bias of a group of a batch normalisation, from its running statistics.
    fn running_matrix(&mut self, index: usize, group: usize, operands: &mut Operands) {
        let (recipes, t) = (&library().by_channel, self.context.lanes());
        let base = operands.groups.take();
        self.load_group(index, group, base);
        let [mean, variance, scale, shift] = [0, 1, 2, 3].map(|k| (base + k * t) as u32);
        let epsilon = (operands.constants + 2 * t) as u32;
        let walk = Walk {
            recipe: recipes.running_scale,
            o_a: variance,
            o_b: epsilon,
            o_c: scale,
            ..Walk::default()
        };
        self.of_channels(index, walk, None);
        let left = self.context.forward_matrix(index, group, 0);
        self.of_matrix(index, recipes.diagonal, operands.identity, 0, left);
        let walk = Walk { recipe: recipes.running_shift, o_a: shift, o_b: mean, ..Walk::default() };
        self.of_channels(index, walk, Some(left + (t * t) as u32));
    }

    /// The matrices and the biases of a group of a depthwise convolution.
    fn spread_taps(&mut self, index: usize, group: usize, operands: &mut Operands) {
        let (recipes, t) = (&library().by_channel, self.context.lanes());
        let area = self.context.stage(index).area();
        let block = self.context.layer(index).weights + (group * (area + 1) * t) as u32;
        for (first, taps) in blocks(area + 1, operands.room / t) {
            let base = operands.pieces.take();
            self.load_operand_run(base, block + (first * t) as u32, taps * t);
            for tap in first..first + taps {
                let (words, left) =
                    (base + (tap - first) * t, self.context.forward_matrix(index, group, tap));
                if tap < area {
                    self.of_matrix(index, recipes.spread, operands.identity, words, left);
                } else {
                    let walk = Walk { recipe: recipes.copy, o_a: words as u32, ..Walk::default() };
                    self.of_channels(index, walk, Some(left));
                }
            }
        }
    }
}

impl Context<'_> {
    /// Where the matrices of a stage that works by channel are.
    pub(super) fn matrices(&self, index: usize) -> crate::memory::Matrices {
        self.map.by_channel[index].expect("the stage works by channel")
    }

    /// Where the matrix of a tap of FP is; behind the last one are the biases.
    pub(crate) fn forward_matrix(&self, index: usize, group: usize, tap: usize) -> u32 {
        let t = self.lanes();
        self.matrices(index).forward + (group * self.stage(index).expanded_words() + tap * t * t) as u32
    }
}
