//! What the model refuses of a VECTOR, because the RTL would wait for ever or read what is not there.

use ef_isa::config::SIM_2X2;
use ef_isa::store::{LONGEST_OF_TWO, MOST_PREFILL};
use ef_isa::vector::recipes::{Gradient, sgd};
use ef_isa::vector::{Recipe, RecipeWord, Sink, Source, Tables, Walk, schedule};
use ef_isa::{LoadDesc, StoreDesc, load};
use ef_model::{Machine, ModelError};

/// A machine with an update in its tables, and with a recipe that makes X of stream A and of the channel.
fn machine() -> (Machine, [RecipeWord; 2]) {
    let mut tables = Tables::default();
    let mut copy = Recipe::new("copy");
    let (a, c) = (copy.load(Source::A), copy.load(Source::C));
    let sum = copy.add(a, c);
    copy.out(Sink::X, sum);
    let recipes = [sgd(Gradient::Sum), copy].map(|recipe| tables.add(&schedule(&recipe, 1).unwrap()));
    let mut machine = Machine::new(&SIM_2X2, 1 << 12);
    for (word, address) in tables.words().into_iter().zip(0..) {
        machine.vector.write_table(address, word);
    }
    (machine, recipes)
}

/// An update of so many weights in one run of each stream, in both lanes.
fn update(recipe: RecipeWord, weights: u32) -> StoreDesc {
    let recipe = RecipeWord { lane_level: 1, ..recipe };
    let walk = Walk { recipe, turns: [weights / 2, 2, 1, 1], o_b: 256, ..Walk::default() };
    let walk = walk.with_strides([1, 0, 0, 0]);
    StoreDesc { run: weights, n_run: 1, second_dram: 2048, ..StoreDesc::vector(&walk) }
}

/// A copy of so many words in one run.
fn copy(recipe: RecipeWord, words: u32) -> StoreDesc {
    let walk = Walk { recipe, turns: [1, words, 1, 1], ..Walk::default() };
    StoreDesc { run: words, n_run: 1, ..StoreDesc::vector(&walk) }
}

fn refused(machine: &Machine, d: &StoreDesc) -> Option<ModelError> {
    machine.clone().store(d).err()
}

#[test]
fn a_run_of_two_streams_that_does_not_fit_into_the_word_buffer_is_refused() {
    let (machine, [recipe, _]) = machine();
    assert_eq!(refused(&machine, &update(recipe, LONGEST_OF_TWO)), None);
    let long = update(recipe, LONGEST_OF_TWO + 2);
    let error = refused(&machine, &long);
    assert!(matches!(error, Some(ModelError::RunTooLong { run, most }) if run == most + 2), "{error:?}");
    // whatever it waits for
    assert!(refused(&machine, &StoreDesc { prefill: 4, ..long.clone() }).is_some());
    let halves = StoreDesc { run: long.run / 2, n_run: 2, d_run: long.run / 2, second_d_run: 999, ..long };
    assert_eq!(refused(&machine, &halves), None);
}

#[test]
fn a_burst_that_waits_for_more_words_than_the_buffer_holds_is_refused() {
    let (machine, [_, recipe]) = machine();
    let command = |words, prefill| StoreDesc { prefill, ..copy(recipe, words) };
    assert_eq!(refused(&machine, &command(300, MOST_PREFILL)), None);
    assert_eq!(refused(&machine, &command(MOST_PREFILL, 65535)), None, "it waits for its run only");
    let error = refused(&machine, &command(300, MOST_PREFILL + 1));
    assert!(matches!(error, Some(ModelError::RunTooLong { run, most }) if run == most + 1), "{error:?}");
}

#[test]
fn a_recipe_that_reads_past_the_end_of_a_buffer_is_refused() {
    let (machine, [update_word, copy_word]) = machine();
    let (psum, operand) = (1 << SIM_2X2.psum_aw, 1 << SIM_2X2.operand_aw);
    let out_of = |d: &StoreDesc, name: &str| {
        let error = refused(&machine, d);
        matches!(error, Some(ModelError::OutOfRange { buffer, .. }) if buffer == name)
    };
    let update = update(update_word, 64);
    for (fits, over) in [(psum - 32, psum - 31), (0, 65535)] {
        assert_eq!(refused(&machine, &StoreDesc { p_base: fits, ..update.clone() }), None);
        assert!(out_of(&StoreDesc { p_base: over, ..update.clone() }, "partial-sum"), "{over}");
    }
    // downwards, below 0
    let down = update.walk().with_strides([-1, 0, 0, 0]);
    let down =
        |p_base| StoreDesc { run: 64, n_run: 1, ..StoreDesc::vector(&Walk { p_base, ..down.clone() }) };
    assert_eq!(refused(&machine, &down(31)), None);
    assert!(out_of(&down(30), "partial-sum"));
    for (o_a, o_b) in [(operand - 63, 0), (0, operand - 63)] {
        assert!(out_of(&StoreDesc { o_a, o_b, ..update.clone() }, "operand"), "{o_a} {o_b}");
    }
    assert_eq!(refused(&machine, &StoreDesc { o_a: operand - 64, o_b: operand - 64, ..update }), None);
    let copy = copy(copy_word, 8);
    assert_eq!(refused(&machine, &StoreDesc { o_c: operand - 1, ..copy.clone() }), None, "one channel");
    assert!(out_of(&StoreDesc { o_c: operand, ..copy }, "operand"));
}

#[test]
fn a_lane_that_is_not_there_is_refused() {
    let (machine, [recipe, _]) = machine();
    let walk = Walk {
        recipe: RecipeWord { lane_level: 1, ..recipe },
        turns: [1, 3, 1, 1],
        o_b: 256,
        ..Walk::default()
    };
    let error = refused(&machine, &StoreDesc { run: 3, n_run: 1, ..StoreDesc::vector(&walk) });
    assert!(matches!(error, Some(ModelError::OutOfRange { address: 2, depth: 2, .. })), "{error:?}");
}

#[test]
fn runs_of_another_number_of_words_than_leave_are_refused() {
    let (machine, [recipe, _]) = machine();
    let error = refused(&machine, &StoreDesc { run: 31, n_run: 2, ..update(recipe, 64) });
    assert_eq!(error, Some(ModelError::RunMismatch { expected: 62, got: 64 }));
}

#[test]
fn words_beyond_the_tables_are_refused() {
    let (machine, _) = machine();
    let op = load::LoadOp::words(load::WordBuffer::Operand).encode();
    let words = |first| LoadDesc {
        op,
        base: load::TABLES_AT + first,
        run: 8,
        n_run0: 1,
        n_run1: 1,
        ..LoadDesc::default()
    };
    let depth = machine.vector.table().len() as u32;
    machine.clone().load(&words(depth - 8)).unwrap();
    let error = machine.clone().load(&words(depth - 7));
    assert!(matches!(error, Err(ModelError::OutOfRange { buffer: "table", .. })), "{error:?}");
}
