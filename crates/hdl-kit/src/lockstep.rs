//! A block and its exported Verilog, run side by side.
use crate::lint::lint;
use crate::ports::{Port, ports, visit_ports, words_of};
use crate::vsim::{Model, PortId, Vsim};
use anyhow::{Context, Result, bail, ensure};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rust_hdl::core::prelude::*;

/// Runs a block and its Verilog side by side; panics at the first cycle in which an output differs.
///
/// In each cycle, with the clock low, the closure sets inputs of the block (`b.x.next = ...`) from a random
/// number generator or as it likes; the same values go to the Verilog; outputs are compared, and again after
/// the rising clock edge. The closure may also read outputs (`b.y.val()`), which show the cycle before, and
/// assert on them. The test also fails if [`lint`](crate::lint()) or Verilator finds anything, and if an
/// output never changed: nothing has been compared there. An output that cannot change is declared by
/// [`constant`](crate::Lockstep::constant).
///
/// ```
/// use ef_hdl_kit::lockstep;
/// use ef_hdl_kit::rand::Rng;
/// use rust_hdl::prelude::*;
///
/// #[derive(LogicBlock, Default)]
/// struct Accumulator {
///     pub clock: Signal<In, Clock>,
///     pub x: Signal<In, Bits<8>>,
///     pub sum: Signal<Out, Bits<8>>,
///     acc: DFF<Bits<8>>,
/// }
///
/// impl Logic for Accumulator {
///     #[hdl_gen]
///     fn update(&mut self) {
///         dff_setup!(self, clock, acc);
///         self.acc.d.next = self.acc.q.val() + self.x.val();
///         self.sum.next = self.acc.q.val();
///     }
/// }
///
/// lockstep!(Accumulator::default(), "", 1, 1000, |b, rng| b.x.next = rng.random_range(0..256u64).into());
/// ```
///
/// The arguments are the block, Verilog to append (models of vendor primitives, or `""`), a seed, the number
/// of cycles and the closure. Write `lockstep!(comb: ...)` for a block without a `clock` port. [`Lockstep`]
/// has more options and returns errors.
#[macro_export]
macro_rules! lockstep {
    (comb: $block:expr, $extra:expr, $seed:expr, $cycles:expr, $drive:expr $(,)?) => {{
        let test = $crate::Lockstep::new($block).extra_verilog($extra).seed($seed).cycles($cycles);
        test.check($drive)
    }};
    ($block:expr, $extra:expr, $seed:expr, $cycles:expr, $drive:expr $(,)?) => {{
        let test = $crate::Lockstep::new($block).extra_verilog($extra).seed($seed).cycles($cycles);
        test.clock(|block, level| block.clock.next = level.into()).check($drive)
    }};
}

/// The options of a [`lockstep!`] run.
pub struct Lockstep<B> {
    block: B,
    extra_verilog: String,
    seed: u64,
    cycles: u64,
    settle: usize,
    clock: Option<fn(&mut B, bool)>,
    constant: Vec<Constant>,
    shared: Option<(Vsim, String)>,
}

/// An output that a test declares never to change.
struct Constant {
    output: String,
    why: String,
}

impl Constant {
    /// Whether `port` is the output or an element of it.
    fn names(&self, port: &str) -> bool {
        port.strip_prefix(&self.output).is_some_and(|rest| rest.is_empty() || rest.starts_with('$'))
    }
}

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Clock cycles run.
    pub cycles: u64,
    /// Outputs compared in each cycle.
    pub outputs: usize,
}

impl<B: Block> Lockstep<B> {
    /// A run of 1000 cycles from seed 0, without a clock.
    pub fn new(block: B) -> Self {
        Lockstep {
            block,
            extra_verilog: String::new(),
            seed: 0,
            cycles: 1000,
            settle: 1000,
            clock: None,
            constant: Vec::new(),
            shared: None,
        }
    }

    /// Verilog to append, such as simulation models of vendor primitives.
    pub fn extra_verilog(mut self, text: &str) -> Self {
        self.extra_verilog.push_str(text);
        self
    }

    /// The seed of the closure's random numbers.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// How many clock cycles to run.
    pub fn cycles(mut self, cycles: u64) -> Self {
        self.cycles = cycles;
        self
    }

    /// How many update rounds the block may take to settle (1000 if not set): a deep hierarchy needs one per
    /// level and path.
    pub fn settle(mut self, rounds: usize) -> Self {
        self.settle = rounds;
        self
    }

    /// How to set the block's clock, which must be called `clock`.
    pub fn clock(mut self, set: fn(&mut B, bool)) -> Self {
        self.clock = Some(set);
        self
    }

    /// Declares that `output` never changes, and why. An array's name stands for all its elements, `x$0` for
    /// one. The run fails if the block has no such output, or if it changes.
    pub fn constant(mut self, output: &str, why: &str) -> Self {
        self.constant.push(Constant { output: output.into(), why: why.into() });
        self
    }

    /// Compares with a model that is already built and in which `prefix` stands before the names of the
    /// block's ports, instead of building one of the block alone. Whoever builds it has checked the Verilog.
    pub fn shared(mut self, model: Vsim, prefix: &str) -> Self {
        self.shared = Some((model, prefix.into()));
        self
    }

    /// Runs, and panics with the cycle, the port, both values and the seed if the two disagree.
    ///
    /// # Panics
    /// On any failure: see [`run`](Lockstep::run).
    pub fn check(self, drive: impl FnMut(&mut B, &mut ChaCha8Rng)) -> Summary {
        match self.run(drive) {
            Ok(summary) => summary,
            Err(error) => panic!("{error:#}"),
        }
    }

