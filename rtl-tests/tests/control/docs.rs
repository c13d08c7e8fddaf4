//! The register table of `docs/host-port.md`.
use ef_program::regs;
use std::fmt::Write;

const BEGIN: &str =
    "<!-- begin: registers, EF_UPDATE_DOCS=1 cargo test -p ef-rtl-tests --test control docs -->\n";
const END: &str = "<!-- end -->\n";

fn table() -> String {
    let mut table = String::from("| address | name | access | meaning |\n|---|---|---|---|\n");
    for reg in regs::ALL {
        writeln!(table, "| 0x{:02x} | `{}` | {} | {} |", reg.address, reg.name, reg.access, reg.doc).unwrap();
    }
    table
}

#[test]
fn the_register_table_is_that_of_the_program_crate() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/host-port.md");
    let text = std::fs::read_to_string(path).unwrap();
    let begin = text.find(BEGIN).expect("the page marks where its table begins") + BEGIN.len();
    let end = begin + text[begin..].find(END).expect("the page marks where its table ends");
    if std::env::var_os("EF_UPDATE_DOCS").is_some() {
        std::fs::write(path, format!("{}{}{}", &text[..begin], table(), &text[end..])).unwrap();
    } else {
        assert!(text[begin..end] == table(), "out of date; set EF_UPDATE_DOCS=1 and run this test");
    }
}
