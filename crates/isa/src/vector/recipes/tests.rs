//! Every recipe has a schedule as short as the page says, and its control words compute it.

use super::activation::*;
use super::by_channel::*;
use super::*;
use crate::vector::{Recipe, Tables, schedule};

/// Name, recipe, lanes that take turns, cycles per element.
fn all() -> Vec<(&'static str, Recipe, u32, u32)> {
    vec![
        ("sgd", sgd(Gradient::Sum), 1, 3),
        ("sgd, by channel", sgd(Gradient::Channel), 1, 4),
        ("nesterov", nesterov(Gradient::Sum), 1, 5),
        ("nesterov, by channel", nesterov(Gradient::Channel), 1, 5),
        ("adam_weights(Gradient)", adam_weights(Decay::Gradient, Gradient::Sum), 1, 13),
        ("adam_weights(Gradient), by channel", adam_weights(Decay::Gradient, Gradient::Channel), 1, 13),
        ("adam_mean(Gradient)", adam_mean(Decay::Gradient, Gradient::Sum), 1, 5),
        ("adam_mean(Gradient), by channel", adam_mean(Decay::Gradient, Gradient::Channel), 1, 3),
        ("adam_weights(Weight)", adam_weights(Decay::Weight, Gradient::Sum), 1, 10),
        ("adam_weights(Weight), by channel", adam_weights(Decay::Weight, Gradient::Channel), 1, 12),
        ("adam_mean(Weight)", adam_mean(Decay::Weight, Gradient::Sum), 1, 2),
        ("adam_mean(Weight), by channel", adam_mean(Decay::Weight, Gradient::Channel), 1, 2),
        ("softmax_greatest", softmax_greatest(), 1, 5),
        ("softmax_exponentials", softmax_exponentials(), 3, 4),
        ("softmax_exponentials", softmax_exponentials(), 1, 12),
        ("softmax_loss", softmax_loss(), 1, 15),
        ("softmax_gradient", softmax_gradient(), 1, 4),
        ("smoothed_exponentials", smoothed_exponentials(), 3, 4),
        ("smoothed_exponentials", smoothed_exponentials(), 1, 12),
        ("smoothed_gradient", smoothed_gradient(), 1, 4),
        ("leaky_relu", leaky_relu(), 1, 2),
        ("leaky_relu_gradient", leaky_relu_gradient(), 1, 3),
        ("relu6", relu6(), 1, 2),
        ("relu6_gradient", relu6_gradient(), 1, 3),
        ("sum", sum(), 8, 2),
        ("sum", sum(), 4, 3),
        ("sum", sum(), 2, 6),
        ("centre", centre(), 8, 2),
        ("centre", centre(), 4, 3),
        ("centre", centre(), 2, 6),
        ("first_piece", first_piece(), 1, 2),
        ("next_piece", next_piece(), 1, 4),
        ("mean", mean(), 1, 8),
        ("deviation", deviation(), 1, 4),
        ("running_variance", running_variance(), 1, 6),
        ("scale", scale(), 1, 3),
        ("running_scale", running_scale(), 1, 4),
        ("running_shift", running_shift(), 1, 2),
        ("slope", slope(), 1, 11),
        ("offset", offset(), 1, 4),
        ("clear", clear(), 1, 2),
        ("fold", fold(), 8, 2),
        ("fold", fold(), 4, 3),
        ("fold", fold(), 2, 6),
        ("copy", copy(), 1, 2),
        ("diagonal", diagonal(), 1, 2),
        ("spread", spread(), 1, 2),
    ]
}

#[test]
fn every_recipe_begins_an_element_as_often_as_the_page_says() {
    let page = include_str!("../../../../../docs/vector.md");
    let (mut tables, mut wrong) = (Tables::default(), Vec::new());
    for (name, recipe, lanes, period) in all() {
        let found = schedule(&recipe, lanes).unwrap_or_else(|error| panic!("{name}: {error}"));
        tables.add(&found);
        let row = format!("| `{name}` | {lanes} | {} |", found.period);
        if found.period != period || !page.contains(&row) {
            wrong.push(row);
        }
    }
    assert!(wrong.is_empty(), "these are not in this list, or not in docs/vector.md:\n{}", wrong.join("\n"));
}
