//! The controller's Verilog, the chip model and a plain memory, in one simulation.

use ef_board::SdramPart;
use ef_hdl_kit::vsim::{Model, Vsim};
use ef_soc::sdram::chip_model::{self, ChipModelSettings};
use ef_soc::sdram::{SdramController, SdramTiming};
use std::ffi::{CStr, c_char, c_void};
use std::path::Path;

/// One burst of the memory port.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Burst {
    pub write: u32,
    pub address: u32,
    pub length: u32,
}

/// How the neighbours behave.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Traffic {
    pub seed: u64,
    /// Cycles by which read data is late.
    pub capture: u32,
    /// Percent of cycles without: command, written word, readiness for a read word.
    pub stall: [u32; 3],
    /// Bursts whose words may be offered before they are taken.
    pub ahead: u32,
    pub most_cycles_without_progress: u64,
}

impl Traffic {
    pub fn new(seed: u64, stall: [u32; 3]) -> Self {
        Traffic { seed, stall, ahead: 2, most_cycles_without_progress: 5000, ..Traffic::default() }
    }
}

#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Outcome {
    pub cycles: u64,
    pub busy: u64,
    pub moved: u64,
    pub words_read: u64,
    pub words_written: u64,
    pub wrong: u64,
    pub hung: u64,
    pub wrong_address: u32,
    pub got: u32,
    pub want: u32,
    unused: u32,
}

/// The levels of the chip's pins at a clock edge.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Pins {
    pub cke: bool,
    pub cs_n: bool,
    pub ras_n: bool,
    pub cas_n: bool,
    pub we_n: bool,
    pub ba: u8,
    pub a: u16,
    pub dqm: u8,
    pub dq: u16,
    pub oe: bool,
}

/// What the chip drives from then on; bit 0 of `bytes` is the low byte.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drive {
    pub dq: u16,
    pub bytes: u8,
}

type Handle = *mut c_void;

pub struct SdramBench {
    bench: Handle,
    chip: Handle,
    delete: unsafe extern "C" fn(Handle),
    run: unsafe extern "C" fn(Handle, *const Traffic, *const Burst, u64, *mut Outcome),
    idle: unsafe extern "C" fn(Handle, *const Traffic, u64),
    pins: unsafe extern "C" fn(Handle, *const Pins, *mut Drive),
    count: unsafe extern "C" fn(Handle) -> u64,
    text: unsafe extern "C" fn(Handle, u64) -> *const c_char,
    unwritten: unsafe extern "C" fn(Handle) -> u64,
    _sim: Vsim,
}

const BENCH: &str = include_str!("../../cpp/sdram_bench.cpp");

impl SdramBench {
    /// A controller with `timing` on the chip that `part` describes, in reset until now.
    pub fn new(timing: &SdramTiming, part: &SdramPart, clock_hz: u64) -> SdramBench {
        let model =
            Model::of(&mut SdramController::new(timing), "sdram_controller").expect("the controller exports");
        let mut sim =
            model.extra_cpp(&chip_model::source()).extra_cpp(BENCH).build().expect("the controller builds");
        let settings = ChipModelSettings::new(part, clock_hz);
        // SAFETY: the types are those of the functions in sdram_bench.cpp and sdram_chip.h.
        unsafe {
            let new: unsafe extern "C" fn(Handle, *const ChipModelSettings) -> Handle =
                sim.symbol("sdram_bench_new").expect("a symbol");
            let chip: unsafe extern "C" fn(Handle) -> Handle =
                sim.symbol("sdram_bench_chip").expect("a symbol");
            let bench = new(sim.handle(), &settings);
            SdramBench {
                bench,
                chip: chip(bench),
                delete: sim.symbol("sdram_bench_delete").expect("a symbol"),
                run: sim.symbol("sdram_bench_run").expect("a symbol"),
                idle: sim.symbol("sdram_bench_idle").expect("a symbol"),
                pins: sim.symbol("sdram_bench_pins").expect("a symbol"),
                count: sim.symbol("sdram_chip_violations").expect("a symbol"),
                text: sim.symbol("sdram_chip_violation").expect("a symbol"),
                unwritten: sim.symbol("sdram_chip_reads_of_unwritten").expect("a symbol"),
                _sim: sim,
            }
        }
    }

    /// Runs the bursts to their end, checking every word read.
    pub fn run(&mut self, traffic: &Traffic, bursts: &[Burst]) -> Outcome {
        let mut outcome = Outcome::default();
        // SAFETY: a live bench and pointers to live values.
        unsafe { (self.run)(self.bench, traffic, bursts.as_ptr(), bursts.len() as u64, &mut outcome) };
        outcome
    }

    /// [`run`](SdramBench::run) that panics unless every word was right and no rule was broken.
    pub fn check(&mut self, traffic: &Traffic, bursts: &[Burst]) -> Outcome {
        let outcome = self.run(traffic, bursts);
        let violations = self.violations();
        assert!(violations.is_empty(), "{traffic:?}:\n{}", violations.join("\n"));
        assert!(outcome.wrong == 0 && outcome.hung == 0, "{traffic:?}: {outcome:x?}");
        outcome
    }

    pub fn idle(&mut self, traffic: &Traffic, cycles: u64) {
        // SAFETY: a live bench and a pointer to a live value.
        unsafe { (self.idle)(self.bench, traffic, cycles) }
    }

    /// One clock edge of the chip alone.
    pub fn pins(&mut self, pins: &Pins) -> Drive {
        let mut drive = Drive::default();
        // SAFETY: a live bench and pointers to live values.
        unsafe { (self.pins)(self.bench, pins, &mut drive) };
        drive
    }

    /// The rules broken so far, the first 100.
    pub fn violations(&self) -> Vec<String> {
        // SAFETY: a live chip; texts live as long as it does.
        unsafe {
            let count = (self.count)(self.chip).min(100);
            (0..count)
                .map(|i| CStr::from_ptr((self.text)(self.chip, i)).to_string_lossy().into_owned())
                .collect()
        }
    }

    pub fn reads_of_unwritten(&self) -> u64 {
        // SAFETY: a live chip.
        unsafe { (self.unwritten)(self.chip) }
    }
}

impl Drop for SdramBench {
    fn drop(&mut self) {
        // SAFETY: created once, deleted once.
        unsafe { (self.delete)(self.bench) }
    }
}

/// A part of `boards/sdram`.
pub fn part(name: &str) -> SdramPart {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../boards/sdram");
    SdramPart::read(&folder.join(name).with_extension("toml")).expect("a part")
}

/// Every part of `boards/sdram`.
pub fn all_parts() -> Vec<SdramPart> {
    ["as4c32m16", "is42s16160", "mt48lc16m16a2", "w9825g6kh"].map(part).into()
}
