//! What is wrong with a text.

use crate::Span;
use crate::place::{self, Step};
use crate::words;
use toml_edit::{Item, Table, TomlError};

/// What is wrong, and where: `line 9, layer 1 (conv), key `kernel`: ...`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// From 1.
    line: Option<usize>,
    /// Table or key.
    place: Option<String>,
    what: String,
}

impl std::error::Error for Error {}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let line = self.line.map(|line| format!("line {line}"));
        let places: Vec<String> = line.into_iter().chain(self.place.clone()).collect();
        let colon = if places.is_empty() { "" } else { ": " };
        write!(f, "{}{colon}{}", printable(&places.join(", ")), printable(&self.what))
    }
}

impl Error {
    /// The text is not TOML.
    pub(crate) fn syntax(text: &str, error: &TomlError) -> Error {
        let what = format!("this is not valid TOML: {}", error.message().trim_end().replace('\n', "; "));
        Error { line: error.span().map(|span| line(text, &span)), place: None, what }
    }

    /// It is TOML, but not what was asked for. `tagged` are the key of a list and the key that names what each of its elements is.
    pub(crate) fn content(
        text: &str,
        table: &Table,
        error: &toml_edit::de::Error,
        tagged: Option<(&str, &str)>,
    ) -> Error {
        let (what, of_key) = words::plain(error.message());
        let span = error.span();
        // an error of the whole file belongs to no key
        let within = span.as_ref().filter(|span| table.span().as_ref() != Some(span));
        let mut path = within.and_then(|span| place::find(table, span.start)).unwrap_or_default();
        if of_key {
            // the message names the key already
            path.pop();
        }
        Error { line: span.map(|span| line(text, &span)), place: place_of(table, &path, tagged), what }
    }

    /// An error about element `index` of a list.
    pub(crate) fn element(
        text: &str,
        span: Option<Span>,
        (list, index): (&str, usize),
        what: String,
    ) -> Error {
        let place = Some(format!("{list} {}", index + 1));
        Error { line: span.map(|span| line(text, &span)), place, what }
    }
}

fn line(text: &str, span: &Span) -> usize {
    1 + text.bytes().take(span.start).filter(|byte| *byte == b'\n').count()
}

fn place_of(table: &Table, path: &[Step], tagged: Option<(&str, &str)>) -> Option<String> {
    let key = |path: &[Step]| format!("key `{}`", place::dotted(path));
    match (path, tagged) {
        ([], _) => None,
        ([Step::Key(list), Step::Index(index), rest @ ..], Some((tagged, tag))) if list == tagged => {
            let kind = table.get(list).and_then(|item| tag_of(item, *index, tag));
            let kind = kind.map_or(String::new(), |kind| format!(" ({kind})"));
            let rest = if rest.is_empty() { String::new() } else { format!(", {}", key(rest)) };
            Some(format!("{list} {}{kind}{rest}", index + 1))
        }
        _ => Some(key(path)),
    }
}

fn tag_of<'a>(list: &'a Item, index: usize, tag: &str) -> Option<&'a str> {
    list.get(index)?.get(tag)?.as_str()
}

/// The text with control characters escaped: a terminal might take them for commands.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { c.escape_default().to_string() } else { c.to_string() })
        .collect()
}
