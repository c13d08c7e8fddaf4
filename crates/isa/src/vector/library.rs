//! All recipes in one table: what a host writes into memory, and what the commands of its programs name.

use super::recipes::{sgd, softmax_exponentials, softmax_gradient, softmax_greatest, softmax_loss};
use super::{Recipe, RecipeWord, Tables, schedule};
use std::sync::LazyLock;

/// The recipes, scheduled.
#[derive(Debug)]
pub struct Library {
    /// Their control words.
    pub tables: Tables,
    /// [`sgd`].
    pub sgd: RecipeWord,
    /// [`softmax_greatest`].
    pub softmax_greatest: RecipeWord,
    /// [`softmax_exponentials`] for [`SOME_IMAGES`] and more, and for fewer.
    pub softmax_exponentials: [RecipeWord; 2],
    /// [`softmax_loss`].
    pub softmax_loss: RecipeWord,
    /// [`softmax_gradient`].
    pub softmax_gradient: RecipeWord,
}

/// So many images take turns in the faster one of the two [`Library::softmax_exponentials`].
pub const SOME_IMAGES: u32 = 3;

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
            sgd: RecipeWord { lane_level: 1, ..add(sgd(), 1) },
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
