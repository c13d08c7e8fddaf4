//! The lint finds each construct that rust-hdl exports wrongly, and nothing in good code.
use ef_hdl_kit::{UInt, glue, lint};
use rust_hdl::prelude::*;

/// A block from its fields and its `update` (with the attribute: its `self` must be the caller's).
macro_rules! module {
    ($name:ident { $($fields:tt)* } $($update:tt)*) => {
        #[derive(LogicBlock, Default)]
        struct $name { $($fields)* }
        impl Logic for $name {
            $($update)*
        }
    };
}

/// Each finding of `lint` on a block contains, in order, one of the given texts.
macro_rules! finds {
    ($name:ident: $($part:literal),+) => {{
        let findings = lint(&$name::default());
        let parts = [$($part),+];
        let matches = findings.len() == parts.len()
            && findings.iter().zip(parts).all(|(finding, part)| finding.contains(part));
        assert!(matches, "expected {parts:?}, found {findings:#?}");
    }};
}

#[test]
fn comparisons_that_bind_differently() {
    module! { Precedence { pub a: Signal<In, Bits<4>>, pub b: Signal<In, Bits<4>>, pub y: Signal<Out, Bit> }
    #[hdl_gen] fn update(&mut self) { self.y.next = self.a.val() & self.b.val() == self.b.val(); } }
    finds!(Precedence: "parentheses");

    module! { Or { pub a: Signal<In, Bits<4>>, pub b: Signal<In, Bits<4>>, pub y: Signal<Out, Bit> }
    #[hdl_gen] fn update(&mut self) { self.y.next = self.a.val() != self.a.val() | self.b.val(); } }
    finds!(Or: "parentheses");
}

#[test]
fn arithmetic_with_literals_that_does_not_wrap() {
    module! { Compare { pub a: Signal<In, Bits<4>>, pub y: Signal<Out, Bit> }
    #[hdl_gen] fn update(&mut self) { self.y.next = self.a.val() + 1 == self.a.val(); } }
    finds!(Compare: "`a + 1`: Verilog evaluates `+` at 32 bits and does not wrap at 4");

    module! { Cast { pub a: Signal<In, Bits<4>>, pub y: Signal<Out, Bit> }
    #[hdl_gen] fn update(&mut self) { self.y.next = bits::<4>(15) + self.a.val() == self.a.val(); } }
    finds!(Cast: "evaluates `+` at 32 bits");

    module! { Shift { pub a: Signal<In, Bits<4>>, pub y: Signal<Out, Bits<4>> }
    #[hdl_gen] fn update(&mut self) { self.y.next = (self.a.val() + 1) >> 1; } }
    finds!(Shift: "evaluates `+` at 32 bits");

    module! { Reduce { pub a: Signal<In, Bits<4>>, pub y: Signal<Out, Bit> }
    #[hdl_gen] fn update(&mut self) { self.y.next = (self.a.val() + 1).any(); } }
    finds!(Reduce: "evaluates `+` at 32 bits");

    module! { Narrow { pub a: Signal<In, Bits<8>>, pub b: Signal<In, Bits<4>>, pub y: Signal<Out, Bit> }
    #[hdl_gen] fn update(&mut self) { self.y.next = bit_cast::<4, 8>(self.a.val()) + self.b.val() == self.b.val(); } }
    finds!(Narrow: "evaluates `+` at 8 bits and does not wrap at 4");

    module! { Replace { pub a: Signal<In, Bits<4>>, pub b: Signal<In, Bit>, pub y: Signal<Out, Bits<4>> }
    #[hdl_gen] fn update(&mut self) { self.y.next = self.a.val().replace_bit(1, !self.b.val()); } }
    finds!(Replace: "`!b`: Verilog evaluates it at 32 bits");
}

#[test]
fn casts_that_widen_before_the_operation() {
    module! { Subtract { pub a: Signal<In, Bits<4>>, pub b: Signal<In, Bits<4>>, pub y: Signal<Out, Bits<8>> }
    #[hdl_gen] fn update(&mut self) { self.y.next = bit_cast::<8, 4>(self.a.val() - self.b.val()); } }
    finds!(Subtract: "`a - b`: Verilog evaluates `-` at 8 bits");

    module! { Invert { pub a: Signal<In, Bits<4>>, pub y: Signal<Out, Bits<8>> }
    #[hdl_gen] fn update(&mut self) { self.y.next = bit_cast::<8, 4>(!self.a.val()); } }
    finds!(Invert: "`!a`: Verilog evaluates it at 8 bits");

    module! { Left { pub a: Signal<In, Bits<4>>, pub y: Signal<Out, Bits<8>> }
    #[hdl_gen] fn update(&mut self) { self.y.next = bit_cast::<8, 4>(self.a.val() << 1); } }
    finds!(Left: "evaluates `<<` at 8 bits");
}

#[test]
fn products_used_in_place() {
    module! { Product { pub a: Signal<In, Bits<8>>, pub y: Signal<Out, Bits<16>>, m: Signal<Local, UInt<8, 16>> }
    #[hdl_gen] fn update(&mut self) {
        self.m.next = self.a.val().into();
        self.y.next = (self.m.val() * self.m.val()) >> 4;
    } }
    finds!(Product: "assign the product to a Local");
}

#[test]
fn bits_of_expressions() {
    module! { Slice { pub a: Signal<In, Bits<4>>, pub y: Signal<Out, Bits<2>> }
    #[hdl_gen] fn update(&mut self) { self.y.next = (self.a.val() + self.a.val()).get_bits::<2>(1); } }
    finds!(Slice: "bits can only be taken from a signal");
}

#[test]
fn names_that_mean_something_else() {
    module! { Captured { pub a: Signal<In, Bits<4>>, pub i: Signal<In, Bit>, pub y: Signal<Out, Bits<4>> }
    #[hdl_gen] fn update(&mut self) {
        self.y.next = self.a.val();
        for i in 0..4 {
            if self.a.val().get_bit(i) & self.i.val() {
                self.y.next = i.to_bits();
            }
        }
    } }
    finds!(Captured: "loop variable `i`: a signal has the same name");

    module! { Keywords { pub packed: Signal<In, Bit>, pub small: Signal<Out, Bit>, delete: Signal<Local, Bit> }
    #[hdl_gen] fn update(&mut self) {
        self.delete.next = self.packed.val();
        self.small.next = self.delete.val();
    } }
    finds!(Keywords: "`packed`", "`small`", "`delete`");

    module! { KeywordInstance { pub clock: Signal<In, Clock>, pub y: Signal<Out, Bit>, table: DFF<Bit> }
    #[hdl_gen] fn update(&mut self) {
        dff_setup!(self, clock, table);
        self.y.next = self.table.q.val();
    } }
    finds!(KeywordInstance: "submodule `table`");
}

#[test]
fn constants_of_rust_that_verilog_does_not_know() {
    const LIMIT: usize = 3;
    module! { Generic { pub a: Signal<In, Bits<4>>, pub y: Signal<Out, Bit> }
    #[hdl_gen] fn update(&mut self) { self.y.next = self.a.val().get_bit(LIMIT); } }
    finds!(Generic: "`LIMIT`: no such signal");

    module! { GenericIndex { pub a: [Signal<In, Bit>; 4], pub y: Signal<Out, Bit> }
    #[hdl_gen] fn update(&mut self) { self.y.next = self.a[LIMIT].val(); } }
    finds!(GenericIndex: "`LIMIT` in an index");
}

#[test]
fn two_indices_in_one_path() {
    module! { Matrix { pub a: [[Signal<In, Bit>; 2]; 2], pub y: Signal<Out, Bit> }
    #[hdl_gen] fn update(&mut self) { self.y.next = self.a[0][1].val(); } }
    finds!(Matrix: "two indices");
}

#[test]
fn paths_that_assign_nothing() {
    module! { Latch { pub a: Signal<In, Bit>, pub y: Signal<Out, Bit> }
    #[hdl_gen] fn update(&mut self) {
        if self.a.val() {
            self.y.next = true;
        }
    } }
    finds!(Latch: "`y` is not assigned on every path");

    module! { InsideCase { pub state: Signal<In, Bits<2>>, pub y: Signal<Out, Bit>, go: DFF<Step>, pub clock: Signal<In, Clock> }
    #[hdl_gen] fn update(&mut self) {
        dff_setup!(self, clock, go);
        match self.go.q.val() {
            Step::First => { self.go.d.next = Step::Second; self.y.next = true; }
            Step::Second => { self.y.next = false; }
            Step::Third => { self.go.d.next = Step::First; }
        }
    } }
    finds!(InsideCase: "`y` is not assigned on every path");
}

#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
enum Step {
    First,
    Second,
    Third,
}

#[test]
fn signed_values_compared_with_literals() {
    module! { Negative { pub a: Signal<In, Signed<8>>, pub y: Signal<Out, Bit> }
    #[hdl_gen] fn update(&mut self) { self.y.next = self.a.val() < 5.into(); } }
    finds!(Negative: "as unsigned");
}

/// An inner block is checked too, and once for all its instances.
#[test]
fn blocks_inside_blocks() {
    module! { Inner { pub a: Signal<In, Bits<4>>, pub y: Signal<Out, Bit> }
    #[hdl_gen] fn update(&mut self) { self.y.next = self.a.val() + 1 == self.a.val(); } }

    #[derive(LogicBlock, Default)]
    struct Outer {
        pub a: Signal<In, Bits<4>>,
        pub y: [Signal<Out, Bit>; 2],
        cell: [Inner; 2],
    }
    glue! { Outer; self => {
        for i in 0..2 {
            wire!(self.cell[i].a, self.a);
            wire!(self.y[i], self.cell[i].y);
        }
    }}
    finds!(Outer: "top.cell$0: `a + 1`");
}

#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
struct Meta {
    sign: Bit,
    exp: Bits<10>,
}

#[test]
fn good_code_is_not_reported() {
    module! { Good {
        pub clock: Signal<In, Clock>,
        pub a: Signal<In, Bits<32>>,
        pub valid: [Signal<In, Bit>; 4],
        pub s: Signal<In, Signed<8>>,
        pub y: Signal<Out, Bits<32>>,
        pub negative: Signal<Out, Bit>,
        pub count: Signal<Out, Bits<5>>,
        exp: Signal<Local, Bits<8>>,
        next: Signal<Local, Bits<8>>,
        zero: Signal<Local, Signed<8>>,
        m: Signal<Local, UInt<8, 16>>,
        meta: DFF<Meta>,
        state: DFF<Step>,
        product: DFF<Bits<16>>,
        one: Signal<Local, Bits<8>>,
    }
    #[hdl_gen] fn update(&mut self) {
        dff_setup!(self, clock, meta, state, product);
        self.one.next = 1.into();
        self.exp.next = self.a.val().get_bits::<8>(23);
        self.next.next = self.exp.val() + self.one.val();
        self.m.next = self.exp.val().into();
        self.product.d.next = self.product.q.val() + self.m.val() * self.m.val();
        self.meta.d.next.sign = !self.a.val().get_bit(31) && self.exp.val().all();
        self.meta.d.next.exp = self.meta.q.val().exp + 1 - bit_cast::<10, 8>(self.exp.val());
        self.zero.next = 0.into();
        self.negative.next = self.s.val() < self.zero.val();
        self.count.next = 0.into();
        for i in 0..32 {
            if self.a.val().get_bit(i) {
                self.count.next = (31 - i).to_bits();
            }
        }
        self.y.next = (bit_cast::<32, 8>(self.next.val()) << 23) | bit_cast::<32, 5>(self.count.val());
        if (self.exp.val() & self.one.val()) == self.one.val() || !self.valid[1].val() {
            self.y.next = !self.a.val() - 1;
        }
        match self.state.q.val() {
            Step::First => self.state.d.next = Step::Second,
            Step::Second => self.state.d.next = Step::Third,
            _ => self.state.d.next = Step::First,
        }
        if self.next.val() != self.exp.val() + self.one.val() {
            self.y.next = 0.into();
        }
    } }
    let findings = lint(&Good::default());
    assert!(findings.is_empty(), "{findings:#?}");
}
