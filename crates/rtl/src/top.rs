//! The accelerator: controller, three engines, one memory port, one host port.
use crate::arith::mult18::{MultKind, mult18_verilog};
use crate::compute::{ComputeEngine, PSUM_READ_LATENCY};
use crate::control::Controller;
use crate::load::LoadEngine;
use crate::memory::Arbiter;
use crate::store::StoreEngine;
use anyhow::Result;
use ef_hdl_kit::export::{self, Verilog};
use ef_hdl_kit::vsim::Model;
use ef_hdl_kit::{block, glue};
pub use ef_isa::load::scratch_banks;
use ef_isa::regs::HYPERPARAMETERS;
use ef_isa::{ComputeDesc, Config, Descriptor, LoadDesc, StoreDesc};
pub use ef_isa::{config, for_each_configuration};
use rust_hdl::prelude::*;

block! {
    /// The accelerator: controller, load, compute and store engine behind one register port and one memory port.
    ///
    /// It has T x T lanes. Address widths: FAW, LAW, WAW and PAW of feature, loss, weight and partial-sum buffers (vectors); OAW of the
    /// operand RAM, CAW of the code RAMs, HAW of the hand-over RAM (words); GAW of the program buffer (instructions).
    ///
    /// ```text
    ///  host port <-->| Controller |<-- start, field[], ready, done, bad --> engines
    ///                                  +------------+
    ///  memory port <-->| Arbiter |<--->| LoadEngine |--feature, loss, weight_we, waddr, wdata[T]-->+---------------+
    ///                       ^          |            |--operand_we ...-------------+                | ComputeEngine |
    ///                       |          +------------+                             v                +---------------+
    ///                       |                                           +-------------+  p_addr        |  ^
    ///                       +-------------------------------------------| StoreEngine |<-- p_data[T] --+  |
    ///                                                                   +-------------+-------------------+
    ///  StoreEngine --handover_we, handover_waddr, handover_wdata--> LoadEngine: tiles that go on to the next layer
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `clock`, `reset` | 1 | `reset` is synchronous; the memories keep their words |
    /// | `req_*`, `resp_*` | | register port, see [`Registers`](crate::control::registers::Registers) |
    /// | `cmd_*`, `wdata_*`, `rdata_*` | | memory port, see [`Arbiter`] |
    /// | `busy`, `error` | 1 | bits of STATUS |
    ///
    /// The scratch has `TAPS` banks, `SAW` is the address width of one. Timing diagrams and the register table are in `docs/host-port.md`.
    ///
    /// ```
    /// use ef_rtl::top::AcceleratorSim2x2;
    /// # ef_hdl_kit::export::verilog(&mut AcceleratorSim2x2::default(), "ef_accelerator").unwrap();
    /// ```
    pub struct Accelerator<
        const T: usize,
        const FAW: usize,
        const LAW: usize,
        const WAW: usize,
        const PAW: usize,
        const OAW: usize,
        const TAPS: usize,
        const SAW: usize,
        const CAW: usize,
        const GAW: usize,
        const HAW: usize,
    > {
        let parameters = Config {
            name: "",
            lanes: T,
            feature_aw: FAW,
            loss_aw: LAW,
            weight_aw: WAW,
            psum_aw: PAW,
            operand_aw: OAW,
            scratch_aw: SAW + TAPS.ilog2() as usize,
            code_aw: CAW,
            fetch_aw: GAW,
        };
        assert_eq!(HAW, parameters.handover_aw(), "the hand-over RAM follows from the feature buffer");
        in clock: Clock, in reset: Bit,
        in req_valid: Bit, out req_ready: Bit, in req_write: Bit, in req_addr: Bits<8>, in req_data: Bits<32>,
        out resp_valid: Bit, in resp_ready: Bit, out resp_data: Bits<32>,
        out cmd_valid: Bit, in cmd_ready: Bit, out cmd_write: Bit,
        out cmd_addr: Bits<32>, out cmd_len: Bits<16>,
        out wdata_valid: Bit, in wdata_ready: Bit, out wdata: Bits<32>,
        in rdata_valid: Bit, out rdata_ready: Bit, in rdata: Bits<32>,
        out busy, error: Bit,
        controller: Controller<GAW> = Controller::new(&parameters),
        loader: LoadEngine<T, TAPS, SAW, CAW, HAW>,
        compute: ComputeEngine<T, FAW, LAW, WAW, PAW>,
        storer: StoreEngine<T, OAW, CAW, PSUM_READ_LATENCY>,
        arbiter: Arbiter,
    }
}

