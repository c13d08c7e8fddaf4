//! Measures the Verilator binding on one small block: time to build, time to load from the cache, cycles per
//! second by each way of access.
//!
//! `cargo run --release -p ef-hdl-kit --example binding_speed [DIR]` prints a table; with `DIR` it also
//! writes the block's Verilog there, for measuring another binding on the same source
//! (`docs/decisions/verilator-binding.md`).
use anyhow::{Result, ensure};
use ef_hdl_kit::vsim::Model;
use ef_hdl_kit::{Vsim, export};
use ef_tools::say;
use rust_hdl::prelude::*;
use std::ffi::c_void;
use std::path::Path;
use std::time::Instant;

/// A mixer with narrow, 64-bit and 128-bit ports: small enough that calling it costs more than what it does.
#[derive(LogicBlock, Default)]
struct Mixer {
    pub clock: Signal<In, Clock>,
    pub x: Signal<In, Bits<32>>,
    pub wide: Signal<In, Bits<128>>,
    pub y: Signal<Out, Bits<32>>,
    pub sum: Signal<Out, Bits<128>>,
    state: DFF<Bits<32>>,
    total: DFF<Bits<128>>,
}

impl Logic for Mixer {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, total);
        self.state.d.next = (self.state.q.val() << 1) ^ (self.state.q.val() >> 3) ^ self.x.val();
        self.total.d.next = self.total.q.val() + self.wide.val();
        self.y.next = self.state.q.val();
        self.sum.next = self.total.q.val();
    }
}

/// The same stimulus as [`drive`], in C++.
const BATCH: &str = r#"
extern "C" uint32_t batch(EfSim* sim, uint64_t cycles) {
    uint32_t hash = 0;
    for (uint64_t i = 0; i < cycles; i++) {
        sim->top->x = uint32_t(i);
        sim->tick();
        hash = hash * 31 + sim->top->y;
    }
    return hash;
}
"#;

const CYCLES: u64 = 200_000;
const RUNS: usize = 20;

fn main() -> Result<()> {
    if let Some(dir) = std::env::args().nth(1) {
        export::verilog(&mut Mixer::default(), "mixer")?.write_files(Path::new(&dir))?;
    }
    // never seen before, so that it is really built
    let salt = format!("// {:?}\n", std::time::SystemTime::now());
    let model = Model::of(&mut Mixer::default(), "mixer")?.extra_cpp(BATCH).extra_verilog(&salt);
    let start = Instant::now();
    model.clone().build()?;
    say!("build                {:>8.2} s", start.elapsed().as_secs_f64());
    let start = Instant::now();
    model.clone().build()?;
    say!("load from the cache  {:>8.4} s", start.elapsed().as_secs_f64());

    let by_name =
        measure("by name", &model, |sim| Ok(drive(sim, |sim, i| sim.set("x", i), |sim| sim.get("y"))))?;
    let by_handle = measure("by handle", &model, |sim| {
        let (x, y) = (sim.port("x"), sim.port("y"));
        Ok(drive(sim, |sim, i| sim.set_id(x, i), |sim| sim.get_id(y)))
    })?;
    let in_cpp = measure("batch in C++", &model, |sim| {
        // SAFETY: this is the type of the function in `BATCH`, and the handle is that of a living simulation.
        unsafe {
            let batch: unsafe extern "C" fn(*mut c_void, u64) -> u32 = sim.symbol("batch")?;
            Ok(batch(sim.handle(), CYCLES))
        }
    })?;
    ensure!(by_name == by_handle && by_handle == in_cpp, "the results differ");
    measure("128-bit ports", &model, |sim| {
        for i in 0..CYCLES {
            sim.set_words("wide", &[i as u32, 0, 1, 0]);
            sim.tick();
        }
        Ok(sim.words("sum")[2])
    })?;
    Ok(())
}

fn drive(sim: &mut Vsim, set: impl Fn(&mut Vsim, u64), get: impl Fn(&Vsim) -> u64) -> u32 {
    let mut hash = 0u32;
    for i in 0..CYCLES {
        set(sim, i);
        sim.tick();
        hash = hash.wrapping_mul(31).wrapping_add(get(sim) as u32);
    }
    hash
}

/// Prints the best speed of several runs, so that other load on the machine matters less; gives the result of
/// the last.
fn measure(what: &str, model: &Model, mut run: impl FnMut(&mut Vsim) -> Result<u32>) -> Result<u32> {
    let mut best = f64::INFINITY;
    let mut result = 0;
    for _ in 0..RUNS {
        let mut sim = model.clone().build()?;
        let start = Instant::now();
        result = run(&mut sim)?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    say!("{what:<20} {:>8.2} M cycles/s", CYCLES as f64 / best / 1e6);
    Ok(result)
}
