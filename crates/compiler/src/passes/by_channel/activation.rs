//! Activations that are no ReLU, and their gradients: a recipe over all words of a map.

use super::vector::Left;
use crate::builder::{Builder, Context};
use crate::passes::{Cut, Order, Part, Pass, Space};
use crate::room::Needs;
use crate::tile::{Grid, blocks};
use crate::work::Work;
use crate::{Activation, Stage};
use ef_isa::compute::Phase;
use ef_isa::vector::{RecipeWord, Walk, library};
use ef_time::Traffic;

/// FP, or BP, of stage `.0`.
pub struct Activate(pub usize, pub Phase);

impl Activate {
    fn recipe(&self, stage: &Stage) -> RecipeWord {
        let [forward, backward] = match stage.activation().expect("the stage is an activation") {
            Activation::LeakyRelu(_) => library().activations[0],
            Activation::Relu6 => library().activations[1],
        };
        if self.1 == Phase::Fp { forward } else { backward }
    }

    /// Words of the maps that it reads, and of the one that it makes.
    fn tensors(&self, context: &Context) -> (Vec<u32>, u32) {
        let (stage, map) = (context.stage(self.0), context.map);
        match self.1 {
            Phase::Fp => (vec![map.values[stage.input]], map.values[stage.output]),
            _ => (vec![map.values[stage.output], map.losses[stage.output]], map.losses[stage.input]),
        }
    }
}

impl Pass for Activate {
    fn parts(&self) -> Vec<Part> {
        vec![(self.0, self.1)]
    }

    fn space(&self, context: &Context) -> Space {
        let Stage { rows, cols, .. } = *context.stage(self.0);
        Space {
            grid: Grid { rows, cols, row_step: rows, col_step: cols },
            most_pixels: usize::MAX,
            outs: vec![1],
            ins: vec![1],
            orders: &[Order::GroupsFirst],
        }
    }

    fn admits(&self, context: &Context, cut: &Cut) -> bool {
        // there is one way
        cut.size.images == context.batch && cut.slots == 2
    }

    fn needs(&self, context: &Context, _: &Cut) -> Needs {
        Needs { operand: 1 << context.config.operand_aw, ..Default::default() }
    }

    fn work(&self, context: &Context, _: &Cut) -> Work {
        let words = context.batch * context.stage(self.0).out_words();
        let (read, _) = self.tensors(context);
        let pieces = words.div_ceil(piece(context, read.len()));
        Work {
            loads: Traffic::new(read.len() * words, read.len() * pieces),
            stores: Traffic::new(words, pieces),
            ..Default::default()
        }
    }

    fn emit(&self, builder: &mut Builder, _: &Cut) {
        let context = builder.context;
        let (stage, (read, made)) = (context.stage(self.0), self.tensors(&context));
        let (words, most) = (context.batch * stage.out_words(), piece(&context, read.len()));
        // no updates between the pieces: they use the operand RAM too
        builder.load_operand_run(0, context.matrices(self.0).constants, 1);
        for (number, (first, count)) in blocks(words, most).enumerate() {
            let slot = 1 + number % 2 * read.len() * most;
            let at = |tensor: usize| slot + tensor * most;
            for (tensor, dram) in read.iter().enumerate() {
                builder.load_operand_run(at(tensor), dram + first as u32, count);
            }
            let recipe = self.recipe(stage);
            let turns = [count as u32, 1, 1, 1];
            let walk = Walk { recipe, turns, o_a: at(0) as u32, o_b: at(1) as u32, ..Walk::default() };
            builder.vector(self.0, &walk, Some(Left::run(made + first as u32, count)));
        }
    }
}

/// Words of each map that the operand RAM holds at once: two pieces, behind the slope.
fn piece(context: &Context, maps: usize) -> usize {
    ((1 << context.config.operand_aw) - 1) / (2 * maps)
}
