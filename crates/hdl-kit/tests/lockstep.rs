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
    assert_eq!(summary.outputs, 6);
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
    lockstep!(comb: Wide::default(), "", 3, 500, |b, rng| {
        b.x.next = (Bits::from(rng.random::<u64>()) << 60) | Bits::from(rng.random::<u64>());
        b.s.next = rng.random_range(-2047..2048i64).to_signed_bits();
    });
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

/// One output that follows the input, one that never changes, and an array of which one element does.
#[derive(LogicBlock, Default)]
struct Still {
    pub a: Signal<In, Bits<2>>,
    pub follows: Signal<Out, Bits<2>>,
    pub zero: Signal<Out, Bit>,
    pub some: [Signal<Out, Bits<2>>; 2],
}

impl Logic for Still {
    #[hdl_gen]
    fn update(&mut self) {
        self.follows.next = self.a.val();
        self.zero.next = false;
        self.some[0].next = self.a.val();
        self.some[1].next = 2.into();
    }
}

fn still(declared: &[&str]) -> Result<(), String> {
    let run = declared
        .iter()
        .fold(Lockstep::new(Still::default()), |run, name| run.constant(name, "it has no other value"));
    run.cycles(50).run(|b, rng| b.a.next = random(rng)).map(|_| ()).map_err(|error| format!("{error:#}"))
}

#[test]
fn an_output_that_never_changes_is_refused_by_name_unless_it_is_declared() {
    let error = still(&[]).unwrap_err();
    assert!(error.ends_with("nothing is compared there: zero, some$1"), "{error}");
    let error = still(&["zero"]).unwrap_err();
    assert!(error.ends_with("nothing is compared there: some$1"), "{error}");
    still(&["zero", "some$1"]).unwrap();
}

#[test]
fn a_constant_that_changes_or_does_not_exist_is_refused_by_name() {
    let error = still(&["zero", "some"]).unwrap_err();
    assert!(error.contains("`some$0` is declared constant (it has no other value), but changed"), "{error}");
    let error = still(&["zero", "some$1", "zer"]).unwrap_err();
    assert!(error.contains("no output `zer`"), "{error}");
}

#[test]
fn a_run_in_which_no_output_changes_is_refused_even_if_all_are_declared() {
    let run = Lockstep::new(MulAdd::default()).cycles(20).constant("y", "nothing drives the inputs");
    let error = run.run(|_, _| ()).unwrap_err();
    assert!(error.to_string().contains("compares nothing"), "{error:#}");
}

#[test]
fn a_block_is_compared_with_its_part_of_a_model_of_several() {
    use ef_hdl_kit::vsim::Model;
    use ef_hdl_kit::{Port, ports};
    let part = ports(&Still::default());
    let renamed = |prefix: &str| -> Vec<Port> {
        part.iter().map(|port| Port { name: format!("{prefix}{}", port.name), ..port.clone() }).collect()
    };
    let source = "module pair(input [1:0] right$a, wrong$a, output [1:0] right$follows, wrong$follows,
        output right$zero, wrong$zero, output [1:0] right$some$0, wrong$some$0, right$some$1, wrong$some$1);
        assign right$follows = right$a, right$zero = 0, right$some$0 = right$a, right$some$1 = 2;
        assign wrong$follows = wrong$a, wrong$zero = 0, wrong$some$0 = ~wrong$a, wrong$some$1 = 2;
        endmodule";
    let model = Model::from_verilog("pair", source, &[renamed("right$"), renamed("wrong$")].concat());
    let run = |prefix: &str| {
        let block = Lockstep::new(Still::default()).shared(model.clone().build().unwrap(), prefix);
        let run = block.constant("zero", "it has no other value").constant("some$1", "nor has this");
        run.cycles(50).run(|b, rng| b.a.next = random(rng))
    };
    run("right$").unwrap();
    let error = format!("{:#}", run("wrong$").unwrap_err());
    assert!(error.contains("`some$0`"), "{error}");
}
