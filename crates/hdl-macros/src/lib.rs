//! The macro behind [`ef_hdl_kit::block!`]: use it from there, where it is documented.
//!
//! [`ef_hdl_kit::block!`]: https://docs.rs/ef-hdl-kit

mod expand;
mod types;

use proc_macro::TokenStream;

/// Declares a hardware block; documented as `ef_hdl_kit::block!`.
#[proc_macro]
pub fn block(input: TokenStream) -> TokenStream {
    let block = syn::parse_macro_input!(input as ef_hdl_syntax::BlockItem);
    expand::block(&block).into()
}
