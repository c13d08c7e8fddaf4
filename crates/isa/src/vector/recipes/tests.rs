//! Every recipe has a schedule as short as stated, and its control words compute it.

use super::*;
use crate::vector::{Recipe, Tables, schedule};

/// Name, recipe, lanes that take turns, cycles per element.
fn all() -> Vec<(Recipe, u32, u32)> {
    vec![
        (sgd(), 1, 3),
        (softmax_greatest(), 8, 5),
        (softmax_greatest(), 1, 5),
        (softmax_exponentials(), 8, 4),
        (softmax_exponentials(), 3, 4),
        (softmax_exponentials(), 1, 12),
        (softmax_loss(), 1, 15),
        (softmax_gradient(), 1, 4),
    ]
}

#[test]
fn every_recipe_begins_an_element_as_often_as_its_units_allow() {
    let mut tables = Tables::default();
    for (recipe, lanes, period) in all() {
        let found = schedule(&recipe, lanes).unwrap();
        tables.add(&found);
        assert_eq!(found.period, period, "{}", recipe.name);
    }
}
