//! What stands inside of `block! { ... }` (`ef_hdl_kit::block!`, where it is described), as the macro and the catalogue of modules read it.

pub mod prose;

use proc_macro2::TokenStream;
use std::fmt;
use syn::parse::{Parse, ParseStream};
use syn::{
    Attribute, Expr, Generics, Ident, Result, ReturnType, Stmt, Token, Type, Visibility, braced,
    parenthesized, token,
};

/// A whole block.
pub struct BlockItem {
    /// Its doc comment, and derives.
    pub attributes: Vec<Attribute>,
    /// Of the struct and its constructor.
    pub visibility: Visibility,
    /// Its type.
    pub name: Ident,
    /// With the where clause.
    pub generics: Generics,
    /// The parameters of its constructor; without any it has a `Default` instead.
    pub parameters: Option<Parameters>,
    /// What runs before the fields get their values.
    pub before: Vec<Stmt>,
    /// In the order of the declaration.
    pub fields: Vec<Field>,
}

/// `(length: usize) -> Result<Self>`
pub struct Parameters {
    /// Between the parentheses.
    pub list: TokenStream,
    /// `Self` unless said.
    pub output: ReturnType,
}

/// One name of a group such as `in reset, valid: Bit`.
pub struct Field {
    /// Those of the group.
    pub attributes: Vec<Attribute>,
    /// As written; ports are public whatever it is.
    pub visibility: Visibility,
    /// The field.
    pub name: Ident,
    /// What the group declares.
    pub kind: Kind,
    /// Of the value that is carried or held; of a part the part's own.
    pub carried: Type,
    /// What it is made with; without, its `Default`.
    pub value: Option<Expr>,
    /// `reg(signal)`: the register is 0 from the cycle after one in which this signal is high.
    pub clear: Option<Ident>,
    /// `pulse`: 0 in every cycle in which nothing is assigned.
    pub pulse: bool,
    /// `reg name => port`: the port shows the register's value.
    pub shown: Option<Ident>,
}

/// The keyword before a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `in`
    In,
    /// `out`
    Out,
    /// `inout`
    InOut,
    /// `net`
    Net,
    /// `reg`
    Register,
    /// `const`
    Constant,
    /// No keyword: a block, or anything else that rust-hdl takes as a field.
    Part,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Kind::In => "in",
            Kind::Out => "out",
            Kind::InOut => "inout",
            Kind::Net => "net",
            Kind::Register => "reg",
            Kind::Constant => "const",
            Kind::Part => "part",
        })
    }
}

impl Kind {
    /// It can be seen from outside.
    pub fn is_port(self) -> bool {
        matches!(self, Kind::In | Kind::Out | Kind::InOut)
    }
}

impl Parse for BlockItem {
    fn parse(input: ParseStream) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        input.parse::<Token![struct]>()?;
        let name = input.parse()?;
        let mut generics: Generics = input.parse()?;
        let parameters = input.peek(token::Paren).then(|| parameters(input)).transpose()?;
        generics.where_clause = input.parse()?;
        let body;
        braced!(body in input);
        let (mut before, mut fields) = (Vec::new(), Vec::new());
        while !body.is_empty() {
            if body.peek(Token![let]) || body.peek(Token![if]) || (body.peek(Ident) && body.peek2(Token![!]))
            {
                before.push(body.parse()?);
            } else {
                fields.extend(group(&body)?);
            }
        }
        Ok(BlockItem { attributes, visibility, name, generics, parameters, before, fields })
    }
}

fn parameters(input: ParseStream) -> Result<Parameters> {
    let list;
    parenthesized!(list in input);
    Ok(Parameters { list: list.parse()?, output: input.parse()? })
}

/// `[pub] [keyword] name, name: Type [= value]` and the comma behind it.
fn group(input: ParseStream) -> Result<Vec<Field>> {
    let attributes = input.call(Attribute::parse_outer)?;
    let visibility: Visibility = input.parse()?;
    let kind = keyword(input)?;
    let clear = (kind == Kind::Register && input.peek(token::Paren)).then(|| in_parentheses(input));
    let clear = clear.transpose()?;
    let pulse = matches!(kind, Kind::Out | Kind::Net | Kind::Register) && pulse(input)?;
    let mut names = vec![name(input, kind)?];
    while input.peek(Token![,]) {
        input.parse::<Token![,]>()?;
        names.push(name(input, kind)?);
    }
    input.parse::<Token![:]>()?;
    let carried: Type = input.parse()?;
    let value = input.peek(Token![=]).then(|| input.parse::<Token![=]>().and_then(|_| input.parse()));
    let value = value.transpose()?;
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    let field = |(name, shown)| Field {
        attributes: attributes.clone(),
        visibility: visibility.clone(),
        name,
        kind,
        carried: carried.clone(),
        value: value.clone(),
        clear: clear.clone(),
        pulse,
        shown,
    };
    Ok(names.into_iter().map(field).collect())
}

/// `name`, of a register also `name => port`.
fn name(input: ParseStream, kind: Kind) -> Result<(Ident, Option<Ident>)> {
    let name = input.parse()?;
    let shown = (kind == Kind::Register && input.peek(Token![=>])).then(|| {
        input.parse::<Token![=>]>()?;
        input.parse()
    });
    Ok((name, shown.transpose()?))
}

/// The word `pulse`; a field may be called so, then a comma or a colon follows.
fn pulse(input: ParseStream) -> Result<bool> {
    let word = input.fork().parse::<Ident>().is_ok_and(|word| word == "pulse") && input.peek2(Ident);
    if word {
        input.parse::<Ident>()?;
    }
    Ok(word)
}

fn in_parentheses(input: ParseStream) -> Result<Ident> {
    let inside;
    parenthesized!(inside in input);
    inside.parse()
}

fn keyword(input: ParseStream) -> Result<Kind> {
    if input.peek(Token![in]) {
        input.parse::<Token![in]>()?;
        return Ok(Kind::In);
    }
    if input.peek(Token![const]) {
        input.parse::<Token![const]>()?;
        return Ok(Kind::Constant);
    }
    // a field may be called `out`: then a comma or a colon follows
    if !(input.peek(Ident) && (input.peek2(Ident) || input.peek2(token::Paren))) {
        return Ok(Kind::Part);
    }
    let word: Ident = input.parse()?;
    match word.to_string().as_str() {
        "out" => Ok(Kind::Out),
        "inout" => Ok(Kind::InOut),
        "net" => Ok(Kind::Net),
        "reg" => Ok(Kind::Register),
        _ => Err(syn::Error::new(
            word.span(),
            "expected `in`, `out`, `inout`, `net`, `reg` or `const` before a group of names",
        )),
    }
}
