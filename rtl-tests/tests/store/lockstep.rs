//! Every module of the store engine against its exported Verilog.

use ef_hdl_kit::lockstep;
use ef_isa::StoreDesc;
use ef_rtl::arith::mult18::{MultKind, mult18_verilog};
use ef_rtl::store::arithmetic::{Arithmetic, ChooseOperands, Saturation};
use ef_rtl::store::class_walk::{ArgMax, ClassWalk};
use ef_rtl::store::codes::{CodeRam, Codes, PackCodes, VectorCode};
use ef_rtl::store::drain::{Drain, MapEnd};
use ef_rtl::store::exponents::Exponents;
use ef_rtl::store::handover_writer::HandoverWriter;
use ef_rtl::store::hold::Hold;
use ef_rtl::store::map_walk::{MapSteps, MapVectors, MapWalk};
use ef_rtl::store::operand_ram::OperandRam;
use ef_rtl::store::order_key::OrderKey;
use ef_rtl::store::pool_lane::PoolLane;
use ef_rtl::store::psum_port::{ChooseAddress, PickLane, PsumPort};
use ef_rtl::store::run_writer::RunWriter;
use ef_rtl::store::serialise::Serialise;
use ef_rtl::store::softmax::Softmax;
use ef_rtl::store::softmax_control::{SoftmaxControl, SoftmaxSum};
use ef_rtl::store::softmax_steps::{SoftmaxFunction, SoftmaxSteps};
use ef_rtl::store::softmax_totals::SoftmaxTotals;
use ef_rtl::store::store_control::StoreControl;
use ef_rtl::store::store_engine::{ChooseElement, StoreEngine};
use ef_rtl::store::store_latch::StoreLatch;
use ef_rtl::store::token_line::{Census, TokenLine, TokenStage};
use ef_rtl::store::update::{OperandAddress, Update, UpdateResult, UpdateSteps};
use ef_rtl::store::update_walk::UpdateWalk;
use ef_rtl::store::word_buffer::{WordBuffer, WordStore};
use ef_rtl::store::word_mux::WordMux;
use ef_rtl::store::word_ram::WordRam;
use ef_rtl_tests::{Chance, drive, group};
use rust_hdl::prelude::Bits;

fn portable() -> &'static str {
    mult18_verilog(MultKind::Portable)
}

