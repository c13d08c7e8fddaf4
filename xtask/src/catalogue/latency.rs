//! Constants that state latencies, as numbers.

use super::block::Block;
use super::prose;
use quote::ToTokens;
use std::path::{Path, PathBuf};
use syn::{BinOp, Expr, ImplItem, Item, Lit, Type};

/// All constants of the hardware's source.
#[derive(Default)]
pub struct Constants(Vec<Constant>);

struct Constant {
    file: PathBuf,
    /// The type that it belongs to.
    owner: Option<String>,
    name: String,
    value: Expr,
}

impl Constants {
    /// Adds those of a file.
    ///
    /// # Errors
    ///
    /// If `text` is no Rust.
    pub fn add(&mut self, file: &Path, text: &str) -> syn::Result<()> {
        let mut add = |owner: Option<&str>, name: &syn::Ident, value: &Expr| {
            let owner = owner.map(String::from);
            self.0.push(Constant { file: file.into(), owner, name: name.to_string(), value: value.clone() });
        };
        for item in syn::parse_file(text)?.items {
            match item {
                Item::Const(item) => add(None, &item.ident, &item.expr),
                Item::Impl(item) => {
                    let Type::Path(path) = item.self_ty.as_ref() else { continue };
                    let owner = path.path.segments.last().map(|segment| segment.ident.to_string());
                    for item in &item.items {
                        if let ImplItem::Const(item) = item {
                            add(owner.as_deref(), &item.ident, &item.expr);
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The latencies of a block: its own constants, those of its file if they are its alone or its doc comment names them, and what the doc
    /// comment says.
    pub fn of(&self, file: &Path, block: &Block, alone: bool) -> String {
        let own = self.0.iter().filter(|constant| {
            let belongs = match &constant.owner {
                Some(owner) => *owner == block.name,
                None => alone || block.doc.contains(&format!("`{}`", constant.name)),
            };
            constant.file == file && belongs && constant.name.contains("LATENCY")
        });
        let values = own.map(|constant| {
            let value = self.value(constant).map_or_else(
                || constant.value.to_token_stream().to_string(),
                |(number, names)| match (number, names.is_empty()) {
                    (_, true) => number.to_string(),
                    (0, _) => names.join(" + "),
                    _ => format!("{} + {number}", names.join(" + ")),
                },
            );
            if constant.name == "LATENCY" { value } else { format!("`{}` {value}", constant.name) }
        });
        values.chain(prose::latency(&block.doc)).collect::<Vec<String>>().join("; ")
    }

    /// A number and the parameters that are added to it; none if it is no such sum.
    fn value(&self, constant: &Constant) -> Option<(u64, Vec<String>)> {
        self.sum(&constant.value, constant)
    }

    fn sum(&self, expression: &Expr, user: &Constant) -> Option<(u64, Vec<String>)> {
        match expression {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Int(number) => Some((number.base10_parse().ok()?, Vec::new())),
                _ => None,
            },
            Expr::Paren(inner) => self.sum(&inner.expr, user),
            Expr::Cast(inner) => self.sum(&inner.expr, user),
            Expr::Binary(binary) if matches!(binary.op, BinOp::Add(_)) => {
                let (left, mut names) = self.sum(&binary.left, user)?;
                let (right, more) = self.sum(&binary.right, user)?;
                names.extend(more);
                Some((left + right, names))
            }
            Expr::Path(path) => {
                let names: Vec<String> =
                    path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
                match (self.named(&names, user), names.as_slice()) {
                    (Some(constant), _) => self.value(constant),
                    (None, [parameter]) => Some((0, vec![parameter.clone()])),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The constant that a path in another one's value means: `NAME` of the same file, `Type::NAME` or `module::NAME`.
    fn named(&self, path: &[String], user: &Constant) -> Option<&Constant> {
        let (name, qualifier) = path.split_last()?;
        let means = |constant: &&Constant| match qualifier.last().map(String::as_str) {
            None => constant.file == user.file && constant.owner.is_none(),
            Some("Self") => constant.file == user.file && constant.owner == user.owner,
            Some(of) => constant.owner.as_deref() == Some(of) || module(&constant.file) == of,
        };
        self.0.iter().filter(|constant| constant.name == *name).find(means)
    }
}

/// The name of a file's module.
fn module(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default();
    let name = if stem == "mod" { file.parent().and_then(Path::file_name) } else { Some(stem) };
    name.unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::block::blocks;
    use super::*;

    #[test]
    fn constants_of_other_files_and_types_add_up() {
        let mut constants = Constants::default();
        constants.add(Path::new("a/part.rs"), "pub const LATENCY: usize = 3;").unwrap();
        constants
            .add(Path::new("a/rotator.rs"), "impl<const W: usize> Rotator<W> { const LATENCY: usize = 1; }")
            .unwrap();
        let text = "
            const TO: usize = part::LATENCY + 2;
            block! {
                /// Sums. Latency of `go`: none.
                pub struct Sum<const T: usize> { in x: Bit }
            }
            impl<const T: usize> Sum<T> {
                pub const LATENCY: usize = TO + Rotator::<T>::LATENCY as usize;
                pub const DONE_LATENCY: usize = Self::LATENCY + T;
                pub const ODD_LATENCY: usize = 2 * T;
            }";
        let file = Path::new("a/sum.rs");
        constants.add(file, text).unwrap();
        let expected = "6; `DONE_LATENCY` T + 6; `ODD_LATENCY` 2 * T; of `go`: none";
        assert_eq!(constants.of(file, &blocks(text).unwrap()[0], true), expected);
    }
}
