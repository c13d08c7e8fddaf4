//! Expressions: the width they have in Rust against the width Verilog evaluates them at.
use super::scope::Scope;
use super::show::{operator, plain_name, show};
use rust_hdl::core::ast::{VerilogExpression as E, VerilogOp as Op, VerilogOpUnary as Unary};

/// Checks the expressions of one block.
pub(super) struct Expressions<'a> {
    pub scope: &'a Scope,
    /// The variables of the enclosing loops.
    pub loops: Vec<String>,
    pub findings: Vec<String>,
}

/// What is known of an expression before its context.
struct Info {
    /// Its width by its Rust type; unknown for literals, which adapt, and for products.
    rust: Option<usize>,
    /// Its width in Verilog, if the context does not ask for more.
    verilog: usize,
    signed: bool,
}

/// Where an expression stands.
#[derive(Clone, Copy)]
struct Context {
    /// The width Verilog evaluates it at.
    width: usize,
    /// The width of the signal its value is assigned to, if nothing comes between that looks at higher bits.
    assigned: Option<usize>,
}

impl Expressions<'_> {
    fn report(&mut self, expression: &E, problem: &str) {
        self.findings.push(format!("`{}`: {problem}", show(expression)));
    }

    /// `target.next = value`; `bits` is the width of the target, if it is known.
    pub fn assignment(&mut self, value: &E, bits: Option<usize>) {
        let own = self.info(value).verilog;
        let width = bits.map_or(own, |bits| bits.max(own));
        self.visit(value, Context { width, assigned: bits.or(Some(own)) });
    }

    /// An expression whose context has no influence: a condition, an index, an operand of `&&`.
    pub fn alone(&mut self, expression: &E) {
        let width = self.info(expression).verilog;
        if self.visit(expression, Context { width, assigned: None }) {
            self.report_overflow(expression, width);
        }
    }

    /// The name of a signal, read or assigned; gives its width.
    pub fn name(&mut self, raw: &str) -> Option<usize> {
        let name = plain_name(raw);
        if name.matches('[').count() > 1 {
            let problem = "two indices in one path are not expanded; use `glue!`";
            self.report(&E::Signal(raw.into()), problem);
            return None;
        }
        if let Some((_, rest)) = name.split_once('[') {
            let index = rest.split(']').next().unwrap_or(rest);
            for word in index.split(|c: char| !c.is_alphanumeric() && c != '_') {
                let is_number = word.starts_with(|c: char| c.is_ascii_digit());
                if !word.is_empty() && !is_number && !self.loops.iter().any(|variable| variable == word) {
                    let problem = format!("`{word}` in an index is not a loop variable; use `glue!`");
                    self.report(&E::Signal(raw.into()), &problem);
                    return None;
                }
            }
        }
        let signal = self.signal(name);
        if signal.is_none() && !self.is_number(name) {
            let problem = "no such signal in the Verilog; if it is a const generic or a constant, make it a `const` of the block";
            self.report(&E::Signal(raw.into()), problem);
        }
        signal.map(|signal| signal.bits)
    }

    fn is_number(&self, name: &str) -> bool {
        self.loops.iter().any(|variable| variable == name) || self.scope.constants.contains(name)
    }

    /// All elements of an array are of one type, so the first one answers for all.
    fn signal(&self, name: &str) -> Option<super::scope::Signal> {
        let mut flat = String::new();
        let mut rest = name;
        while let Some((before, after)) = rest.split_once('[') {
            flat.push_str(before);
            flat.push_str("$0");
            rest = after.split_once(']').map_or("", |(_, rest)| rest);
        }
        flat.push_str(rest);
        self.scope.signals.get(&flat).copied()
    }

    fn info(&self, expression: &E) -> Info {
        let bit = Info { rust: Some(1), verilog: 1, signed: false };
        match expression {
            E::Signal(name) => match self.signal(plain_name(name)) {
                Some(signal) => Info { rust: Some(signal.bits), verilog: signal.bits, signed: signal.signed },
                None => Info { rust: None, verilog: 32, signed: false },
            },
            E::Literal(value) => match literal_bits(&value.to_string()) {
                1 => bit,
                bits => Info { rust: None, verilog: bits, signed: false },
            },
            E::Paren(x) => self.info(x),
            E::Cast(x, bits) => {
                Info { rust: Some(*bits), verilog: self.info(x).verilog.max(*bits), signed: false }
            }
            E::Signed(x) => Info { rust: None, verilog: self.info(x).verilog, signed: true },
            E::Unsigned(x) => Info { rust: None, verilog: self.info(x).verilog, signed: false },
            E::Unary(Unary::Not | Unary::Neg, x) => self.info(x),
            E::Unary(..) | E::Index(..) => bit,
            E::Slice(_, bits, _) => Info { rust: Some(*bits), verilog: *bits, signed: false },
            E::IndexReplace(x, ..) => {
                let x = self.info(x);
                Info { verilog: x.verilog.max(32), ..x }
            }
            E::Binary(_, op, _) if is_comparison(op) || matches!(op, Op::LogicalAnd | Op::LogicalOr) => bit,
            E::Binary(a, Op::Shl | Op::Shr, _) => self.info(a),
            E::Binary(a, op, b) => {
                let (a, b) = (self.info(a), self.info(b));
                let rust = if matches!(op, Op::Mul) { None } else { a.rust.or(b.rust) };
                Info { rust, verilog: a.verilog.max(b.verilog), signed: a.signed && b.signed }
            }
        }
    }

    /// Checks `expression`; true if, in Verilog, bits above its Rust width may differ from zero.
    fn visit(&mut self, expression: &E, context: Context) -> bool {
        let inside = Context { assigned: None, ..context };
        match expression {
            E::Literal(_) => false,
            E::Signal(name) => {
                self.name(name);
                false
            }
            E::Paren(x) => self.visit(x, context),
            E::Cast(x, bits) => {
                let info = self.info(x);
                let width = context.width.max(info.verilog).max(*bits);
                if self.visit(x, Context { width, assigned: None })
                    && info.rust.is_some_and(|rust| *bits > rust)
                {
                    self.report_overflow(x, width);
                }
                false
            }
            E::Signed(x) | E::Unsigned(x) => {
                self.alone(x);
                false
            }
            E::Unary(Unary::All | Unary::Any | Unary::Xor, x) => {
                self.alone(x);
                false
            }
            E::Unary(Unary::Not | Unary::Neg, x) => {
                self.visit(x, inside);
                self.exceeds(expression, context)
            }
            E::Index(x, i) | E::Slice(x, _, i) => {
                match x.as_ref() {
                    E::Signal(name) => {
                        self.name(name);
                    }
                    _ => self
                        .report(expression, "bits can only be taken from a signal: assign to a Local first"),
                }
                self.alone(i);
                false
            }
            E::IndexReplace(x, i, bit) => {
                let width = context.width.max(self.info(expression).verilog);
                self.visit(x, Context { width, assigned: None });
                self.alone(i);
                if self.visit(bit, Context { width, assigned: None }) {
                    self.report_overflow(bit, width);
                }
                false
            }
            E::Binary(a, op, b) => self.binary(expression, a, op, b, context),
        }
    }

    fn binary(&mut self, whole: &E, a: &E, op: &Op, b: &E, context: Context) -> bool {
        let inside = Context { assigned: None, ..context };
        match op {
            op if is_comparison(op) => {
                self.comparison(whole, a, b);
                false
            }
            Op::LogicalAnd | Op::LogicalOr => {
                self.alone(a);
                self.alone(b);
                false
            }
            Op::Shl => {
                self.visit(a, inside);
                self.alone(b);
                self.exceeds(whole, context)
            }
            Op::Shr => {
                if self.visit(a, inside) {
                    self.report_overflow(a, context.width);
                }
                self.alone(b);
                false
            }
            Op::Mul => {
                for x in [a, b] {
                    if self.visit(x, inside) {
                        self.report_overflow(x, context.width);
                    }
                }
                if context.assigned.is_none() {
                    let problem = "Verilog multiplies at the width of what surrounds it: assign the product to a Local first";
                    self.report(whole, problem);
                }
                context.assigned.is_some_and(|bits| context.width > bits)
            }
            Op::BitAnd => self.visit(a, context) & self.visit(b, context),
            Op::BitOr | Op::BitXor => self.visit(a, context) | self.visit(b, context),
            _ => {
                self.visit(a, context);
                self.visit(b, context);
                self.exceeds(whole, context)
            }
        }
    }

    fn comparison(&mut self, whole: &E, a: &E, b: &E) {
        for x in [a, b] {
            if let E::Binary(_, Op::BitAnd | Op::BitOr | Op::BitXor, _) = x {
                let problem =
                    "Verilog compares before it applies `&`, `|` or `^`: put parentheses around them";
                self.report(whole, problem);
            }
        }
        let (left, right) = (self.info(a), self.info(b));
        if left.signed != right.signed {
            let problem = "Verilog compares a signed with an unsigned value (such as any literal) as unsigned: use Local signals";
            self.report(whole, problem);
        }
        let width = left.verilog.max(right.verilog);
        for x in [a, b] {
            if self.visit(x, Context { width, assigned: None }) {
                self.report_overflow(x, width);
            }
        }
    }

    /// Whether Verilog evaluates at more bits than the Rust type has, which an addition or inversion then
    /// fills.
    fn exceeds(&self, expression: &E, context: Context) -> bool {
        self.info(expression).rust.or(context.assigned).is_some_and(|rust| context.width > rust)
    }

    fn report_overflow(&mut self, expression: &E, width: usize) {
        let own = self.info(expression).rust.map_or("its own".into(), |bits| bits.to_string());
        let what = match strip(expression) {
            E::Binary(_, op, _) => format!("`{}`", operator(op)),
            _ => "it".into(),
        };
        let problem = format!(
            "Verilog evaluates {what} at {width} bits and does not wrap at {own}: make a literal a `const` of the block, or assign to a Local first"
        );
        self.report(expression, &problem);
    }
}

fn strip(expression: &E) -> &E {
    match expression {
        E::Paren(x) => strip(x),
        other => other,
    }
}

fn is_comparison(op: &Op) -> bool {
    matches!(op, Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge)
}

/// The width in `32'h1f` or `3'b101`.
fn literal_bits(literal: &str) -> usize {
    literal.split('\'').next().and_then(|bits| bits.parse().ok()).unwrap_or(32)
}
