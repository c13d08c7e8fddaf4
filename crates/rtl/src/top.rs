//! The accelerator: controller, three engines, one memory port, one host port.
use crate::arith::mult18::{MultKind, mult18_verilog};
use crate::control::Controller;
use crate::kernel::{ComputeEngine, PSUM_READ_LATENCY};
use crate::load::LoadEngine;
use crate::memory::Arbiter;
use crate::store::StoreEngine;
use anyhow::Result;
use ef_hdl_kit::export::{self, Verilog};
use ef_hdl_kit::glue;
use ef_hdl_kit::vsim::Model;
pub use ef_program::load::scratch_banks;
use ef_program::{ComputeDesc, Config, Descriptor, LoadDesc, StoreDesc};
pub use ef_program::{config, for_each_configuration};
use rust_hdl::prelude::*;

/// log2 of the most classes a SOFTMAX can have.
pub const SOFTMAX_AW: usize = 10;

/// T x T lanes; address widths of feature, loss, weight and partial-sum buffers (vectors), operand RAM, scratch and code RAMs
/// (words), program buffer (instructions), hand-over RAM (words).
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
#[derive(LogicBlock)]
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
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub req_valid: Signal<In, Bit>,
    pub req_ready: Signal<Out, Bit>,
    pub req_write: Signal<In, Bit>,
    pub req_addr: Signal<In, Bits<8>>,
    pub req_data: Signal<In, Bits<32>>,
    pub resp_valid: Signal<Out, Bit>,
    pub resp_ready: Signal<In, Bit>,
    pub resp_data: Signal<Out, Bits<32>>,
    pub cmd_valid: Signal<Out, Bit>,
    pub cmd_ready: Signal<In, Bit>,
    pub cmd_write: Signal<Out, Bit>,
    pub cmd_addr: Signal<Out, Bits<32>>,
    pub cmd_len: Signal<Out, Bits<16>>,
    pub wdata_valid: Signal<Out, Bit>,
    pub wdata_ready: Signal<In, Bit>,
    pub wdata: Signal<Out, Bits<32>>,
    pub rdata_valid: Signal<In, Bit>,
    pub rdata_ready: Signal<Out, Bit>,
    pub rdata: Signal<In, Bits<32>>,
    pub busy: Signal<Out, Bit>,
    pub error: Signal<Out, Bit>,
    controller: Controller<GAW>,
    loader: LoadEngine<T, TAPS, SAW, CAW, HAW>,
    kernel: ComputeEngine<T, FAW, LAW, WAW, PAW>,
    storer: StoreEngine<T, OAW, CAW, SOFTMAX_AW, PSUM_READ_LATENCY>,
    arbiter: Arbiter,
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
/// use ef_program::config;
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
pub fn modules(config: &Config) -> Result<Verilog> {
    with_accelerator!(config, accelerator => export::verilog(&mut accelerator, TOP))
        .ok_or_else(|| unknown(config))?
}

/// The accelerator of a configuration as one Verilog text, with multipliers of this kind.
pub fn verilog(config: &Config, kind: MultKind) -> Result<String> {
    Ok(modules(config)?.source_with(mult18_verilog(kind)))
}

/// The accelerator of a configuration as a simulation to be built, with the fastest multipliers.
pub fn model(config: &Config) -> Result<Model> {
    let model = with_accelerator!(config, accelerator => Model::of(&mut accelerator, TOP));
    Ok(model.ok_or_else(|| unknown(config))??.extra_verilog(mult18_verilog(MultKind::Portable)))
}

