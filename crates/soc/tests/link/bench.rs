//! [`RtlBoard`]: the RTL of the link in Verilator as a board at the other end of a wire.

use ef_hdl_kit::Vsim;
use ef_hdl_kit::vsim::Model;
use ef_link::Port;
use ef_link::testing::{Board, Reset};
use ef_soc::link::{HostLink, LinkSettings};
use std::ffi::c_void;
use std::io;
use std::time::Duration;

/// Few cycles per bit, so that a simulation has few cycles.
pub const SETTINGS: LinkSettings =
    LinkSettings { clock_hz: 100_000_000, baud: 11_000_000, memory_words: 1000 };

/// Cycles without a movement after which there is none.
const QUIET: u64 = 600;

#[repr(C)]
struct Settings {
    memory_words: u64,
    bit_time: u64,
    stall: u32,
    unused: u32,
    seed: u64,
}

type Handle = *mut c_void;

pub struct RtlBoard {
    clock_hz: u64,
    handle: Handle,
    memory_words: usize,
    /// Time that was not simulated.
    skipped: Duration,
    delete: unsafe extern "C" fn(Handle),
    send: unsafe extern "C" fn(Handle, *const u8, u64),
    run: unsafe extern "C" fn(Handle, u64) -> bool,
    settle: unsafe extern "C" fn(Handle, u64),
    cycles: unsafe extern "C" fn(Handle, u64),
    receive: unsafe extern "C" fn(Handle, *mut u8, u64) -> u64,
    reset: unsafe extern "C" fn(Handle),
    memory: unsafe extern "C" fn(Handle) -> *mut u32,
    memory_dead: unsafe extern "C" fn(Handle, bool),
    set_loop: unsafe extern "C" fn(Handle, u64),
    now: unsafe extern "C" fn(Handle) -> u64,
    frame_errors: unsafe extern "C" fn(Handle) -> u64,
    take_writes: unsafe extern "C" fn(Handle, *mut u32, u64) -> u64,
    // after what points into it
    _sim: Vsim,
}

// SAFETY: one thread at a time uses a board; the C++ keeps no thread-local state.
unsafe impl Send for RtlBoard {}

impl RtlBoard {
    pub fn new(seed: u64) -> Self {
        Self::with(SETTINGS, 0.0, 30, seed)
    }

    /// The UART at the pins is faster than the link's by the part `skew`; ports are slow in `stall` percent of the cycles.
    pub fn with(settings: LinkSettings, skew: f64, stall: u32, seed: u64) -> Self {
        let mut link = HostLink::new(&settings).unwrap();
        let model = Model::of(&mut link, "host_link").unwrap().extra_cpp(include_str!("bench.cpp"));
        let mut sim = model.optimise("-O3").build().unwrap();
        let LinkSettings { clock_hz, baud, memory_words } = settings;
        let bit_time = (1024.0 * clock_hz as f64 / (baud as f64 * (1.0 + skew))) as u64;
        let c = Settings { memory_words: memory_words.into(), bit_time, stall, unused: 0, seed };
        // SAFETY: the types are those of the functions in bench.cpp.
        unsafe {
            let new: unsafe extern "C" fn(Handle, *const Settings) -> Handle =
                sim.symbol("bench_new").unwrap();
            RtlBoard {
                clock_hz,
                handle: new(sim.handle(), &c),
                memory_words: memory_words as usize,
                skipped: Duration::ZERO,
                delete: sim.symbol("bench_delete").unwrap(),
                send: sim.symbol("bench_send").unwrap(),
                run: sim.symbol("bench_run").unwrap(),
                settle: sim.symbol("bench_settle").unwrap(),
                cycles: sim.symbol("bench_cycles").unwrap(),
                receive: sim.symbol("bench_receive").unwrap(),
                reset: sim.symbol("bench_reset").unwrap(),
                memory: sim.symbol("bench_memory").unwrap(),
                memory_dead: sim.symbol("bench_memory_dead").unwrap(),
                set_loop: sim.symbol("bench_loop").unwrap(),
                now: sim.symbol("bench_now").unwrap(),
                frame_errors: sim.symbol("bench_frame_errors").unwrap(),
                take_writes: sim.symbol("bench_take_writes").unwrap(),
                _sim: sim,
            }
        }
    }

