//! Batch normalisation: the statistics of a batch, the centred map, and what follows from them for FP and for BP.

use super::vector::{Left, Operands};
use crate::builder::{Builder, Context};
use crate::tensors::runs::Runs;
use crate::tile::blocks;
use ef_isa::vector::{RecipeWord, Walk, library};

/// A part of one group of a map, as long as the operand RAM has room for.
struct Piece {
    dram: u32,
    /// Words of a run, and images, of which it has a run each.
    run: usize,
    images: usize,
    /// From an image to the next.
    image: usize,
}

impl Context<'_> {
    /// The pieces of group `group` of the map that stage `index` reads: of several images, or of one.
    fn pieces(&self, index: usize, group: usize, room: usize) -> Vec<Piece> {
        let (stage, t) = (self.stage(index), self.lanes());
        let map = stage.in_rows * stage.in_cols * t;
        let image = stage.in_groups() * map;
        let first = self.map.values[stage.input] as usize + group * map;
        let piece = |at: usize, run, images| Piece { dram: (first + at) as u32, run, images, image };
        let at_once = (room / map).max(1);
        let images = blocks(self.batch, at_once);
        images
            .flat_map(|(number, count)| {
                let parts = blocks(map, if count == 1 { room } else { map });
                parts.map(move |(at, run)| (number * image + at, run, count))
            })
            .map(|(at, run, count)| piece(at, run, count))
            .collect()
    }
}

impl Builder<'_> {
    /// A recipe over all pixels of a group, piece by piece, each followed by what adds it to the others.
    fn over_pieces(&mut self, index: usize, pieces: &[Piece], operands: &mut Operands, recipe: RecipeWord) {
        let (recipes, t) = (&library().by_channel, self.context.lanes());
        for (number, piece) in pieces.iter().enumerate() {
            let &Piece { dram, run, images, image } = piece;
            let base = operands.pieces.take();
            self.load_operands(base, dram, Runs::new(run, (images, image), (1, 0)));
            let pixels = run * images / t;
            let walk = Walk { recipe, turns: [t as u32, pixels as u32, 1, 1], o_a: base as u32, ..Walk::default() };
            let left = recipe.x.then_some(Left { dram, run, n_run: images, d_run: image });
            self.vector(index, &walk, left);
            let recipe = if number == 0 { recipes.first_piece } else { recipes.next_piece };
            self.of_channels(index, Walk { recipe, ..Walk::default() }, None);
        }
    }

    /// Statistics of a group; its map is centred, running statistics follow, the matrix and the bias of FP are made.
    pub(super) fn measure(&mut self, index: usize, group: usize, operands: &mut Operands) {
        let (recipes, t) = (&library().by_channel, self.context.lanes());
        let base = operands.groups.take();
        self.load_group(index, group, base);
        let [mean, variance, scale, shift] = [0, 1, 2, 3].map(|k| (base + k * t) as u32);
        let [pixels, momentum, epsilon] = [0, 1, 2].map(|k| (operands.constants + k * t) as u32);
        let running = self.context.map.layers[index].running.expect("a batch normalisation has them");
        let running = running + (group * 2 * t) as u32;
        let pieces = self.context.pieces(index, group, operands.room);
        self.over_pieces(index, &pieces, operands, recipes.sum(t as u32));
        let walk = Walk { recipe: recipes.mean, o_a: pixels, o_b: mean, o_c: momentum, ..Walk::default() };
        self.of_channels(index, walk, Some(running));
        self.over_pieces(index, &pieces, operands, recipes.centre(t as u32));
        let (deviations, scales) = (self.context.matrices(index).deviations(group, t), self.context.scales(index, group));
        let walk = Walk { recipe: recipes.deviation, o_a: epsilon, ..Walk::default() };
        self.of_channels(index, walk, Some(deviations));
        let recipe = recipes.running_variance;
        let walk = Walk { recipe, o_b: variance, o_c: momentum, ..Walk::default() };
        self.of_channels(index, walk, Some(running + t as u32));
        self.of_channels(index, Walk { recipe: recipes.scale, o_a: scale, ..Walk::default() }, Some(scales));
        let left = self.context.forward_matrix(index, group, 0);
        self.of_matrix(index, recipes.diagonal, operands.identity, 0, left);
        let walk = Walk { recipe: recipes.copy, o_a: shift, ..Walk::default() };
        self.of_channels(index, walk, Some(left + (t * t) as u32));
    }

    /// The matrix and the bias of the centred map in BP of groups `groups`, from the gradients of WU: of each group T vectors, on whose diagonal
    /// is the sum of losses by centred words, and a vector with the sum of losses.
    pub(super) fn backward_matrices(&mut self, index: usize, groups: (usize, usize), sums: usize) {
        let (recipes, t) = (&library().by_channel, self.context.lanes());
        let mut operands = Operands::new(&self.context);
        self.load_given(index, &operands);
        let pixels = operands.constants as u32;
        for number in 0..groups.1 {
            let (group, own) = (groups.0 + number, (sums + number * (t + 1)) as u32);
            let (base, left) = (operands.groups.take(), self.context.backward_matrix(index, group));
            self.load_operand_run(base, self.context.scales(index, group), 2 * t);
            let (scales, deviations) = (base as u32, (base + t) as u32);
            let walk = Walk {
                recipe: recipes.slope,
                turns: [t as u32, 1, 1, 1],
                p_base: own,
                o_a: deviations,
                o_b: scales,
                o_c: pixels,
                ..Walk::default()
            };
            self.vector(index, &walk.with_strides([1, 0, 0, 0]), None);
            self.of_matrix(index, recipes.diagonal, operands.identity, 0, left);
            let p_base = own + t as u32;
            let walk = Walk { recipe: recipes.offset, p_base, o_a: scales, o_c: pixels, ..Walk::default() };
            self.of_channels(index, walk, Some(left + (t * t) as u32));
        }
    }
}

impl Context<'_> {
    /// Where the scales of a group are, and behind them its inverse deviations.
    fn scales(&self, index: usize, group: usize) -> u32 {
        self.matrices(index).scales + (2 * group * self.lanes()) as u32
    }

    /// Where the matrix of the centred map in BP is, and behind it its biases.
    pub(crate) fn backward_matrix(&self, index: usize, group: usize) -> u32 {
        self.matrices(index).backward + (group * self.stage(index).expanded_words()) as u32
    }
}
