//! Exported Verilog as a fast simulation: Verilator makes C++ of it, which is compiled to a shared library
//! and loaded.
//!
//! A build takes seconds; its result is cached in cargo's target directory under the hash of everything it
//! depends on, and is safe against simultaneous builds by other processes. Verilator's warnings are errors:
//! `LATCH` is a path that leaves a signal unassigned, `UNOPTFLAT` a combinational loop, either real or
//! through one large `always` block (split the block's `update` then).
mod cache;
mod compile;
mod model;
mod shim;

pub use compile::OPTIMISE;
pub use model::Model;

use crate::ports::{Port, mask_top};
use anyhow::{Context, Result, anyhow, bail, ensure};
use libloading::Library;
use rust_hdl::core::prelude::Block;
use std::collections::HashMap;
use std::ffi::{CString, c_char, c_void};
use std::path::Path;

/// A port of one [`Vsim`], found once by name to be used many times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortId(usize);

/// A running simulation.
///
/// Ports are accessed through pointers into the model: `set` and `get` cost a few loads, plus a hash look-up
/// when by name. A port wider than 64 bits is accessed as 32-bit words, least significant first, by
/// [`words`](Vsim::words) and [`set_words`](Vsim::set_words).
pub struct Vsim {
    handle: *mut c_void,
    calls: Calls,
    ports: Vec<Port>,
    values: Vec<*mut u8>,
    index: HashMap<String, PortId>,
    // last, so that the code outlives the model
    library: Library,
}

/// The functions of the shim, with the C++ `EfSim*` as their first argument.
struct Calls {
    delete: unsafe extern "C" fn(*mut c_void),
    eval: unsafe extern "C" fn(*mut c_void),
    ticks: unsafe extern "C" fn(*mut c_void, u64),
    trace_open: unsafe extern "C" fn(*mut c_void, *const c_char) -> bool,
    trace_close: unsafe extern "C" fn(*mut c_void),
}

// SAFETY: a model is used by one thread at a time (`&mut self` for all that writes) and keeps no thread-local
// state between calls.
unsafe impl Send for Vsim {}

impl Vsim {
    /// Simulates the exported Verilog of `block`, whose top module is to be called `top`.
    ///
    /// # Errors
    /// If the block cannot be exported, or Verilator or the C++ compiler is missing or refuses it.
    pub fn of<B: Block>(block: &mut B, top: &str) -> Result<Vsim> {
        Model::of(block, top)?.build()
    }

    /// [`of`](Vsim::of) with Verilog appended, such as simulation models of vendor primitives.
    ///
    /// # Errors
    /// If the block cannot be exported, or Verilator or the C++ compiler is missing or refuses it.
    pub fn of_with<B: Block>(block: &mut B, top: &str, extra_verilog: &str) -> Result<Vsim> {
        Model::of(block, top)?.extra_verilog(extra_verilog).build()
    }

    /// Simulates module `top` of any Verilog; `extra_cpp` as in [`Model::extra_cpp`].
    ///
    /// # Errors
    /// If Verilator or the C++ compiler is missing, or refuses the text.
    pub fn from_verilog(top: &str, source: &str, ports: &[Port], extra_cpp: Option<&str>) -> Result<Vsim> {
        Model::from_verilog(top, source, ports).extra_cpp(extra_cpp.unwrap_or_default()).build()
    }

    fn load(path: &Path, ports: &[Port]) -> Result<Vsim> {
        // SAFETY: the library was built by this crate; loading it runs only the C++ runtime's initialisers.
        let library =
            unsafe { Library::new(path) }.with_context(|| format!("cannot load {}", path.display()))?;
        // SAFETY: the types are those of the functions in `shim.rs`, and `values` has room for one address
        // per port.
        unsafe {
            let new: unsafe extern "C" fn() -> *mut c_void = symbol(&library, "ef_new")?;
            let addresses: unsafe extern "C" fn(*mut c_void, *mut *mut u8) = symbol(&library, "ef_ports")?;
            let calls = Calls {
                delete: symbol(&library, "ef_delete")?,
                eval: symbol(&library, "ef_eval")?,
                ticks: symbol(&library, "ef_ticks")?,
                trace_open: symbol(&library, "ef_trace_open")?,
                trace_close: symbol(&library, "ef_trace_close")?,
            };
            let handle = new();
            let mut values = vec![std::ptr::null_mut(); ports.len()];
            addresses(handle, values.as_mut_ptr());
            let index = ports.iter().enumerate().map(|(i, port)| (port.name.clone(), PortId(i))).collect();
            Ok(Vsim { handle, calls, ports: ports.to_vec(), values, index, library })
        }
    }

