//! The vector unit, as Verilog, against the golden model and against plain loops.

use crate::recipes::{Streams, drawn};
use crate::reference::{self, Totals};
use crate::vector_bench::{Around, CONFIG, both, check, write};
use crate::walks;
use ef_hdl_kit::rand::Rng;
use ef_isa::Hyperparameters;
use ef_isa::regs::HYPERPARAMETERS;
use ef_isa::vector::{Logits, Tables, Walk, library, schedule};
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

#[test]
fn an_update_makes_weights_and_velocities_in_one_pass() {
    let rng = &mut seeded(3);
    let (mut bench, mut model) = both(rng);
    write(&mut bench, &mut model, &library().tables, rng);
    let (mut words, mut saturated) = (0, 0);
    for round in 0..60 {
        bench.stalls = [0, 2, 6][round % 3];
        let wild = round % 4 == 3;
        let mut word = || if wild { rng.word() } else { rng.tame() };
        bench.around.psum.fill_with(&mut word);
        bench.around.operand.fill_with(&mut word);
        let registers = drawn_registers(rng);
        let turns = [9, 9, 5, 3].map(|most| rng.random_range(1..most));
        let walk = Walk {
            recipe: library().sgd,
            turns,
            p_base: rng.random_range(0..100),
            o_a: rng.random_range(0..500),
            o_b: rng.random_range(1000..1400),
            ..Walk::default()
        }
        .with_strides([9, 0, 1, 200]);
        let made = check(&mut bench, &mut model, &walk, &values(&registers), rng);
        let mut overflow = false;
        for ((element, x), y) in walk.elements().zip(&made.x).zip(&made.y) {
            let (a, b) = (walk.o_a + element.number, walk.o_b + element.number);
            let gradient = bench.around.psum(element.address, element.lane);
            let (expected, over) =
                reference::sgd(&registers, gradient, bench.around.operand(a), bench.around.operand(b));
            assert_eq!([*x, *y], expected, "{element:?} of {walk:?}");
            overflow |= over;
        }
        assert_eq!((made.x.len(), made.y.len()), (walk.elements().count(), walk.elements().count()));
        assert_eq!(made.saturated, overflow, "overflow");
        words += made.x.len();
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
    write(&mut bench, &mut model, &library().tables, rng);
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
        let (mut gradients, over) = reference::softmax(&images, registers.inv_batch, &mut totals);
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
    assert!(hits > 30 && saturated > 5, "{hits} hits, {saturated} saturated");
}

#[test]
fn any_recipe_that_has_a_schedule_is_executed_as_the_model_does() {
    let rng = &mut seeded(5);
    let (mut done, mut words, mut steps) = (0, 0, HashSet::new());
    let (mut bench, mut model) = both(rng);
    for round in 0..120 {
        let streams = [Streams::X, Streams::Both, Streams::X, Streams::Both, Streams::None][round % 5];
        let (recipe, lanes) = drawn(streams, rng);
        let Ok(found) = schedule(&recipe, lanes) else { continue };
        let mut tables = Tables::default();
        let word = tables.add(&found);
        write(&mut bench, &mut model, &tables, rng);
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
    assert!(done > 100 && words > 1000 && steps.len() > 17, "{done} {words} {}", steps.len());
}
