//! Every module of the store engine against its exported Verilog.

use ef_hdl_kit::lockstep;
use ef_hdl_kit::rand::Rng;
use ef_program::StoreDesc;
use ef_rtl::arith::mult18::{MultKind, mult18_verilog};
use ef_rtl::store::arithmetic::Arithmetic;
use ef_rtl::store::class_walk::{ArgMax, ClassWalk};
use ef_rtl::store::codes::{Codes, VectorCode};
use ef_rtl::store::drain::Drain;
use ef_rtl::store::exponents::Exponents;
use ef_rtl::store::handover_writer::HandoverWriter;
use ef_rtl::store::hold::Hold;
use ef_rtl::store::map_walk::MapWalk;
use ef_rtl::store::operand_ram::OperandRam;
use ef_rtl::store::order_key::OrderKey;
use ef_rtl::store::pool_lane::PoolLane;
use ef_rtl::store::psum_port::PsumPort;
use ef_rtl::store::run_writer::RunWriter;
use ef_rtl::store::serialise::Serialise;
use ef_rtl::store::softmax::Softmax;
use ef_rtl::store::softmax_control::{SoftmaxControl, SoftmaxSum};
use ef_rtl::store::softmax_steps::{SoftmaxFunction, SoftmaxSteps};
use ef_rtl::store::softmax_totals::SoftmaxTotals;
use ef_rtl::store::store_control::StoreControl;
use ef_rtl::store::store_engine::StoreEngine;
use ef_rtl::store::store_latch::StoreLatch;
use ef_rtl::store::token_line::TokenLine;
use ef_rtl::store::update::Update;
use ef_rtl::store::update_walk::UpdateWalk;
use ef_rtl::store::word_buffer::WordBuffer;
use ef_rtl::store::word_mux::WordMux;
use ef_rtl::store::word_ram::WordRam;
use rust_hdl::prelude::Bits;

const PORTABLE: fn() -> &'static str = || mult18_verilog(MultKind::Portable);

/// A word: often zero, small or equal to another.
fn word(rng: &mut impl Rng) -> Bits<32> {
    let word: u32 = match rng.random_range(0..4) {
        0 => [0, 1, 0x8000_0000, 0x3f80_0000, 0xbf80_0000, 0x7f7f_ffff][rng.random_range(0..6)],
        1 => 0x3f80_0000 + rng.random_range(0..4),
        _ => rng.random(),
    };
    u64::from(word).into()
}

/// A number below `n`.
fn below<const N: usize>(rng: &mut impl Rng, n: u64) -> Bits<N> {
    rng.random_range(0..n).into()
}

/// Drives inputs with random bits, one in so many cycles high; with numbers below a limit; with words.
macro_rules! drive {
    ($b:ident, $rng:ident; $($kind:ident $limit:tt: $($port:ident $([$n:literal])?),+;)*) => {
        $(drive!(each $b, $rng, $kind $limit: $($port $([$n])?),+);)*
    };
    (each $b:ident, $rng:ident, $kind:ident $limit:tt: $port:ident $(, $($more:tt)+)?) => {
        $b.$port.next = drive!(value $rng, $kind $limit);
        $(drive!(each $b, $rng, $kind $limit: $($more)+);)?
    };
    (each $b:ident, $rng:ident, $kind:ident $limit:tt: $port:ident [$n:literal] $(, $($more:tt)+)?) => {
        for i in 0..$n { $b.$port[i].next = drive!(value $rng, $kind $limit); }
        $(drive!(each $b, $rng, $kind $limit: $($more)+);)?
    };
    (value $rng:ident, once_in ($n:literal)) => { $rng.random_range(0..$n) == 0 };
    (value $rng:ident, below ($n:literal)) => { below($rng, $n) };
    (value $rng:ident, word ()) => { word($rng) };
}

