//! The C++ harness behind safe calls.

use crate::DramSettings;
use anyhow::{Context, Result, ensure};
use ef_hdl_kit::Vsim;
use std::ffi::c_void;

/// C++ that is compiled into the simulation.
pub const SOURCE: &str = include_str!("../cpp/harness.cpp");

#[repr(C)]
struct Settings {
    words: u64,
    cycles_per_word: u32,
    latency: u32,
    restart: u32,
    stall: u32,
    seed: u64,
}

/// Where simulation time goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Cycles simulated.
    pub cycles: u64,
    /// Accesses of the memory port outside the memory.
    pub out_of_range: u64,
    /// Sampled nanoseconds in the DRAM model and the harness, and in the RTL.
    pub harness_ns: u64,
    /// Sampled nanoseconds in the RTL.
    pub rtl_ns: u64,
}

type Handle = *mut c_void;

/// A simulation with its DRAM model.
pub struct Harness {
    handle: Handle,
    words: usize,
    delete: unsafe extern "C" fn(Handle),
    memory: unsafe extern "C" fn(Handle) -> *mut u32,
    register: unsafe extern "C" fn(Handle, bool, u32, *mut u32) -> bool,
    run: unsafe extern "C" fn(Handle, u64) -> u64,
    busy: unsafe extern "C" fn(Handle) -> bool,
    cycles: unsafe extern "C" fn(Handle, u64),
    statistics: unsafe extern "C" fn(Handle, *mut u64),
    // after the harness, which points into it
    _sim: Vsim,
}

// SAFETY: one thread at a time uses a harness (all calls take `&mut self`); the C++ keeps no thread-local state.
unsafe impl Send for Harness {}

impl Harness {
    pub fn new(mut sim: Vsim, words: u64, dram: &DramSettings) -> Result<Self> {
        let cycles_per_word = dram
            .cycles_per_word()
            .with_context(|| format!("DRAM width is {} bits; 8, 16 and 32 are possible", dram.width))?;
        ensure!(words > 0, "the simulated memory needs at least one word");
        let DramSettings { latency, restart, stall, seed, .. } = *dram;
        let settings = Settings { words, cycles_per_word, latency, restart, stall, seed };
        // SAFETY: the types are those of the functions in harness.cpp.
        unsafe {
            let new: unsafe extern "C" fn(Handle, *const Settings) -> Handle = sim.symbol("harness_new")?;
            Ok(Harness {
                handle: new(sim.handle(), &settings),
                words: words as usize,
                delete: sim.symbol("harness_delete")?,
                memory: sim.symbol("harness_memory")?,
                register: sim.symbol("harness_register")?,
                run: sim.symbol("harness_run")?,
                busy: sim.symbol("harness_busy")?,
                cycles: sim.symbol("harness_cycles")?,
                statistics: sim.symbol("harness_statistics")?,
                _sim: sim,
            })
        }
    }

    pub fn memory(&mut self) -> &mut [u32] {
        // SAFETY: the harness owns a vector of that many words for as long as it lives.
        unsafe { std::slice::from_raw_parts_mut((self.memory)(self.handle), self.words) }
    }

    /// One access of the register port; `None` if it does not answer.
    pub fn register(&mut self, write: bool, address: u32, data: u32) -> Option<u32> {
        let mut data = data;
        // SAFETY: a live harness and a valid pointer.
        unsafe { (self.register)(self.handle, write, address, &mut data) }.then_some(data)
    }

    /// Runs until not busy, at most so many cycles; returns the cycles run.
    pub fn run(&mut self, most: u64) -> u64 {
        // SAFETY: a live harness.
        unsafe { (self.run)(self.handle, most) }
    }

    pub fn busy(&mut self) -> bool {
        // SAFETY: a live harness.
        unsafe { (self.busy)(self.handle) }
    }

    /// Runs so many cycles, busy or not.
    pub fn cycles(&mut self, n: u64) {
        // SAFETY: a live harness.
        unsafe { (self.cycles)(self.handle, n) }
    }

    pub fn statistics(&self) -> Statistics {
        let mut out = [0; 4];
        // SAFETY: a live harness and room for four numbers.
        unsafe { (self.statistics)(self.handle, out.as_mut_ptr()) };
        let [cycles, out_of_range, harness_ns, rtl_ns] = out;
        Statistics { cycles, out_of_range, harness_ns, rtl_ns }
    }
}

impl Drop for Harness {
    fn drop(&mut self) {
        // SAFETY: created by harness_new, deleted once.
        unsafe { (self.delete)(self.handle) }
    }
}
