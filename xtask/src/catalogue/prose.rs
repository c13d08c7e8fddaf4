//! What a doc comment says in sentences.

/// The first sentence.
pub fn purpose(doc: &str) -> String {
    sentences(doc).into_iter().next().unwrap_or_default()
}

/// Sentences that say how many cycles something takes; of those that begin with `Latency`, what follows.
pub fn latency(doc: &str) -> Vec<String> {
    const SAYS: [&str; 5] = ["cycles after", "cycles later", "cycle after", "cycles behind", "No latency"];
    let latency = |sentence: String| match sentence.strip_prefix("Latency") {
        Some(value) => Some(value.trim_start_matches([':', ' ']).trim_end_matches('.').to_owned()),
        None => SAYS.iter().any(|says| sentence.contains(says)).then_some(sentence),
    };
    sentences(doc).into_iter().filter_map(latency).collect()
}

/// The sentences outside tables, code and headings, links replaced by their text.
fn sentences(doc: &str) -> Vec<String> {
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
    fn a_latency_in_a_table_or_picture_is_no_sentence() {
        assert_eq!(latency(DOC), ["2^N + 2, see there", "Its last word comes 3 cycles later."]);
    }

    #[test]
    fn brackets_in_code_stay() {
        assert_eq!(without_links("`p[m]` and [`q`]"), "`p[m]` and `q`");
    }
}
