//! The exported Verilog is what it was when its hashes were recorded.

use ef_export::hashes::{FILE, RECORDED, changed, hashes};

#[test]
fn the_verilog_has_the_recorded_hashes() {
    let now = hashes().unwrap();
    let changed = changed(&now, RECORDED);
    assert!(
        changed.is_empty(),
        "the Verilog of {} is not that of {FILE}; if it was meant to change: cargo xtask export --hashes --write",
        changed.join(", ")
    );
    // every configuration and every board, each once
    let lines = ef_isa::config::ALL.len() + ef_board::Board::names().unwrap().len();
    assert_eq!(now.lines().count(), lines);
}

#[test]
fn a_changed_a_new_and_a_missing_line_are_named() {
    assert_eq!(changed("1  a\n2  b\n3  c\n", "1  a\n4  b\n5  d\n"), ["b", "c", "d"]);
    assert!(changed("1  a\n", "1  a\n").is_empty());
}

/// The modules of the accelerator `fp32-8x8`.
fn modules() -> Vec<ef_hdl_kit::export::Module> {
    ef_rtl::top::modules(&ef_isa::config::FP32_8X8).unwrap().modules
}

/// `HazardTimer` as `ef_hazard_timer`; what rust-hdl provides has its kind and size.
#[test]
fn every_module_begins_with_its_name_and_what_it_is_for() {
    for module in modules() {
        let (comment, rest) = module.text.split_once('\n').unwrap();
        let (name, purpose) = comment.strip_prefix("// ").and_then(|text| text.split_once(": ")).unwrap();
        assert!(rest.starts_with(&format!("module {}(", module.name)), "{}: {comment}", module.name);
        assert!(purpose.len() > 10, "{comment}");
        let squeezed = |text: &str| text.replace('_', "").to_lowercase();
        let found = squeezed(&module.name).starts_with(&squeezed(&format!("ef{name}")));
        assert!(
            found || module.name == ef_rtl::top::TOP,
            "{} is called after something else: {comment}",
            module.name
        );
    }
}

#[test]
fn the_page_on_the_ports_shows_a_module_as_it_is_exported() {
    let modules = modules();
    let module = modules.iter().find(|module| module.name == "ef_hazard_timer").unwrap();
    let (head, code) = module.text.split_once("    // Module arguments").unwrap();
    let (_, code) = code.split_once("    // Update code\n").unwrap();
    let text = format!("```verilog\n{head}    ...\n{code}```\n");
    let mark = "hazard timer, EF_UPDATE_DOCS=1 cargo test --workspace --test hashes";
    ef_tools::page_block("docs/host-port.md", mark, &text).unwrap();
}
