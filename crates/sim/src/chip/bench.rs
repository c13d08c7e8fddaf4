//! The C++ around a chip behind safe calls.

use anyhow::{Result, ensure};
use ef_board::{Board, Direction, SdramPart};
use ef_hdl_kit::vsim::Model;
use ef_hdl_kit::{Port, Vsim};
use ef_isa::MemoryUse;
use ef_soc::sdram::chip_model::{self, ChipModelSettings};
use ef_soc::verilog;
use std::ffi::{CStr, c_char, c_void};
use std::fmt::Write;

/// Name of the outermost module.
const TOP: &str = "ef_board";

#[repr(C)]
struct Settings {
    sdram: ChipModelSettings,
    read_delay: u32,
    baud: u32,
}

type Handle = *mut c_void;

/// A board in simulation: the chip's Verilog with its pins, an SDRAM, a serial line.
pub struct ChipBench {
    bench: Handle,
    sdram: Handle,
    delete: unsafe extern "C" fn(Handle),
    button: unsafe extern "C" fn(Handle, bool),
    led: unsafe extern "C" fn(Handle) -> u32,
    now: unsafe extern "C" fn(Handle) -> u64,
    framing_errors: unsafe extern "C" fn(Handle) -> u64,
    run: unsafe extern "C" fn(Handle, u64),
    send: unsafe extern "C" fn(Handle, *const u8, u64),
    receive: unsafe extern "C" fn(Handle, *mut u8, u64, u64) -> u64,
    violations: unsafe extern "C" fn(Handle) -> u64,
    violation: unsafe extern "C" fn(Handle, u64) -> *const c_char,
    losses: unsafe extern "C" fn(Handle) -> u64,
    busy_cycles: unsafe extern "C" fn(Handle) -> u64,
    words: unsafe extern "C" fn(Handle) -> u64,
    // after the bench, which points into it
    _sim: Vsim,
}

// SAFETY: one thread at a time uses a bench (all calls take `&mut self`); the C++ keeps no thread-local state.
unsafe impl Send for ChipBench {}

impl ChipBench {
    /// Builds (or finds in the cache) the simulation of a board that carries the SDRAM `mounted`.
    ///
    /// # Errors
    /// If Verilator cannot be found or fetched, or does not build the board's Verilog.
    pub fn new(board: &Board, mounted: &SdramPart) -> Result<Self> {
        let mut sim = model(board)?.build()?;
        let settings = Settings {
            sdram: ChipModelSettings::new(mounted, verilog::clock_hz(board)),
            read_delay: board.clocks.sdram_read_delay,
            baud: board.link.baud,
        };
        // SAFETY: the types are those of the functions in chip.cpp and sdram_chip.h.
        unsafe {
            let new: unsafe extern "C" fn(Handle, *const Settings) -> Handle =
                sim.symbol("chip_bench_new")?;
            let sdram: unsafe extern "C" fn(Handle) -> Handle = sim.symbol("chip_bench_sdram")?;
            let bench = new(sim.handle(), &settings);
            Ok(ChipBench {
                bench,
                sdram: sdram(bench),
                delete: sim.symbol("chip_bench_delete")?,
                button: sim.symbol("chip_bench_button")?,
                led: sim.symbol("chip_bench_led")?,
                now: sim.symbol("chip_bench_now")?,
                framing_errors: sim.symbol("chip_bench_framing_errors")?,
                run: sim.symbol("chip_bench_run")?,
                send: sim.symbol("chip_bench_send")?,
                receive: sim.symbol("chip_bench_receive")?,
                violations: sim.symbol("sdram_chip_violations")?,
                violation: sim.symbol("sdram_chip_violation")?,
                losses: sim.symbol("chip_bench_losses")?,
                busy_cycles: sim.symbol("chip_bench_busy_cycles")?,
                words: sim.symbol("chip_bench_words")?,
                _sim: sim,
            })
        }
    }

    /// Presses the reset button, or lets it go.
    pub fn press_button(&mut self, pressed: bool) {
        // SAFETY: a live bench, here and below.
        unsafe { (self.button)(self.bench, pressed) }
    }

    /// The LEDs, a bit each.
    pub fn led(&mut self) -> u32 {
        unsafe { (self.led)(self.bench) }
    }

