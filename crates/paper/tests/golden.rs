//! The paper's own values, to the cycle.

use ef_isa::compute::Phase::{self, Bp, Fp, Wu};
use ef_paper::{Buffers, ConvLayer, Machine, Tile, best, by_rule, cycles, phases};

/// A convolution whose map keeps its size, and where it does not, one whose input nobody needs.
fn conv(outputs: usize, inputs: usize, rows: usize, kernel: usize, stride: usize) -> ConvLayer {
    let name = format!("{inputs} to {outputs}");
    ConvLayer { name, outputs, inputs, rows, cols: rows, in_rows: rows, in_cols: rows, kernel, stride }
}

fn fc(outputs: usize, inputs: usize) -> ConvLayer {
    conv(outputs, inputs, 1, 1, 1)
}

fn alexnet() -> Vec<ConvLayer> {
    vec![
        conv(96, 3, 55, 11, 4),
        conv(256, 96, 27, 5, 1),
        conv(384, 256, 13, 3, 1),
        conv(384, 384, 13, 3, 1),
        conv(256, 384, 13, 3, 1),
    ]
}

/// Layer (from 1), phase, Tr, M_on, cycles at batch 4.
const ALEXNET: [(usize, Phase, usize, usize, u64); 14] = [
    (1, Fp, 2, 96, 11_504_640),
    (1, Wu, 2, 96, 9_043_384),
    (2, Fp, 27, 112, 7_309_808),
    (2, Bp, 27, 48, 7_126_784),
    (2, Wu, 27, 112, 7_423_616),
    (3, Fp, 13, 112, 2_478_272),
    (3, Bp, 13, 112, 2_566_987),
    (3, Wu, 13, 112, 2_682_240),
    (4, Fp, 13, 112, 3_646_400),
    (4, Bp, 13, 112, 3_861_220),
    (4, Wu, 13, 112, 3_960_960),
    (5, Fp, 13, 112, 2_432_368),
    (5, Bp, 13, 112, 2_618_372),
    (5, Wu, 13, 112, 2_640_640),
];

#[test]
fn every_value_that_the_paper_gives_for_alexnet_is_reproduced() {
    for (number, phase, rows, on_chip, expected) in ALEXNET {
        let layer = &alexnet()[number - 1];
        let tile = Tile { rows, on_chip };
        assert_eq!(
            cycles(&Machine::ZCU102, layer, phase, tile, 4),
            expected,
            "convolution {number} in {phase:?}"
        );
    }
}

#[test]
fn the_papers_rule_chooses_the_papers_tiles_but_one_that_its_own_model_betters() {
    // block RAMs of 512 words: eight for the largest map's rows of pixels, two for results, three for weights
    let buffers = Buffers { input: 4096, output: 1024, weights: 3 * 512 };
    let chosen = by_rule(&Machine::ZCU102, &buffers, &alexnet(), 4).unwrap();
    let chosen: Vec<_> = chosen
        .iter()
        .enumerate()
        .flat_map(|(i, choices)| {
            choices.iter().map(move |c| (i + 1, c.phase, c.tile.rows, c.tile.on_chip, c.cycles))
        })
        .collect();
    let mut expected = ALEXNET;
    expected[1] = (1, Wu, 1, 96, 8_867_317);
    assert_eq!(chosen, expected);
}

#[test]
fn a_layer_that_cannot_fit_has_no_tile() {
    let buffers = Buffers { input: 4096, output: 1024, weights: 100 };
    assert_eq!(by_rule(&Machine::ZCU102, &buffers, &alexnet(), 4), None);
    let buffers = Buffers { input: 1000, output: 1024, weights: 3 * 512 };
    assert_eq!(by_rule(&Machine::ZCU102, &buffers, &alexnet(), 4), None);
}

/// Cycles per image with the best tile for every layer and phase.
fn best_per_image(layers: &[ConvLayer], batch: usize) -> f64 {
    let each = layers.iter().enumerate().flat_map(|(number, layer)| {
        phases(number).iter().map(move |phase| best(&Machine::LANES_64, layer, *phase, batch).cycles)
    });
    each.sum::<u64>() as f64 / batch as f64
}

#[test]
fn whole_networks_take_what_the_goals_of_this_project_were_set_by() {
    let one_x = [
        conv(16, 3, 32, 3, 1),
        conv(16, 16, 32, 3, 1),
        conv(32, 16, 16, 3, 1),
        conv(32, 32, 16, 3, 1),
        conv(64, 32, 8, 3, 1),
        conv(64, 64, 8, 3, 1),
        fc(10, 1024),
    ];
    assert_eq!(best_per_image(&one_x, 128).round(), 875_882.0);
    let lenet_10 =
        [conv(32, 3, 32, 3, 1), conv(32, 32, 16, 3, 1), conv(64, 32, 8, 3, 1), fc(64, 1024), fc(10, 64)];
    assert_eq!(best_per_image(&lenet_10, 128).round(), 1_536_177.0);
    let alexnet = alexnet();
    let macs: u64 = alexnet.iter().enumerate().map(|(i, l)| phases(i).len() as u64 * l.macs()).sum();
    let useful = macs as f64 / 64.0 / best_per_image(&alexnet, 4);
    assert_eq!((1000.0 * useful).round(), 876.0);
}

#[test]
fn more_of_anything_never_takes_longer() {
    let slow = Machine { lanes: 8, words_per_beat: 2, restart: 800 };
    let less_restart = Machine { restart: 400, ..slow };
    let wider = Machine { words_per_beat: 4, ..slow };
    for layer in alexnet().iter().chain([&fc(10, 1024)]) {
        for phase in [Fp, Bp, Wu] {
            let [slow, less_restart, wider] =
                [slow, less_restart, wider].map(|machine| best(&machine, layer, phase, 4).cycles);
            assert!(less_restart <= slow && wider <= slow, "{} in {phase:?}", layer.name);
        }
    }
}

#[test]
fn bp_of_a_convolution_without_padding_makes_the_whole_input_map() {
    let valid = ConvLayer { rows: 6, cols: 4, in_rows: 8, in_cols: 6, ..conv(8, 8, 6, 3, 1) };
    let bp = cycles(&Machine::LANES_64, &valid, Bp, Tile { rows: 8, on_chip: 8 }, 1);
    let same = ConvLayer { rows: 8, cols: 6, ..valid.clone() };
    let tile = Tile { rows: 8, on_chip: 8 };
    assert_eq!(bp, cycles(&Machine::LANES_64, &same, Bp, tile, 1));
    assert!(cycles(&Machine::LANES_64, &valid, Fp, Tile { rows: 6, on_chip: 8 }, 1) < bp);
}