    /// Runs until a byte has come; false if nothing moves any more.
    fn run(&mut self) -> bool {
        // SAFETY: a live bench.
        unsafe { (self.run)(self.handle, QUIET) }
    }

    pub fn cycles(&mut self, n: u64) {
        // SAFETY: a live bench.
        unsafe { (self.cycles)(self.handle, n) }
    }

    /// What has come.
    pub fn receive(&mut self, buffer: &mut [u8]) -> usize {
        // SAFETY: a live bench and room for so many bytes.
        unsafe { (self.receive)(self.handle, buffer.as_mut_ptr(), buffer.len() as u64) as usize }
    }

    /// All bytes that come until nothing moves any more.
    pub fn answer(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.write(bytes).unwrap();
        let mut answer = Vec::new();
        let mut buffer = [0; 256];
        while self.run() {
            let count = self.receive(&mut buffer);
            answer.extend(&buffer[..count]);
        }
        answer
    }

    pub fn set_memory_dead(&mut self, dead: bool) {
        // SAFETY: a live bench.
        unsafe { (self.memory_dead)(self.handle, dead) }
    }

    /// Wires the transmitter to the receiver, over a line on which a bit is under way for so many cycles; 0 parts them.
    pub fn set_loop(&mut self, delay: u64) {
        // SAFETY: a live bench.
        unsafe { (self.set_loop)(self.handle, delay) }
    }

    pub fn simulated_cycles(&self) -> u64 {
        // SAFETY: a live bench.
        unsafe { (self.now)(self.handle) }
    }

    pub fn frame_errors(&self) -> u64 {
        // SAFETY: a live bench.
        unsafe { (self.frame_errors)(self.handle) }
    }
}

impl Drop for RtlBoard {
    fn drop(&mut self) {
        // SAFETY: created by bench_new, deleted once.
        unsafe { (self.delete)(self.handle) }
    }
}

impl Port for RtlBoard {
    fn name(&self) -> String {
        "simulated".into()
    }

    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> io::Result<usize> {
        if self.run() {
            return Ok(self.receive(buffer));
        }
        self.skipped += timeout;
        Ok(0)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        // SAFETY: a live bench and so many bytes.
        unsafe { (self.send)(self.handle, bytes.as_ptr(), bytes.len() as u64) };
        Ok(())
    }

    fn reopen(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn now(&self) -> Duration {
        Duration::from_secs_f64(self.simulated_cycles() as f64 / self.clock_hz as f64) + self.skipped
    }

    fn wait(&mut self, time: Duration) {
        self.skipped += time;
    }
}

impl Reset for RtlBoard {
    fn reset(&mut self) {
        // SAFETY: a live bench.
        unsafe { (self.reset)(self.handle) }
    }
}

impl Board for RtlBoard {
    fn settle(&mut self) {
        // SAFETY: a live bench.
        unsafe { (self.settle)(self.handle, QUIET) }
    }

    fn memory(&mut self) -> &[u32] {
        // SAFETY: the bench owns a vector of that many words for as long as it lives.
        unsafe { std::slice::from_raw_parts((self.memory)(self.handle), self.memory_words) }
    }

    fn take_writes(&mut self) -> Vec<(u8, u32)> {
        let mut pairs = [0; 2048];
        // SAFETY: a live bench and room for so many pairs.
        let count = unsafe { (self.take_writes)(self.handle, pairs.as_mut_ptr(), pairs.len() as u64 / 2) };
        pairs[..2 * count as usize].chunks(2).map(|pair| (pair[0] as u8, pair[1])).collect()
    }
}
