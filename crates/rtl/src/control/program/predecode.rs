//! First look at an instruction, on its way into the prefetch queue.
use ef_hdl_kit::block;
use ef_isa::{
    ComputeDesc, Descriptor, LoadDesc, StoreDesc,
    instr::{opcode, place},
};
use rust_hdl::prelude::*;

/// Where the parts of `kind` begin.
pub mod kind {
    /// Six bits.
    pub const FIELD: u64 = 0;
    /// Two bits.
    pub const ENGINE: u64 = 6;
    /// Four bits.
    pub const OPCODE: u64 = 8;
    /// Three bits.
    pub const STREAM: u64 = 12;
}

/// Predecoded operation: a word that is no instruction.
pub const BAD: u64 = 6;
/// Predecoded operation: LOOP with a count of 0.
pub const LOOP_ZERO: u64 = 7;

block! {
    /// Stream, opcode, engine and field of an instruction, with what is wrong with it written into its opcode.
    ///
    /// ```text
    ///  high[31:20] = opcode, engine, field -+-> kind = stream [14:12], opcode [11:8], engine [7:6], field [5:0]
    ///  high[2:0]   = stream                -+
    ///  low[15:0]   = count                 -+
    /// ```
    /// Combinational. `kind[11:8]` is an opcode of `ef_isa::instr::opcode`, [`BAD`] (unknown opcode, engine or field), or [`LOOP_ZERO`].
    pub struct Predecode {
        in low, high: Bits<32>,
        out kind: Bits<15>,
        net operation: Bits<4>, net engine: Bits<2>, net field: Bits<6>, net writes, to_engine, wrong: Bit,
        const load_fields: Bits<6> = LoadDesc::FIELDS.len() as u64,
        const compute_fields: Bits<6> = ComputeDesc::FIELDS.len() as u64,
        const store_fields: Bits<6> = StoreDesc::FIELDS.len() as u64,
        const add: Bits<4> = opcode::ADD, const issue: Bits<4> = opcode::ISSUE,
        const loop_begin: Bits<4> = opcode::LOOP, const set: Bits<4> = opcode::SET,
        const bad: Bits<15> = BAD << kind::OPCODE, const loop_zero: Bits<15> = LOOP_ZERO << kind::OPCODE,
        const at_opcode: Bits<5> = place::OPCODE - 32, const at_engine: Bits<5> = place::ENGINE - 32,
        const at_field: Bits<5> = place::FIELD - 32, const at_stream: Bits<5> = place::STREAM - 32,
        const to_stream: Bits<15> = kind::STREAM,
    }
}

impl Logic for Predecode {
    #[hdl_gen]
    fn update(&mut self) {
        self.operation.next = self.high.val().get_bits::<4>(self.at_opcode.val().index());
        self.engine.next = self.high.val().get_bits::<2>(self.at_engine.val().index());
        self.field.next = self.high.val().get_bits::<6>(self.at_field.val().index());
        self.writes.next =
            (self.operation.val() == self.add.val()) | (self.operation.val() == self.set.val());
        self.to_engine.next = self.writes.val() | (self.operation.val() == self.issue.val());
        self.wrong.next = self.operation.val() > self.set.val();
        if self.to_engine.val() & (self.engine.val() == 3) {
            self.wrong.next = true;
        }
        if self.writes.val() {
            if (self.engine.val() == 0) & (self.field.val() >= self.load_fields.val()) {
                self.wrong.next = true;
            }
            if (self.engine.val() == 1) & (self.field.val() >= self.compute_fields.val()) {
                self.wrong.next = true;
            }
            if (self.engine.val() == 2) & (self.field.val() >= self.store_fields.val()) {
                self.wrong.next = true;
            }
        }
        self.kind.next = bit_cast::<15, 12>(self.high.val().get_bits::<12>(self.at_field.val().index()))
            | (bit_cast::<15, 3>(self.high.val().get_bits::<3>(self.at_stream.val().index()))
                << self.to_stream.val());
        if (self.operation.val() == self.loop_begin.val()) & (self.low.val().get_bits::<16>(0) == 0) {
            self.kind.next = self.loop_zero.val();
        }
        if self.wrong.val() {
            self.kind.next = self.bad.val();
        }
    }
}