group! {
    portable();

    token_line[1000]: TokenLine::new(7) => |b, rng| drive!(b, rng; one_in(3): token; one_in(90): clear);
    hold[300]: Hold::<Bits<16>>::new(2) => |b, rng| drive!(b, rng; any(): d);
    hold_of_0[comb 100]: Hold::<Bits<16>>::new(0) => |b, rng| drive!(b, rng; any(): d);
    order_key[comb 1000]: OrderKey::default() => |b, rng| drive!(b, rng; word(): word);
    word_mux[600]: WordMux::default() => |b, rng| {
        drive!(b, rng; one_in(5): in_push; word(): in_word; one_in(50): clear);
    };
    handover_writer[2000]: HandoverWriter::default() => |b, rng| {
        drive!(b, rng; one_in(2): push; one_in(30): start; one_in(60): clear; word(): word;
               below(256): op; below(3): n_run; any(): base);
    };
    operand_ram[1000]: OperandRam::<4>::default() => |b, rng| {
        drive!(b, rng; one_in(2): operand_we, softmax; word(): operand_wdata;
               below(20): operand_waddr, update_address, softmax_address);
    };
    exponents[1000]: Exponents::<4>::default() => |b, rng| {
        drive!(b, rng; one_in(2): put; one_in(40): restart; word(): value; below(20): address);
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
    choose_operands[300]: ChooseOperands::default() => |b, rng| {
        drive!(b, rng; any(): second, add, subtract, multiply; word(): add_a, add_b, mul_a, mul_b);
    };
    saturation[200]: Saturation::default() => |b, rng| {
        drive!(b, rng; any(): added, multiplied; one_in(3): sum_overflow, product_overflow);
    };
    choose_element[comb 200]: ChooseElement::default() => |b, rng| {
        drive!(b, rng; any(): softmax, update_address, update_lane, softmax_address, softmax_lane);
    };
    word_store[2500]: WordStore::default() => |b, rng| {
        drive!(b, rng; one_in(1500): clear; word(): word; not_one_in(3): push;
               any(): taken_valid, taken_ready);
        b.push.next &= !b.stall.val();
    };
    word_buffer[5000]: WordBuffer::default() => |b, rng| {
        drive!(b, rng; one_in(3000): clear; word(): word; not_one_in(3): push; one_in(3): out_ready);
        b.push.next &= !b.stall.val();
    };
    run_writer[5000]: RunWriter::default() => |b, rng| {
        drive!(b, rng; one_in(2): push, cmd_ready; one_in(600): cancel, forget; one_in(900): reset;
               word(): in_data;
               not_one_in(4): in_valid, data_ready);
        b.start.next = !b.busy.val() && rng.one_in(6);
        if !b.busy.val() {
            drive!(b, rng; below(5): run, n_run; below(4): prefill; word(): dram, d_run);
        }
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
    operand_address[400]: OperandAddress::default() => |b, rng| {
        drive!(b, rng; one_in(60): restart; any(): o_w, o_v; one_in(3): weight, velocity, weight_again);
    };
    update_steps[comb 400]: UpdateSteps::default() => |b, rng| {
        drive!(b, rng; one_in(3): decay, carry, scale, total, accumulate, step;
               word(): learning_rate, momentum, weight_decay, operand, element, product;
               word(): held_total, held_velocity, held_weight);
    };
    update_result[comb 100]: UpdateResult::default() => |b, rng| {
        drive!(b, rng; any(): velocity, new_velocity, new_weight, walking, computing);
    };

    arithmetic[1000]: Arithmetic::default() => |b, rng| {
        drive!(b, rng; one_in(2): add, subtract, multiply; one_in(30): second; one_in(200): clear;
               word(): add_a, add_b, mul_a, mul_b);
    };
    update_walk[3000]: UpdateWalk::default() => |b, rng| {
        drive!(b, rng; one_in(4): stall; one_in(900): clear);
        b.start.next = !b.busy.val() && rng.one_in(6);
        if !b.busy.val() {
            drive!(b, rng; any(): p_base, p_g, p_n; below(4): n_g, n_r, n_c);
        }
    };
    update[3000]: Update::<3>::default() => |b, rng| {
        drive!(b, rng; one_in(6): stall; one_in(900): clear; word(): operand, element, sum, product);
        b.start.next = !b.busy.val() && rng.one_in(6);
        if !b.busy.val() {
            drive!(b, rng; one_in(2): velocity; any(): p_base, p_g, p_n, o_w, o_v; below(4): n_g, n_r, n_c;
                   word(): learning_rate, momentum, weight_decay);
        }
    };

    class_walk[1500]: ClassWalk::<4>::default() => |b, rng| {
        drive!(b, rng; one_in(200): clear; any(): base);
        b.start.next = !b.busy.val() && rng.one_in(6);
        if !b.busy.val() {
            drive!(b, rng; any(): p_g);
            b.n_c.next = (1 + rng.below(13)).into();
        }
    };
    arg_max[1500]: ArgMax::default() => |b, rng| {
        drive!(b, rng; one_in(30): restart; one_in(2): valid; word(): word);
    };
    softmax_steps[comb 1000]: SoftmaxSteps::default() => |b, rng| {
        drive!(b, rng;
            one_in(4): walk, shifting, issue, gradients_busy, loss_busy, shift, grow, loss_begin, loss_add,
            difference;
            one_in(4): probability, scale, mean, gradient_known, pad, is_label;
            word(): element, largest, exponent_sum, exponent, logarithm, x_label, loss_sum, loss, inverse;
            word(): held_difference, inv_batch, product);
    };
    softmax_function[400]: SoftmaxFunction::default() => |b, rng| {
        drive!(b, rng; one_in(3): reciprocal, logarithm; word(): shifted, total);
    };
    softmax_totals[1500]: SoftmaxTotals::default() => |b, rng| {
        drive!(b, rng; one_in(30): clear_totals, restart, inverse_known; below(4): label, best;
            one_in(4): shifted, take_first, grown, difference, loss_known, loss_end, mean_known;
            word(): exponent, special, sum, product);
    };
    softmax_control[4000]: SoftmaxControl::<4>::default() => |b, rng| {
        drive!(b, rng; one_in(1500): clear; one_in(4): stall, sum_next, sum_done, inverse_known, mean_known,
               pipeline_busy, walking;
               below(3): seen, stored);
        b.start.next = !b.busy.val();
        if !b.busy.val() {
            drive!(b, rng; one_in(2): gradient; any(): p_base, o_w; below(3): n_i, n_c);
        }
    };
    softmax_sum[2000]: SoftmaxSum::default() => |b, rng| {
        drive!(b, rng; one_in(500): clear; one_in(8): start, all_read; one_in(3): added);
    };
    softmax[2500]: Softmax::<2, 4, 1>::default() => |b, rng| {
        drive!(b, rng; one_in(1500): clear, clear_totals; one_in(4): stall; word(): element, sum, product;
               below(4): operand);
        b.start.next = !b.busy.val();
        if !b.busy.val() {
            drive!(b, rng; one_in(2): gradient; any(): p_base, p_g, o_w; below(3): n_i; below(6): n_c;
                   word(): inv_batch);
        }
    };

    store_control[4000]: StoreControl::default() => |b, rng| {
        drive!(b, rng; one_in(500): reset; one_in(300): cancel; one_in(9): saturated;
               one_in(3): map_finished, update_busy, softmax_busy, pending, sending, writing);
        b.start.next = b.ready.val() && rng.one_in(3);
        if b.ready.val() {
            drive!(b, rng; any(): op, tag; word(): dram, d_run, code_dram, code_d_run; any(): run, code_run;
                   below(3): n_run);
        }
    };
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
use {codes, map_walk};

#[test]
fn store_engine() {
    let mut done = 0;
    let mut idle = 0;
    lockstep!(StoreEngine::<2, 9, 8, 6, 1>::default(), portable(), 1, 3000, |b, rng| {
        drive!(b, rng; one_in(1500): reset; one_in(500): cancel, clear; word(): p_data;
               one_in(2): operand_we; below(32): operand_waddr; word(): operand_wdata;
               not_one_in(3): cmd_ready; not_one_in(4): data_ready);
        done += u32::from(b.done.val());
        b.start.next = b.ready.val() && !b.start.val();
        // a random command may ask for more words than it makes: then cancel it
        idle = if b.ready.val() { 0 } else { idle + 1 };
        if idle > 400 {
            b.cancel.next = true;
        }
        let (groups, columns, rows) = (1 + rng.below(2), 1 + rng.below(4), 1 + rng.below(2));
        let kind = rng.below(4);
        // the words of a plain map or an update of these sizes; codes are 1 word per row
        let words = if kind == 0 { groups * rows * columns * 2 } else { groups * rows * columns };
        drive!(b, rng; word(): field, learning_rate, momentum, weight_decay, inv_batch);
        let fields = [
            (StoreDesc::op, kind | rng.below(64) << 2),
            (StoreDesc::tag, rng.below(32)),
            (StoreDesc::n_i, 1),
            (StoreDesc::n_g, groups),
            (StoreDesc::n_r, rows),
            (StoreDesc::n_c, columns),
            (StoreDesc::run, words),
            (StoreDesc::n_run, rng.below(4).min(1)),
            (StoreDesc::code_run, groups * rows),
        ];
        for (i, value) in fields {
            b.field[i].next = value.into();
        }
    });
    assert!(done > 8, "only {done} commands were done");
}
