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
            let walk =
                Walk { recipe, turns: [t as u32, pixels as u32, 1, 1], o_a: base as u32, ..Walk::default() };
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
        let running = self.context.layer(index).running.expect("a batch normalisation has them");
        let running = running + (group * 2 * t) as u32;
        let pieces = self.context.pieces(index, group, operands.room);
        self.over_pieces(index, &pieces, operands, recipes.sum(t as u32));
        let walk = Walk { recipe: recipes.mean, o_a: pixels, o_b: mean, o_c: momentum, ..Walk::default() };
        self.of_channels(index, walk, Some(running));
        self.over_pieces(index, &pieces, operands, recipes.centre(t as u32));
        let scales = self.context.scales(index, group);
        let walk = Walk { recipe: recipes.deviation, o_a: epsilon, ..Walk::default() };
        self.of_channels(index, walk, Some(scales + t as u32));
        let recipe = recipes.running_variance;
        let walk = Walk { recipe, o_b: variance, o_c: momentum, ..Walk::default() };
        self.of_channels(index, walk, Some(running + t as u32));
        self.of_channels(index, Walk { recipe: recipes.scale, o_a: scale, ..Walk::default() }, Some(scales));
        let left = self.context.forward_matrix(index, group, 0);
        self.of_matrix(index, recipes.diagonal, operands.identity, 0, left);
        let walk = Walk { recipe: recipes.copy, o_a: shift, ..Walk::default() };
        self.of_channels(index, walk, Some(left + (t * t) as u32));
    }

    /// The matrix and the bias of the centred map in BP of groups `groups`, and the updates of their scales and shifts, from the gradients of WU.
    pub(super) fn backward_matrices(&mut self, index: usize, groups: (usize, usize), sums: &Sets) {
        let (recipes, t) = (&library().by_channel, self.context.lanes());
        let mut operands = Operands::new(&self.context);
        for number in 0..groups.1 {
            // updates use the operand RAM too
            self.load_given(index, &operands);
            let pixels = operands.constants as u32;
            let (group, own) = (groups.0 + number, sums.base + number * (t + 1));
            let (base, left) = (operands.groups.take(), self.context.backward_matrix(index, group));
            self.load_operand_run(base, self.context.scales(index, group), 2 * t);
            let (scales, deviations) = (base as u32, (base + t) as u32);
            let block = group * self.context.stage(index).block_words();
            self.fold(index, own, 1, sums);
            let recipe = recipes.slope;
            let walk = Walk { recipe, o_a: deviations, o_b: scales, o_c: pixels, ..Walk::default() };
            self.of_channels(index, walk, None);
            self.of_matrix(index, recipes.diagonal, operands.identity, 0, left);
            self.fold(index, own + t, 0, sums);
            // the gradient of the shifts takes the place of that of the scales
            self.update_channels(index, block);
            self.load_given(index, &operands);
            self.load_operand_run(base, self.context.scales(index, group), 2 * t);
            let walk = Walk { recipe: recipes.offset, o_a: scales, o_c: pixels, ..Walk::default() };
            self.of_channels(index, walk, Some(left + (t * t) as u32));
            self.update_channels(index, block + t);
        }
    }

    /// Adds the partial sums of each channel up: lane m of vector `first`, `stride` vectors further for each lane, of every set.
    fn fold(&mut self, index: usize, first: usize, stride: i64, sums: &Sets) {
        let (recipes, t) = (&library().by_channel, self.context.lanes() as u32);
        self.of_channels(index, Walk { recipe: recipes.clear, ..Walk::default() }, None);
        let walk = Walk {
            recipe: recipes.fold(t),
            turns: [t, sums.count as u32, 1, 1],
            p_base: first as u32,
            ..Walk::default()
        };
        self.vector(index, &walk.with_strides([stride, sums.size as i64, 0, 0]), None);
    }
}

/// Several regions of partial sums for the gradients of a block: a sum of very many words of one sign loses accuracy, because each step of it is
/// rounded towards zero. Tiles take them in turn.
#[derive(Clone, Copy, Debug)]
pub struct Sets {
    pub base: usize,
    /// Vectors of one.
    pub size: usize,
    pub count: usize,
}

impl Sets {
    /// The region of a tile, and whether it is its first.
    pub fn of_tile(&self, number: usize) -> (usize, bool) {
        (self.base + number % self.count * self.size, number < self.count)
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
