//! [`block!`]: what it is, and what its expansion needs for registers and for the block's doc comment.
use crate::export::BLOCK_MARK;
use rust_hdl::core::ast::{
    Verilog, VerilogBlockOrConditional, VerilogConditional, VerilogExpression, VerilogLiteral,
    VerilogStatement, Wrapper,
};
use rust_hdl::core::prelude::*;
use rust_hdl::core::timing::TimingInfo;
use rust_hdl::widgets::prelude::DFF;

/// Declares a block of hardware: a rust-hdl struct, its constructor and its place in a design, each field named once.
///
/// A group is a keyword, names, and a type; several groups may stand in a line.
///
/// | group | what it declares |
/// |---|---|
/// | `in a, b: Bit`, `out y: Bits<8>`, `inout pin: Bit` | ports, public |
/// | `net sum: Bits<9>` | a signal inside |
/// | `reg count: Bits<8>` | a register on `self.clock`; it holds where nothing is assigned to `d` |
/// | `reg(reset) count: Bits<8>` | the same; while the signal `reset` is high `d` is 0, whatever else is assigned |
/// | `reg count => y: Bits<8>` | the same; the port `y` shows its value |
/// | `out pulse done: Bit`, `net pulse ...`, `reg pulse ...` | 0 in every cycle in which nothing is assigned |
/// | `const limit: Bits<8> = 200` | a constant, any expression of the generics and parameters; keeps its width in Verilog |
/// | `timer: Timer<4>` | a part: another block, or anything else that rust-hdl takes |
/// | `bank: Vec<Bank> = vec_of(T)` | a part, or signals, with a value of their own |
///
/// A type may be an array or a `Vec` (`in x: [Bit; 4]`, `reg y: Vec<Bits<8>> = vec_of(T)`). Before the groups, `let`, `if`
/// and macros such as `assert!` run when the block is made. A block has a `Default`; with parameters behind its generics
/// (`struct Delay<D: Synth>(stages: usize) { ... }`, also `-> Result<Self>`) it has `new` instead.
///
/// What the block does is an `impl Logic` with `#[hdl_gen]`, or [`glue!`](crate::glue). Its name and the first sentence of
/// its doc comment go into the Verilog: `// Count: Counts to a limit` above `module ef_count`.
///
/// ```
/// use ef_hdl_kit::block;
/// use rust_hdl::prelude::*;
///
/// block! {
///     /// Counts to a limit, then says so.
///     pub struct Count<const LIMIT: usize> {
///         in clock: Clock,
///         in reset, step: Bit,
///         out value: Bits<8>, out pulse full: Bit,
///         reg(reset) count => value: Bits<8>,
///         const one: Bits<8> = 1, const last: Bits<8> = LIMIT as u64 - 1,
///     }
/// }
///
/// impl<const LIMIT: usize> Logic for Count<LIMIT> {
///     #[hdl_gen]
///     fn update(&mut self) {
///         if self.step.val() {
///             self.count.d.next = self.count.q.val() + self.one.val();
///             self.full.next = self.count.q.val() == self.last.val();
///         }
///     }
/// }
///
/// # let verilog = ef_hdl_kit::export::verilog(&mut Count::<200>::default(), "count").unwrap().source();
/// # assert!(verilog.starts_with("// Count: Counts to a limit, then says so\nmodule count("), "{verilog}");
/// ```
pub use ef_hdl_macros::block;

/// Registers of one clock that keep their values where nothing is assigned to them: one, or an array or `Vec` of them.
pub trait Registers {
    /// Drives the clock, and d with q.
    fn hold(&mut self, clock: Clock);
    /// Drives d with 0.
    fn clear(&mut self);
    /// Declares what [`hold`](Self::hold) drives.
    fn connect_held(&mut self);
    /// Adds the registers' names, of which `name` is the field's, and their zeros.
    fn list(&self, name: &str, registers: &mut Vec<(String, VerilogLiteral)>);
}

impl<T: Synth> Registers for DFF<T> {
    fn hold(&mut self, clock: Clock) {
        self.clock.next = clock;
        self.d.next = self.q.val();
    }

    fn clear(&mut self) {
        self.d.next = T::default();
    }

    fn connect_held(&mut self) {
        self.clock.connect();
        self.d.connect();
    }

    fn list(&self, name: &str, registers: &mut Vec<(String, VerilogLiteral)>) {
        registers.push((name.into(), T::default().verilog()));
    }
}

impl<R: Registers> Registers for [R] {
    fn hold(&mut self, clock: Clock) {
        self.iter_mut().for_each(|register| register.hold(clock));
    }

    fn clear(&mut self) {
        self.iter_mut().for_each(Registers::clear);
    }

    fn connect_held(&mut self) {
        self.iter_mut().for_each(Registers::connect_held);
    }

    fn list(&self, name: &str, registers: &mut Vec<(String, VerilogLiteral)>) {
        self.iter().enumerate().for_each(|(i, register)| register.list(&format!("{name}${i}"), registers));
    }
}

/// A collection does what its slice does.
macro_rules! as_slice {
    ([$($generics:tt)*] $collection:ty) => {
        impl<$($generics)*> Registers for $collection {
            fn hold(&mut self, clock: Clock) {
                self.as_mut_slice().hold(clock);
            }

            fn clear(&mut self) {
                Registers::clear(self.as_mut_slice());
            }

            fn connect_held(&mut self) {
                self.as_mut_slice().connect_held();
            }

            fn list(&self, name: &str, registers: &mut Vec<(String, VerilogLiteral)>) {
                self.as_slice().list(name, registers);
            }
        }
    };
}
as_slice!([R: Registers] Vec<R>);
as_slice!([R: Registers, const N: usize] [R; N]);

