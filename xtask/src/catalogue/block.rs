//! Hardware modules as they are declared: `block! { pub struct ... }` (`ef_hdl_kit::block`).

use ef_hdl_syntax::{BlockItem, Field, Kind};
use quote::ToTokens;
use syn::{GenericArgument, Ident, Item, PathArguments, Type};

/// A hardware module.
#[derive(Debug, PartialEq)]
pub struct Block {
    pub name: String,
    /// The lines of its doc comment.
    pub doc: String,
    /// In the order of the declaration.
    pub ports: Vec<Port>,
}

/// A port, or several of the same name in an array.
#[derive(Debug, PartialEq)]
pub struct Port {
    pub name: String,
    /// `In`, `Out` or `InOut`.
    pub direction: Kind,
    /// Bits, as the source says it: `16`, `W`, `T x 32`; for a bundle its type.
    pub width: String,
}

/// All modules that a source file declares outside functions and inner modules.
///
/// # Errors
///
/// If `text` is no Rust, or a `block!` is none.
pub fn blocks(text: &str) -> syn::Result<Vec<Block>> {
    let mut blocks = Vec::new();
    for item in syn::parse_file(text)?.items {
        if let Item::Macro(item) = item
            && item.mac.path.segments.last().is_some_and(|name| name.ident == "block")
        {
            blocks.push(Block::of(&item.mac.parse_body()?));
        }
    }
    Ok(blocks)
}

impl Block {
    fn of(block: &BlockItem) -> Self {
        let port = |field: &Field| Port {
            name: field.name.to_string(),
            direction: field.kind,
            width: width(&field.carried),
        };
        let ports = block.fields.iter().filter(|field| field.kind.is_port()).map(port).collect();
        Block { name: block.name.to_string(), doc: block.doc(), ports }
    }
}

/// Bits of a type.
fn width(ty: &Type) -> String {
    if let Type::Array(array) = ty {
        return format!("{} x {}", text(&array.len), width(&array.elem));
    }
    match arguments(ty) {
        Some((name, _)) if name == "Bit" || name == "Clock" => "1".into(),
        Some((name, _)) if name == "Bits" => bits(ty),
        Some((name, arguments)) if name == "Vec" && arguments.len() == 1 => {
            format!("n x {}", width(arguments[0]))
        }
        _ => format!("`{}`", text(ty)),
    }
}

/// `W` of `Bits<W>`, `2 * T` of `Bits<{ 2 * T }>`.
fn bits(ty: &Type) -> String {
    let text = text(ty);
    text.trim_start_matches("Bits<").trim_end_matches('>').trim_matches(['{', '}']).into()
}

/// The last name of a path and its arguments that are types.
fn arguments(ty: &Type) -> Option<(&Ident, Vec<&Type>)> {
    let Type::Path(path) = ty else { return None };
    let segment = path.path.segments.last()?;
    let types = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => {
            arguments.args.iter().filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
        }
        _ => return Some((&segment.ident, Vec::new())),
    };
    Some((&segment.ident, types.collect()))
}

fn text(tokens: impl ToTokens) -> String {
    tokens.to_token_stream().to_string().replace(' ', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(name: &str, direction: Kind, width: &str) -> Port {
        Port { name: name.into(), direction, width: width.into() }
    }

    fn ports() -> Vec<Port> {
        vec![
            port("clock", Kind::In, "1"),
            port("reset", Kind::In, "1"),
            port("valid", Kind::In, "1"),
            port("psum", Kind::Out, "16"),
            port("word", Kind::In, "T x 32"),
            port("code", Kind::Out, "n x 2*T"),
            port("pin", Kind::InOut, "W"),
        ]
    }

    #[test]
    fn a_block_has_its_ports_and_nothing_else() {
        let text = r#"
            use super::HazardTimer;
            block! {
                /// Issues the vectors
                /// of a command.
                #[derive(Clone, Debug)]
                pub struct StreamControl<const T: usize, const W: usize>(depth: usize) -> Result<Self> {
                    let half = depth / 2;
                    assert!(half > 0, "a message");
                    in clock: Clock,
                    /// Synchronous.
                    in reset, valid: Bit, // several names per line
                    out psum: Bits<16>,
                    in word: [Bits<32>; T],
                    out code: Vec<Bits<{ 2 * T }>>,
                    inout pin: Bits<W>,
                    hazard: HazardTimer,
                    ram: [Ram<W>; 2] = [Ram::new(3, 4), Ram::default()],
                    reg active, skip: Bit, reg(reset) pulse held => psum: Bits<16>,
                    net go: Bit,
                    const one: Bits<16> = 1, const last: Bits<3> = T as u64 - 1,
                    pub out: Other,
                }
            }
            impl<const T: usize> Other for StreamControl<T> {}"#;
        let doc = "Issues the vectors\nof a command.".into();
        assert_eq!(blocks(text).unwrap(), [Block { name: "StreamControl".into(), doc, ports: ports() }]);
    }

    #[test]
    fn a_word_that_no_block_knows_is_named() {
        let error = blocks("block! { struct A { wire x: Bit } }").unwrap_err();
        assert!(
            error.to_string().contains("expected `in`, `out`, `inout`, `net`, `reg` or `const`"),
            "{error}"
        );
    }
}
