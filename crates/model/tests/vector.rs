//! What the vector unit's model refuses.

use ef_isa::vector::recipes::{softmax_exponentials, softmax_loss};
use ef_isa::vector::{RecipeWord, Tables, Walk, schedule};
use ef_model::vector::{VectorError, VectorUnit, Words};

struct Nothing;
impl Words for Nothing {
    fn psum(&self, _: u32, _: u32) -> u32 {
        0
    }
    fn operand(&self, _: u32) -> u32 {
        0
    }
}

/// A unit with one recipe.
fn with(recipe: ef_isa::vector::Recipe, lanes: u32) -> (VectorUnit, RecipeWord) {
    let (mut unit, mut tables) = (VectorUnit::default(), Tables::default());
    let word = tables.add(&schedule(&recipe, lanes).unwrap());
    for (address, value) in tables.words().into_iter().enumerate() {
        unit.write_table(address as u32, value);
    }
    (unit, word)
}

#[test]
fn an_accumulator_that_is_used_again_too_early_is_refused() {
    let (mut unit, word) = with(softmax_exponentials(), 8);
    let recipe = RecipeWord { lane_level: 1, ..word };
    let walk = |images| Walk { recipe, turns: [images, 2, 1, 1], ..Walk::default() };
    unit.run(&walk(3), &[0; 4], &Nothing).unwrap();
    let error = unit.run(&walk(2), &[0; 4], &Nothing).unwrap_err();
    assert!(matches!(error, VectorError::Hazard { cycles: 8, needed: 12, .. }), "{error}");
}

#[test]
fn a_command_on_a_table_that_was_not_written_does_nothing() {
    let (_, word) = with(softmax_loss(), 1);
    let walk = Walk { recipe: RecipeWord { totals: true, ..word }, turns: [1; 4], ..Walk::default() };
    let mut empty = VectorUnit::default();
    // nothing leaves and nothing is accumulated: a table of zeros does nothing
    let made = empty.run(&walk, &[0; 4], &Nothing).unwrap();
    assert!(made.x.is_empty() && empty.loss_sum == 0);
}
