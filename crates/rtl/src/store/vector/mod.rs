//! [`VectorUnit`]: short programs over words, in hardware.

pub mod accumulators;
pub mod circle;
pub mod compare_unit;
pub mod constants;
pub mod contexts;
pub mod element_walk;
pub mod fields;
pub mod loads;
pub mod operands;
pub mod results;
pub mod table_fetch;
pub mod under_way;
pub mod vector_control;

use crate::arith::fp_add::{self, FpAdd};
use crate::arith::fp_mul::{self, FpMul};
use crate::arith::sfu::{self, Sfu};
use accumulators::Accumulators;
use circle::Circle;
use compare_unit::CompareUnit;
use constants::Constants;
use contexts::Contexts;
use ef_hdl_kit::{block, glue, vec_of};
use ef_isa::regs::HYPERPARAMETERS;
use ef_isa::vector::{Unit, WORDS};
use element_walk::ElementWalk;
use fields::VectorFields;
use loads::Loads;
use operands::Operands;
use results::Results;
use rust_hdl::prelude::*;
use table_fetch::TableFetch;
use under_way::UnderWay;
use vector_control::VectorControl;

/// Cycles from the ages of a control word to the operands at a unit.
const OPERANDS: usize = 2;

const _: () = assert!(Unit::Add.written() as usize == OPERANDS + fp_add::LATENCY);
const _: () = assert!(Unit::Multiply.written() as usize == OPERANDS + fp_mul::LATENCY);
const _: () = assert!(Unit::Compare.written() as usize == OPERANDS + compare_unit::LATENCY);
const _: () = assert!(Unit::Special.written() as usize == OPERANDS + sfu::LATENCY);

block! {
    /// Executes a recipe of [`ef_isa::vector`] over the elements of a command.
    ///
    /// ```text
    ///  [ VectorControl ]-- go --> [ ElementWalk ] --> [ UnderWay ] flags   [ Contexts ] where its words are
    ///         | run                                       ^ stages             ^ stages
    ///  [ TableFetch ] --> control word -------------------+--------------------+---> selects, ages, writes
    ///
    ///  psum, operands --[ Loads ]--> [ Circle ]--+
    ///                   [ FpAdd ]--> [ Circle ]--+                  +--> FpAdd, FpMul, CompareUnit, Sfu
    ///                   [ FpMul ]--> [ Circle ]--+--> [ Operands ]--+
    ///        [ CompareUnit ], [ Sfu ]--> [ Circle ]--+              +--> word, push_x, push_y
    ///                 [ Constants ], [ Accumulators ]-+             +--> [ Results ] --> loss_sum, ...
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `start`, `busy` | 1 | pulse; from the cycle after it until the last word is out. The fields stay valid meanwhile |
    /// | `clear` | 1 | level: ends the command; the accumulators and the table stay |
    /// | `clear_totals` | 1 | pulse: `loss_sum`, `mean_loss`, `correct` and the totals become 0 |
    /// | `recipe` | 32 | [`RecipeWord`](ef_isa::vector::RecipeWord) |
    /// | `turns[4]`, `p_base`, `move_by[4]`, `limit`, `o_a`, `o_b`, `o_c` | 16 | of the descriptor |
    /// | `register[4]` | 32 | the optimiser's registers |
    /// | `table_write`, `table_address`, `table_data` | 1, 16, 32 | the load engine writes the table: [`ef_isa::vector::Tables`] |
    /// | `psum_address`, `psum_lane`, `element` | 16, 3, 32 | to and from the partial sums |
    /// | `operand_address`, `operand` | 16, 32 | to and from the operand RAM |
    /// | `stall` | 1 | begin no element; those under way still push their words |
    /// | `push_x`, `push_y`, `word` | 1, 1, 32 | words that leave |
    /// | `saturated` | 1 | pulse: a result that counts was saturated |
    ///
    /// ```
    /// use ef_rtl::store::vector::VectorUnit;
    /// # ef_hdl_kit::export::verilog(&mut VectorUnit::<3>::default(), "vector").unwrap();
    /// ```
    pub struct VectorUnit<const LAT: usize> {
        in clock: Clock, in start, clear, clear_totals, stall, table_write: Bit,
        in recipe, table_data, element, operand: Bits<32>,
        in turns, move_by: Vec<Bits<16>> = vec_of(4), in p_base, limit, o_a, o_b, o_c, table_address: Bits<16>,
        in register: Vec<Bits<32>> = vec_of(HYPERPARAMETERS.len()),
        out busy, push_x, push_y, saturated: Bit, out word, loss_sum, mean_loss, correct: Bits<32>,
        out psum_address, operand_address: Bits<16>, out psum_lane: Bits<3>,
        control: VectorControl,
        fetch: TableFetch,
        walk: ElementWalk,
        flags: UnderWay,
        contexts: Contexts,
        loads: Loads<LAT>,
        fields: VectorFields,
        sums: Circle,
        products: Circle,
        specials: Circle,
        inputs: Circle,
        constants: Constants,
        accumulators: Accumulators,
        operands: Operands,
        adder: FpAdd,
        multiplier: FpMul,
        compare: CompareUnit,
        functions: Sfu,
        results: Results,
    }
}

