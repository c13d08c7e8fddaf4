//! What a doc comment says about time.

use ef_hdl_syntax::prose::sentences;

/// Sentences that say how many cycles something takes; of those that begin with `Latency`, what follows.
pub fn latency(doc: &str) -> Vec<String> {
    const SAYS: [&str; 5] = ["cycles after", "cycles later", "cycle after", "cycles behind", "No latency"];
    let latency = |sentence: String| match sentence.strip_prefix("Latency") {
        Some(value) => Some(value.trim_start_matches([':', ' ']).trim_end_matches('.').to_owned()),
        None => SAYS.iter().any(|says| sentence.contains(says)).then_some(sentence),
    };
    sentences(doc).into_iter().filter_map(latency).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOC: &str = "Issues the vectors of a [`Command`](super::Command), one\nper cycle. `take` is high then.\n\n\
        ```text\n a -> b. Latency 9\n```\n\n| `w[T]` | Latency 8 |\n\nKeeps `p[m]`. Latency 2^N + 2, see [there]. Its last word comes 3 cycles later. No more.";

    #[test]
    fn a_latency_in_a_table_or_picture_is_no_sentence() {
        assert_eq!(latency(DOC), ["2^N + 2, see there", "Its last word comes 3 cycles later."]);
    }
}
