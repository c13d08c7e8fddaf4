//! Invariants of the architecture that no single crate can test.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Crates, lowest first; a crate may depend only on those before it.
const LAYERS: [&str; 17] = [
    "ef-toml",
    "ef-tools",
    "ef-hdl-kit",
    "ef-numerics",
    "ef-program",
    "ef-link",
    "ef-board",
    "ef-rtl",
    "ef-model",
    "ef-time",
    "ef-compiler",
    "ef-soc",
    "ef-sim",
    "ef-synth",
    "ef-export",
    "ef-runtime",
    "ef-fuzz",
];

/// Our own crates that a manifest's `[dependencies]` name.
fn dependencies(manifest: &str) -> Vec<String> {
    let section = manifest.split("[dependencies]").nth(1).unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    section
        .lines()
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| name.starts_with("ef-"))
        .map(String::from)
        .collect()
}

#[test]
fn crates_depend_only_on_lower_layers() {
    let mut seen = BTreeMap::new();
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let manifest = fs::read_to_string(entry.unwrap().path().join("Cargo.toml")).unwrap();
        let name =
            manifest.lines().find_map(|l| l.strip_prefix("name = ")).unwrap().trim_matches('"').to_string();
        seen.insert(name, dependencies(&manifest));
    }
    assert_eq!(seen.len(), LAYERS.len(), "{:?}", seen.keys());
    let layer =
        |name: &str| LAYERS.iter().position(|l| *l == name).unwrap_or_else(|| panic!("{name} has no layer"));
    for (name, dependencies) in &seen {
        for dependency in dependencies {
            assert!(layer(dependency) < layer(name), "{name} depends on {dependency}, which is not below it");
        }
    }
    assert!(seen["ef-sim"].contains(&"ef-rtl".to_string()), "dependencies are not found");
    // the golden model must stay independent of the RTL it judges
    assert!(!seen["ef-model"].iter().any(|d| d == "ef-rtl" || d == "ef-hdl-kit"));
}

#[test]
fn no_module_of_the_accelerator_means_something_else_in_verilog() {
    // an accelerator by value is larger than a test thread's stack
    let lint = || {
        for config in ef_program::config::ALL {
            let findings =
                ef_rtl::with_accelerator!(config, accelerator => ef_hdl_kit::lint(&accelerator)).unwrap();
            assert!(findings.is_empty(), "{}: {findings:#?}", config.name);
        }
    };
    std::thread::Builder::new().stack_size(256 << 20).spawn(lint).unwrap().join().unwrap();
    for folder in ["crates/rtl/src", "crates/soc/src"] {
        let findings = ef_hdl_kit::lint_sources(&root().join(folder)).unwrap();
        assert!(findings.is_empty(), "{findings:#?}");
    }
}
