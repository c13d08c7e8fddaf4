//! From a parsed block to Rust: the struct, its `Default` and its rust-hdl `Block`.

use crate::types;
use ef_hdl_syntax::{BlockItem, Field, Kind, Parameters};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Expr, ExprLit, Ident, Lit, Meta, ReturnType};

/// Everything that `block! { ... }` stands for.
pub fn block(block: &BlockItem) -> TokenStream {
    let (structure, constructor) = (structure(block), constructor(block));
    let simulation = rust_hdl_block(block);
    quote!(#structure #constructor #simulation)
}

fn structure(block: &BlockItem) -> TokenStream {
    let BlockItem { attributes, visibility, name, generics, .. } = block;
    let bounds = &generics.where_clause;
    let fields = block.fields.iter().map(|field| {
        let Field { attributes, name, .. } = field;
        let (visibility, field_type) = (types::visibility(field), types::of(field));
        let port = port_doc(field);
        quote!(#(#attributes)* #port #visibility #name: #field_type)
    });
    quote! {
        #(#attributes)*
        #visibility struct #name #generics #bounds { #(#fields),* }
    }
}

/// What rust-hdl's `LogicBlock` derives, and registers that hold.
fn rust_hdl_block(block: &BlockItem) -> TokenStream {
    let name = &block.name;
    let (for_impl, for_type, bounds) = block.generics.split_for_impl();
    // rust-hdl's mark of a field that is not hardware
    let hardware = block.fields.iter().filter(|field| !field.name.to_string().starts_with('_'));
    let fields: Vec<&Ident> = hardware.map(|field| &field.name).collect();
    let names: Vec<String> = fields.iter().map(|name| name.to_string()).collect();
    let registers: Vec<&Field> = block.fields.iter().filter(|field| field.kind == Kind::Register).collect();
    let named = |fields: &[&Field]| -> Vec<Ident> { fields.iter().map(|field| field.name.clone()).collect() };
    let (pulsing, holding): (Vec<&Field>, Vec<&Field>) =
        registers.iter().copied().partition(|field| field.pulse);
    let (all, held, pulsing) = (named(&registers), named(&holding), named(&pulsing));
    let signals: Vec<&Field> =
        block.fields.iter().filter(|field| field.pulse && field.kind != Kind::Register).collect();
    let signals = named(&signals);
    let cleared: Vec<&Field> = registers.iter().copied().filter(|field| field.clear.is_some()).collect();
    let (clears, by): (Vec<_>, Vec<_>) = cleared.iter().map(|field| (&field.name, &field.clear)).unzip();
    let shown: Vec<&Field> = registers.iter().copied().filter(|field| field.shown.is_some()).collect();
    let (shows, at): (Vec<_>, Vec<_>) = shown.iter().map(|field| (&field.name, &field.shown)).unzip();
    let (title, purpose) = (name.to_string(), purpose(&block.attributes));
    let core = quote!(::ef_hdl_kit::rust_hdl::core::prelude);
    let kit = quote!(::ef_hdl_kit::__block);
    quote! {
        impl #for_impl #core::Block for #name #for_type #bounds {
            fn connect_all(&mut self) {
                #(#kit::Registers::connect_held(&mut self.#all);)*
                #(#core::Logic::connect(&mut self.#signals);)*
                #(#core::Logic::connect(&mut self.#at);)*
                #core::Logic::connect(self);
                #(#core::Block::connect_all(&mut self.#fields);)*
            }
            fn update_all(&mut self) {
                #(#kit::Registers::hold(&mut self.#all, self.clock.val());)*
                #(#kit::Registers::clear(&mut self.#pulsing);)*
                #(self.#signals.next = ::std::default::Default::default();)*
                #core::Logic::update(self);
                #(if self.#by.val() {
                    #kit::Registers::clear(&mut self.#clears);
                })*
                #(self.#at.next = self.#shows.q.val();)*
                #(#core::Block::update_all(&mut self.#fields);)*
            }
            fn has_changed(&self) -> bool {
                false #(|| #core::Block::has_changed(&self.#fields))*
            }
            fn accept(&self, name: &str, probe: &mut dyn #core::Probe) {
                #[allow(unused_mut)]
                let mut shown = #kit::Shown::new(self, #title, #purpose);
                #(shown.hold(&self.#held, stringify!(#held));)*
                #(shown.pulse(&self.#pulsing, stringify!(#pulsing));)*
                #(shown.low(&self.#signals, stringify!(#signals));)*
                #(shown.clear(&self.#clears, stringify!(#clears), stringify!(#by));)*
                #(shown.show(stringify!(#shows), stringify!(#at));)*
                probe.visit_start_scope(name, &shown);
                #(#core::Block::accept(&self.#fields, #names, probe);)*
                probe.visit_end_scope(name, &shown);
            }
        }
    }
}

/// The first sentence of the doc comment.
fn purpose(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(doc) if doc.path.is_ident("doc") => match &doc.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value().trim().to_string()),
            _ => None,
        },
        _ => None,
    });
    let paragraph: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let text = paragraph.join(" ");
    let sentence = text.split_once(". ").map_or(text.as_str(), |(first, _)| first);
    without_links(sentence.trim_end_matches('.'))
}

/// "[`Name`](path)" as "`Name`".
fn without_links(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, link)) = rest.split_once("[`") {
        let Some((name, after)) = link.split_once("`]") else { break };
        plain += &format!("{before}`{name}`");
        let target = after.strip_prefix('(').and_then(|target| target.split_once(')'));
        rest = target.map_or(after, |(_, behind)| behind);
    }
    plain + rest
}

/// What the documentation says of a port; what it means is in a table in the block's doc comment.
fn port_doc(field: &Field) -> TokenStream {
    let direction = match field.kind {
        Kind::In => "In",
        Kind::Out => "Out",
        Kind::InOut => "In and out",
        _ => return TokenStream::new(),
    };
    let carried = field.carried.to_token_stream().to_string().replace(' ', "");
    let text = format!("{direction}: `{carried}`.");
    quote!(#[doc = #text])
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
    let (output, value, fails) = match output {
        ReturnType::Default => (quote!(-> Self), value, TokenStream::new()),
        fallible => {
            let fails =
                quote!(#[doc = "\n# Errors\nIf no block can have these parameters; the error says why."]);
            (quote!(#fallible), quote!(Ok(#value)), fails)
        }
    };
    quote! {
        impl #for_impl #name #for_type #bounds {
            /// The block with these parameters.
            #fails
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
