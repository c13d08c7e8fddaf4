//! Every module of the store engine against its exported Verilog.

use crate::recipes::add;
use ef_hdl_kit::lockstep;
use ef_isa::StoreDesc;
use ef_isa::load::TABLES_AT;
use ef_isa::vector::recipes::{Gradient, sgd, softmax_loss};
use ef_isa::vector::{Recipe, RecipeWord, Sink, Source, Tables};
use ef_rtl::arith::mult18::{MultKind, mult18_verilog};
use ef_rtl::store::codes::{CodeRam, Codes, PackCodes, VectorCode};
use ef_rtl::store::drain::{Drain, MapEnd};
use ef_rtl::store::handover_writer::HandoverWriter;
use ef_rtl::store::map_walk::{MapSteps, MapVectors, MapWalk};
use ef_rtl::store::operand_ram::OperandRam;
use ef_rtl::store::order_key::OrderKey;
use ef_rtl::store::pool_lane::PoolLane;
use ef_rtl::store::psum_port::{ChooseAddress, PickLane, PsumPort};
use ef_rtl::store::run_writer::{Deficit, RunCommands, RunDebt, RunWords, RunWriter};
use ef_rtl::store::serialise::Serialise;
use ef_rtl::store::store_control::StoreControl;
use ef_rtl::store::store_engine::StoreEngine;
use ef_rtl::store::store_latch::StoreLatch;
use ef_rtl::store::token_line::{Census, TokenLine, TokenStage};
use ef_rtl::store::word_buffer::{StreamCount, StreamTurn, WordBuffer, WordStore};
use ef_rtl::store::word_mux::WordMux;
use ef_rtl::store::word_ram::WordRam;
use ef_rtl_tests::{Chance, drive, group};

fn portable() -> &'static str {
    mult18_verilog(MultKind::Portable)
}

