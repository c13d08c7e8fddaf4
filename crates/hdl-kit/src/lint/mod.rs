//! A static check for rust-hdl code whose exported Verilog means something else, or nothing.
//!
//! It reads the same syntax trees that rust-hdl exports from. Widths are what most of it is about: an
//! expression has a width in Rust, by its types, and may be evaluated at a larger one in Verilog, because a
//! literal has 32 bits and a cast is only a mask.
mod assigned;
mod body;
mod expression;
mod keywords;
mod scope;
mod show;
mod source;
mod walk;

pub use source::lint_sources;

use rust_hdl::core::prelude::Block;

/// What in `block`, or in any block inside it, differs between Rust and the exported Verilog; empty if all is
/// well.
///
/// | found | write instead |
/// |---|---|
/// | `a & b == c`: Verilog compares first | `(a & b) == c` |
/// | `a + 1 == b`, `(a + 1) >> 1`, `(a + 1).any()`: computed with 32 bits, does not wrap | a `const` of [`block!`](crate::block), or a Local signal |
/// | `bit_cast::<8, 4>(a + b)`, also of `-`, `<<`, `!a`: computed with 8 bits | assign to a Local, then cast |
/// | a product anywhere but in a sum or assignment | assign to a Local, use that |
/// | `(a + b).get_bits()`, `x.val().field.get_bit()` | assign to a Local first |
/// | two indices in one path, a const generic as an index or value | [`glue!`](crate::glue), a `const` of [`block!`](crate::block) |
/// | a signal named like a loop variable; two nested loops with one variable | another name |
/// | a signal that is not assigned on every path | a default first |
/// | a name that is a keyword of Verilog or C++ | another name |
/// | a signed signal compared with a literal: Verilog compares unsigned | a Local signal |
///
/// Not visible here: `for i in 0..=n`, exported as `0..n`; see [`lint_sources`]. Neither are blocks with
/// their own `hdl`. [`lockstep!`](crate::lockstep!) calls this, and catches what it can not see.
pub fn lint(block: &dyn Block) -> Vec<String> {
    walk::check(block)
}
