//! Expressions as text, for messages.
use rust_hdl::core::ast::{VerilogExpression as E, VerilogOp as Op, VerilogOpUnary as Unary};

/// `expression` about as its author wrote it.
pub(super) fn show(expression: &E) -> String {
    match expression {
        E::Signal(name) => plain_name(name).replace('$', "."),
        E::Literal(value) => number(&format!("{value:x}")),
        E::Cast(x, bits) => format!("cast::<{bits}>({})", show(x)),
        E::Signed(x) => format!("signed({})", show(x)),
        E::Unsigned(x) => format!("unsigned({})", show(x)),
        E::Paren(x) => format!("({})", show(x)),
        E::Binary(a, op, b) => format!("{} {} {}", show(a), operator(op), show(b)),
        E::Unary(Unary::Not, x) => format!("!{}", show(x)),
        E::Unary(Unary::Neg, x) => format!("-{}", show(x)),
        E::Unary(Unary::All, x) => format!("{}.all()", show(x)),
        E::Unary(Unary::Any, x) => format!("{}.any()", show(x)),
        E::Unary(Unary::Xor, x) => format!("{}.xor()", show(x)),
        E::Index(x, i) => format!("{}.get_bit({})", show(x), show(i)),
        E::Slice(x, bits, i) => format!("{}.get_bits::<{bits}>({})", show(x), show(i)),
        E::IndexReplace(x, i, bit) => format!("{}.replace_bit({}, {})", show(x), show(i), show(bit)),
    }
}

/// The name of a signal without the `.next` of an assignment.
pub(super) fn plain_name(name: &str) -> &str {
    let name = name.strip_prefix('.').unwrap_or(name);
    name.strip_suffix("$next").unwrap_or(name)
}

fn number(literal: &str) -> String {
    let digits = literal.rsplit("'h").next().unwrap_or(literal);
    u64::from_str_radix(digits, 16).map_or_else(|_| literal.to_string(), |value| value.to_string())
}

pub(super) fn operator(op: &Op) -> &'static str {
    match op {
        Op::Add => "+",
        Op::Sub => "-",
        Op::Mul => "*",
        Op::LogicalAnd => "&&",
        Op::LogicalOr => "||",
        Op::BitXor => "^",
        Op::BitAnd => "&",
        Op::BitOr => "|",
        Op::Shl => "<<",
        Op::Shr => ">>",
        Op::Eq => "==",
        Op::Lt => "<",
        Op::Le => "<=",
        Op::Ne => "!=",
        Op::Ge => ">=",
        Op::Gt => ">",
    }
}
