//! All recipes in one table: what a host writes into memory, and what the commands of its programs name.

use super::recipes::{
    Gradient, activation, by_channel, smoothed_exponentials, smoothed_gradient, softmax_exponentials,
    softmax_gradient, softmax_greatest, softmax_loss,
};
use super::{Optimiser, Recipe, RecipeWord, Tables, Walk, schedule};
use std::sync::LazyLock;

/// The recipes, scheduled.
#[derive(Debug)]
pub struct Library {
    /// Their control words.
    pub tables: Tables,
    /// Of each optimiser, with each kind of gradient.
    updates: Vec<[Vec<Update>; 2]>,
    /// What layers that work channel by channel do.
    pub by_channel: ByChannel,
    /// Leaky ReLU and ReLU6: results, and gradients.
    pub activations: [[RecipeWord; 2]; 2],
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

/// The recipes of layers that work channel by channel ([`by_channel`]).
#[derive(Clone, Copy, Debug)]
pub struct ByChannel {
    /// For 8 lanes and more, for 4, and for fewer: [`ByChannel::sum`].
    sum: [RecipeWord; 3],
    centre: [RecipeWord; 3],
    fold: [RecipeWord; 3],
    /// An element for each channel.
    pub first_piece: RecipeWord,
    /// The same.
    pub next_piece: RecipeWord,
    /// The same.
    pub mean: RecipeWord,
    /// The same.
    pub deviation: RecipeWord,
    /// The same.
    pub running_variance: RecipeWord,
    /// The same.
    pub scale: RecipeWord,
    /// The same.
    pub running_scale: RecipeWord,
    /// The same.
    pub running_shift: RecipeWord,
    /// The same.
    pub slope: RecipeWord,
    /// The same.
    pub offset: RecipeWord,
    /// The same.
    pub clear: RecipeWord,
    /// The same.
    pub copy: RecipeWord,
    /// An element for each word of a matrix, whose row is the channel.
    pub diagonal: RecipeWord,
    /// The same.
    pub spread: RecipeWord,
}

impl ByChannel {
    fn new(add: &mut impl FnMut(Recipe, u32) -> RecipeWord) -> ByChannel {
        // pixels after pixels of T channels: the first pixel finds an empty accumulator
        let mut over_pixels = |recipe: fn() -> Recipe| {
            [8, 4, 2].map(|lanes| RecipeWord { lane_level: 1, ..add(recipe(), lanes) })
        };
        let (sum, centre) = (over_pixels(by_channel::sum), over_pixels(by_channel::centre));
        // lanes of partial sums after lanes: only the first lane finds an empty accumulator
        let fold = over_pixels(by_channel::fold).map(|recipe| RecipeWord { lane_level: 0, ..recipe });
        let mut of_channels = |recipe: fn() -> Recipe| add(recipe(), 1);
        ByChannel {
            sum,
            centre,
            fold,
            first_piece: of_channels(by_channel::first_piece),
            next_piece: of_channels(by_channel::next_piece),
            mean: of_channels(by_channel::mean),
            deviation: of_channels(by_channel::deviation),
            running_variance: of_channels(by_channel::running_variance),
            scale: of_channels(by_channel::scale),
            running_scale: of_channels(by_channel::running_scale),
            running_shift: of_channels(by_channel::running_shift),
            slope: of_channels(by_channel::slope),
            offset: of_channels(by_channel::offset),
            clear: of_channels(by_channel::clear),
            copy: of_channels(by_channel::copy),
            diagonal: RecipeWord { channel_level: 1, ..of_channels(by_channel::diagonal) },
            spread: RecipeWord { channel_level: 1, ..of_channels(by_channel::spread) },
        }
    }

    /// The sum of pixels of so many channels.
    pub fn sum(&self, lanes: u32) -> RecipeWord {
        self.sum[Self::fewer(lanes)]
    }

    /// Pixels of so many channels less their means, and the sum of their squares.
    pub fn centre(&self, lanes: u32) -> RecipeWord {
        self.centre[Self::fewer(lanes)]
    }

    /// Several partial sums of so many channels, added to what is there.
    pub fn fold(&self, lanes: u32) -> RecipeWord {
        self.fold[Self::fewer(lanes)]
    }

    fn fewer(lanes: u32) -> usize {
        match lanes {
            8.. => 0,
            4..8 => 1,
            _ => 2,
        }
    }
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
                    Gradient::ALL.map(|from| {
                        let passes = optimiser.passes(from).into_iter();
                        passes
                            .map(|pass| Update {
                                recipe: RecipeWord { lane_level: 1, channel_level: 1, ..add(pass.recipe, 1) },
                                leave: pass.leave,
                            })
                            .collect()
                    })
                })
                .into(),
            by_channel: ByChannel::new(&mut add),
            // the outermost loop, of one turn, counts the channel: all elements have its word
            activations: [
                [activation::leaky_relu(), activation::leaky_relu_gradient()],
                [activation::relu6(), activation::relu6_gradient()],
            ]
            .map(|recipes| recipes.map(|recipe| RecipeWord { channel_level: 3, ..add(recipe, 1) })),
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
    /// The passes of an optimiser's update with gradients from there.
    pub fn updates(&self, optimiser: Optimiser, from: Gradient) -> &[Update] {
        &self.updates[optimiser as usize][from as usize]
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
