//! Every module of the vector unit against its exported Verilog.

use ef_isa::vector::recipes::{Gradient, sgd, softmax_greatest, softmax_loss};
use ef_isa::vector::{RecipeWord, Tables, place, schedule};
use ef_rtl::arith::mult18::{MultKind, mult18_verilog};
use ef_rtl::store::vector::VectorUnit;
use ef_rtl::store::vector::accumulators::Accumulators;
use ef_rtl::store::vector::circle::{Circle, CirclePlaces};
use ef_rtl::store::vector::compare_unit::{CompareChoice, CompareUnit};
use ef_rtl::store::vector::constants::Constants;
use ef_rtl::store::vector::contexts::{ContextTurns, Contexts};
use ef_rtl::store::vector::element_walk::ElementWalk;
use ef_rtl::store::vector::fields::VectorFields;
use ef_rtl::store::vector::loads::{LoadKinds, LoadedWord, Loads};
use ef_rtl::store::vector::operands::{Doing, Operands, SideA, SideB};
use ef_rtl::store::vector::results::Results;
use ef_rtl::store::vector::table_fetch::{TableColumn, TableFetch, TablePhase};
use ef_rtl::store::vector::under_way::{ElementFlags, PickFlag, UnderWay};
use ef_rtl::store::vector::vector_control::VectorControl;
use ef_rtl_tests::{Chance, drive, group};

fn portable() -> &'static str {
    mult18_verilog(MultKind::Portable)
}

/// Table and recipes of an update, of the largest logits and of the loss: streams, accumulators and registers.
fn recipes() -> (Vec<u32>, [RecipeWord; 3]) {
    let mut tables = Tables::default();
    let words = [sgd(Gradient::Sum), softmax_greatest(), softmax_loss()]
        .map(|recipe| tables.add(&schedule(&recipe, 1).unwrap()));
    (tables.words(), [words[0], words[1], RecipeWord { totals: true, ..words[2] }])
}