#[test]
fn small_cells_equal_their_verilog() {
    lockstep!(TokenLine::new(7), "", 1, 2000, |b, rng| {
        drive!(b, rng; once_in(3): token; once_in(90): clear;);
    });
    lockstep!(Hold::<Bits<16>>::new(2), "", 2, 500, |b, rng| b.d.next = below(rng, 65536));
    lockstep!(comb: Hold::<Bits<16>>::new(0), "", 3, 100, |b, rng| b.d.next = below(rng, 65536));
    lockstep!(comb: OrderKey::default(), "", 4, 2000, |b, rng| b.word.next = word(rng));
    lockstep!(WordMux::default(), "", 5, 1000, |b, rng| {
        drive!(b, rng; once_in(5): in_push[4]; word(): in_word[4]; once_in(50): clear;);
    });
    lockstep!(HandoverWriter::default(), "", 11, 3000, |b, rng| {
        drive!(b, rng; once_in(2): push; once_in(30): start; once_in(60): clear; word(): word;
               below(256): op; below(3): n_run; below(65536): base;);
    });
    lockstep!(OperandRam::<4>::default(), "", 6, 2000, |b, rng| {
        drive!(b, rng; once_in(2): operand_we, softmax; word(): operand_wdata;
               below(20): operand_waddr, update_address, softmax_address;);
    });
    lockstep!(Exponents::<4>::default(), "", 7, 2000, |b, rng| {
        drive!(b, rng; once_in(2): put; once_in(40): restart; word(): value; below(20): address;);
    });
    lockstep!(WordRam::<4>::default(), "", 10, 2000, |b, rng| {
        drive!(b, rng; once_in(2): write; word(): write_data; below(20): write_address, read_address;);
    });
    lockstep!(StoreLatch::default(), "", 8, 300, |b, rng| {
        drive!(b, rng; once_in(3): start; word(): field[18];);
    });
    lockstep!(PsumPort::<4, 2>::default(), "", 9, 1000, |b, rng| {
        drive!(b, rng; once_in(2): map; below(65536): map_address, word_address; below(4): word_lane;
               word(): p_data[4];);
    });
}

#[test]
fn the_way_to_memory_equals_its_verilog() {
    lockstep!(WordBuffer::default(), "", 1, 6000, |b, rng| {
        drive!(b, rng; once_in(3000): clear; word(): word;);
        b.push.next = !b.stall.val() && rng.random_range(0..3) > 0;
        b.out_ready.next = rng.random_range(0..3) == 0;
    });
    lockstep!(RunWriter::default(), "", 2, 8000, |b, rng| {
        drive!(b, rng; once_in(2): push, cmd_ready; once_in(600): cancel, forget; once_in(900): reset; word(): in_data;);
        b.start.next = !b.busy.val() && rng.random_range(0..6) == 0;
        if !b.busy.val() {
            drive!(b, rng; below(5): run, n_run; below(4): prefill; word(): dram, d_run;);
        }
        b.in_valid.next = rng.random_range(0..4) > 0;
        b.data_ready.next = rng.random_range(0..4) > 0;
    });
}

#[test]
fn the_modules_of_a_map_equal_their_verilog() {
    macro_rules! walk {
        ($t:literal) => {
            lockstep!(MapWalk::<$t>::default(), "", $t, 6000, |b, rng| {
                drive!(b, rng; once_in(8): stall; once_in(700): clear;);
                b.start.next = !b.busy.val() && rng.random_range(0..6) == 0;
                if !b.busy.val() {
                    drive!(b, rng; once_in(2): pool; below(65536): p_base, p_g; below(4): n_i, n_g;
                           below(6): n_r, n_c;);
                }
            });
        };
    }
    walk!(2);
    walk!(8);
    lockstep!(PoolLane::default(), "", 1, 4000, |b, rng| {
        drive!(b, rng; word(): word; once_in(2): valid; once_in(4): first; once_in(50): relu; below(4): number;);
    });
    lockstep!(Serialise::<4>::default(), "", 2, 1000, |b, rng| {
        drive!(b, rng; once_in(5): load; once_in(4): closing; once_in(90): clear; word(): vector[4];);
    });
    lockstep!(comb: VectorCode::<8>::default(), "", 3, 500, |b, rng| {
        drive!(b, rng; once_in(2): kept[8], pool; below(4): chosen[8];);
    });
    macro_rules! codes {
        ($t:literal) => {
            lockstep!(Codes::<$t, 4>::default(), "", $t, 4000, |b, rng| {
                drive!(b, rng; once_in(300): clear; once_in(3): load, stall; once_in(7): row_end; word(): code;);
                b.send.next = !b.pending.val() && !b.busy.val() && rng.random_range(0..40) == 0;
                if rng.random_range(0..100) == 0 {
                    b.pool.next = rng.random();
                }
            });
        };
    }
    codes!(2);
    codes!(8);
    let mut under_way = 0;
    lockstep!(Drain::<4, 4, 2>::default(), "", 4, 6000, |b, rng| {
        drive!(b, rng; once_in(8): stall; word(): p_data[4]; once_in(900): clear; once_in(200): send;);
        b.start.next = under_way == 0;
        if under_way == 0 {
            drive!(b, rng; once_in(2): pool, relu; below(65536): p_base, p_g; below(3): n_i; below(4): n_g;
                   below(6): n_r, n_c;);
        }
        under_way = if under_way == 300 || b.finished.val() { 0 } else { under_way + 1 };
    });
}

