//! What the code of a block can name.
use rust_hdl::core::ast::VerilogBlock;
use std::collections::{HashMap, HashSet};

/// A signal as its block's code sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signal {
    pub bits: usize,
    pub signed: bool,
}

/// What the code of one block can name.
#[derive(Default)]
pub(super) struct Scope {
    pub name: String,
    pub namespace: Vec<String>,
    pub code: Option<VerilogBlock>,
    /// Signals under their Verilog names, those of submodules as `instance$port`.
    pub signals: HashMap<String, Signal>,
    /// Values of enumerations, such as `State$Idle`.
    pub constants: HashSet<String>,
}
