//! The register table of `docs/host-port.md`.
use ef_isa::regs;
use std::fmt::Write;

fn table() -> String {
    let mut table = String::from("| address | name | access | meaning |\n|---|---|---|---|\n");
    for reg in regs::ALL {
        writeln!(table, "| 0x{:02x} | `{}` | {} | {} |", reg.address, reg.name, reg.access, reg.doc).unwrap();
    }
    table
}

#[test]
fn the_register_table_is_that_of_the_isa() {
    let mark = "registers, EF_UPDATE_DOCS=1 cargo test -p ef-rtl-tests --test control docs";
    ef_tools::page_block("docs/host-port.md", mark, &table()).unwrap();
}
