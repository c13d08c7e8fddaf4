use super::*;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only what is refused counts")]
struct File {
    title: String,
    size: Option<Size>,
    #[serde(default)]
    part: Vec<Part>,
    #[serde(default)]
    numbers: Vec<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only what is refused counts")]
struct Size {
    rows: u32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[expect(dead_code, reason = "only what is refused counts")]
enum Part {
    Wheel { spokes: u32 },
    Bell {},
}

fn error(text: &str) -> String {
    parse_tagged::<File>(text, "part", "kind").unwrap_err().to_string()
}

#[test]
fn what_is_not_toml_is_called_so_with_its_line() {
    let error = error("title = \"a\"\nsize = = 3\n");
    assert!(error.starts_with("line 2: this is not valid TOML: "), "{error}");
}

#[test]
fn valid_toml_of_a_wrong_type_names_line_and_key() {
    assert_eq!(error("title = 3"), "line 1, key `title`: a string is needed, this is integer `3`");
    let rows = "title = \"a\"\n\n[size]\nrows = [3, 3]\n";
    assert_eq!(error(rows), "line 4, key `size.rows`: a whole number, 0 or more, is needed, this is a list");
    let numbers = "title = \"a\"\nnumbers = [\n  1.5,\n  \"b\",\n]\n";
    assert_eq!(error(numbers), "line 4, key `numbers[1]`: a number is needed, this is string \"b\"");
    assert_eq!(error("title = \"a\"\npart = 1"), "line 2, key `part`: a list is needed, this is integer `1`");
}

#[test]
fn an_element_is_named_by_number_and_kind_wherever_its_kind_stands() {
    let wheel = "title = \"a\"\n[[part]]\nkind = \"bell\"\n[[part]]\nspokes = \"many\"\nkind = \"wheel\"\n";
    assert_eq!(
        error(wheel),
        "line 5, part 2 (wheel), key `spokes`: a whole number, 0 or more, is needed, this is string \"many\""
    );
    let inline = "title = \"a\"\npart = [\n  { kind = \"bell\" },\n  { kind = \"wheel\", spokes = -1 },\n]\n";
    assert_eq!(
        error(inline),
        "line 4, part 2 (wheel), key `spokes`: a whole number, 0 or more, is needed, this is integer `-1`"
    );
}

#[test]
fn a_missing_key_is_named_with_its_table() {
    assert_eq!(error("[size]\nrows = 1"), "line 1: the key `title` is missing");
    assert_eq!(error("title = \"a\"\n[size]\n"), "line 2, key `size`: the key `rows` is missing");
    let part = "title = \"a\"\n[[part]]\nkind = \"wheel\"\n";
    assert_eq!(error(part), "line 2, part 1 (wheel): the key `spokes` is missing");
    assert_eq!(error("title = \"a\"\n[[part]]\n"), "line 2, part 1: the key `kind` is missing");
}

#[test]
fn an_unknown_key_is_answered_with_the_nearest_or_with_all() {
    assert_eq!(error("titel = \"a\""), "line 1: unknown key `titel`; did you mean `title`?");
    let size = "title = \"a\"\n[size]\nrows = 1\nwheels = 2\n";
    assert_eq!(error(size), "line 4, key `size`: unknown key `wheels`; possible are `rows`");
    let bell = "title = \"a\"\n[[part]]\nkind = \"bell\"\nspokes = 2\n";
    assert_eq!(error(bell), "line 4, part 1 (bell): unknown key `spokes`; none is possible here");
    let kind = "title = \"a\"\n[[part]]\nkind = \"whel\"\n";
    assert_eq!(error(kind), "line 2, part 1 (whel): unknown value `whel`; possible are `wheel`, `bell`");
}

#[test]
fn nothing_in_a_message_commands_the_terminal() {
    let error = error("\"\\u001b[2J\" = 1");
    assert!(error.contains("\\u{1b}[2J") && !error.contains('\u{1b}'), "{error:?}");
}
