//! Every recipe has a schedule as short as the page says, and its control words compute it.

use super::*;
use crate::vector::{Recipe, Tables, schedule};

/// Name, recipe, lanes that take turns, cycles per element.
fn all() -> Vec<(&'static str, Recipe, u32, u32)> {
    vec![
        ("sgd", sgd(), 1, 3),
        ("nesterov", nesterov(), 1, 5),
        ("adam_weights(Gradient)", adam_weights(Decay::Gradient), 1, 13),
        ("adam_mean(Gradient)", adam_mean(Decay::Gradient), 1, 5),
        ("adam_weights(Weight)", adam_weights(Decay::Weight), 1, 10),
        ("adam_mean(Weight)", adam_mean(Decay::Weight), 1, 2),
        ("softmax_greatest", softmax_greatest(), 1, 5),
        ("softmax_exponentials", softmax_exponentials(), 3, 4),
        ("softmax_exponentials", softmax_exponentials(), 1, 12),
        ("softmax_loss", softmax_loss(), 1, 15),
        ("softmax_gradient", softmax_gradient(), 1, 4),
        ("smoothed_exponentials", smoothed_exponentials(), 3, 4),
        ("smoothed_exponentials", smoothed_exponentials(), 1, 12),
        ("smoothed_gradient", smoothed_gradient(), 1, 4),
    ]
}

#[test]
fn every_recipe_begins_an_element_as_often_as_the_page_says() {
    let page = include_str!("../../../../../docs/vector.md");
    let mut tables = Tables::default();
    for (name, recipe, lanes, period) in all() {
        let found = schedule(&recipe, lanes).unwrap();
        tables.add(&found);
        assert_eq!(found.period, period, "{}", recipe.name);
        let row = format!("| `{name}` | {lanes} | {period} |");
        assert!(page.contains(&row), "docs/vector.md has no `{row}`");
    }
}