    /// The ports, in the order of their [`PortId`]s.
    pub fn ports(&self) -> &[Port] {
        &self.ports
    }

    /// A port by its Verilog name, such as `x$0` or `bus$valid`.
    ///
    /// # Panics
    /// If there is no such port; the message lists those there are.
    pub fn port(&self, name: &str) -> PortId {
        match self.index.get(name) {
            Some(id) => *id,
            None => {
                let names: Vec<&str> = self.ports.iter().map(|port| port.name.as_str()).collect();
                panic!("no port `{name}`; there are {}", names.join(", "))
            }
        }
    }

    /// Sets an input by name. Panics as [`port`](Vsim::port) and [`set_id`](Vsim::set_id) do.
    pub fn set(&mut self, name: &str, value: u64) {
        self.set_id(self.port(name), value);
    }

    /// The value of a port by name. Panics as [`port`](Vsim::port) and [`get_id`](Vsim::get_id) do.
    pub fn get(&self, name: &str) -> u64 {
        self.get_id(self.port(name))
    }

    /// Sets an input; it takes effect at the next [`eval`](Vsim::eval) or [`tick`](Vsim::tick).
    ///
    /// # Panics
    /// If the value has more bits than the port, or the port more than 64.
    pub fn set_id(&mut self, id: PortId, value: u64) {
        let Port { name, bits, .. } = &self.ports[id.0];
        assert!(*bits >= 64 || value >> bits == 0, "{value:#x} does not fit port `{name}` of {bits} bits");
        let at = self.values[id.0];
        // SAFETY: Verilator stores a port in the smallest of these types that holds it, and the model lives
        // as long as `self`.
        unsafe {
            match bits {
                0..=8 => *at = value as u8,
                9..=16 => *at.cast::<u16>() = value as u16,
                17..=32 => *at.cast::<u32>() = value as u32,
                33..=64 => *at.cast::<u64>() = value,
                _ => panic!("port `{name}` has {bits} bits: use set_words"),
            }
        }
    }

    /// The value of a port.
    ///
    /// # Panics
    /// If the port has more than 64 bits.
    pub fn get_id(&self, id: PortId) -> u64 {
        let Port { name, bits, .. } = &self.ports[id.0];
        let at = self.values[id.0];
        // SAFETY: as in `set_id`.
        unsafe {
            match bits {
                0..=8 => u64::from(*at),
                9..=16 => u64::from(*at.cast::<u16>()),
                17..=32 => u64::from(*at.cast::<u32>()),
                33..=64 => *at.cast::<u64>(),
                _ => panic!("port `{name}` has {bits} bits: use words"),
            }
        }
    }

    /// The value of a port of any width as 32-bit words, least significant first.
    pub fn words(&self, name: &str) -> Vec<u32> {
        self.words_id(self.port(name))
    }

    /// [`words`](Vsim::words) by handle.
    pub fn words_id(&self, id: PortId) -> Vec<u32> {
        let bits = self.ports[id.0].bits;
        let count = bits.div_ceil(32);
        if bits > 64 {
            // SAFETY: Verilator stores a wide port as this many words.
            return unsafe { std::slice::from_raw_parts(self.values[id.0].cast::<u32>(), count) }.to_vec();
        }
        let value = self.get_id(id);
        [value as u32, (value >> 32) as u32][..count].to_vec()
    }

