//! The vector unit, as Verilog, against the golden model and against plain loops.

use crate::recipes::{Streams, drawn};
use crate::reference::{self, Totals};
use crate::vector_bench::{Around, CONFIG, both, check, write};
use crate::walks;
use ef_hdl_kit::rand::Rng;
use ef_isa::Hyperparameters;
use ef_isa::regs::HYPERPARAMETERS;
use ef_isa::vector::recipes::Gradient;
use ef_isa::vector::{Element, Logits, Optimiser, Settings, Smoothing, Tables, Walk, library, schedule};
use ef_model::vector::Words;
use ef_rtl_tests::{Chance, Random, seeded};
use std::collections::HashSet;

/// Registers drawn at random.
fn drawn_registers(rng: &mut Random) -> Hyperparameters<u32> {
    let words = HYPERPARAMETERS.iter().map(|_| rng.tame()).collect::<Vec<u32>>();
    Hyperparameters::PLACES.map(|place| words[place])
}

fn values(registers: &Hyperparameters<u32>) -> Vec<u32> {
    registers.registers().iter().map(|(_, value)| *value).collect()
}

/// The tables of all recipes, with these settings.
fn tables(settings: &Settings<u32>) -> Vec<u32> {
    let mut words = library().tables.words();
    let settings = settings.map(f32::from_bits).words();
    words[Settings::AT as usize..][..settings.len()].copy_from_slice(&settings);
    words
}

#[test]
fn updates_of_every_optimiser_have_the_bits_of_plain_loops() {
    let rng = &mut seeded(3);
    let (mut bench, mut model) = both(rng);
    let (mut words, mut saturated) = (0, 0);
    for round in 0..80 {
        let optimiser = Optimiser::ALL[round % 4];
        let settings = Settings { square_rate: rng.tame(), epsilon: rng.tame() & 0x7fff_ffff };
        write(&mut bench, &mut model, &tables(&settings), rng);
        bench.stalls = [0, 2, 6][round % 3];
        let wild = round % 5 == 3;
        let mut word = || if wild { rng.word() } else { rng.tame() };
        bench.around.psum.fill_with(&mut word);
        bench.around.operand.fill_with(&mut word);
        let registers = drawn_registers(rng);
        let walk = Walk {
            turns: [9, 9, 5, 3].map(|most| rng.random_range(1..most)),
            p_base: rng.random_range(0..100),
            o_a: rng.random_range(0..300),
            o_b: rng.random_range(700..1000),
            o_c: rng.random_range(1400..1600),
            ..Walk::default()
        }
        .with_strides([9, 0, 1, 200]);
        let mut tensors = [const { Vec::new() }; 3];
        let mut overflow = false;
        for pass in library().updates(optimiser, Gradient::Sum) {
            let walk = Walk { recipe: pass.recipe, ..walk.clone() };
            let made = check(&mut bench, &mut model, &walk, &values(&registers), rng);
            overflow |= made.saturated;
            for (stream, tensor) in [made.x, made.y].into_iter().zip(pass.leave) {
                tensors[*tensor] = stream;
            }
        }
        let kept = &tensors[..=optimiser.state().len()];
        let mut expected_overflow = false;
        let recipe = library().updates(optimiser, Gradient::Sum)[0].recipe;
        let elements: Vec<Element> = Walk { recipe, ..walk.clone() }.elements().collect();
        for (i, element) in elements.iter().enumerate() {
            let old = [walk.o_a, walk.o_b, walk.o_c].map(|at| bench.around.operand(at + element.number));
            let gradient = bench.around.psum(element.address, element.lane);
            let (expected, over) = reference::update(optimiser, (&registers, &settings), gradient, old);
            for (k, tensor) in kept.iter().enumerate() {
                assert_eq!(tensor[i], expected[k], "{optimiser}: tensor {k} of {element:?} of {walk:?}");
            }
            expected_overflow |= over;
        }
        assert!(kept.iter().all(|tensor| tensor.len() == elements.len()));
        assert_eq!(overflow, expected_overflow, "{optimiser}: overflow");
        words += elements.len();
        saturated += u32::from(overflow);
    }
    assert!(words > 1000 && saturated > 5, "{words} words, {saturated} saturated");
}