group! {
    portable();

    circle[1000]: Circle::default() => |b, rng| {
        drive!(b, rng; one_in(2): write; word(): data; below(16): age_a, age_b);
        // the oldest of 16 may be overwritten at this moment
        b.age_a.next = (rng.below(15) + 1).into();
        b.age_b.next = (rng.below(15) + 1).into();
    };
    circle_places[300]: CirclePlaces::default() => |b, rng| drive!(b, rng; one_in(2): write; any(): age_a, age_b);
    compare_unit[3000]: CompareUnit::default() => |b, rng| {
        drive!(b, rng; word(): a, b; below(8): comparison; below(3): index; one_in(4): first);
        if rng.one_in(3) {
            drive!(b, rng; below(3): b);
        }
    };
    compare_choice[3000]: CompareChoice::default() => |b, rng| {
        drive!(b, rng; word(): a, b, key_a, key_b; below(8): comparison; below(3): index; one_in(4): first);
        if rng.one_in(3) {
            drive!(b, rng; below(3): b);
        }
    };
    operands[3000]: Operands::default() => |b, rng| {
        drive!(b, rng; any(): select, index, below; word(): a, b, constant, accumulator; one_in(3): first);
    };
    side_a[600]: SideA::new(place::compare_a.low) => |b, rng| drive!(b, rng; any(): select; word(): memory);
    side_b[2000]: SideB::default() => |b, rng| {
        drive!(b, rng; any(): select; word(): memory, constant, accumulator; one_in(3): first);
    };
    doing[600]: Doing::default() => |b, rng| {
        drive!(b, rng; any(): select, index, below; word(): leaving; one_in(3): first);
    };
    accumulators[3000]: Accumulators::default() => |b, rng| {
        drive!(b, rng; any(): control; one_in(3): read_first, take_acts; below(8): read_lane, take_lane;
               word(): sum, compared);
    };
    constants[1500]: Constants::default() => |b, rng| {
        drive!(b, rng; any(): control; one_in(5): copy, write; below(4): copy_at; below(128): write_address;
               word(): write_data, register);
    };
    contexts[2000]: Contexts::default() => |b, rng| {
        drive!(b, rng; one_in(3): begins; any(): address, number, channel, index, lane, word);
    };
    context_turns[600]: ContextTurns::default() => |b, rng| {
        drive!(b, rng; one_in(3): begins; any(): channel, stages);
    };
    element_walk[4000]: ElementWalk::default() => |b, rng| {
        let load = rng.one_in(60);
        b.step.next = !b.step.val() && !load && rng.one_in(2);
        b.load.next = load;
        drive!(b, rng; one_in(3): fresh);
        if load {
            drive!(b, rng; any(): p_base, move_by, lane_level, channel_level, bounded, totals; below(5): limit);
            drive!(b, rng; below(4): turns);
        }
    };
    vector_fields[1500]: VectorFields::default() => |b, rng| {
        drive!(b, rng; any(): word, acts; one_in(20): clear; word(): compared, special; one_in(3): overflow);
    };
    loads[1500]: Loads::<3>::default() => |b, rng| {
        drive!(b, rng; any(): word, load_address, load_number, load_channel, load_lane, o_a, o_b, o_c;
               word(): element, operand);
    };
    load_kinds[600]: LoadKinds::default() => |b, rng| {
        drive!(b, rng; any(): word, load_number, load_channel, o_a, o_b, o_c);
    };
    loaded_word[300]: LoadedWord::default() => |b, rng| drive!(b, rng; any(): psum; word(): element, operand);
    results[2000]: Results::default() => |b, rng| {
        drive!(b, rng; any(): control, leaves; word(): word; one_in(90): clear; one_in(70): clear_totals);
    };
    table_fetch[3000]: TableFetch::default() => |b, rng| {
        drive!(b, rng; one_in(3): write; below(64): write_address; word(): write_data);
        if rng.one_in(50) {
            drive!(b, rng; any(): run; below(6): base; below(5): last);
        }
    };
    table_column[comb 300]: TableColumn::new(3) => |b, rng| {
        drive!(b, rng; any(): write_address; not_one_in(4): write);
    };
    table_phase[1500]: TablePhase::default() => |b, rng| {
        if rng.one_in(40) {
            drive!(b, rng; not_one_in(3): run; any(): base; below(6): last);
        }
    };
    under_way[2500]: UnderWay::default() => |b, rng| {
        drive!(b, rng; one_in(200): clear; one_in(3): begins; any(): go, below, first, padded, word);
    };
    element_flags[1500]: ElementFlags::default() => |b, rng| {
        drive!(b, rng; one_in(200): clear; one_in(3): begins; any(): go, below, first, padded);
    };
    pick_flag[comb 300]: PickFlag::new(5) => |b, rng| drive!(b, rng; any(): word, flags);
    vector_control[4000]: VectorControl::default() => |b, rng| {
        drive!(b, rng; one_in(700): clear; one_in(300): clear_totals; one_in(2): begins, stall; one_in(9): last;
               one_in(20): empty);
        b.start.next = !b.busy.val() && rng.one_in(9);
        if !b.busy.val() {
            drive!(b, rng; any(): recipe);
        }
    };
    vector_unit[run 9000; constant("correct", "by random words; `vector` compares hits")]: VectorUnit::<3>::default() => |run| {
        let (words, recipes) = recipes();
        let mut cycle = 0;
        let mut pushed = 0;
        run.check(|b, rng| {
            drive!(b, rng; word(): element, operand; one_in(3): stall; one_in(3000): clear; one_in(900): clear_totals);
            // a label, now and then
            if rng.one_in(2) {
                drive!(b, rng; below(3): operand);
            }
            // the table first, then commands
            b.table_write.next = cycle < words.len();
            b.table_address.next = (cycle as u64).into();
            b.table_data.next = u64::from(words.get(cycle).copied().unwrap_or(0)).into();
            b.start.next = cycle > words.len() && !b.busy.val() && rng.one_in(4);
            if !b.busy.val() {
                let recipe = recipes[rng.below(3) as usize];
                let recipe = RecipeWord {
                    lane_level: rng.below(4) as u32,
                    channel_level: rng.below(4) as u32,
                    bounded: rng.one_in(3),
                    padded: rng.one_in(2),
                    ..recipe
                };
                b.recipe.next = u64::from(recipe.encode()).into();
                drive!(b, rng; below(6): turns, limit; any(): move_by, p_base, o_a, o_b, o_c; word(): register);
            }
            pushed += u32::from(b.push_x.val() || b.push_y.val());
            cycle += 1;
        });
        assert!(pushed > 500, "only {pushed} words left");
    };
}