group! {
    portable();

    token_line[1000]: TokenLine::new(7) => |b, rng| drive!(b, rng; one_in(3): token; one_in(90): clear);
    order_key[comb 1000]: OrderKey::default() => |b, rng| drive!(b, rng; word(): word);
    word_mux[600]: WordMux::default() => |b, rng| {
        drive!(b, rng; one_in(5): in_push; word(): in_word; one_in(50): clear);
    };
    handover_writer[2000]: HandoverWriter::default() => |b, rng| {
        drive!(b, rng; one_in(2): push; one_in(30): start; one_in(60): clear; word(): word;
               below(256): op; below(3): n_run; any(): base);
    };
    word_ram[1000]: WordRam::<4>::default() => |b, rng| {
        drive!(b, rng; one_in(2): write; word(): write_data; below(20): write_address, read_address);
    };
    store_latch[300]: StoreLatch::default() => |b, rng| drive!(b, rng; one_in(3): start; word(): field);
    psum_port[600]: PsumPort::<4, 2>::default() => |b, rng| {
        drive!(b, rng; one_in(2): map; any(): map_address, word_address; below(4): word_lane; word(): p_data);
    };

    choose_address[200]: ChooseAddress::default() => |b, rng| {
        drive!(b, rng; any(): map, map_address, word_address);
    };
    pick_lane_of_4[200]: PickLane::<4>::default() => |b, rng| drive!(b, rng; below(4): lane; word(): vector);
    token_stage[200]: TokenStage::default() => |b, rng| drive!(b, rng; one_in(3): d; one_in(20): clear);
    census[1000]: Census::default() => |b, rng| {
        drive!(b, rng; one_in(200): clear; one_in(3): enter, leave);
        b.leave.next &= b.busy.val() && !b.enter.val();
    };

    map_walk_of_2[4000]: MapWalk::<2>::default() => |b, rng| map_walk!(b, rng);
    map_walk_of_8[4000]: MapWalk::<8>::default() => |b, rng| map_walk!(b, rng);
    map_steps[4000]: MapSteps::<4>::default() => |b, rng| {
        drive!(b, rng; one_in(8): stall; one_in(700): clear);
        b.start.next = !b.walking.val() && rng.one_in(6);
        if !b.walking.val() {
            drive!(b, rng; one_in(2): pool; any(): p_base, p_g; below(4): n_i, n_g; below(6): n_r, n_c);
        }
    };
    map_vectors[600]: MapVectors::default() => |b, rng| {
        drive!(b, rng; one_in(50): clear; any(): pool, n_c, at, diagonal; below(6): beat;
               one_in(3): opens, under_way, row_over, map_over, last_of_row, last_of_map, walking);
    };
    pool_lane[2500]: PoolLane::default() => |b, rng| {
        drive!(b, rng; word(): word; one_in(2): valid; one_in(4): first; one_in(50): relu; below(4): number);
    };
    serialise[800]: Serialise::<4>::default() => |b, rng| {
        drive!(b, rng; one_in(5): load; one_in(4): closing; one_in(90): clear; word(): vector);
    };
    vector_code[comb 400]: VectorCode::<8>::default() => |b, rng| {
        drive!(b, rng; one_in(2): kept, pool; below(4): chosen);
    };
    codes_of_2[3000]: Codes::<2, 4>::default() => |b, rng| codes!(b, rng);
    codes_of_8[3000]: Codes::<8, 4>::default() => |b, rng| codes!(b, rng);
    drain[run 5000]: Drain::<4, 4, 2>::default() => |run| {
        let mut under_way = 0;
        run.check(|b, rng| {
            drive!(b, rng; one_in(8): stall; word(): p_data; one_in(900): clear; one_in(200): send);
            b.start.next = under_way == 0;
            if under_way == 0 {
                drive!(b, rng; one_in(2): pool, relu; any(): p_base, p_g; below(3): n_i; below(4): n_g;
                       below(6): n_r, n_c);
            }
            under_way = if under_way == 300 || b.finished.val() { 0 } else { under_way + 1 };
        });
    };

    pack_codes_of_2[1000]: PackCodes::<2>::default() => |b, rng| {
        let pool = b.pool.next;
        drive!(b, rng; one_in(300): clear; one_in(3): load; one_in(7): row_end; word(): code; any(): pool);
        if rng.not_one_in(100) {
            b.pool.next = pool;
        }
    };
    code_ram[1500]: CodeRam::<4>::default() => |b, rng| {
        drive!(b, rng; one_in(300): clear; one_in(4): put, stall; word(): packed_word; one_in(40): send);
        b.send.next &= !b.busy.val();
    };
    map_end[comb 50]: MapEnd::default() => |b, rng| drive!(b, rng; any(): empty, closed);

    operand_ram[1000]: OperandRam::<4>::default() => |b, rng| {
        drive!(b, rng; one_in(2): operand_we; word(): operand_wdata; below(20): operand_waddr, operand_address);
        if rng.one_in(3) {
            b.operand_waddr.next = b.operand_waddr.next | u64::from(TABLES_AT);
        }
    };
    stream_turn[600]: StreamTurn::default() => |b, rng| {
        drive!(b, rng; one_in(40): clear; one_in(2): fetch);
        if b.clear.next {
            drive!(b, rng; below(5): run; not_one_in(3): two);
        }
    };
    stream_count[3000]: StreamCount::default() => |b, rng| {
        drive!(b, rng; one_in(2000): clear; not_one_in(3): push; one_in(3): fetch);
        b.push.next &= !b.many.val();
        b.fetch.next &= b.any.val();
    };
    word_store[4000]: WordStore::default() => |b, rng| {
        words_of_streams!(b, rng);
        drive!(b, rng; any(): taken_valid, taken_ready);
    };
    word_buffer[6000]: WordBuffer::default() => |b, rng| {
        words_of_streams!(b, rng);
        drive!(b, rng; one_in(3): out_ready);
    };
    deficit[600]: Deficit::default() => |b, rng| {
        drive!(b, rng; one_in(60): clear; one_in(2): push; one_in(5): owe; below(200): length);
        b.length_less_one.next = b.length.next - 1;
    };
    run_writer[6000]: RunWriter::default() => |b, rng| {
        drive!(b, rng; one_in(2): push, second, cmd_ready; one_in(600): cancel, forget; one_in(900): reset;
               word(): in_data; not_one_in(4): in_valid, data_ready);
        b.start.next = !b.busy.val() && rng.one_in(6);
        if !b.busy.val() {
            drive!(b, rng; below(5): run, n_run; below(4): prefill; any(): two;
                   word(): dram, d_run, second_dram, second_d_run);
        }
    };
    run_commands[4000]: RunCommands::default() => |b, rng| {
        drive!(b, rng; one_in(2): cmd_ready, enough; one_in(600): cancel; one_in(900): reset);
        b.start.next = !b.walking.val() && rng.one_in(6);
        if !b.walking.val() {
            drive!(b, rng; below(5): run, n_run; below(4): prefill; any(): two;
                   word(): dram, d_run, second_dram, second_d_run);
        }
    };
    run_words[2000]: RunWords::default() => |b, rng| {
        drive!(b, rng; one_in(2): push, second, turn; one_in(6): accept; below(5): length, least_less_one;
               one_in(90): forget, cancelled; one_in(300): reset);
        b.length_less_one.next = b.length.next - 1;
    };
    run_debt[3000]: RunDebt::default() => |b, rng| {
        drive!(b, rng; one_in(8): accept; one_in(2): walking; one_in(90): cancelled; one_in(900): reset;
               word(): in_data; not_one_in(4): in_valid, data_ready; below(5): length);
        b.length.next = b.length.next + 1;
        b.length_less_one.next = b.length.next - 1;
    };
    store_control[4000]: StoreControl::default() => |b, rng| {
        drive!(b, rng; one_in(500): reset; one_in(300): cancel; one_in(9): saturated;
               one_in(3): map_finished, vector_busy, pending, sending, writing);
        b.start.next = b.ready.val() && rng.one_in(3);
        if b.ready.val() {
            drive!(b, rng; any(): op, tag, recipe; word(): dram, d_run, second_dram, second_d_run;
                   any(): run, second_run, prefill; below(3): n_run);
        }
    };
}

