//! The Verilator binding and the exporter that feeds it.
use ef_hdl_kit::vsim::Model;
use ef_hdl_kit::{Vsim, export, glue, vec_of};
use rust_hdl::prelude::*;
use std::ffi::c_void;

#[derive(LogicBlock, Default)]
struct Counter {
    pub clock: Signal<In, Clock>,
    pub by: Signal<In, Bits<16>>,
    pub total: Signal<Out, Bits<16>>,
    count: DFF<Bits<16>>,
}

impl Logic for Counter {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, count);
        self.count.d.next = self.count.q.val() + self.by.val();
        self.total.next = self.count.q.val();
    }
}

#[derive(LogicBlock)]
struct Counters {
    pub clock: Signal<In, Clock>,
    pub by: Vec<Signal<In, Bits<16>>>,
    pub total: Vec<Signal<Out, Bits<16>>>,
    unit: Vec<Counter>,
    last: Counter,
}

impl Default for Counters {
    fn default() -> Self {
        Counters {
            clock: Default::default(),
            by: vec_of(3),
            total: vec_of(3),
            unit: vec_of(2),
            last: Default::default(),
        }
    }
}

glue! { Counters; self => {
    for i in 0..2 {
        wire!(self.unit[i].clock, self.clock);
        wire!(self.unit[i].by, self.by[i]);
        wire!(self.total[i], self.unit[i].total);
    }
    wire!(self.last.clock, self.clock);
    wire!(self.last.by, self.by[2]);
    wire!(self.total[2], self.last.total);
}}

#[test]
fn equal_modules_are_merged_and_named_for_people() {
    let design = export::verilog(&mut Counters::default(), "counters").unwrap();
    let names: Vec<&str> = design.modules.iter().map(|module| module.name.as_str()).collect();
    assert_eq!(names, ["counters", "ef_unit", "ef_dff_16"]);
    assert!(!design.source().contains("root"), "{}", design.source());
    assert!(design.modules[0].text.contains("ef_unit last("), "{}", design.source());
}

#[test]
fn merged_modules_behave_as_separate_ones() {
    let mut sim = Vsim::of(&mut Counters::default(), "counters").unwrap();
    for (name, by) in [("by$0", 1), ("by$1", 10), ("by$2", 100)] {
        sim.set(name, by);
    }
    sim.ticks(5);
    assert_eq!([sim.get("total$0"), sim.get("total$1"), sim.get("total$2")], [5, 50, 500]);
    let id = sim.port("by$0");
    sim.set_id(id, 0);
    sim.tick();
    assert_eq!(sim.get_id(sim.port("total$0")), 5);
}

#[test]
fn two_simulations_of_one_model_are_independent() {
    let mut first = Vsim::of(&mut Counter::default(), "counter").unwrap();
    let mut second = Vsim::of(&mut Counter::default(), "counter").unwrap();
    first.set("by", 3);
    first.ticks(4);
    second.tick();
    assert_eq!((first.get("total"), second.get("total")), (12, 0));
}

#[test]
fn processes_that_build_one_model_at_once_all_get_it() {
    // a design no other run has built, so that all threads really find it missing; locks between threads are
    // those between processes
    let salt = format!("// {} {:?}\n", std::process::id(), std::time::SystemTime::now());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let model = Model::of(&mut Counter::default(), "counter").unwrap().extra_verilog(&salt);
                let mut sim = model.build().unwrap();
                sim.set("by", 2);
                sim.ticks(3);
                assert_eq!(sim.get("total"), 6);
            });
        }
    });
}

#[test]
fn a_trace_is_written_as_fst() {
    if let Err(error) = ef_tools::fst_headers() {
        println!("SKIPPED: {error}");
        return;
    }
    let file = tempfile::tempdir().unwrap();
    let path = file.path().join("wave.fst");
    let mut sim = Model::of(&mut Counter::default(), "counter").unwrap().trace(true).build().unwrap();
    sim.trace(&path).unwrap();
    sim.set("by", 1);
    sim.ticks(100);
    sim.stop_trace();
    let bytes = std::fs::read(&path).unwrap();
    // an FST file begins with a header block: type 0, then its length, 329
    assert_eq!(bytes[..9], [0, 0, 0, 0, 0, 0, 0, 1, 73], "{} bytes", bytes.len());
}

#[test]
fn tracing_a_model_built_without_it_says_what_to_do() {
    let mut sim = Vsim::of(&mut Counter::default(), "counter").unwrap();
    let error = sim.trace("wave.fst".as_ref()).unwrap_err();
    assert!(error.to_string().contains(".trace(true)"), "{error}");
}

#[test]
fn extra_cpp_reaches_the_model() {
    const UNTIL: &str = r#"
        extern "C" uint64_t ticks_until(EfSim* sim, uint64_t limit) {
            uint64_t ticks = 0;
            for (; sim->top->total < limit; ticks++) sim->tick();
            return ticks;
        }"#;
    let mut sim = Model::of(&mut Counter::default(), "counter").unwrap().extra_cpp(UNTIL).build().unwrap();
    sim.set("by", 7);
    // SAFETY: this is the type of the function above.
    let ticks = unsafe {
        let ticks_until: unsafe extern "C" fn(*mut c_void, u64) -> u64 = sim.symbol("ticks_until").unwrap();
        ticks_until(sim.handle(), 700)
    };
    assert_eq!((ticks, sim.get("total")), (100, 700));
}