/// A block as probes see it: with its name, and with what `reg` assigns.
pub struct Shown<'a> {
    block: &'a dyn Block,
    /// The name of its Rust type, and what it is for.
    name: &'static str,
    purpose: &'static str,
    /// Registers, and what they become where nothing is assigned: what they are, or 0.
    registers: Vec<(String, Option<VerilogLiteral>)>,
    /// Signals that are 0 where nothing is assigned.
    signals: Vec<(&'static str, VerilogLiteral)>,
    /// Registers with their zeros, by the signal that clears them.
    cleared: Vec<(&'static str, Vec<(String, VerilogLiteral)>)>,
    /// Ports and the registers they show.
    ports: Vec<(&'static str, &'static str)>,
}

impl<'a> Shown<'a> {
    /// A block and what its declaration says of it, without registers.
    pub fn new(block: &'a dyn Block, name: &'static str, purpose: &'static str) -> Self {
        Shown {
            block,
            name,
            purpose,
            registers: Vec::new(),
            signals: Vec::new(),
            cleared: Vec::new(),
            ports: Vec::new(),
        }
    }

    /// A field that holds.
    pub fn hold(mut self, field: &(impl Registers + ?Sized), name: &str) -> Self {
        let mut list = Vec::new();
        field.list(name, &mut list);
        self.registers.extend(list.into_iter().map(|(name, _)| (name, None)));
        self
    }

    /// A register that is 0 where nothing is assigned.
    pub fn pulse(mut self, field: &(impl Registers + ?Sized), name: &str) -> Self {
        let mut list = Vec::new();
        field.list(name, &mut list);
        self.registers.extend(list.into_iter().map(|(name, zero)| (name, Some(zero))));
        self
    }

    /// A signal that is 0 where nothing is assigned.
    pub fn low<D: Direction, T: Synth>(mut self, _: &Signal<D, T>, name: &'static str) -> Self {
        self.signals.push((name, T::default().verilog()));
        self
    }

    /// A field that is cleared by the signal `by`.
    pub fn clear(mut self, field: &(impl Registers + ?Sized), name: &str, by: &'static str) -> Self {
        let at = self.cleared.iter().position(|(signal, _)| *signal == by).unwrap_or_else(|| {
            self.cleared.push((by, Vec::new()));
            self.cleared.len() - 1
        });
        field.list(name, &mut self.cleared[at].1);
        self
    }

    /// A register whose value a port shows.
    pub fn show(mut self, register: &'static str, port: &'static str) -> Self {
        self.ports.push((port, register));
        self
    }

    /// `x.clock = clock; x.d = x.q;` for every register, `x = 0` for a pulse.
    fn before(&self) -> impl Iterator<Item = VerilogStatement> {
        let clock = |(name, _): &(String, _)| assign(format!("{name}$clock"), signal("clock"));
        let first = |(name, zero): &(String, Option<VerilogLiteral>)| {
            let held = || signal(&format!("{name}$q"));
            assign(format!("{name}$d"), zero.clone().map_or_else(held, VerilogExpression::Literal))
        };
        let low = |(name, zero): &(&str, VerilogLiteral)| {
            assign((*name).into(), VerilogExpression::Literal(zero.clone()))
        };
        let registers = self.registers.iter();
        registers.clone().map(clock).chain(registers.map(first)).chain(self.signals.iter().map(low))
    }

    /// `if (reset) x.d = 0;` and `port = x.q`.
    fn after(&self) -> impl Iterator<Item = VerilogStatement> {
        let zero = |(name, zero): &(String, VerilogLiteral)| {
            assign(format!("{name}$d"), VerilogExpression::Literal(zero.clone()))
        };
        let clear = move |(by, registers): &(&str, Vec<(String, VerilogLiteral)>)| {
            VerilogStatement::If(VerilogConditional {
                test: signal(by),
                then: registers.iter().map(zero).collect(),
                otherwise: VerilogBlockOrConditional::None,
            })
        };
        let show = |(port, register): &(&str, &str)| assign((*port).into(), signal(&format!("{register}$q")));
        self.cleared.iter().map(clear).chain(self.ports.iter().map(show))
    }
}

fn signal(name: &str) -> VerilogExpression {
    VerilogExpression::Signal(name.into())
}

fn assign(to: String, value: VerilogExpression) -> VerilogStatement {
    VerilogStatement::Assignment(VerilogExpression::Signal(to), value)
}

impl Logic for Shown<'_> {
    fn update(&mut self) {}

    fn hdl(&self) -> Verilog {
        let comment = format!("{BLOCK_MARK}{}: {}", self.name, self.purpose);
        match self.block.hdl() {
            Verilog::Combinatorial(code) => {
                let mut all = vec![VerilogStatement::Comment(comment)];
                all.extend(self.before());
                all.extend(code);
                all.extend(self.after());
                Verilog::Combinatorial(all)
            }
            Verilog::Custom(code) => Verilog::Custom(format!("// {comment}\n{code}")),
            Verilog::Wrapper(wrapper) => {
                Verilog::Wrapper(Wrapper { code: format!("// {comment}\n{}", wrapper.code), ..wrapper })
            }
            other => other,
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        self.block.timing()
    }
}

impl Block for Shown<'_> {
    fn connect_all(&mut self) {}

    fn update_all(&mut self) {}

    fn has_changed(&self) -> bool {
        self.block.has_changed()
    }

    fn accept(&self, name: &str, probe: &mut dyn Probe) {
        self.block.accept(name, probe);
    }
}
