//! Tests that run one module each in lockstep with its Verilog, all of a file against one Verilated model.
//!
//! Compiling a model takes about a second, however small the module is. So the modules of a file lie side by
//! side in one model, and each test uses its own copy of it and its own part.

use anyhow::{Context, Result};
use ef_hdl_kit::export::{Module, Verilog, verilog_with_prefix};
use ef_hdl_kit::vsim::Model;
use ef_hdl_kit::{Lockstep, Port, ports};
use rust_hdl::core::prelude::Block;
use std::fmt::Write;

/// Tests of modules against their Verilog; a test has the name of its module.
///
/// First the Verilog of vendor primitives (or `""`), then each test: its name, its cycles, the block, and the
/// closure that drives it as in [`lockstep!`](ef_hdl_kit::lockstep).
///
/// ```text
/// group! {
///     "";
///     counter[1000]: Counter::default() => |b, rng| drive!(b, rng; one_in(20): load; below(6): n);
///     order_key[comb 500]: OrderKey::default() => |b, rng| drive!(b, rng; word(): word);
///     tokens[run 6000]: Tokens::default() => |run| {
///         let mut expected = 0;
///         run.check(|b, rng| { /* drives and asserts */ });
///         assert!(expected > 100);
///     };
///     adder[200; constant("overflow", "of such small sums")]: Adder::default() => |b, rng| { /* ... */ };
/// }
/// ```
///
/// `comb` is for a block without a clock; `run` gives the closure the [`Lockstep`] to check; behind `;` stand
/// further calls to [`Lockstep`].
#[macro_export]
macro_rules! group {
    (@run [comb $cycles:literal $($option:tt)*] $run:expr, $drive:expr) => {
        $crate::group!(@options [$($option)*] $run.cycles($cycles)).check($drive)
    };
    (@run [run $cycles:literal $($option:tt)*] $run:expr, $body:expr) => {
        $crate::with(
            $crate::group!(@options [$($option)*] $crate::group!(@clock $run).cycles($cycles)),
            $body,
        )
    };
    (@run [$cycles:literal $($option:tt)*] $run:expr, $drive:expr) => {
        $crate::group!(@options [$($option)*] $crate::group!(@clock $run).cycles($cycles)).check($drive)
    };
    (@clock $run:expr) => { $run.clock(|block, level| block.clock.next = level.into()) };
    (@options [$(; $option:ident $arguments:tt)*] $run:expr) => { $run$(.$option $arguments)* };
    ($extra:expr; $($(#[$meta:meta])* $name:ident [$($how:tt)+]: $block:expr => $body:expr;)+) => {
        /// The model of all blocks of this file.
        fn group() -> &'static $crate::Group {
            static GROUP: std::sync::OnceLock<$crate::Group> = std::sync::OnceLock::new();
            GROUP.get_or_init(|| {
                $crate::Group::new($extra, |parts| {
                    $(parts.add(stringify!($name), $block)?;)+
                    Ok(())
                })
            })
        }

        $(
            $(#[$meta])*
            #[test]
            fn $name() {
                $crate::group!(@run [$($how)+] group().lockstep(stringify!($name), $block), $body);
            }
        )+
    };
}

/// Calls `body` with `run`; the closure's argument gets its type from here.
#[doc(hidden)]
pub fn with<B>(run: Lockstep<B>, body: impl FnOnce(Lockstep<B>)) {
    body(run);
}

/// Blocks as one model.
pub struct Group {
    /// `None` if it does not build: then each test builds its block alone, and only those fail that must.
    model: Option<Model>,
    extra_verilog: String,
}

/// The blocks of a [`Group`], one by one.
#[derive(Default)]
pub struct Parts {
    modules: Vec<Module>,
    vendor: Vec<Module>,
    ports: Vec<Port>,
    instances: String,
}

impl Parts {
    /// Adds a block, whose ports become `name$port`.
    ///
    /// # Errors
    /// If the block does not export.
    pub fn add<B: Block>(&mut self, name: &str, mut block: B) -> Result<()> {
        let module = format!("part_{name}");
        let design = verilog_with_prefix(&mut block, &module, &format!("{name}_")).context(module.clone())?;
        self.modules.extend(design.modules);
        for vendor in design.vendor {
            if !self.vendor.contains(&vendor) {
                self.vendor.push(vendor);
            }
        }
        let ports = ports(&block);
        let pins: Vec<String> =
            ports.iter().map(|Port { name: port, .. }| format!(".{port}({name}${port})")).collect();
        writeln!(self.instances, "  {module} {name}_({});", pins.join(", "))?;
        self.ports
            .extend(ports.into_iter().map(|port| Port { name: format!("{name}${}", port.name), ..port }));
        Ok(())
    }

    fn model(mut self, extra_verilog: &str) -> Model {
        let port = |Port { name, bits, input }: &Port| {
            format!("  {} [{}:0] {name}", if *input { "input" } else { "output" }, bits - 1)
        };
        let header: Vec<String> = self.ports.iter().map(port).collect();
        let text = format!("module group(\n{});\n{}endmodule", header.join(",\n"), self.instances);
        self.modules.insert(0, Module { name: "group".into(), text });
        let design = Verilog { top: "group".into(), modules: self.modules, vendor: self.vendor };
        Model::from_verilog("group", &design.source_with(extra_verilog), &self.ports)
    }
}

impl Group {
    /// The blocks that `add` adds, and Verilog of vendor primitives.
    pub fn new(extra_verilog: &str, add: impl FnOnce(&mut Parts) -> Result<()>) -> Group {
        let mut parts = Parts::default();
        let model = add(&mut parts).map(|()| parts.model(extra_verilog));
        let built = model.and_then(|model| model.library().map(|_| model));
        let model = built.inspect_err(|error| eprintln!("the modules do not build as one: {error:#}")).ok();
        Group { model, extra_verilog: extra_verilog.into() }
    }

    /// A run of a block that was added under this name, from a seed that depends on the name.
    ///
    /// # Panics
    /// If the model cannot be loaded.
    pub fn lockstep<B: Block>(&self, name: &str, block: B) -> Lockstep<B> {
        let seed = name.bytes().fold(0, |seed: u64, byte| seed.wrapping_mul(31) + u64::from(byte));
        let run = Lockstep::new(block).seed(seed);
        match &self.model {
            Some(model) => {
                let model = model.clone().build().expect("the model was built before");
                run.shared(model, &format!("{name}$"))
            }
            None => run.extra_verilog(&self.extra_verilog),
        }
    }
}
