//! From a parsed block to Rust: the struct, its `Default` and its rust-hdl `Block`.

use crate::types;
use ef_hdl_syntax::prose::purpose;
use ef_hdl_syntax::{BlockItem, Field, Kind, Parameters};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Ident, ReturnType};

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
    let named = |wanted: &dyn Fn(&Field) -> bool| -> Vec<&Ident> {
        block.fields.iter().filter(|field| wanted(field)).map(|field| &field.name).collect()
    };
    let is_register = |field: &Field| field.kind == Kind::Register;
    let all = named(&is_register);
    let held = named(&|field| is_register(field) && !field.pulse);
    let pulsing = named(&|field| is_register(field) && field.pulse);
    let signals = named(&|field| !is_register(field) && field.pulse);
    let clears = named(&|field| field.clear.is_some());
    let by: Vec<&Ident> = block.fields.iter().filter_map(|field| field.clear.as_ref()).collect();
    let shows = named(&|field| field.shown.is_some());
    let at: Vec<&Ident> = block.fields.iter().filter_map(|field| field.shown.as_ref()).collect();
    let (title, purpose) = (name.to_string(), purpose(&block.doc()));
    let purpose = purpose.trim_end_matches('.');
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
                let shown = #kit::Shown::new(self, #title, #purpose)
                    #(.hold(&self.#held, stringify!(#held)))*
                    #(.pulse(&self.#pulsing, stringify!(#pulsing)))*
                    #(.low(&self.#signals, stringify!(#signals)))*
                    #(.clear(&self.#clears, stringify!(#clears), stringify!(#by)))*
                    #(.show(stringify!(#shows), stringify!(#at)))*;
                probe.visit_start_scope(name, &shown);
                #(#core::Block::accept(&self.#fields, #names, probe);)*
                probe.visit_end_scope(name, &shown);
            }
        }
    }
}

/// What the documentation says of a port; what it means is in a table in the block's doc comment.
fn port_doc(field: &Field) -> TokenStream {
    if !field.kind.is_port() {
        return TokenStream::new();
    }
    let carried = field.carried.to_token_stream().to_string().replace(' ', "");
    let text = format!("`{}`: `{carried}`.", field.kind);
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