    /// Sets an input of any width from 32-bit words, least significant first; bits beyond its width are
    /// ignored, missing words are 0.
    pub fn set_words(&mut self, name: &str, words: &[u32]) {
        self.set_words_id(self.port(name), words);
    }

    /// [`set_words`](Vsim::set_words) by handle.
    pub fn set_words_id(&mut self, id: PortId, words: &[u32]) {
        let bits = self.ports[id.0].bits;
        let mut words = words.to_vec();
        words.resize(bits.div_ceil(32), 0);
        mask_top(&mut words, bits);
        if bits > 64 {
            // SAFETY: as in `words_id`; the model is borrowed exclusively.
            unsafe { std::slice::from_raw_parts_mut(self.values[id.0].cast::<u32>(), words.len()) }
                .copy_from_slice(&words);
        } else {
            let value = words.iter().rev().fold(0, |value, word| value << 32 | u64::from(*word));
            self.set_id(id, value);
        }
    }

    /// Lets the model settle with its present inputs.
    pub fn eval(&mut self) {
        // SAFETY: the handle is a live model.
        unsafe { (self.calls.eval)(self.handle) }
    }

    /// One clock cycle of port `clock`: low, settle, high, settle. A block without one just settles.
    pub fn tick(&mut self) {
        self.ticks(1);
    }

    /// `count` clock cycles with the present inputs, in one call.
    pub fn ticks(&mut self, count: u64) {
        // SAFETY: the handle is a live model.
        unsafe { (self.calls.ticks)(self.handle, count) }
    }

    /// Records all signals from now on into an FST file, until [`stop_trace`](Vsim::stop_trace) or the end.
    /// Time counts evaluations.
    ///
    /// # Errors
    /// If the model was built without traces, or the file cannot be written.
    pub fn trace(&mut self, path: &Path) -> Result<()> {
        let parent = path.parent().filter(|dir| !dir.as_os_str().is_empty());
        ensure!(parent.is_none_or(Path::is_dir), "the folder of {} does not exist", path.display());
        let file = CString::new(path.to_str().context("the path is not UTF-8")?)?;
        // SAFETY: the handle is a live model and the file name a C string.
        if !unsafe { (self.calls.trace_open)(self.handle, file.as_ptr()) } {
            bail!(
                "this model was built without tracing: build it with `Model::of(...)?.trace(true).build()`"
            );
        }
        Ok(())
    }

    /// Finishes the file begun by [`trace`](Vsim::trace).
    pub fn stop_trace(&mut self) {
        // SAFETY: the handle is a live model.
        unsafe { (self.calls.trace_close)(self.handle) }
    }

    /// The C++ `EfSim*` of this simulation, the first argument of functions in [`Model::extra_cpp`].
    ///
    /// It has members `top` (the Verilated `Vtop*`, whose ports are its members), `eval()` and `tick()`.
    pub fn handle(&mut self) -> *mut c_void {
        self.handle
    }

    /// A function that [`Model::extra_cpp`] defines as `extern "C"`.
    ///
    /// # Errors
    /// If the library has no such function.
    ///
    /// # Safety
    /// `F` must be its type, such as `unsafe extern "C" fn(*mut c_void, u64) -> u64`, and it must not be
    /// called after `self` is dropped.
    pub unsafe fn symbol<F: Copy>(&self, name: &str) -> Result<F> {
        // SAFETY: promised by the caller.
        unsafe { symbol(&self.library, name) }
    }
}

/// # Safety
/// `F` must be the function pointer type of the symbol.
unsafe fn symbol<F: Copy>(library: &Library, name: &str) -> Result<F> {
    // SAFETY: promised by the caller.
    let found = unsafe { library.get::<F>(name.as_bytes()) };
    found.map(|f| *f).map_err(|error| anyhow!("the model has no function `{name}`: {error}"))
}

impl Drop for Vsim {
    fn drop(&mut self) {
        // SAFETY: the handle is a live model, deleted here only; the library is unloaded after this.
        unsafe { (self.calls.delete)(self.handle) }
    }
}
