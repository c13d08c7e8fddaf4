//! The vector unit, as Verilog, against the golden model.

use ef_hdl_kit::Vsim;
use ef_hdl_kit::rand::Rng;
use ef_isa::regs::HYPERPARAMETERS;
use ef_isa::store::{StoreKind, StoreOp};
use ef_isa::vector::recipes::{sgd, softmax_exponentials, softmax_gradient, softmax_greatest, softmax_loss};
use ef_isa::vector::{Constant, Operand, Recipe, RecipeWord, Sink, Source, Tables, Value, Walk, schedule};
use ef_isa::{StoreDesc, config};
use ef_model::Machine;
use ef_model::vector::{Made, VectorUnit as Model, Words};
use ef_rtl::arith::mult18::{MultKind, mult18_verilog};
use ef_rtl::store::operand_ram::LATENCY as OPERAND;
use ef_rtl::store::psum_port::element_latency;
use ef_rtl::store::vector::VectorUnit;
use ef_rtl_tests::{Chance, Random, seeded};
use std::collections::{HashSet, VecDeque};

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
        let sim = Vsim::of_with(&mut VectorUnit::<LAT>::default(), "top", mult18_verilog(MultKind::Portable))
            .unwrap();
        VectorBench {
            sim,
            around: Around { psum: vec![0; 8 << 10], operand: vec![0; 1 << 11] },
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

/// Bench and model.
fn both(rng: &mut Random) -> (VectorBench, Model) {
    let mut bench = VectorBench::new();
    bench.pulse("clear_totals", rng);
    (bench, Model::default())
}

/// Writes the tables into both.
fn write(bench: &mut VectorBench, model: &mut Model, tables: &Tables, rng: &mut Random) {
    bench.write_tables(tables, rng);
    for (address, word) in tables.words().iter().enumerate() {
        model.write_table(address as u32, *word);
    }
}

/// Runs a command in both; what it made.
fn check(
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

#[test]
fn an_update_makes_weights_and_velocities_in_one_pass_as_the_model_does() {
    let rng = &mut seeded(3);
    let mut tables = Tables::default();
    let recipe = RecipeWord { lane_level: 1, ..add(&mut tables, &sgd(), 1) };
    let (mut bench, mut model) = both(rng);
    write(&mut bench, &mut model, &tables, rng);
    for round in 0..60 {
        bench.stalls = [0, 2, 6][round % 3];
        bench.around.psum.fill_with(|| rng.tame());
        bench.around.operand.fill_with(|| rng.tame());
        let registers: Vec<u32> = (0..HYPERPARAMETERS.len()).map(|_| rng.tame()).collect();
        let turns = [9, 9, 5, 3].map(|most| rng.random_range(1..most));
        let walk = Walk {
            recipe,
            turns,
            p_base: rng.random_range(0..100),
            o_a: rng.random_range(0..500),
            o_b: rng.random_range(1000..1400),
            ..Walk::default()
        }
        .with_strides([9, 0, 1, 200]);
        let made = check(&mut bench, &mut model, &walk, &registers, rng);
        assert_eq!(made.x.len() as u32, turns.iter().product::<u32>());
        assert_eq!(made.x.len(), made.y.len());
    }
}

/// The recipes of softmax cross-entropy.
struct SoftmaxRecipes {
    greatest: RecipeWord,
    /// For 3 images or more, and for fewer.
    exponentials: [RecipeWord; 2],
    loss: RecipeWord,
    gradient: RecipeWord,
}

impl SoftmaxRecipes {
    fn new(tables: &mut Tables) -> Self {
        SoftmaxRecipes {
            greatest: add(tables, &softmax_greatest(), 1),
            exponentials: [3, 1].map(|lanes| add(tables, &softmax_exponentials(), lanes)),
            loss: add(tables, &softmax_loss(), 1),
            gradient: add(tables, &softmax_gradient(), 1),
        }
    }

    /// The passes that do what this SOFTMAX does, with 8 lanes.
    fn passes(&self, d: &StoreDesc) -> [Walk; 4] {
        let (lanes, groups, p_g) = (8, d.n_c.div_ceil(8), i64::from(d.p_g));
        let walk = |recipe, turns, strides| {
            Walk { recipe, turns, p_base: d.p_base, limit: d.n_c, o_c: d.o_w, ..Walk::default() }
                .with_strides(strides)
        };
        let over = |recipe: RecipeWord| {
            let recipe = RecipeWord { lane_level: 1, bounded: true, ..recipe };
            walk(recipe, [d.n_i, lanes, groups, 1], [1, 0, p_g, 0])
        };
        let last = RecipeWord { totals: true, lane_level: 1, ..self.loss };
        let out = RecipeWord { channel_level: 2, bounded: true, padded: true, ..self.gradient };
        [
            over(self.greatest),
            over(self.exponentials[usize::from(d.n_i < 3)]),
            walk(last, [d.n_i, 1, 1, 1], [0; 4]),
            walk(out, [lanes, groups, d.n_i, 1], [0, p_g, 1, 0]),
        ]
    }
}

/// A SOFTMAX of up to 8 images on logits and labels drawn at random, some of them out of range; `few`: many equal logits.
fn drawn_softmax(old: &mut Machine, few: bool, rng: &mut Random) -> StoreDesc {
    let values = [0, 0x8000_0000, 1, 0x3f80_0000, 0xbf80_0000, 0x4000_0000, 0x7f7f_ffff, 0xff7f_ffff];
    old.psum.data.fill_with(|| if few { values[rng.random_range(0..values.len())] } else { rng.tame() });
    old.scalars.hyper.inv_batch = rng.tame();
    let (n_i, n_c, o_w) = (rng.random_range(1..9), rng.random_range(1..40), rng.random_range(0..1000));
    for label in &mut old.operand[o_w as usize..][..n_i as usize] {
        *label = rng.random_range(0..n_c + n_c / 8);
    }
    StoreDesc {
        op: StoreOp { gradient: true, ..StoreOp::new(StoreKind::Softmax) }.encode(),
        p_base: rng.random_range(0..100),
        p_g: rng.random_range(8..20),
        n_i,
        n_c,
        o_w,
        run: n_c.next_multiple_of(8) * n_i,
        n_run: 1,
        ..StoreDesc::default()
    }
}

#[test]
fn softmax_is_four_passes_with_the_bits_of_the_store_engine() {
    let rng = &mut seeded(4);
    let mut tables = Tables::default();
    let recipes = SoftmaxRecipes::new(&mut tables);
    let (mut bench, mut model) = both(rng);
    write(&mut bench, &mut model, &tables, rng);
    let mut old = Machine::new(&config::FP32_8X8, 1 << 12);
    let (mut hits, mut saturated) = (0, 0);
    for round in 0..80 {
        bench.stalls = [0, 2, 6][round % 3];
        let d = drawn_softmax(&mut old, round % 4 == 0, rng);
        bench.around.psum.clone_from(&old.psum.data);
        bench.around.operand.clone_from(&old.operand);
        let registers = old.scalars.hyper.registers().map(|(_, value)| value);
        let mut words = Vec::new();
        let mut overflow = false;
        for pass in &recipes.passes(&d) {
            let made = check(&mut bench, &mut model, pass, &registers, rng);
            words.extend(made.x);
            overflow |= made.saturated;
        }
        old.scalars.overflow = 0;
        old.store(&d).unwrap();
        assert_eq!(words, old.dram[..d.run as usize], "gradients");
        assert_eq!(
            (model.loss_sum, model.mean_loss, model.correct),
            (old.scalars.loss_sum, old.scalars.mean_loss, old.scalars.correct)
        );
        assert_eq!(overflow, old.scalars.overflow != 0, "overflow");
        hits += old.scalars.correct;
        saturated += u32::from(overflow);
        if round % 7 == 6 {
            bench.pulse("clear_totals", rng);
            model.clear_totals();
            (old.scalars.loss_sum, old.scalars.mean_loss, old.scalars.correct) = (0, 0, 0);
        }
    }
    assert!(hits > 30 && saturated > 5, "{hits} hits, {saturated} saturated");
}

/// A recipe of operations drawn at random, on words of which some are special.
fn drawn(rng: &mut Random, bank_lanes: &mut u32) -> Recipe {
    let mut r = Recipe::new("drawn");
    let sources = [Source::Psum, Source::A, Source::B, Source::C];
    let mut values: Vec<Value> =
        (0..rng.random_range(1..4)).map(|_| r.load(sources[rng.random_range(0..4)])).collect();
    let label = r.load(Source::C);
    for _ in 0..rng.random_range(1..7) {
        let a = values[rng.random_range(0..values.len())];
        let b = match rng.random_range(0..4) {
            0 => Operand::Constant(Constant::Register(rng.random_range(0..HYPERPARAMETERS.len()))),
            1 => Operand::Constant(Constant::Literal([0x40c0_0000, 0x3f80_0000][rng.random_range(0..2)])),
            _ => values[rng.random_range(0..values.len())].into(),
        };
        // side B of the compare unit gets no sums and no products
        let near = b == Operand::Value(label) || matches!(b, Operand::Constant(_));
        let c = if near { b } else { Operand::Value(values[0]) };
        let value = match rng.random_range(0..14) {
            0 => r.add(a, b),
            1 => r.sub(a, b),
            2 => r.mul(a, b),
            3 => r.max(a, c),
            4 => r.min(a, c),
            5 => r.greater(a, c),
            6 => r.at(a, label),
            7 => r.only(a, label),
            8 => r.before(a, label),
            9 => r.is(label),
            10 => r.recip(a),
            11 => r.rsqrt(a),
            12 => r.exp(a),
            _ => r.ln(a),
        };
        values.push(value);
    }
    let (last, other) = (values[values.len() - 1], values[rng.random_range(0..values.len())]);
    r.out(Sink::X, last);
    if rng.random() {
        r.out(Sink::Y, other);
    }
    *bank_lanes = 1;
    match rng.random_range(0..4) {
        0 => {
            r.sum(rng.random_range(0..6), other);
            *bank_lanes = rng.random_range(1..9);
        }
        1 => {
            r.greatest(rng.random_range(0..6), last);
            *bank_lanes = rng.random_range(1..9);
        }
        _ => {}
    }
    r
}

#[test]
fn any_recipe_that_has_a_schedule_is_executed_as_the_model_does() {
    let rng = &mut seeded(5);
    let (mut done, mut words, mut steps) = (0, 0, HashSet::new());
    let (mut bench, mut model) = both(rng);
    for round in 0..120 {
        let mut lanes = 1;
        let recipe = drawn(rng, &mut lanes);
        let Ok(found) = schedule(&recipe, lanes) else { continue };
        let mut tables = Tables::default();
        let word = tables.add(&found);
        write(&mut bench, &mut model, &tables, rng);
        bench.stalls = [0, 2, 6][round % 3];
        for _ in 0..2 {
            bench.around.psum.fill_with(|| if rng.one_in(6) { rng.word() } else { rng.tame() });
            bench.around.operand.fill_with(|| if rng.one_in(3) { rng.below(4) as u32 } else { rng.word() });
            let registers: Vec<u32> = (0..HYPERPARAMETERS.len()).map(|_| rng.tame()).collect();
            let recipe = RecipeWord {
                lane_level: rng.random_range(0..4),
                // the channel counts the innermost loop, so that its lanes take turns
                channel_level: 0,
                bounded: rng.random(),
                padded: rng.random(),
                ..word
            };
            let turns = [lanes, rng.random_range(1..6), rng.random_range(1..4), rng.random_range(1..3)];
            let walk = Walk {
                recipe,
                turns,
                p_base: rng.random_range(0..100),
                limit: rng.random_range(0..6),
                o_a: rng.random_range(0..500),
                o_b: rng.random_range(0..500),
                o_c: rng.random_range(0..500),
                ..Walk::default()
            }
            .with_strides([3, 40, 1, 200]);
            let made = check(&mut bench, &mut model, &walk, &registers, rng);
            words += made.x.len() + made.y.len();
        }
        done += 1;
        steps.extend(found.recipe.steps.iter().map(std::mem::discriminant));
    }
    println!("{done} recipes, {words} words, {} kinds of steps", steps.len());
    assert!(done > 100 && words > 1000 && steps.len() > 17, "{done} {words} {}", steps.len());
}
