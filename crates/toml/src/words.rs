//! serde's messages in the words of somebody who writes TOML.

/// A known word is suggested if it is at least this similar to the unknown one (Jaro-Winkler, 0 to 1).
const ALIKE: f64 = 0.8;

/// The message, and whether it is about the key itself and not about its value.
pub fn plain(message: &str) -> (String, bool) {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if message.starts_with("unknown field ") {
        return (unknown(&quoted), true);
    }
    if let Some((found, known)) = message
        .strip_prefix("unexpected keys in table: ")
        .and_then(|keys| keys.split_once(", available keys: "))
    {
        // toml_edit's own words, for the variants of an enum
        let first = found.split(", ").next().unwrap_or(found);
        let known = known.split(", ").filter(|key| !key.is_empty());
        return (unknown(&std::iter::once(first).chain(known).collect::<Vec<_>>()), true);
    }
    if message.starts_with("unknown variant ") {
        let [word, known @ ..] = quoted.as_slice() else { return ("an unknown value".into(), false) };
        return (format!("unknown value `{word}`; possible are `{}`", known.join("`, `")), false);
    }
    if let (Some(_), [key]) = (message.strip_prefix("missing field "), quoted.as_slice()) {
        return (format!("the key `{key}` is missing"), false);
    }
    let wrong = message.strip_prefix("invalid type: ").or(message.strip_prefix("invalid value: "));
    match wrong.and_then(|wrong| wrong.rsplit_once(", expected ")) {
        Some((found, needed)) => {
            let needed = needed_words(needed);
            // the messages of this project's own types are whole sentences already
            let is_needed = if needed.contains(" is needed") { "" } else { " is needed" };
            (format!("{needed}{is_needed}, this is {}", found_words(found)), false)
        }
        None => (message.replace('\n', "; "), false),
    }
}

/// `words` are the unknown key and those that are known.
fn unknown(words: &[&str]) -> String {
    let [word, known @ ..] = words else { return "an unknown key".into() };
    let similarity = |other: &&&str| strsim::jaro_winkler(word, other);
    let nearest = known.iter().max_by(|a, b| similarity(a).total_cmp(&similarity(b)));
    match nearest.filter(|nearest| similarity(nearest) >= ALIKE) {
        Some(nearest) => format!("unknown key `{word}`; did you mean `{nearest}`?"),
        None if known.is_empty() => format!("unknown key `{word}`; none is possible here"),
        None => format!("unknown key `{word}`; possible are `{}`", known.join("`, `")),
    }
}

fn needed_words(needed: &str) -> &str {
    match needed {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more,",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "a table",
        _ if needed.starts_with("struct ") || needed.starts_with("enum ") => "a table",
        _ => needed,
    }
}

fn found_words(found: &str) -> &str {
    match found {
        "sequence" => "a list",
        "map" => "a table",
        _ => found,
    }
}