impl<
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
> Default for Accelerator<T, FAW, LAW, WAW, PAW, OAW, TAPS, SAW, CAW, GAW, HAW>
{
    fn default() -> Self {
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
        Self {
            clock: Default::default(),
            reset: Default::default(),
            req_valid: Default::default(),
            req_ready: Default::default(),
            req_write: Default::default(),
            req_addr: Default::default(),
            req_data: Default::default(),
            resp_valid: Default::default(),
            resp_ready: Default::default(),
            resp_data: Default::default(),
            cmd_valid: Default::default(),
            cmd_ready: Default::default(),
            cmd_write: Default::default(),
            cmd_addr: Default::default(),
            cmd_len: Default::default(),
            wdata_valid: Default::default(),
            wdata_ready: Default::default(),
            wdata: Default::default(),
            rdata_valid: Default::default(),
            rdata_ready: Default::default(),
            rdata: Default::default(),
            busy: Default::default(),
            error: Default::default(),
            controller: Controller::new(&parameters),
            loader: Default::default(),
            kernel: Default::default(),
            storer: Default::default(),
            arbiter: Default::default(),
        }
    }
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
    wire!(self.controller.clock, self.clock);
    wire!(self.loader.clock, self.clock);
    wire!(self.kernel.clock, self.clock);
    wire!(self.storer.clock, self.clock);
    wire!(self.arbiter.clock, self.clock);
    wire!(self.controller.reset, self.reset);
    wire!(self.arbiter.reset, self.reset);
    wire!(self.loader.reset, self.controller.restart);
    wire!(self.kernel.reset, self.controller.restart);
    wire!(self.storer.reset, self.controller.restart);
    wire!(self.storer.clear, self.controller.restart);
    wire!(self.loader.cancel, self.controller.cancel);
    wire!(self.storer.cancel, self.controller.cancel);
    // host port
    wire!(self.controller.req_valid, self.req_valid);
    wire!(self.controller.req_write, self.req_write);
    wire!(self.controller.req_addr, self.req_addr);
    wire!(self.controller.req_data, self.req_data);
    wire!(self.controller.resp_ready, self.resp_ready);
    wire!(self.req_ready, self.controller.req_ready);
    wire!(self.resp_valid, self.controller.resp_valid);
    wire!(self.resp_data, self.controller.resp_data);
    wire!(self.busy, self.controller.busy);
    wire!(self.error, self.controller.error);
    // commands
    wire!(self.loader.start, self.controller.load_start);
    wire!(self.kernel.start, self.controller.compute_start);
    wire!(self.storer.start, self.controller.store_start);
    for i in 0..LoadDesc::FIELDS.len() {
        wire!(self.loader.field[i], self.controller.load_field[i]);
    }
    for i in 0..ComputeDesc::FIELDS.len() {
        wire!(self.kernel.field[i], self.controller.compute_field[i]);
    }
    for i in 0..StoreDesc::FIELDS.len() {
        wire!(self.storer.field[i], self.controller.store_field[i]);
    }
    wire!(self.controller.load_ready, self.loader.ready);
    wire!(self.controller.load_done, self.loader.done);
    wire!(self.controller.load_bad, self.loader.bad);
    wire!(self.controller.compute_ready, self.kernel.ready);
    wire!(self.controller.compute_done, self.kernel.done);
    wire!(self.controller.compute_bad, self.kernel.bad);
    wire!(self.controller.store_ready, self.storer.ready);
    wire!(self.controller.store_done, self.storer.done);
    wire!(self.controller.store_bad, self.storer.bad);
    // load engine to buffers
    wire!(self.kernel.feature_we, self.loader.feature_we);
    wire!(self.kernel.loss_we, self.loader.loss_we);
    wire!(self.kernel.weight_we, self.loader.weight_we);
    wire!(self.kernel.feature_waddr, self.loader.waddr);
    wire!(self.kernel.loss_waddr, self.loader.waddr);
    wire!(self.kernel.weight_waddr, self.loader.waddr);
    for i in 0..T {
        wire!(self.kernel.feature_wdata[i], self.loader.wdata[i]);
        wire!(self.kernel.loss_wdata[i], self.loader.wdata[i]);
        wire!(self.kernel.weight_wdata[i], self.loader.wdata[i]);
    }
    wire!(self.storer.operand_we, self.loader.operand_we);
    wire!(self.storer.operand_waddr, self.loader.operand_waddr);
    wire!(self.storer.operand_wdata, self.loader.operand_wdata);
    // tiles that the store engine hands on to the load engine
    wire!(self.loader.handover_we, self.storer.handover_we);
    wire!(self.loader.handover_waddr, self.storer.handover_waddr);
    wire!(self.loader.handover_wdata, self.storer.handover_wdata);
    // partial sums to the store engine
    wire!(self.kernel.p_addr, self.storer.p_addr);
    for i in 0..T {
        wire!(self.storer.p_data[i], self.kernel.p_data[i]);
    }
    // registers and counters
    wire!(self.storer.learning_rate, self.controller.learning_rate);
    wire!(self.storer.momentum, self.controller.momentum);
    wire!(self.storer.weight_decay, self.controller.weight_decay);
    wire!(self.storer.inv_batch, self.controller.inv_batch);
    wire!(self.controller.loss_sum, self.storer.loss_sum);
    wire!(self.controller.mean_loss, self.storer.mean_loss);
    wire!(self.controller.correct, self.storer.correct);
    wire!(self.controller.phase, self.kernel.phase);
    wire!(self.controller.stream_active, self.kernel.stream_active);
    wire!(self.controller.wait_stationary, self.kernel.wait_stationary);
    wire!(self.controller.wait_hazard, self.kernel.wait_hazard);
    wire!(self.controller.word_read, self.loader.words_read);
    wire!(self.controller.burst_read, self.loader.burst_issued);
    wire!(self.controller.word_written, self.storer.words_written);
    wire!(self.controller.burst_written, self.storer.burst_issued);
    wire!(self.controller.overflow_set[0], self.kernel.overflow_set);
    wire!(self.controller.overflow_tag[0], self.kernel.overflow_tag);
    wire!(self.controller.overflow_set[1], self.storer.overflow_set);
    wire!(self.controller.overflow_tag[1], self.storer.overflow_tag);
    // memory
    wire!(self.arbiter.load_cmd_valid, self.loader.cmd_valid);
    wire!(self.arbiter.load_cmd_addr, self.loader.cmd_addr);
    wire!(self.arbiter.load_cmd_len, self.loader.cmd_len);
    wire!(self.arbiter.load_data_ready, self.loader.data_ready);
    wire!(self.loader.cmd_ready, self.arbiter.load_cmd_ready);
    wire!(self.loader.data_valid, self.arbiter.load_data_valid);
    wire!(self.loader.data, self.arbiter.load_data);
    wire!(self.arbiter.store_cmd_valid, self.storer.cmd_valid);
    wire!(self.arbiter.store_cmd_addr, self.storer.cmd_addr);
    wire!(self.arbiter.store_cmd_len, self.storer.cmd_len);
    wire!(self.arbiter.store_data_valid, self.storer.data_valid);
    wire!(self.arbiter.store_data, self.storer.data);
    wire!(self.storer.cmd_ready, self.arbiter.store_cmd_ready);
    wire!(self.storer.data_ready, self.arbiter.store_data_ready);
    wire!(self.arbiter.fetch_cmd_valid, self.controller.fetch_cmd_valid);
    wire!(self.arbiter.fetch_cmd_addr, self.controller.fetch_cmd_addr);
    wire!(self.arbiter.fetch_cmd_len, self.controller.fetch_cmd_len);
    wire!(self.arbiter.fetch_urgent, self.controller.fetch_urgent);
    wire!(self.controller.fetch_cmd_ready, self.arbiter.fetch_cmd_ready);
    wire!(self.controller.fetch_data_valid, self.arbiter.fetch_data_valid);
    wire!(self.controller.fetch_data, self.arbiter.fetch_data);
    wire!(self.arbiter.cmd_ready, self.cmd_ready);
    wire!(self.arbiter.wdata_ready, self.wdata_ready);
    wire!(self.arbiter.rdata_valid, self.rdata_valid);
    wire!(self.arbiter.rdata, self.rdata);
    wire!(self.controller.memory_idle, self.arbiter.idle);
    wire!(self.cmd_valid, self.arbiter.cmd_valid);
    wire!(self.cmd_write, self.arbiter.cmd_write);
    wire!(self.cmd_addr, self.arbiter.cmd_addr);
    wire!(self.cmd_len, self.arbiter.cmd_len);
    wire!(self.wdata_valid, self.arbiter.wdata_valid);
    wire!(self.wdata, self.arbiter.wdata);
    wire!(self.rdata_ready, self.arbiter.rdata_ready);
}}