/// Words of one stream, or of two in turn, while there is room.
macro_rules! words_of_streams {
    ($b:ident, $rng:ident) => {{
        let (pushed, second) = ($b.push.val(), $b.second.val());
        drive!($b, $rng; one_in(1500): clear; word(): word; not_one_in(3): push);
        $b.push.next &= !$b.stall.val();
        if $b.clear.next {
            drive!($b, $rng; not_one_in(3): two);
            $b.run.next = (1 + $rng.below(9)).into();
        }
        $b.second.next = $b.two.next && (second != pushed);
    }};
}

macro_rules! map_walk {
    ($b:ident, $rng:ident) => {{
        drive!($b, $rng; one_in(8): stall; one_in(700): clear);
        $b.start.next = !$b.busy.val() && $rng.one_in(6);
        if !$b.busy.val() {
            drive!($b, $rng; one_in(2): pool; any(): p_base, p_g; below(4): n_i, n_g; below(6): n_r, n_c);
        }
    }};
}

macro_rules! codes {
    ($b:ident, $rng:ident) => {{
        let pool = $b.pool.next;
        drive!($b, $rng; one_in(300): clear; one_in(3): load, stall; one_in(7): row_end; word(): code;
               any(): pool;
               one_in(40): send);
        $b.send.next &= !$b.pending.val() && !$b.busy.val();
        if $rng.not_one_in(100) {
            $b.pool.next = pool;
        }
    }};
}
use {codes, map_walk, words_of_streams};

/// An update, a loss, and a recipe that counts positive words; as a command's words `recipe`.
fn recipes() -> (Vec<u32>, [RecipeWord; 3]) {
    let mut hits = Recipe::new("hits");
    let word = hits.load(Source::Psum);
    hits.out(Sink::Correct, word);
    hits.out(Sink::X, word);
    let mut tables = Tables::default();
    let [update, loss, hits] =
        [sgd(Gradient::Sum), softmax_loss(), hits].map(|recipe| add(&mut tables, &recipe, 1));
    (tables.words(), [update, RecipeWord { totals: true, ..loss }, hits])
}

#[test]
fn store_engine() {
    let (mut done, mut idle, mut cycle) = (0, 0, 0);
    let (table, recipes) = recipes();
    lockstep!(StoreEngine::<2, 9, 8, 1>::default(), portable(), 1, 4000, |b, rng| {
        drive!(b, rng; one_in(1500): reset; one_in(500): cancel, clear; word(): p_data, hyper;
               one_in(2): operand_we; below(32): operand_waddr; word(): operand_wdata;
               not_one_in(3): cmd_ready; not_one_in(4): data_ready);
        done += u32::from(b.done.val());
        // the tables first
        if let Some(word) = table.get(cycle) {
            b.operand_we.next = true;
            b.operand_waddr.next = (u64::from(TABLES_AT) + cycle as u64).into();
            b.operand_wdata.next = u64::from(*word).into();
        }
        b.start.next = cycle > table.len() && b.ready.val() && !b.start.val();
        cycle += 1;
        // a random command may ask for more words than it makes: then cancel it
        idle = if b.ready.val() { 0 } else { idle + 1 };
        if idle > 400 {
            b.cancel.next = true;
        }
        let (groups, columns, rows) = (1 + rng.below(2), 1 + rng.below(4), 1 + rng.below(2));
        let kind = [0, 0, 1, 1, 1, 2, 3][rng.below(7) as usize];
        // the words of a plain map or of a recipe of these sizes; codes are 1 word per row
        let words = if kind == 0 { groups * rows * columns * 2 } else { groups * rows * columns };
        drive!(b, rng; word(): field);
        let fields = [
            (StoreDesc::op, kind | rng.below(64) << 2),
            (StoreDesc::tag, rng.below(32)),
            (StoreDesc::n_i, 1),
            (StoreDesc::n_g, groups),
            (StoreDesc::n_r, rows),
            (StoreDesc::n_c, columns),
            (StoreDesc::recipe, recipes[rng.below(3) as usize].encode().into()),
            (StoreDesc::prefill, rng.below(12)),
            (StoreDesc::run, words),
            (StoreDesc::n_run, rng.below(4).min(1)),
            (StoreDesc::second_run, groups * rows),
        ];
        for (i, value) in fields {
            b.field[i].next = value.into();
        }
    });
    assert!(done > 20, "only {done} commands were done");
}