    /// Core clock cycles since power-up.
    pub fn now(&self) -> u64 {
        unsafe { (self.now)(self.bench) }
    }

    /// Lets so many cycles of the core's clock pass.
    pub fn run(&mut self, cycles: u64) {
        unsafe { (self.run)(self.bench, cycles) }
    }

    /// Puts bytes on the line to the board, after those that are still waiting.
    pub fn send(&mut self, bytes: &[u8]) {
        unsafe { (self.send)(self.bench, bytes.as_ptr(), bytes.len() as u64) }
    }

    /// Bytes from the board; runs until there is one, at most so many cycles.
    pub fn receive(&mut self, bytes: &mut [u8], cycles: u64) -> usize {
        unsafe { (self.receive)(self.bench, bytes.as_mut_ptr(), bytes.len() as u64, cycles) as usize }
    }

    /// Bytes from the board without a stop bit.
    pub fn framing_errors(&self) -> u64 {
        unsafe { (self.framing_errors)(self.bench) }
    }

    /// How often a rule of the SDRAM was broken, and the first time in words.
    pub fn violations(&self) -> (u64, Option<String>) {
        // SAFETY: a live chip; the text lives as long as it does.
        unsafe {
            let first = (self.violation)(self.sdram, 0);
            let text = (!first.is_null()).then(|| CStr::from_ptr(first).to_string_lossy().into_owned());
            ((self.violations)(self.sdram), text)
        }
    }

    /// How often a reset of the FPGA has cost the SDRAM its contents.
    pub fn memory_losses(&self) -> u64 {
        unsafe { (self.losses)(self.bench) }
    }

    /// How busy all runs of the accelerator so far have kept the SDRAM.
    pub fn memory_use(&self) -> MemoryUse {
        let (busy, words) = unsafe { ((self.busy_cycles)(self.bench), (self.words)(self.bench)) };
        MemoryUse { busy_cycles: busy, data_cycles: 2 * words }
    }
}

impl Drop for ChipBench {
    fn drop(&mut self) {
        // SAFETY: created by chip_bench_new, deleted once.
        unsafe { (self.delete)(self.bench) }
    }
}

/// The board's outermost module with the chip inside, tristate drivers included.
fn model(board: &Board) -> Result<Model> {
    let chip = verilog::modules(board)?.source_with(&verilog::portable_cells());
    let text = chip + &board.pins.wrapper(TOP, verilog::CHIP) + include_str!("../../verilog/memory_probe.v");
    let ports: Vec<Port> = Vec::new();
    Ok(Model::from_verilog(TOP, &text, &ports)
        .verilator_arg("--pins-inout-enables")
        .extra_cpp(&chip_model::source())
        .extra_cpp(&nets(board)?)
        .extra_cpp(include_str!("../../cpp/chip.cpp"))
        .optimise("-O3"))
}

/// The ports of the chip that the C++ uses.
const USED: [&str; 17] = [
    "clock_in",
    "button",
    "uart_rx",
    "uart_tx",
    "led",
    "sdram_clk",
    "sdram_cke",
    "sdram_cs_n",
    "sdram_ras_n",
    "sdram_cas_n",
    "sdram_we_n",
    "sdram_ba",
    "sdram_a",
    "sdram_dqm",
    "sdram_dq_in",
    "sdram_dq_out",
    "sdram_dq_oe",
];

/// `PIN_*`: how Verilator calls the nets of the board's module, by the chip's ports.
fn nets(board: &Board) -> Result<String> {
    let mut text = String::new();
    let mut missing: Vec<&str> = USED.to_vec();
    let mut define = |port: &str, net: String| {
        missing.retain(|name| *name != port);
        let _ = writeln!(text, "#define PIN_{} top.{net}", port.to_uppercase());
    };
    for (net, pin) in board.pins.pins.iter().filter(|(_, pin)| pin.leads_to_port()) {
        let port = pin.port.as_ref().unwrap_or(net);
        if pin.direction == Direction::Inout {
            define(&format!("{port}_in"), net.clone());
            define(&format!("{port}_out"), format!("{net}__out"));
            define(&format!("{port}_oe"), format!("{net}__en"));
        } else {
            define(port, net.clone());
        }
    }
    ensure!(missing.is_empty(), "the pins of {} lead to no {}", board.name, missing.join(", "));
    Ok(text)
}
