//! The lockstep harness agrees with good blocks and catches bad ones.
use ef_hdl_kit::rand::Rng;
use ef_hdl_kit::{Lockstep, UInt, glue, lockstep, vec_of};
use rust_hdl::prelude::*;

#[derive(LogicBlock, Default)]
struct MulAdd {
    pub clock: Signal<In, Clock>,
    pub a: Signal<In, Bits<24>>,
    pub b: Signal<In, Bits<24>>,
    pub y: Signal<Out, Bits<48>>,
    ma: Signal<Local, UInt<24, 48>>,
    mb: Signal<Local, UInt<24, 48>>,
    product: DFF<Bits<48>>,
    sum: DFF<Bits<48>>,
}

impl Logic for MulAdd {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, product, sum);
        self.ma.next = self.a.val().into();
        self.mb.next = self.b.val().into();
        self.product.d.next = self.ma.val() * self.mb.val();
        self.sum.d.next = self.sum.q.val() + self.product.q.val();
        self.y.next = self.sum.q.val();
    }
}

#[derive(LogicBlock)]
struct Grid<const R: usize, const C: usize> {
    pub clock: Signal<In, Clock>,
    pub a: Vec<Signal<In, Bits<24>>>,
    pub b: Vec<Signal<In, Bits<24>>>,
    pub y: Vec<Signal<Out, Bits<48>>>,
    row: Vec<Vec<MulAdd>>,
}

impl<const R: usize, const C: usize> Default for Grid<R, C> {
    fn default() -> Self {
        Grid {
            clock: Default::default(),
            a: vec_of(R),
            b: vec_of(C),
            y: vec_of(R * C),
            row: (0..R).map(|_| vec_of(C)).collect(),
        }
    }
}

glue! { [const R: usize, const C: usize] Grid<R, C>; self => {
    for r in 0..R {
        for c in 0..C {
            wire!(self.row[r][c].clock, self.clock);
            wire!(self.row[r][c].a, self.a[r]);
            wire!(self.row[r][c].b, self.b[c]);
            wire!(self.y[r * C + c], self.row[r][c].y);
        }
    }
}}

fn random<const N: usize>(rng: &mut impl Rng) -> Bits<N> {
    rng.random_range(0..1u64 << N).into()
}

#[test]
fn a_two_dimensional_array_matches_its_verilog() {
    let summary = lockstep!(Grid::<2, 3>::default(), "", 7, 500, |b, rng| {
        for a in &mut b.a {
            a.next = random(rng);
        }
        for x in &mut b.b {
            x.next = random(rng);
        }
    });
    assert_eq!((summary.outputs, summary.constant.len()), (6, 0));
}

#[derive(LogicBlock, Default)]
struct Wide {
    pub x: Signal<In, Bits<100>>,
    pub s: Signal<In, Signed<12>>,
    pub y: Signal<Out, Bits<100>>,
    pub t: Signal<Out, Signed<12>>,
}

impl Logic for Wide {
    #[hdl_gen]
    fn update(&mut self) {
        self.y.next = self.x.val() << 3;
        self.t.next = self.s.val() - self.s.val() - self.s.val();
    }
}

#[test]
fn wide_and_signed_ports_are_compared() {
    let summary = lockstep!(comb: Wide::default(), "", 3, 500, |b, rng| {
        b.x.next = (Bits::from(rng.random::<u64>()) << 60) | Bits::from(rng.random::<u64>());
        b.s.next = rng.random_range(-2047..2048i64).to_signed_bits();
    });
    assert!(summary.constant.is_empty(), "{summary:?}");
}

/// In Rust the comparison binds weakest, in Verilog the `&`. Written through a custom `hdl`, so that the lint
/// does not see it.
#[derive(LogicBlock, Default)]
struct Mismatch {
    pub clock: Signal<In, Clock>,
    pub a: Signal<In, Bits<2>>,
    pub y: Signal<Out, Bit>,
}

impl Logic for Mismatch {
    fn update(&mut self) {
        self.y.next = (self.a.val() & 2) == 2;
    }
    fn connect(&mut self) {
        self.y.connect();
    }
    fn hdl(&self) -> Verilog {
        Verilog::Custom("always @(*) y = a & 2 == 2;".into())
    }
}

#[test]
fn a_block_that_disagrees_with_its_verilog_is_caught_with_cycle_port_values_and_seed() {
    let error = Lockstep::new(Mismatch::default())
        .seed(11)
        .cycles(100)
        .run(|b, rng| b.a.next = random(rng))
        .unwrap_err();
    let text = format!("{error:#}");
    for part in ["seed 11", "cycle ", "`y`: rust 0x", "verilog 0x", "a = 0x"] {
        assert!(text.contains(part), "`{part}` is missing in: {text}");
    }
}

#[test]
#[should_panic(expected = "outputs differ")]
fn the_macro_panics_on_a_mismatch() {
    lockstep!(Mismatch::default(), "", 11, 100, |b, rng| b.a.next = random(rng));
}

#[test]
fn a_run_in_which_no_output_changes_is_refused() {
    let error = Lockstep::new(MulAdd::default()).cycles(20).run(|_, _| ()).unwrap_err();
    assert!(error.to_string().contains("compares nothing"), "{error:#}");
}