/// A multiplier whose Verilog instantiates a primitive that only a model file defines.
#[derive(LogicBlock, Default)]
struct Primitive {
    pub a: Signal<In, Bits<8>>,
    pub y: Signal<Out, Bits<8>>,
}

impl Logic for Primitive {
    fn update(&mut self) {
        self.y.next = self.a.val() << 1;
    }
    fn connect(&mut self) {
        self.y.connect();
    }
    fn hdl(&self) -> Verilog {
        Verilog::Wrapper(Wrapper {
            code: "DOUBLE double(.A(a), .Y(y));".into(),
            cores: "(* blackbox *)\nmodule DOUBLE(input [7:0] A, output [7:0] Y);\nendmodule".into(),
        })
    }
}

#[derive(LogicBlock, Default)]
struct TwoPrimitives {
    pub a: Signal<In, Bits<8>>,
    pub y: Signal<Out, Bits<8>>,
    first: Primitive,
    second: Primitive,
}

impl Logic for TwoPrimitives {
    #[hdl_gen]
    fn update(&mut self) {
        self.first.a.next = self.a.val();
        self.second.a.next = self.first.y.val();
        self.y.next = self.second.y.val();
    }
}

const DOUBLE: &str = "module DOUBLE(input [7:0] A, output [7:0] Y);\n  assign Y = A << 1;\nendmodule\n";

#[test]
fn a_vendor_module_is_declared_once_and_replaced_by_its_model() {
    let design = export::verilog(&mut TwoPrimitives::default(), "pair").unwrap();
    assert_eq!(design.source().matches("module DOUBLE").count(), 1);
    assert_eq!(design.source_with(DOUBLE).matches("module DOUBLE").count(), 1);
    let mut sim = Vsim::of_with(&mut TwoPrimitives::default(), "pair", DOUBLE).unwrap();
    sim.set("a", 3);
    sim.eval();
    assert_eq!(sim.get("y"), 12);
}

#[test]
fn one_file_per_module_can_be_written() {
    let dir = tempfile::tempdir().unwrap();
    let files =
        export::verilog(&mut TwoPrimitives::default(), "pair").unwrap().write_files(dir.path()).unwrap();
    let names: Vec<_> = files.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["pair.v", "ef_first.v", "DOUBLE.v"]);
}

#[test]
fn latches_and_loops_are_errors() {
    let ports = [port("a", 1, true), port("y", 1, false)];
    let latch = "module top(input a, output reg y);\nalways @(*) if (a) y = 1;\nendmodule\n";
    let error = Vsim::from_verilog("top", latch, &ports, None).err().unwrap();
    assert!(format!("{error:#}").contains("LATCH"), "{error:#}");
    let cycle = "module top(input a, output y);\nwire x = y ^ a;\nassign y = x | a;\nendmodule\n";
    let error = Vsim::from_verilog("top", cycle, &ports, None).err().unwrap();
    assert!(format!("{error:#}").contains("UNOPTFLAT"), "{error:#}");
}

#[test]
fn values_of_every_width_pass_through() {
    let ports: Vec<_> = [1, 8, 9, 16, 17, 32, 33, 64, 65, 100]
        .iter()
        .flat_map(|bits| [port(&format!("a{bits}"), *bits, true), port(&format!("y{bits}"), *bits, false)])
        .collect();
    let declare = |port: &ef_hdl_kit::Port| {
        let direction = if port.input { "input" } else { "output" };
        format!("{direction} [{}:0] {}", port.bits - 1, port.name)
    };
    let list: Vec<String> = ports.iter().map(declare).collect();
    let invert: String =
        ports.iter().filter(|p| p.input).map(|p| format!("assign y{0} = ~a{0};\n", p.bits)).collect();
    let source = format!("module top({});\n{invert}endmodule\n", list.join(", "));
    let mut sim = Vsim::from_verilog("top", &source, &ports, None).unwrap();
    for input in ports.iter().filter(|port| port.input) {
        let pattern: Vec<u32> = (0..input.bits.div_ceil(32) as u32).map(|i| 0x1234_5678 + i).collect();
        sim.set_words(&input.name, &pattern);
        sim.eval();
        let got = sim.words(&format!("y{}", input.bits));
        for (i, word) in got.iter().enumerate() {
            let used = (input.bits - 32 * i).min(32);
            let mask = if used == 32 { u32::MAX } else { (1 << used) - 1 };
            assert_eq!(*word, !pattern[i] & mask, "{} word {i}", input.name);
        }
    }
}

#[test]
#[should_panic(expected = "does not fit port `by` of 16 bits")]
fn a_value_too_large_for_its_port_is_refused() {
    Vsim::of(&mut Counter::default(), "counter").unwrap().set("by", 0x1_0000);
}

#[test]
#[should_panic(expected = "no port `bye`; there are clock, by, total")]
fn an_unknown_port_is_reported_with_the_known_ones() {
    Vsim::of(&mut Counter::default(), "counter").unwrap().get("bye");
}

fn port(name: &str, bits: usize, input: bool) -> ef_hdl_kit::Port {
    ef_hdl_kit::Port { name: name.into(), bits, input }
}
