//! All recipes in one table: what a host writes into memory, and what the commands of its programs name.

use super::recipes::{
    smoothed_exponentials, smoothed_gradient, softmax_exponentials, softmax_gradient, softmax_greatest,
    softmax_loss,
};
use super::{Optimiser, Recipe, RecipeWord, Tables, Walk, schedule};
use std::sync::LazyLock;

/// The recipes, scheduled.
#[derive(Debug)]
pub struct Library {
    /// Their control words.
    pub tables: Tables,
    /// Of each optimiser.
    updates: Vec<Vec<Update>>,
    /// Softmax cross-entropy, and the same with label smoothing.
    softmax: [Softmax; 2],
}

/// The passes of a softmax cross-entropy.
#[derive(Clone, Copy, Debug)]
struct Softmax {
    greatest: RecipeWord,
    /// For [`SOME_IMAGES`] and more, and for fewer.
    exponentials: [RecipeWord; 2],
    loss: RecipeWord,
    gradient: RecipeWord,
}

/// A pass of an update.
#[derive(Clone, Copy, Debug)]
pub struct Update {
    /// Its recipe.
    pub recipe: RecipeWord,
    /// The tensors that leave as X and as Y, by number.
    pub leave: &'static [usize],
}

/// So many images take turns in the faster one of the two recipes of exponentials.
const SOME_IMAGES: u32 = 3;

/// The library; it is made once.
pub fn library() -> &'static Library {
    static LIBRARY: LazyLock<Library> = LazyLock::new(Library::new);
    &LIBRARY
}

impl Library {
    fn new() -> Library {
        let mut tables = Tables::default();
        let mut add = |recipe: Recipe, lanes| {
            let found = schedule(&recipe, lanes).unwrap_or_else(|error| panic!("{error}"));
            tables.add(&found)
        };
        Library {
            updates: Optimiser::ALL
                .map(|optimiser| {
                    let passes = optimiser.passes().into_iter();
                    passes
                        .map(|pass| Update {
                            recipe: RecipeWord { lane_level: 1, ..add(pass.recipe, 1) },
                            leave: pass.leave,
                        })
                        .collect()
                })
                .into(),
            softmax: {
                let greatest = RecipeWord { lane_level: 1, bounded: true, ..add(softmax_greatest(), 1) };
                let loss = RecipeWord { lane_level: 1, totals: true, ..add(softmax_loss(), 1) };
                [(softmax_exponentials(), softmax_gradient()), (smoothed_exponentials(), smoothed_gradient())]
                    .map(|(exponentials, gradient)| Softmax {
                        greatest,
                        loss,
                        exponentials: [SOME_IMAGES, 1].map(|images| RecipeWord {
                            lane_level: 1,
                            bounded: true,
                            ..add(exponentials.clone(), images)
                        }),
                        gradient: RecipeWord {
                            channel_level: 2,
                            bounded: true,
                            padded: true,
                            ..add(gradient, 1)
                        },
                    })
            },
            tables,
        }
    }
}

impl Library {
    /// The passes of an optimiser's update.
    pub fn updates(&self, optimiser: Optimiser) -> &[Update] {
        &self.updates[optimiser as usize]
    }
}

/// Up to [`LANES`](super::LANES) images whose logits are partial sums: class k of image i in lane k mod T at `p_base + k / T * p_g + i`.
#[derive(Clone, Copy, Debug)]
pub struct Logits {
    /// How many.
    pub images: u32,
    /// Logits of an image.
    pub classes: u32,
    /// First partial-sum address.
    pub p_base: u32,
    /// From one group of T classes to the next.
    pub p_g: u32,
    /// Operand word of the first label.
    pub labels: u32,
    /// The labels are smoothed.
    pub smoothed: bool,
}

impl Library {
    /// The passes of a softmax cross-entropy, with T lanes: greatest logits, exponentials, loss, and last the gradients, which leave image by
    /// image, each padded with +0 to whole vectors.
    pub fn softmax(&self, logits: &Logits, lanes: u32) -> [Walk; 4] {
        let &Logits { images, classes, p_base, p_g, labels, smoothed } = logits;
        let recipes = &self.softmax[usize::from(smoothed)];
        let (groups, p_g) = (classes.div_ceil(lanes), i64::from(p_g));
        let walk = |recipe, turns, strides| {
            Walk { recipe, turns, p_base, limit: classes, o_c: labels, ..Walk::default() }
                .with_strides(strides)
        };
        let over = |recipe| walk(recipe, [images, lanes, groups, 1], [1, 0, p_g, 0]);
        [
            over(recipes.greatest),
            over(recipes.exponentials[usize::from(images < SOME_IMAGES)]),
            walk(recipes.loss, [images, 1, 1, 1], [0; 4]),
            walk(recipes.gradient, [lanes, groups, images, 1], [0, p_g, 1, 0]),
        ]
    }
}
