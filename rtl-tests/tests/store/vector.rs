//! The vector unit, as Verilog, against the golden model.

use ef_hdl_kit::Vsim;
use ef_hdl_kit::rand::Rng;
use ef_isa::vector::recipes::{sgd, softmax_exponentials, softmax_gradient, softmax_greatest, softmax_loss};
use ef_isa::vector::{ROW, Recipe, RecipeWord, Tables, Walk, schedule};
use ef_model::vector::{Made, VectorUnit as Model, Words};
use ef_rtl::arith::mult18::{MultKind, mult18_verilog};
use ef_rtl::store::operand_ram::LATENCY as OPERAND;
use ef_rtl::store::psum_port::element_latency;
use ef_rtl::store::vector::VectorUnit;
use ef_rtl_tests::{Chance, Random, seeded};
use std::collections::VecDeque;

const LAT: usize = 3;

/// Partial sums and operands.
struct Around {
    psum: Vec<u32>,
    operand: Vec<u32>,
}

impl Words for Around {
    fn psum(&self, address: u32, lane: u32) -> u32 {
        self.psum[(address as usize * 8 + lane as usize) % self.psum.len()]
    }
    fn operand(&self, address: u32) -> u32 {
        self.operand[address as usize % self.operand.len()]
    }
}

/// The unit with what is around it.
struct VectorBench {
    sim: Vsim,
    around: Around,
    /// Partial sums and operands that are not due yet.
    elements: VecDeque<u32>,
    operands: VecDeque<u32>,
    made: Made,
    /// Chance of a cycle in which nothing may begin, of 8.
    stalls: u32,
}

impl VectorBench {
    fn new() -> Self {
        let sim = Vsim::of_with(&mut VectorUnit::<LAT>::default(), "top", mult18_verilog(MultKind::Portable));
        VectorBench {
            sim,
            around: Around { psum: vec![0; 8 << 10], operand: vec![0; 1 << 11] },
            elements: vec![0; element_latency(LAT)].into(),
            operands: vec![0; OPERAND].into(),
            made: Made::default(),
            stalls: 0,
        }
    }

    fn cycle(&mut self, rng: &mut Random) {
        let stall = rng.random_range(0..8) < self.stalls;
        self.sim.set("stall", stall.into());
        self.sim.eval();
        self.elements.push_back(
            self.around.psum(self.sim.get("psum_address") as u32, self.sim.get("psum_lane") as u32),
        );
        self.operands.push_back(self.around.operand(self.sim.get("operand_address") as u32));
        if self.sim.get("push_x") != 0 {
            self.made.x.push(self.sim.get("word") as u32);
        }
        if self.sim.get("push_y") != 0 {
            self.made.y.push(self.sim.get("word") as u32);
        }
        self.made.saturated |= self.sim.get("saturated") != 0;
        self.sim.set("clock", 1);
        self.sim.eval();
        let (element, operand) = (self.elements.pop_front(), self.operands.pop_front());
        self.sim.set("element", element.unwrap().into());
        self.sim.set("operand", operand.unwrap().into());
        self.sim.set("clock", 0);
        self.sim.eval();
    }

    fn pulse(&mut self, port: &str, rng: &mut Random) {
        self.sim.set(port, 1);
        self.cycle(rng);
        self.sim.set(port, 0);
    }

    fn write_tables(&mut self, tables: &Tables, rng: &mut Random) {
        for (address, word) in tables.words().iter().enumerate() {
            self.sim.set("table_address", address as u64);
            self.sim.set("table_data", (*word).into());
            self.pulse("table_write", rng);
        }
    }

    /// Executes a command; cycles from start to end.
    fn run(&mut self, walk: &Walk, registers: &[u32], rng: &mut Random) -> u64 {
        self.made = Made::default();
        self.sim.set("recipe", walk.recipe.encode().into());
        for (port, value) in [
            ("p_base", walk.p_base),
            ("limit", walk.limit),
            ("o_a", walk.o_a),
            ("o_b", walk.o_b),
            ("o_c", walk.o_c),
        ] {
            self.sim.set(port, value.into());
        }
        for i in 0..4 {
            self.sim.set(&format!("turns${i}"), walk.turns[i].into());
            self.sim.set(&format!("move_by${i}"), walk.move_by[i].into());
        }
        for (i, value) in registers.iter().enumerate() {
            self.sim.set(&format!("register${i}"), (*value).into());
        }
        self.pulse("start", rng);
        for cycles in 1..1_000_000 {
            if self.sim.get("busy") == 0 {
                return cycles;
            }
            self.cycle(rng);
        }
        panic!("the vector unit does not end: {walk:?}");
    }
}

/// A recipe in the tables.
fn add(tables: &mut Tables, recipe: &Recipe, lanes: u32) -> RecipeWord {
    tables.add(&schedule(recipe, lanes).unwrap())
}

#[test]
fn an_update_makes_weights_and_velocities_in_one_pass_as_the_model_does() {
    let rng = &mut seeded(3);
    let mut tables = Tables::default();
    let recipe = RecipeWord { lane_level: 1, ..add(&mut tables, &sgd(), 1) };
    let (mut bench, mut model) = (VectorBench::new(), Model::default());
    bench.write_tables(&tables, rng);
    for (address, word) in tables.words().iter().enumerate() {
        model.write_table(address as u32, *word);
    }
    for round in 0..30 {
        bench.stalls = [0, 2, 6][round % 3];
        bench.around.psum.fill_with(|| rng.tame());
        bench.around.operand.fill_with(|| rng.tame());
        let registers: Vec<u32> = (0..4).map(|_| rng.tame()).collect();
        let turns =
            [rng.random_range(1..9), rng.random_range(1..9), rng.random_range(1..5), rng.random_range(1..3)];
        let walk = Walk {
            recipe,
            turns,
            p_base: rng.random_range(0..100),
            o_a: rng.random_range(0..500),
            o_b: rng.random_range(1000..1400),
            ..Walk::default()
        }
        .with_strides([9, 0, 1, 200]);
        let cycles = bench.run(&walk, &registers, rng);
        let made = model.run(&walk, &registers, &bench.around).unwrap();
        assert_eq!(made.x.len() as u32, turns.iter().product::<u32>());
        assert_eq!(bench.made, made, "round {round}: {walk:?}");
        if bench.stalls == 0 {
            println!("{} elements in {cycles} cycles", made.x.len());
        }
    }
    assert_eq!(ROW, 8);
}
