//! Invariants of the architecture that no single crate can test.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Crates, lowest first; a crate may depend only on those before it.
const LAYERS: [&str; 20] = [
    "ef-toml",
    "ef-tools",
    "ef-hdl-syntax",
    "ef-hdl-macros",
    "ef-hdl-kit",
    "ef-numerics",
    "ef-isa",
    "ef-link",
    "ef-board",
    "ef-rtl",
    "ef-model",
    "ef-paper",
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
        for config in ef_isa::config::ALL {
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

/// Modules without a lockstep test of their own name, and why.
const NOT_ALONE: [(&str, &str); 2] = [
    ("Accelerator", "its test is that of `AcceleratorSim2x2`"),
    ("Heartbeat", "it changes every 2^25 cycles; a test of the lights waits for it, in Verilog"),
];

/// The text of every Rust file below a folder.
fn sources(folder: &Path) -> String {
    let text = |path: PathBuf| match path.is_dir() {
        true => sources(&path),
        false => fs::read_to_string(path).unwrap(),
    };
    fs::read_dir(folder).unwrap().map(|entry| text(entry.unwrap().path())).collect()
}

/// Whether `tests` make a block of this name: `Name::default()`, `Name::<4>::new(7)`.
fn is_made(name: &str, tests: &str) -> bool {
    tests.match_indices(name).any(|(at, _)| {
        let rest = &tests[at + name.len()..];
        let rest = match rest.strip_prefix("::<") {
            Some(generics) => generics.split_once(">::").map_or("", |(_, rest)| rest),
            None => rest.strip_prefix("::").unwrap_or_default(),
        };
        !tests[..at].ends_with(char::is_alphanumeric)
            && (rest.starts_with("default(") || rest.starts_with("new("))
    })
}

#[test]
fn every_public_module_has_a_test_of_its_own() {
    let mut found = 0;
    for (modules, tests) in [("crates/rtl/src", "rtl-tests/tests"), ("crates/soc/src", "crates/soc/tests")] {
        let [modules, tests] = [modules, tests].map(|folder| sources(&root().join(folder)));
        for block in modules.split("\nblock! {").skip(1) {
            let Some((_, item)) = block.split_once("    pub struct ") else { continue };
            let name = item.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            found += 1;
            let reason = NOT_ALONE.iter().find(|(module, _)| *module == name);
            let message = "give it a lockstep test, or say why not in NOT_ALONE";
            assert!(is_made(name, &tests) != reason.is_some(), "{name}: {message}");
        }
    }
    assert!(found > 100, "{found} modules");
}
