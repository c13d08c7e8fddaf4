//! All recipes in one table: what a host writes into memory, and what the commands of its programs name.

use super::recipes::{softmax_exponentials, softmax_gradient, softmax_greatest, softmax_loss};
use super::{Optimiser, Recipe, RecipeWord, Tables, Walk, schedule};
use std::sync::LazyLock;

/// The recipes, scheduled.
#[derive(Debug)]
pub struct Library {
    /// Their control words.
    pub tables: Tables,
    /// Of each optimiser.
    updates: Vec<Vec<Update>>,
    /// [`softmax_greatest`].
    pub softmax_greatest: RecipeWord,
    /// [`softmax_exponentials`] for [`SOME_IMAGES`] and more, and for fewer.
    pub softmax_exponentials: [RecipeWord; 2],
    /// [`softmax_loss`].
    pub softmax_loss: RecipeWord,
    /// [`softmax_gradient`].
    pub softmax_gradient: RecipeWord,
}

/// A pass of an update.
#[derive(Clone, Copy, Debug)]
pub struct Update {
    /// Its recipe.
    pub recipe: RecipeWord,
    /// The tensors that leave as X and as Y, by number.
    pub leave: &'static [usize],
}

/// So many images take turns in the faster one of the two [`Library::softmax_exponentials`].
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
            softmax_greatest: RecipeWord { lane_level: 1, bounded: true, ..add(softmax_greatest(), 1) },
            softmax_exponentials: [SOME_IMAGES, 1].map(|images| RecipeWord {
                lane_level: 1,
                bounded: true,
                ..add(softmax_exponentials(), images)
            }),
            softmax_loss: RecipeWord { lane_level: 1, totals: true, ..add(softmax_loss(), 1) },
            softmax_gradient: RecipeWord {
                channel_level: 2,
                bounded: true,
                padded: true,
                ..add(softmax_gradient(), 1)
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
}

impl Library {
    /// The passes of a softmax cross-entropy, with T lanes: greatest logits, exponentials, loss, and last the gradients, which leave image by
    /// image, each padded with +0 to whole vectors.
    pub fn softmax(&self, logits: &Logits, lanes: u32) -> [Walk; 4] {
        let &Logits { images, classes, p_base, p_g, labels } = logits;
        let (groups, p_g) = (classes.div_ceil(lanes), i64::from(p_g));
        let walk = |recipe, turns, strides| {
            Walk { recipe, turns, p_base, limit: classes, o_c: labels, ..Walk::default() }
                .with_strides(strides)
        };
        let over = |recipe| walk(recipe, [images, lanes, groups, 1], [1, 0, p_g, 0]);
        [
            over(self.softmax_greatest),
            over(self.softmax_exponentials[usize::from(images < SOME_IMAGES)]),
            walk(self.softmax_loss, [images, 1, 1, 1], [0; 4]),
            walk(self.softmax_gradient, [lanes, groups, images, 1], [0, p_g, 1, 0]),
        ]
    }
}
