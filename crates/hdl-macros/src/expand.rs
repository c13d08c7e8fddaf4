//! From a parsed block to Rust: the struct, its `Default` and its rust-hdl `Block`.

use crate::parse::{BlockItem, Field, Kind, Parameters};
use proc_macro2::TokenStream;
use quote::quote;
use syn::ReturnType;

/// Everything that `block! { ... }` stands for.
pub fn block(block: &BlockItem) -> TokenStream {
    let (structure, constructor) = (structure(block), constructor(block));
    quote!(#structure #constructor)
}

fn structure(block: &BlockItem) -> TokenStream {
    let BlockItem { attributes, visibility, name, generics, .. } = block;
    let bounds = &generics.where_clause;
    let fields = block.fields.iter().map(|field| {
        let Field { attributes, name, .. } = field;
        let (visibility, field_type) = (field.field_visibility(), field.field_type());
        quote!(#(#attributes)* #visibility #name: #field_type)
    });
    quote! {
        #(#attributes)*
        #[derive(::ef_hdl_kit::rust_hdl::core::prelude::LogicBlock)]
        #visibility struct #name #generics #bounds { #(#fields),* }
    }
}

/// `Default`, or `new` where the block has parameters.
fn constructor(block: &BlockItem) -> TokenStream {
    let BlockItem { name, visibility, before, .. } = block;
    let (for_impl, for_type, bounds) = block.generics.split_for_impl();
    let fields = block.fields.iter().map(|field| {
        let (name, value) = (&field.name, value(field));
        quote!(#name: #value)
    });
    let value = quote!(Self { #(#fields),* });
    let Some(Parameters { list, output }) = &block.parameters else {
        return quote! {
            impl #for_impl ::std::default::Default for #name #for_type #bounds {
                fn default() -> Self { #(#before)* #value }
            }
        };
    };
    let (output, value) = match output {
        ReturnType::Default => (quote!(-> Self), value),
        fallible => (quote!(#fallible), quote!(Ok(#value))),
    };
    quote! {
        impl #for_impl #name #for_type #bounds {
            /// The block with these parameters.
            #visibility fn new(#list) #output { #(#before)* #value }
        }
    }
}

fn value(field: &Field) -> TokenStream {
    match (&field.value, field.kind) {
        (None, _) => quote!(::std::default::Default::default()),
        (Some(value), Kind::Constant) => {
            quote!(::ef_hdl_kit::rust_hdl::core::prelude::Constant::new((#value).into()))
        }
        (Some(value), _) => quote!(#value),
    }
}
