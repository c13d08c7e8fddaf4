//! Hardware modules as they are declared: `block! { pub struct ... }` (`ef_hdl_kit::block`).

use proc_macro2::TokenStream;
use quote::ToTokens;
use std::fmt;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{
    Attribute, Expr, GenericArgument, Generics, Ident, Item, PathArguments, ReturnType, Stmt, Token, Type,
    Visibility, WhereClause, braced, parenthesized, token,
};

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
    pub direction: Direction,
    /// Bits, as the source says it: `16`, `W`, `T x 32`; for a bundle its type.
    pub width: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Direction {
    In,
    Out,
    InOut,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::In => "in",
            Self::Out => "out",
            Self::InOut => "inout",
        })
    }
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
            blocks.push(item.mac.parse_body()?);
        }
    }
    Ok(blocks)
}

/// The body of a `block!`.
impl Parse for Block {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        input.parse::<Token![struct]>()?;
        let name = input.parse::<Ident>()?.to_string();
        input.parse::<Generics>()?;
        if input.peek(token::Paren) {
            // parameters of the constructor
            let parameters;
            parenthesized!(parameters in input);
            parameters.parse::<TokenStream>()?;
            input.parse::<ReturnType>()?;
        }
        input.parse::<Option<WhereClause>>()?;
        let body;
        braced!(body in input);
        let mut ports = Vec::new();
        while !body.is_empty() {
            if body.peek(Token![let]) || body.peek(Token![if]) || body.peek(Ident) && body.peek2(Token![!]) {
                body.parse::<Stmt>()?;
            } else {
                ports.extend(group(&body)?);
            }
        }
        Ok(Self { name, doc: doc(&attributes), ports })
    }
}

/// `[pub] [keyword] name, name: Type [= value]` and the comma behind it: its ports; none if it declares something else.
fn group(input: ParseStream) -> syn::Result<Vec<Port>> {
    input.call(Attribute::parse_outer)?;
    input.parse::<Visibility>()?;
    let direction = keyword(input)?;
    let mut names = vec![input.parse::<Ident>()?];
    while input.peek(Token![,]) {
        input.parse::<Token![,]>()?;
        names.push(input.parse()?);
    }
    input.parse::<Token![:]>()?;
    let width = width(&input.parse()?);
    if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        input.parse::<Expr>()?;
    }
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    let port = |name: Ident| {
        direction.map(|direction| Port { name: name.to_string(), direction, width: width.clone() })
    };
    Ok(names.into_iter().filter_map(port).collect())
}

/// Takes the word in front of the names, if there is one: the direction that it says.
fn keyword(input: ParseStream) -> syn::Result<Option<Direction>> {
    // a field may be called `out`: then a comma or a colon follows
    if !(input.peek(Token![in]) || input.peek(Token![const]) || input.peek(Ident) && input.peek2(Ident)) {
        return Ok(None);
    }
    let word = input.call(Ident::parse_any)?;
    match word.to_string().as_str() {
        "in" => Ok(Some(Direction::In)),
        "out" => Ok(Some(Direction::Out)),
        "inout" => Ok(Some(Direction::InOut)),
        "net" | "reg" | "const" => Ok(None),
        _ => {
            Err(syn::Error::new(word.span(), format!("`{word}` is none of in, out, inout, net, reg, const")))
        }
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

/// The doc comment among attributes.
fn doc(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        syn::Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(line), .. }) => Some(line.value()),
            _ => None,
        },
        _ => None,
    });
    lines.map(|line| line.strip_prefix(' ').unwrap_or(&line).to_owned()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(name: &str, direction: Direction, width: &str) -> Port {
        Port { name: name.into(), direction, width: width.into() }
    }

    fn ports() -> Vec<Port> {
        vec![
            port("clock", Direction::In, "1"),
            port("reset", Direction::In, "1"),
            port("valid", Direction::In, "1"),
            port("psum", Direction::Out, "16"),
            port("word", Direction::In, "T x 32"),
            port("code", Direction::Out, "n x 2*T"),
            port("pin", Direction::InOut, "W"),
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
                    reg active, skip: Bit,
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
        assert_eq!(error.to_string(), "`wire` is none of in, out, inout, net, reg, const");
    }
}