#[test]
fn the_modules_of_an_update_equal_their_verilog() {
    lockstep!(Arithmetic::default(), PORTABLE(), 1, 1500, |b, rng| {
        drive!(b, rng; once_in(2): add[2], subtract[2], multiply[2]; once_in(30): second; once_in(200): clear;
               word(): add_a[2], add_b[2], mul_a[2], mul_b[2];);
    });
    lockstep!(UpdateWalk::default(), "", 2, 4000, |b, rng| {
        drive!(b, rng; once_in(4): stall; once_in(900): clear;);
        b.start.next = !b.busy.val() && rng.random_range(0..6) == 0;
        if !b.busy.val() {
            drive!(b, rng; below(65536): p_base, p_g, p_n; below(4): n_g, n_r, n_c;);
        }
    });
    lockstep!(Update::<3>::default(), "", 3, 4000, |b, rng| {
        drive!(b, rng; once_in(6): stall; once_in(900): clear; word(): operand, element, sum, product;);
        b.start.next = !b.busy.val() && rng.random_range(0..6) == 0;
        if !b.busy.val() {
            drive!(b, rng; once_in(2): velocity; below(65536): p_base, p_g, p_n, o_w, o_v; below(4): n_g, n_r, n_c;
                   word(): learning_rate, momentum, weight_decay;);
        }
    });
}

#[test]
fn the_modules_of_softmax_equal_their_verilog() {
    lockstep!(ClassWalk::<4>::default(), "", 1, 2000, |b, rng| {
        drive!(b, rng; once_in(200): clear; below(65536): base;);
        b.start.next = !b.busy.val() && rng.random_range(0..6) == 0;
        if !b.busy.val() {
            drive!(b, rng; below(65536): p_g;);
            b.n_c.next = rng.random_range(1..14u64).into();
        }
    });
    lockstep!(ArgMax::default(), "", 2, 2000, |b, rng| {
        drive!(b, rng; once_in(30): restart; once_in(2): valid; word(): word;);
    });
    lockstep!(comb: SoftmaxSteps::default(), "", 3, 1500, |b, rng| {
        drive!(b, rng;
            once_in(4): walk, shifting, issue, gradients_busy, loss_busy, shift, grow, loss_begin, loss_add, difference;
            once_in(4): probability, scale, mean, gradient_known, pad, is_label;
            word(): element, largest, exponent_sum, exponent, logarithm, x_label, loss_sum, loss, inverse;
            word(): held_difference, inv_batch, product;);
    });
    lockstep!(SoftmaxFunction::default(), "", 4, 500, |b, rng| {
        drive!(b, rng; once_in(3): reciprocal, logarithm; word(): shifted, total;);
    });
    lockstep!(SoftmaxTotals::default(), "", 5, 2000, |b, rng| {
        drive!(b, rng; once_in(30): clear_totals, restart, inverse_known; below(4): label, best;
            once_in(4): shifted, take_first, grown, difference, loss_known, loss_end, mean_known;
            word(): exponent, special, sum, product;);
    });
    lockstep!(SoftmaxControl::<4>::default(), "", 6, 6000, |b, rng| {
        drive!(b, rng; once_in(1500): clear; once_in(4): stall, sum_next, sum_done, inverse_known, mean_known, pipeline_busy, walking;
               below(3): seen, stored;);
        b.start.next = !b.busy.val();
        if !b.busy.val() {
            drive!(b, rng; once_in(2): gradient; below(65536): p_base, o_w; below(3): n_i, n_c;);
        }
    });
    lockstep!(SoftmaxSum::default(), "", 6, 3000, |b, rng| {
        drive!(b, rng; once_in(500): clear; once_in(8): start, all_read; once_in(3): added;);
    });
    lockstep!(Softmax::<2, 4, 1>::default(), PORTABLE(), 7, 2500, |b, rng| {
        drive!(b, rng; once_in(1500): clear, clear_totals; once_in(4): stall; word(): element, sum, product;
               below(4): operand;);
        b.start.next = !b.busy.val();
        if !b.busy.val() {
            drive!(b, rng; once_in(2): gradient; below(65536): p_base, p_g, o_w; below(3): n_i; below(6): n_c;
                   word(): inv_batch;);
        }
    });
}

