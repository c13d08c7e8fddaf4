//! TOML files that people write: read strictly, and if something is wrong, answered with line, key and what is possible.
//!
//! What is strict is in the types: `#[serde(deny_unknown_fields)]` on every structure and enum. What is wrong is told in the words of this
//! crate instead of serde's.
//!
//! ```
//! #[derive(Debug, serde::Deserialize)]
//! #[serde(deny_unknown_fields)]
//! struct Link { baud: u32 }
//!
//! let error = ef_toml::parse::<Link>("bauds = 9600").unwrap_err();
//! assert_eq!(error.to_string(), "line 1: unknown key `bauds`; did you mean `baud`?");
//! ```

mod error;
mod place;
mod words;

pub use error::Error;

use serde::de::DeserializeOwned;
use toml_edit::de::{Deserializer, from_document};
use toml_edit::{DocumentMut, ImDocument, Item, TableLike, Value};

/// The value that a text describes.
///
/// # Errors
/// If it is not TOML, or not the TOML that `T` needs.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    let document = ImDocument::parse(text).map_err(|error| Error::syntax(text, &error))?;
    T::deserialize(Deserializer::from(document.clone()))
        .map_err(|error| Error::content(text, &document, &error, None))
}

/// The same if `T` has a list of enums under the key `list`, whose variants are named by their key `tag`.
///
/// For serde the enum is externally tagged (its default): its own `tag` attribute would lose lines and keys.
///
/// # Errors
/// See [`parse`].
pub fn parse_tagged<T: DeserializeOwned>(text: &str, list: &str, tag: &str) -> Result<T, Error> {
    let document = ImDocument::parse(text).map_err(|error| Error::syntax(text, &error))?;
    let mut root = document.as_table().clone();
    if let Some(item) = root.get_mut(list) {
        for (index, (whole, element)) in elements(item).into_iter().enumerate() {
            name_variant(element, tag)
                .map_err(|(span, what)| Error::element(text, span.or(whole), (list, index), what))?;
        }
    }
    from_document(DocumentMut::from(root))
        .map_err(|error| Error::content(text, &document, &error, Some((list, tag))))
}

/// The tables of a list of tables, and where each stands.
fn elements(list: &mut Item) -> Vec<(Option<Span>, &mut dyn TableLike)> {
    match list {
        Item::ArrayOfTables(tables) => {
            tables.iter_mut().map(|table| (table.span(), table as &mut dyn TableLike)).collect()
        }
        Item::Value(Value::Array(values)) => values
            .iter_mut()
            .filter_map(|value| value.as_inline_table_mut())
            .map(|table| (table.span(), table as &mut dyn TableLike))
            .collect(),
        _ => Vec::new(),
    }
}

/// Bytes of the text.
type Span = std::ops::Range<usize>;

/// `{ tag = "a", key = 1 }` becomes `{ a = { key = 1 } }`.
fn name_variant(table: &mut dyn TableLike, tag: &str) -> Result<(), (Option<Span>, String)> {
    let Some(named) = table.remove(tag) else { return Err((None, format!("the key `{tag}` is missing"))) };
    let Some(variant) = named.as_str() else {
        return Err((named.span(), format!("`{tag}` must be a string")));
    };
    let mut inner = toml_edit::Table::new();
    for (name, item) in table.iter() {
        if let Some(key) = table.key(name) {
            inner.insert_formatted(key, item.clone());
        }
    }
    table.clear();
    table.insert(variant, Item::Table(inner));
    Ok(())
}

#[cfg(test)]
mod tests;