/// The type [`Accelerator`] with the parameters of a named configuration, given by its constant.
#[macro_export]
macro_rules! accelerator {
    ($constant:ident) => {
        $crate::top::Accelerator<
            { $crate::top::config::$constant.lanes },
            { $crate::top::config::$constant.feature_aw },
            { $crate::top::config::$constant.loss_aw },
            { $crate::top::config::$constant.weight_aw },
            { $crate::top::config::$constant.psum_aw },
            { $crate::top::config::$constant.operand_aw },
            { $crate::top::scratch_banks($crate::top::config::$constant.lanes) },
            { $crate::top::bank_aw(&$crate::top::config::$constant) },
            { $crate::top::config::$constant.code_aw },
            { $crate::top::config::$constant.fetch_aw },
            { $crate::top::config::$constant.handover_aw() },
        >
    };
}

/// The address width of a bank of the scratch.
pub const fn bank_aw(config: &Config) -> usize {
    config.scratch_aw - scratch_banks(config.lanes).ilog2() as usize
}

/// The configuration `sim-2x2`.
pub type AcceleratorSim2x2 = accelerator!(SIM_2X2);

/// Evaluates an expression with the accelerator of a configuration: `None` if there is no configuration of that name.
///
/// ```
/// use ef_isa::config;
/// let ports = ef_rtl::with_accelerator!(&config::SIM_2X2, accelerator => ef_hdl_kit::ports(&accelerator).len());
/// assert_eq!(ports, Some(23));
/// ```
#[macro_export]
macro_rules! with_accelerator {
    ($config:expr, $accelerator:ident => $body:expr) => {
        $crate::top::for_each_configuration!([$crate::with_accelerator] ($config, $accelerator, $body))
    };
    (($config:expr, $accelerator:ident, $body:expr) $($constant:ident)*) => {
        match $config.name {
            $(name if name == $crate::top::config::$constant.name => {
                #[allow(unused_mut)]
                let mut $accelerator = <$crate::accelerator!($constant)>::default();
                Some($body)
            })*
            _ => None,
        }
    };
}

/// Name of the top module.
pub const TOP: &str = "ef_accelerator";

fn unknown(config: &Config) -> anyhow::Error {
    config::UnknownConfig(config.name.into()).into()
}

/// The accelerator of a configuration as Verilog, without a definition of its multipliers.
///
/// # Errors
/// If there is no accelerator of that configuration, or it cannot be exported.
pub fn modules(config: &Config) -> Result<Verilog> {
    with_accelerator!(config, accelerator => export::verilog(&mut accelerator, TOP))
        .ok_or_else(|| unknown(config))?
}

/// The accelerator of a configuration as one Verilog text, with multipliers of this kind.
///
/// # Errors
/// If there is no accelerator of that configuration, or it cannot be exported.
pub fn verilog(config: &Config, kind: MultKind) -> Result<String> {
    Ok(modules(config)?.source_with(mult18_verilog(kind)))
}

/// The accelerator of a configuration as a simulation to be built, with the fastest multipliers.
///
/// # Errors
/// If there is no accelerator of that configuration, or it cannot be exported.
pub fn model(config: &Config) -> Result<Model> {
    let model = with_accelerator!(config, accelerator => Model::of(&mut accelerator, TOP));
    Ok(model.ok_or_else(|| unknown(config))??.extra_verilog(mult18_verilog(MultKind::Portable)))
}

