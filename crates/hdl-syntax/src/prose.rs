//! What a block's doc comment says in sentences.

use crate::BlockItem;
use syn::{Expr, ExprLit, Lit, Meta};

impl BlockItem {
    /// The lines of its doc comment.
    pub fn doc(&self) -> String {
        let lines = self.attributes.iter().filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
                Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) => Some(line.value()),
                _ => None,
            },
            _ => None,
        });
        lines.map(|line| line.strip_prefix(' ').unwrap_or(&line).to_owned()).collect::<Vec<_>>().join("\n")
    }
}

/// The first sentence of a doc comment.
pub fn purpose(doc: &str) -> String {
    sentences(doc).into_iter().next().unwrap_or_default()
}

/// The sentences outside tables, code and headings, links replaced by their text.
pub fn sentences(doc: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    let mut in_code = false;
    for line in doc.lines().map(str::trim) {
        let fence = line.starts_with("```");
        in_code ^= fence;
        if in_code || fence || line.is_empty() || line.starts_with(['|', '#']) {
            paragraphs.push(String::new());
        } else if let Some(paragraph) = paragraphs.last_mut() {
            paragraph.push_str(line);
            paragraph.push(' ');
        }
    }
    let sentences = paragraphs.iter().flat_map(|paragraph| {
        let paragraph = without_links(paragraph.trim());
        let ends = paragraph
            .match_indices(". ")
            .map(|(at, _)| at + 1)
            .filter(|&at| paragraph[at + 1..].starts_with(|c: char| c.is_uppercase() || c == '`'));
        let mut sentences = Vec::new();
        let mut begin = 0;
        for end in ends.chain([paragraph.len()]) {
            sentences.push(paragraph[begin..end].trim().to_owned());
            begin = end;
        }
        sentences
    });
    sentences.filter(|sentence| !sentence.is_empty()).collect()
}

/// `[text](target)` and `[text]` outside code become `text`.
fn without_links(paragraph: &str) -> String {
    let mut text = String::new();
    let mut rest = paragraph;
    while let Some(at) = rest.find(['[', '`']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let close = if rest.starts_with('`') { '`' } else { ']' };
        let Some(end) = rest[1..].find(close).map(|end| end + 1) else { break };
        if close == '`' {
            text.push_str(&rest[..=end]);
            rest = &rest[end + 1..];
            continue;
        }
        text.push_str(&rest[1..end]);
        rest = &rest[end + 1..];
        if rest.starts_with('(')
            && let Some(end) = rest.find(')')
        {
            rest = &rest[end + 1..];
        }
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOC: &str = "Issues the vectors of a [`Command`](super::Command), one\nper cycle. `take` is high then.\n\n\
        ```text\n a -> b. Latency 9\n```\n\n| `w[T]` | Latency 8 |\n\nKeeps `p[m]`. Latency 2^N + 2, see [there]. Its last word comes 3 cycles later. No more.";

    #[test]
    fn the_purpose_is_the_first_sentence_without_links() {
        assert_eq!(purpose(DOC), "Issues the vectors of a `Command`, one per cycle.");
    }

    #[test]
    fn brackets_in_code_stay() {
        assert_eq!(without_links("`p[m]` and [`q`]"), "`p[m]` and `q`");
    }
}