/// Up to 8 images of logits and labels drawn at random, some labels out of range; `few`: many equal logits.
fn drawn_logits(around: &mut Around, few: bool, rng: &mut Random) -> Logits {
    let values = [0, 0x8000_0000, 1, 0x3f80_0000, 0xbf80_0000, 0x4000_0000, 0x7f7f_ffff, 0xff7f_ffff];
    around.psum.fill_with(|| if few { values[rng.random_range(0..values.len())] } else { rng.tame() });
    let sizes = [rng.random_range(1..9), rng.random_range(1..40)];
    walks::logits(CONFIG, &mut around.operand, sizes, rng).unwrap()
}

/// The logits and the label of each image, with 8 lanes.
fn images(around: &Around, logits: &Logits) -> Vec<(Vec<u32>, usize)> {
    let logit = |i, k| around.psum(logits.p_base + k / 8 * logits.p_g + i, k % 8);
    let image = |i| {
        let label = around.operand(logits.labels + i) as usize;
        ((0..logits.classes).map(|k| logit(i, k)).collect(), label)
    };
    (0..logits.images).map(image).collect()
}

#[test]
fn softmax_is_four_passes_with_the_bits_of_plain_loops() {
    let rng = &mut seeded(4);
    let (mut bench, mut model) = both(rng);
    let (kept, share) = (0x3f66_6666, 0x3c23_d70a); // 0.9, 0.01
    let smoothing = Smoothing { kept, share };
    let mut words = library().tables.words();
    words[Smoothing::AT as usize..][..2].copy_from_slice(&[kept, share]);
    write(&mut bench, &mut model, &words, rng);
    let mut totals = Totals::default();
    let (mut hits, mut saturated) = (0, 0);
    for round in 0..80 {
        bench.stalls = [0, 2, 6][round % 3];
        let logits = drawn_logits(&mut bench.around, round % 4 == 0, rng);
        let registers = drawn_registers(rng);
        let (mut words, mut overflow) = (Vec::new(), false);
        for pass in &library().softmax(&logits, 8) {
            let made = check(&mut bench, &mut model, pass, &values(&registers), rng);
            words.extend(made.x);
            overflow |= made.saturated;
        }
        let images = images(&bench.around, &logits);
        let (mut gradients, over) = reference::softmax(
            &images,
            registers.inv_batch,
            logits.smoothed.then_some(&smoothing),
            &mut totals,
        );
        // an image ends with a whole vector
        gradients.iter_mut().for_each(|image| image.resize(image.len().next_multiple_of(8), 0));
        assert_eq!(words, gradients.concat(), "gradients");
        let Totals { loss_sum, mean_loss, correct } = totals;
        assert_eq!((model.loss_sum, model.mean_loss, model.correct), (loss_sum, mean_loss, correct));
        assert_eq!(overflow, over, "overflow");
        saturated += u32::from(over);
        if round % 7 == 6 {
            hits += correct;
            bench.pulse("clear_totals", rng);
            model.clear_totals();
            totals = Totals::default();
        }
    }
    assert!(hits > 10 && saturated > 5, "{hits} hits, {saturated} saturated");
}

#[test]
fn any_recipe_that_has_a_schedule_is_executed_as_the_model_does() {
    let rng = &mut seeded(5);
    let (mut done, mut words, mut steps) = (0, 0, HashSet::new());
    let (mut bench, mut model) = both(rng);
    for round in 0..140 {
        let streams = [Streams::X, Streams::Both, Streams::X, Streams::Both, Streams::None][round % 5];
        let (recipe, lanes) = drawn(streams, rng);
        let Ok(found) = schedule(&recipe, lanes) else { continue };
        let mut tables = Tables::default();
        let word = tables.add(&found);
        write(&mut bench, &mut model, &tables.words(), rng);
        bench.stalls = [0, 2, 6][round % 3];
        for _ in 0..2 {
            bench.around.psum.fill_with(|| if rng.one_in(6) { rng.word() } else { rng.tame() });
            bench.around.operand.fill_with(|| if rng.one_in(3) { rng.below(4) as u32 } else { rng.word() });
            let registers = values(&drawn_registers(rng));
            let turns = [lanes, rng.random_range(1..6), rng.random_range(1..4), rng.random_range(1..3)];
            let walk =
                walks::drawn_walk(CONFIG, &mut bench.around.operand, (word, lanes), turns, rng).unwrap();
            let made = check(&mut bench, &mut model, &walk, &registers, rng);
            words += made.x.len() + made.y.len();
        }
        done += 1;
        steps.extend(found.recipe.steps.iter().map(std::mem::discriminant));
    }
    assert!(done > 100 && words > 1000 && steps.len() > 20, "{done} {words} {}", steps.len());
}