#[test]
fn the_control_of_commands_equals_its_verilog() {
    lockstep!(StoreControl::default(), "", 1, 6000, |b, rng| {
        drive!(b, rng; once_in(500): reset; once_in(300): cancel; once_in(9): saturated;
               once_in(3): map_finished, update_busy, softmax_busy, pending, sending, writing;);
        b.start.next = b.ready.val() && rng.random_range(0..3) == 0;
        if b.ready.val() {
            drive!(b, rng; below(256): op; below(32): tag; word(): dram, d_run, code_dram, code_d_run;
                   below(65536): run, code_run; below(3): n_run;);
        }
    });
}

#[test]
fn the_store_engine_equals_its_verilog() {
    let mut done = 0;
    let mut idle = 0;
    lockstep!(StoreEngine::<2, 5, 4, 4, 1>::default(), PORTABLE(), 1, 3000, |b, rng| {
        drive!(b, rng; once_in(1500): reset; once_in(500): cancel, clear; word(): p_data[2];
               once_in(2): operand_we; below(32): operand_waddr; word(): operand_wdata;);
        b.cmd_ready.next = rng.random_range(0..3) > 0;
        b.data_ready.next = rng.random_range(0..4) > 0;
        done += u32::from(b.done.val());
        b.start.next = b.ready.val() && !b.start.val();
        // a random command may ask for more words than it makes: then cancel it
        idle = if b.ready.val() { 0 } else { idle + 1 };
        if idle > 400 {
            b.cancel.next = true;
        }
        let groups = rng.random_range(1..3u64);
        let columns = rng.random_range(1..5u64);
        let kind = rng.random_range(0..4u64);
        let rows = rng.random_range(1..3u64);
        // the words of a plain map or an update of these sizes; codes are 1 word per row
        let words = if kind == 0 { groups * rows * columns * 2 } else { groups * rows * columns };
        for i in 0..18 {
            b.field[i].next = word(rng);
        }
        let fields = [
            (StoreDesc::op, kind | rng.random_range(0..64u64) << 2),
            (StoreDesc::tag, rng.random_range(0..32)),
            (StoreDesc::n_i, 1),
            (StoreDesc::n_g, groups),
            (StoreDesc::n_r, rows),
            (StoreDesc::n_c, columns),
            (StoreDesc::run, words),
            (StoreDesc::n_run, rng.random_range(0..4u64).min(1)),
            (StoreDesc::code_run, groups * rows),
        ];
        for (i, value) in fields {
            b.field[i].next = value.into();
        }
        drive!(b, rng; word(): learning_rate, momentum, weight_decay, inv_batch;);
    });
    assert!(done > 8, "only {done} commands were done");
}
