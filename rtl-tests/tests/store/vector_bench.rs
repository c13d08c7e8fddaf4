//! The vector unit as Verilog, beside the golden model.

use ef_hdl_kit::Vsim;
use ef_hdl_kit::rand::Rng;
use ef_isa::vector::Walk;
use ef_isa::{Config, config};
use ef_model::vector::{Made, VectorUnit as Model, Words};
use ef_rtl::arith::mult18::{MultKind, mult18_verilog};
use ef_rtl::store::operand_ram::LATENCY as OPERAND;
use ef_rtl::store::psum_port::element_latency;
use ef_rtl::store::vector::VectorUnit;
use ef_rtl_tests::Random;
use std::collections::VecDeque;

const LAT: usize = 3;

/// Lanes and depths of what is around the unit.
pub const CONFIG: &Config = &config::FP32_8X8;

/// Partial sums and operands.
pub struct Around {
    pub psum: Vec<u32>,
    pub operand: Vec<u32>,
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
pub struct VectorBench {
    pub sim: Vsim,
    pub around: Around,
    /// Partial sums and operands that are not due yet.
    elements: VecDeque<u32>,
    operands: VecDeque<u32>,
    made: Made,
    /// Chance of a cycle in which nothing may begin, of 8.
    pub stalls: u32,
}

impl VectorBench {
    pub fn new() -> Self {
        let sim = Vsim::of_with(&mut VectorUnit::<LAT>::default(), "top", mult18_verilog(MultKind::Portable))
            .unwrap();
        VectorBench {
            sim,
            around: Around {
                psum: vec![0; CONFIG.lanes << CONFIG.psum_aw],
                operand: vec![0; 1 << CONFIG.operand_aw],
            },
            elements: vec![0; element_latency(LAT) - 1].into(),
            operands: vec![0; OPERAND - 1].into(),
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

    pub fn pulse(&mut self, port: &str, rng: &mut Random) {
        self.sim.set(port, 1);
        self.cycle(rng);
        self.sim.set(port, 0);
    }

    fn write_tables(&mut self, tables: &[u32], rng: &mut Random) {
        for (address, word) in tables.iter().enumerate() {
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

/// Bench and model.
pub fn both(rng: &mut Random) -> (VectorBench, Model) {
    let mut bench = VectorBench::new();
    bench.pulse("clear_totals", rng);
    (bench, Model::default())
}

/// Writes the tables into both.
pub fn write(bench: &mut VectorBench, model: &mut Model, tables: &[u32], rng: &mut Random) {
    bench.write_tables(tables, rng);
    for (address, word) in tables.iter().enumerate() {
        model.write_table(address as u32, *word);
    }
}

/// Runs a command in both; what it made.
pub fn check(
    bench: &mut VectorBench,
    model: &mut Model,
    walk: &Walk,
    registers: &[u32],
    rng: &mut Random,
) -> Made {
    bench.run(walk, registers, rng);
    let made = model.run(walk, registers, &bench.around).unwrap();
    assert_eq!(bench.made, made, "{walk:?}");
    for (port, value) in
        [("loss_sum", model.loss_sum), ("mean_loss", model.mean_loss), ("correct", model.correct)]
    {
        assert_eq!(bench.sim.get(port) as u32, value, "{port} after {walk:?}");
    }
    made
}
