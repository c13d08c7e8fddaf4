//! The Rust types of a block's fields.

use ef_hdl_syntax::{Field, Kind};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Type;

/// The type of the field.
pub fn of(field: &Field) -> TokenStream {
    wrapped(&field.carried, field.kind)
}

/// Ports can be seen from outside.
pub fn visibility(field: &Field) -> TokenStream {
    if field.kind.is_port() { quote!(pub) } else { field.visibility.to_token_stream() }
}

/// A signal, register or constant of type `carried`; an array or `Vec` of them where that is one.
fn wrapped(carried: &Type, kind: Kind) -> TokenStream {
    if let Type::Array(array) = carried
        && kind != Kind::Part
    {
        let (element, length) = (wrapped(&array.elem, kind), &array.len);
        return quote!([#element; #length]);
    }
    if let Some(element) = element_of_vec(carried)
        && kind != Kind::Part
    {
        let element = wrapped(element, kind);
        return quote!(::std::vec::Vec<#element>);
    }
    let signal = |direction| quote!(::ef_hdl_kit::rust_hdl::core::prelude::Signal<#direction, #carried>);
    let core = quote!(::ef_hdl_kit::rust_hdl::core::prelude);
    match kind {
        Kind::In => signal(quote!(#core::In)),
        Kind::Out => signal(quote!(#core::Out)),
        Kind::InOut => signal(quote!(#core::InOut)),
        Kind::Net => signal(quote!(#core::Local)),
        Kind::Register => quote!(::ef_hdl_kit::rust_hdl::widgets::prelude::DFF<#carried>),
        Kind::Constant => quote!(#core::Constant<#carried>),
        Kind::Part => carried.to_token_stream(),
    }
}

fn element_of_vec(carried: &Type) -> Option<&Type> {
    let Type::Path(path) = carried else { return None };
    let last = path.path.segments.last().filter(|segment| segment.ident == "Vec")?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first() {
        Some(syn::GenericArgument::Type(element)) => Some(element),
        _ => None,
    }
}