    /// Runs, and gives an error if the two disagree, if a check on the block or its Verilog finds anything,
    /// or if an output did not change that is not declared constant.
    ///
    /// # Errors
    /// With the seed, the cycle, the ports and both values where the two disagree; with the names of the
    /// outputs that did not change; with what [`lint`](crate::lint()) or Verilator says.
    pub fn run(self, mut drive: impl FnMut(&mut B, &mut ChaCha8Rng)) -> Result<Summary> {
        let Lockstep { mut block, extra_verilog, seed, cycles, settle, clock, constant, shared } = self;
        let findings = lint(&block);
        ensure!(findings.is_empty(), "lint:\n  {}", findings.join("\n  "));
        let (verilog, prefix) = match shared {
            Some(shared) => {
                block.connect_all();
                shared
            }
            // also connects the block and runs rust-hdl's own checks
            None => (Model::of(&mut block, "top")?.extra_verilog(&extra_verilog).build()?, String::new()),
        };
        let mut pair = Pair::new(block, verilog, &prefix, settle);
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        for cycle in 0..cycles {
            let at = || format!("seed {seed}, cycle {cycle} of {cycles}");
            if let Some(set) = clock {
                set(&mut pair.block, false);
            }
            drive(&mut pair.block, &mut rng);
            pair.step().with_context(|| format!("{}, clock low", at()))?;
            if let Some(set) = clock {
                set(&mut pair.block, true);
                pair.step().with_context(|| format!("{}, after the rising edge", at()))?;
            }
        }
        pair.summary(cycles, &constant)
    }
}

/// The two simulations, and what has been seen of each output.
struct Pair<B> {
    block: B,
    verilog: Vsim,
    settle: usize,
    ports: Vec<(Port, PortId)>,
    first_seen: Vec<Option<Vec<u32>>>,
    changed: Vec<bool>,
}

impl<B: Block> Pair<B> {
    fn new(block: B, verilog: Vsim, prefix: &str, settle: usize) -> Self {
        let ports: Vec<_> = ports(&block)
            .into_iter()
            .map(|port| {
                let id = verilog.port(&format!("{prefix}{}", port.name));
                (port, id)
            })
            .collect();
        let count = ports.len();
        Pair { block, verilog, settle, ports, first_seen: vec![None; count], changed: vec![false; count] }
    }

    /// Settles the block, gives its inputs to the Verilog, settles that and compares all outputs.
    fn step(&mut self) -> Result<()> {
        ensure!(
            simulate(&mut self.block, self.settle),
            "the block does not settle in {} rounds: is there a combinational loop?",
            self.settle
        );
        let mut values = Vec::with_capacity(self.ports.len());
        visit_ports(&self.block, &mut |_, atom| values.push(words_of(atom)));
        for ((port, id), value) in self.ports.iter().zip(&values) {
            if port.input {
                self.verilog.set_words_id(*id, value);
            }
        }
        self.verilog.eval();
        let mut differences = Vec::new();
        for (i, ((port, id), value)) in self.ports.iter().zip(values).enumerate() {
            if port.input {
                continue;
            }
            let other = self.verilog.words_id(*id);
            if other != value {
                differences.push(format!("`{}`: rust {}, verilog {}", port.name, hex(&value), hex(&other)));
            }
            match &self.first_seen[i] {
                Some(first) => self.changed[i] |= *first != value,
                None => self.first_seen[i] = Some(value),
            }
        }
        if !differences.is_empty() {
            bail!("outputs differ: {}\ninputs: {}", differences.join("; "), self.inputs());
        }
        Ok(())
    }

    fn inputs(&self) -> String {
        let inputs = self.ports.iter().filter(|(port, _)| port.input);
        let shown: Vec<String> = inputs
            .map(|(port, id)| format!("{} = {}", port.name, hex(&self.verilog.words_id(*id))))
            .collect();
        shown.join(", ")
    }

    /// Checks that the outputs that did not change are the ones declared constant.
    fn summary(self, cycles: u64, constant: &[Constant]) -> Result<Summary> {
        let outputs = self.ports.iter().zip(&self.changed).filter(|((port, _), _)| !port.input);
        let outputs: Vec<(&str, bool)> =
            outputs.map(|((port, _), changed)| (port.name.as_str(), *changed)).collect();
        for declared in constant {
            let Constant { output, why } = declared;
            let mut of_it = outputs.iter().filter(|(port, _)| declared.names(port)).peekable();
            ensure!(of_it.peek().is_some(), "there is no output `{output}` to be constant ({why})");
            if let Some((port, _)) = of_it.find(|(_, changed)| *changed) {
                bail!("`{port}` is declared constant ({why}), but changed");
            }
        }
        let mut still = outputs.clone();
        still.retain(|(port, changed)| !changed && !constant.iter().any(|declared| declared.names(port)));
        let still: Vec<&str> = still.iter().map(|(port, _)| *port).collect();
        ensure!(
            still.is_empty(),
            "these outputs never changed in {cycles} cycles, so that nothing is compared there: {}",
            still.join(", ")
        );
        ensure!(outputs.iter().any(|(_, changed)| *changed), "no output changed: this test compares nothing");
        Ok(Summary { cycles, outputs: outputs.len() })
    }
}

fn hex(words: &[u32]) -> String {
    let mut digits: String = words.iter().rev().map(|word| format!("{word:08x}")).collect();
    let zeros = digits.len() - digits.trim_start_matches('0').len();
    digits.drain(..zeros.min(digits.len().saturating_sub(1)));
    format!("0x{digits}")
}
