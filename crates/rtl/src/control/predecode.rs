//! First look at an instruction, on its way into the prefetch queue.
use ef_hdl_kit::K;
use ef_program::{ComputeDesc, Descriptor, LoadDesc, StoreDesc, isa::opcode};
use rust_hdl::prelude::*;

/// Predecoded operation: a word that is no instruction.
pub const BAD: u64 = 6;
/// Predecoded operation: LOOP with a count of 0.
pub const LOOP_ZERO: u64 = 7;

/// Stream, opcode, engine and field of an instruction, with what is wrong with it written into its opcode.
///
/// ```text
///  high[31:20] = opcode, engine, field -+-> kind = stream [14:12], opcode [11:8], engine [7:6], field [5:0]
///  high[2:0]   = stream                -+
///  low[15:0]   = count                 -+
/// ```
/// Combinational. `kind[11:8]` is an opcode of `ef_program::isa::opcode`, [`BAD`] (unknown opcode, engine or field), or [`LOOP_ZERO`].
#[derive(LogicBlock)]
pub struct Predecode {
    pub low: Signal<In, Bits<32>>,
    pub high: Signal<In, Bits<32>>,
    pub kind: Signal<Out, Bits<15>>,
    operation: Signal<Local, Bits<4>>,
    engine: Signal<Local, Bits<2>>,
    field: Signal<Local, Bits<6>>,
    writes: Signal<Local, Bit>,
    to_engine: Signal<Local, Bit>,
    wrong: Signal<Local, Bit>,
    load_fields: Constant<Bits<6>>,
    compute_fields: Constant<Bits<6>>,
    store_fields: Constant<Bits<6>>,
    add: K<4, { opcode::ADD }>,
    issue: K<4, { opcode::ISSUE }>,
    loop_begin: K<4, { opcode::LOOP }>,
    set: K<4, { opcode::SET }>,
    bad: K<15, { BAD << 8 }>,
    loop_zero: K<15, { LOOP_ZERO << 8 }>,
}

impl Default for Predecode {
    fn default() -> Self {
        let fields = |count: usize| Constant::new((count as u64).into());
        Self {
            low: Default::default(),
            high: Default::default(),
            kind: Default::default(),
            operation: Default::default(),
            engine: Default::default(),
            field: Default::default(),
            writes: Default::default(),
            to_engine: Default::default(),
            wrong: Default::default(),
            load_fields: fields(LoadDesc::FIELDS.len()),
            compute_fields: fields(ComputeDesc::FIELDS.len()),
            store_fields: fields(StoreDesc::FIELDS.len()),
            add: Default::default(),
            issue: Default::default(),
            loop_begin: Default::default(),
            set: Default::default(),
            bad: Default::default(),
            loop_zero: Default::default(),
        }
    }
}

impl Logic for Predecode {
    #[hdl_gen]
    fn update(&mut self) {
        self.operation.next = self.high.val().get_bits::<4>(28);
        self.engine.next = self.high.val().get_bits::<2>(26);
        self.field.next = self.high.val().get_bits::<6>(20);
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
        self.kind.next = bit_cast::<15, 12>(self.high.val().get_bits::<12>(20))
            | (bit_cast::<15, 3>(self.high.val().get_bits::<3>(0)) << 12);
        if (self.operation.val() == self.loop_begin.val()) & (self.low.val().get_bits::<16>(0) == 0) {
            self.kind.next = self.loop_zero.val();
        }
        if self.wrong.val() {
            self.kind.next = self.bad.val();
        }
    }
}
