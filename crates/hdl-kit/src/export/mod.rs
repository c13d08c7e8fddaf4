//! Verilog of a block, as a person would have written it: one module per design, not one per instance, with
//! readable names.
//!
//! rust-hdl emits one module per instance, named by its instance path (`top$row$3$mul$0`). [`verilog`] merges
//! modules that are equal after their children have been merged, and renames them: `ef_dff_32`, `ef_mac_row`,
//! `ef_mul_2`.
mod clocks;
mod constants;
mod merge;
mod name;
mod parse;

pub(crate) use name::BLOCK_MARK;

use anyhow::{Result, anyhow, bail};
use rust_hdl::core::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// One Verilog module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Its name.
    pub name: String,
    /// Its whole text, from the comment or attribute before `module` to `endmodule`.
    pub text: String,
}

/// An exported design.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verilog {
    /// The name of the top module.
    pub top: String,
    /// The modules, top first, each parent before its children.
    pub modules: Vec<Module>,
    /// Declarations of modules the design uses and does not define (vendor primitives), each once.
    pub vendor: Vec<Module>,
}

/// The prefix of every module name but the top's.
pub const PREFIX: &str = "ef_";

/// Exports `block` with [`PREFIX`] before module names; the top module is called `top`.
///
/// # Errors
/// If a check of rust-hdl fails (an unconnected signal, a logic loop, a write to an input).
pub fn verilog<B: Block>(block: &mut B, top: &str) -> Result<Verilog> {
    verilog_with_prefix(block, top, PREFIX)
}

/// [`verilog`] with another prefix.
///
/// # Errors
/// As [`verilog`].
pub fn verilog_with_prefix<B: Block>(block: &mut B, top: &str, prefix: &str) -> Result<Verilog> {
    block.connect_all();
    check_all(block).map_err(|error| anyhow!("rust-hdl refuses `{top}`: {}", explain(&error)))?;
    let mut defines = ModuleDefines::default();
    // a root name that no instance has: module names must not collide with signal names
    block.accept(ROOT, &mut defines);
    let parsed = parse::modules(&defines.defines())?;
    let (own, vendor): (Vec<_>, Vec<_>) =
        parsed.into_iter().partition(|module| is_instance_path(&module.name));
    let mut modules = merge::merge(own, ROOT, top, prefix)?;
    for module in &mut modules {
        module.text = constants::direct(&clocks::direct(&module.text));
    }
    Ok(Verilog { top: top.into(), modules, vendor: unique(vendor)? })
}

const ROOT: &str = "ef__root";

fn is_instance_path(name: &str) -> bool {
    name.strip_prefix(ROOT).is_some_and(|rest| rest.is_empty() || rest.starts_with('$'))
}

/// One copy of each; two different declarations under one name are an error.
fn unique(modules: Vec<Module>) -> Result<Vec<Module>> {
    let mut by_name: BTreeMap<String, Module> = BTreeMap::new();
    for module in modules {
        if let Some(other) = by_name.get(&module.name)
            && other.text.trim() != module.text.trim()
        {
            bail!("vendor module `{}` is declared twice, differently", module.name);
        }
        by_name.insert(module.name.clone(), module);
    }
    Ok(by_name.into_values().collect())
}

fn explain(error: &rust_hdl::core::check_error::CheckError) -> String {
    use rust_hdl::core::check_error::CheckError as E;
    let list = |names: Vec<String>| {
        let mut names = names;
        names.sort();
        names.join(", ")
    };
    match error {
        E::OpenSignal(open) => {
            let names = open.values().map(|s| format!("{}.{}", s.path, s.name)).collect();
            format!("nothing drives {}", list(names))
        }
        E::LogicLoops(loops) => {
            let names = loops.iter().map(|s| format!("{}.{}", s.path, s.name)).collect();
            format!("read before being assigned in the same body (move the assignment up): {}", list(names))
        }
        E::WritesToInputs(writes) => {
            let names = writes.iter().map(|s| format!("{}.{}", s.path, s.name)).collect();
            format!("a block writes its own input: {}", list(names))
        }
    }
}

impl Verilog {
    /// The whole design as one text.
    pub fn source(&self) -> String {
        self.source_with("")
    }

    /// The whole design followed by `extra` Verilog, which defines vendor modules; declarations of the ones
    /// it defines are left out.
    pub fn source_with(&self, extra: &str) -> String {
        let defined = parse::module_names(extra);
        let vendor = self.vendor.iter().filter(|module| !defined.contains(&module.name));
        let texts: Vec<&str> =
            self.modules.iter().chain(vendor).map(|module| module.text.trim_end()).collect();
        let mut source = texts.join("\n\n");
        source.push('\n');
        if !extra.trim().is_empty() {
            source.push('\n');
            source.push_str(extra.trim_end());
            source.push('\n');
        }
        source
    }

    /// How many instances of the module `leaf` the whole design has.
    pub fn instances(&self, leaf: &str) -> usize {
        self.instances_in(&self.top, leaf, &mut BTreeMap::new())
    }

    fn instances_in<'a>(&'a self, name: &'a str, leaf: &str, known: &mut BTreeMap<&'a str, usize>) -> usize {
        if let Some(count) = known.get(name) {
            return *count;
        }
        let Some(module) = self.modules.iter().find(|module| module.name == name) else { return 0 };
        // an instance is a line that begins with its module's name
        let first_words = module.text.lines().filter_map(|line| line.split_whitespace().next());
        let count =
            first_words.map(|word| if word == leaf { 1 } else { self.instances_in(word, leaf, known) }).sum();
        known.insert(name, count);
        count
    }

    /// Writes one file per module, named after it, into `dir`; gives the files' paths, top first.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write_files(&self, dir: &Path) -> Result<Vec<PathBuf>> {
        std::fs::create_dir_all(dir)?;
        let write = |module: &Module| {
            let path = dir.join(format!("{}.v", module.name));
            std::fs::write(&path, format!("{}\n", module.text.trim_end()))?;
            Ok(path)
        };
        self.modules.iter().chain(&self.vendor).map(write).collect()
    }
}
