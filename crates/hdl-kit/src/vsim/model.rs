//! What to build a simulation from.
use super::{Vsim, compile};
use crate::export::{self, Verilog};
use crate::ports::{Port, ports};
use anyhow::Result;
use rust_hdl::core::prelude::Block;
use std::path::PathBuf;

/// A description of a Verilated model: choose options, then [`build`](Model::build).
///
/// ```no_run
/// # fn of(mut block: rust_hdl::prelude::DFF<rust_hdl::prelude::Bits<8>>) -> anyhow::Result<()> {
/// use ef_hdl_kit::vsim::Model;
/// let mut sim = Model::of(&mut block, "top")?
///     .extra_cpp(r#"extern "C" uint64_t twice(uint64_t x) { return 2 * x; }"#)
///     .optimise("-O3")
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Model {
    pub(super) top: String,
    pub(super) ports: Vec<Port>,
    pub(super) extra_cpp: String,
    pub(super) trace: bool,
    pub(super) optimise: String,
    pub(super) verilator_args: Vec<String>,
    design: Verilog,
    extra_verilog: String,
}

impl Model {
    /// The exported Verilog of `block`, with `top` as the name of its top module.
    ///
    /// # Errors
    /// If the block cannot be exported.
    pub fn of<B: Block>(block: &mut B, top: &str) -> Result<Model> {
        let design = export::verilog(block, top)?;
        Ok(Model::new(design, ports(block)))
    }

    /// Any Verilog whose module `top` has `ports`.
    pub fn from_verilog(top: &str, source: &str, ports: &[Port]) -> Model {
        let module = export::Module { name: top.into(), text: source.into() };
        Model::new(Verilog { top: top.into(), modules: vec![module], vendor: Vec::new() }, ports.to_vec())
    }

    fn new(design: Verilog, ports: Vec<Port>) -> Model {
        Model {
            top: design.top.clone(),
            ports,
            extra_cpp: String::new(),
            trace: false,
            optimise: "-O1".into(),
            verilator_args: Vec::new(),
            design,
            extra_verilog: String::new(),
        }
    }

    /// Verilog to append, such as simulation models of vendor primitives.
    pub fn extra_verilog(mut self, text: &str) -> Model {
        self.extra_verilog.push_str(text);
        self
    }

    /// C++ to compile into the model; see [`Vsim::symbol`].
    pub fn extra_cpp(mut self, text: &str) -> Model {
        self.extra_cpp.push_str(text);
        self
    }

    /// Makes [`Vsim::trace`] possible, at some cost in speed and build time.
    pub fn trace(mut self, on: bool) -> Model {
        self.trace = on;
        self
    }

    /// The C++ compiler's optimisation flags; `-O1` if not set, which is right for short runs: at `-O3` the
    /// accelerator takes three times as long to compile.
    pub fn optimise(mut self, flags: &str) -> Model {
        self.optimise = flags.into();
        self
    }

    /// One more argument for Verilator, such as `--threads 2`, split at spaces.
    pub fn verilator_arg(mut self, arg: &str) -> Model {
        self.verilator_args.extend(arg.split_whitespace().map(String::from));
        self
    }

    /// The whole Verilog source.
    pub fn source(&self) -> String {
        self.design.source_with(&self.extra_verilog)
    }

    /// The compiled shared library, built if it is not in the cache.
    ///
    /// # Errors
    /// If Verilator or the C++ compiler is missing, or refuses the model.
    pub fn library(&self) -> Result<PathBuf> {
        compile::library(self)
    }

    /// The simulation, built if it is not in the cache.
    ///
    /// # Errors
    /// If Verilator or the C++ compiler is missing, or refuses the model.
    pub fn build(self) -> Result<Vsim> {
        Vsim::load(&self.library()?, &self.ports)
    }
}