glue! { [
    const T: usize,
    const FAW: usize,
    const LAW: usize,
    const WAW: usize,
    const PAW: usize,
    const OAW: usize,
    const TAPS: usize,
    const SAW: usize,
    const CAW: usize,
    const GAW: usize,
    const HAW: usize
] Accelerator<T, FAW, LAW, WAW, PAW, OAW, TAPS, SAW, CAW, GAW, HAW>; self => {
    wire!(self.{controller, loader, compute, storer, arbiter} <- self: clock);
    wire!(self.{controller, arbiter} <- self: reset);
    wire!(self.{loader, compute} <- self.controller: reset = restart);
    wire!(self.storer <- self.controller: reset = restart, clear = restart);
    wire!(self.{loader, storer} <- self.controller: cancel);
    // host port
    wire!(self.controller <- self: req_valid, req_write, req_addr, req_data, resp_ready);
    wire!(self <- self.controller: req_ready, resp_valid, resp_data, busy, error);
    // commands
    wire!(self.loader.start, self.controller.load_start);
    wire!(self.compute.start, self.controller.compute_start);
    wire!(self.storer.start, self.controller.store_start);
    for i in 0..LoadDesc::FIELDS.len() {
        wire!(self.loader.field[i], self.controller.load_field[i]);
    }
    for i in 0..ComputeDesc::FIELDS.len() {
        wire!(self.compute.field[i], self.controller.compute_field[i]);
    }
    for i in 0..StoreDesc::FIELDS.len() {
        wire!(self.storer.field[i], self.controller.store_field[i]);
    }
    wire!(self.controller <- self.loader: load_ready = ready, load_done = done, load_bad = bad);
    wire!(self.controller <- self.compute: compute_ready = ready, compute_done = done, compute_bad = bad);
    wire!(self.controller <- self.storer: store_ready = ready, store_done = done, store_bad = bad);
    // load engine to buffers
    wire!(self.compute <- self.loader: feature_we, loss_we, weight_we);
    wire!(self.compute <- self.loader: feature_waddr = waddr, loss_waddr = waddr, weight_waddr = waddr);
    for i in 0..T {
        wire!(self.compute <- self.loader: feature_wdata[i] = wdata[i], loss_wdata[i] = wdata[i]);
        wire!(self.compute <- self.loader: weight_wdata[i] = wdata[i]);
    }
    wire!(self.storer <- self.loader: operand_we, operand_waddr, operand_wdata);
    // tiles that the store engine hands on to the load engine
    wire!(self.loader <- self.storer: handover_we, handover_waddr, handover_wdata);
    // partial sums to the store engine
    wire!(self.compute.p_addr, self.storer.p_addr);
    for i in 0..T {
        wire!(self.storer.p_data[i], self.compute.p_data[i]);
    }
    // registers and counters
    for i in 0..HYPERPARAMETERS.len() {
        wire!(self.storer.hyper[i], self.controller.hyper[i]);
    }
    wire!(self.controller <- self.storer: loss_sum, mean_loss, correct);
    wire!(self.controller <- self.compute: phase, stream_active, wait_stationary, wait_hazard);
    wire!(self.controller <- self.loader: word_read = words_read, burst_read = burst_issued);
    wire!(self.controller <- self.storer: word_written = words_written, burst_written = burst_issued);
    wire!(self.controller <- self.storer: overflow_set[1] = overflow_set, overflow_tag[1] = overflow_tag);
    wire!(self.controller <- self.compute: overflow_set[0] = overflow_set, overflow_tag[0] = overflow_tag);
    // memory
    wire!(self.arbiter <- self.loader: load_cmd_valid = cmd_valid, load_cmd_addr = cmd_addr);
    wire!(self.arbiter <- self.loader: load_cmd_len = cmd_len, load_data_ready = data_ready);
    wire!(self.loader <- self.arbiter: cmd_ready = load_cmd_ready, data_valid = load_data_valid);
    wire!(self.loader <- self.arbiter: data = load_data);
    wire!(self.arbiter <- self.storer: store_cmd_valid = cmd_valid, store_cmd_addr = cmd_addr);
    wire!(self.arbiter <- self.storer: store_cmd_len = cmd_len, store_data_valid = data_valid);
    wire!(self.arbiter <- self.storer: store_data = data);
    wire!(self.storer <- self.arbiter: cmd_ready = store_cmd_ready, data_ready = store_data_ready);
    wire!(self.arbiter <- self.controller: fetch_cmd_valid, fetch_cmd_addr, fetch_cmd_len, fetch_urgent);
    wire!(self.controller <- self.arbiter: fetch_cmd_ready, fetch_data_valid, fetch_data);
    wire!(self.arbiter <- self: cmd_ready, wdata_ready, rdata_valid, rdata);
    wire!(self.controller.memory_idle, self.arbiter.idle);
    wire!(self <- self.arbiter: cmd_valid, cmd_write, cmd_addr, cmd_len, wdata_valid, wdata, rdata_ready);
}}
