//! Which key a byte of the text belongs to.

use crate::Span;
use toml_edit::{Item, TableLike, Value};

/// A step from a table to a key, or from a list to an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Key(String),
    Index(usize),
}

/// The way from `table` to the innermost key or element at byte `at`.
pub fn find(table: &dyn TableLike, at: usize) -> Option<Vec<Step>> {
    table.iter().find_map(|(name, item)| {
        let of_key = table.key(name).and_then(|key| key.span());
        below(Step::Key(name.into()), in_item(item, at), [of_key, item.span()], at)
    })
}

fn in_item(item: &Item, at: usize) -> Option<Vec<Step>> {
    match item {
        Item::ArrayOfTables(tables) => tables
            .iter()
            .enumerate()
            .find_map(|(i, table)| below(Step::Index(i), find(table, at), [table.span(), None], at)),
        Item::Value(Value::Array(values)) => values
            .iter()
            .enumerate()
            .find_map(|(i, value)| below(Step::Index(i), in_value(value, at), [value.span(), None], at)),
        other => other.as_table_like().and_then(|table| find(table, at)),
    }
}

fn in_value(value: &Value, at: usize) -> Option<Vec<Step>> {
    match value {
        Value::InlineTable(table) => find(table, at),
        Value::Array(values) => values
            .iter()
            .enumerate()
            .find_map(|(i, value)| below(Step::Index(i), in_value(value, at), [value.span(), None], at)),
        _ => None,
    }
}

/// `step` followed by what was found below it; `step` alone if `at` lies in one of its own `spans`.
fn below(step: Step, found: Option<Vec<Step>>, spans: [Option<Span>; 2], at: usize) -> Option<Vec<Step>> {
    let here = spans.iter().flatten().any(|span| span.contains(&at));
    match found {
        Some(rest) => Some([vec![step], rest].concat()),
        None => here.then(|| vec![step]),
    }
}

/// The path as TOML writes it: `device.speed_grade`, `row[2].y` (from 0).
pub fn dotted(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Key(key) if text.is_empty() => text += key,
            Step::Key(key) => text += &format!(".{key}"),
            Step::Index(index) => text += &format!("[{index}]"),
        }
    }
    text
}