glue! { [const LAT: usize] VectorUnit<LAT>; self => {
    wire!(self.{control, fetch, walk, flags, contexts, loads, fields, sums, products, specials, inputs} <- self: clock);
    wire!(self.{constants, accumulators, operands, adder, multiplier, compare, functions, results} <- self: clock);
    // elements
    wire!(self.control <- self: start, clear, stall, clear_totals, recipe, begins = fetch.begins);
    wire!(self.control <- self.walk: empty, last);
    wire!(self.busy, self.control.busy);
    wire!(self.fetch <- self: write = table_write, write_address = table_address, write_data = table_data);
    wire!(self.fetch <- self.control: run, base, last = last_phase);
    wire!(self.walk <- self.control: load, step = go, bounded, totals, fresh, lane_level, channel_level);
    wire!(self.walk <- self: p_base, limit);
    for i in 0..4 {
        wire!(self.walk.turns[i], self.turns[i]);
        wire!(self.walk.move_by[i], self.move_by[i]);
    }
    wire!(self.flags <- self.control: clear = forget, go, padded);
    wire!(self.flags <- self.walk: below, first);
    wire!(self.{flags, contexts} <- self.fetch: begins);
    wire!(self.contexts <- self.walk: address, number, channel, index, lane);
    for i in 0..WORDS {
        wire!(self.flags.word[i], self.fetch.word[i]);
        wire!(self.contexts.word[i], self.fetch.word[i]);
        wire!(self.fields.word[i], self.fetch.word[i]);
    }
    // words in
    wire!(self.loads <- self.contexts: load_address, load_number, load_channel, load_lane);
    wire!(self.loads <- self: word = fetch.word[3], o_a, o_b, o_c, element, operand);
    wire!(self <- self.loads: psum_address, psum_lane, operand_address);
    // results
    wire!(self.fields <- self: compared = compare.y, special = functions.y);
    wire!(self.fields <- self: overflow[0] = adder.overflow, acts[0] = flags.sum_acts);
    wire!(self.fields <- self: overflow[1] = multiplier.overflow, acts[1] = flags.product_acts);
    wire!(self.fields <- self: overflow[2] = functions.overflow, acts[2] = flags.special_acts);
    wire!(self.saturated, self.fields.saturated);
    wire!(self.sums <- self.fields: write = write[0], age_a = age_a[0], age_b = age_b[0]);
    wire!(self.products <- self.fields: write = write[1], age_a = age_a[1], age_b = age_b[1]);
    wire!(self.specials <- self.fields: write = write[2], age_a = age_a[2], age_b = age_b[2]);
    wire!(self.inputs <- self.fields: write = write[3], age_a = age_a[3], age_b = age_b[3]);
    wire!(self.sums.data, self.adder.y);
    wire!(self.products.data, self.multiplier.y);
    wire!(self.specials.data, self.fields.special_or_compared);
    wire!(self.inputs.data, self.loads.loaded);
    wire!(self.constants <- self.control: copy, copy_at);
    wire!(self.constants <- self: write = table_write, write_address = table_address, write_data = table_data);
    wire!(self.constants.control, self.fetch.word[1]);
    for i in 0..HYPERPARAMETERS.len() {
        wire!(self.constants.register[i], self.register[i]);
    }
    wire!(self.accumulators <- self.flags: read_first, take_acts);
    wire!(self.accumulators <- self.contexts: read_lane, take_lane);
    wire!(self.accumulators <- self: control = fetch.word[2], sum = adder.y, compared = compare.y);
    // operands
    wire!(self.operands <- self: select = fetch.word[1], below = flags.out_inside, index = contexts.index_then);
    wire!(self.operands <- self: a[0] = sums.a, a[1] = products.a, a[2] = specials.a, a[3] = inputs.a);
    wire!(self.operands <- self: b[0] = sums.b, b[1] = products.b, b[2] = specials.b, b[3] = inputs.b);
    wire!(self.operands <- self: constant = constants.constant);
    wire!(self.operands <- self.accumulators: accumulator, first);
    wire!(self.adder <- self.operands: a = add_a, b = add_b, subtract);
    wire!(self.multiplier <- self.operands: a = multiply_a, b = multiply_b);
    wire!(self.compare <- self.operands: a = compare_a, b = compare_b, index = compare_index, comparison, first = fresh);
    wire!(self.functions <- self.operands: x = special_a, op = which_function);
    // words out
    wire!(self.results <- self: control = fetch.word[3], leaves = flags.out_leaves, clear_totals);
    wire!(self.{results, fields} <- self.control: clear = forget);
    wire!(self.results.word, self.operands.word);
    wire!(self.word, self.operands.word);
    wire!(self <- self.results: push_x, push_y, loss_sum, mean_loss, correct);
}}
