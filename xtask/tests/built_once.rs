//! Nothing is compiled twice for the tests without need.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// What cargo says.
fn cargo(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).arg("--offline").current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Every package with the features that it is compiled with, when cargo is given `arguments`.
fn packages(arguments: &[&str]) -> BTreeSet<String> {
    let text = cargo(&[&["tree", "--prefix", "none", "--format", "{p} [{f}]"], arguments].concat());
    // a package that stands in the tree again is marked
    text.lines().filter(|line| !line.is_empty()).map(|line| line.replace(" (*)", "")).collect()
}

#[test]
fn packages_have_the_same_features_in_xtask_and_in_the_tests() {
    let xtask = packages(&["--package", "xtask", "--edges", "normal,build"]);
    let tests = packages(&["--workspace", "--edges", "normal,build,dev"]);
    let twice: Vec<&String> = xtask.difference(&tests).collect();
    assert!(xtask.len() > 100, "{xtask:#?}");
    assert!(
        twice.is_empty(),
        "give xtask these packages' features of the tests, in its Cargo.toml: {twice:#?}"
    );
}

#[test]
fn a_library_whose_tests_are_not_built_has_none() {
    let metadata: Value =
        serde_json::from_str(&cargo(&["metadata", "--no-deps", "--format-version", "1"])).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    let targets = packages.flat_map(|package| package["targets"].as_array().unwrap());
    let untested = targets.filter(|target| {
        target["test"] == false && (target["kind"][0] == "lib" || target["kind"][0] == "proc-macro")
    });
    let folders: Vec<&Path> =
        untested.map(|target| Path::new(target["src_path"].as_str().unwrap()).parent().unwrap()).collect();
    assert!(!folders.is_empty());
    for folder in folders {
        without_tests(folder);
    }
}

fn without_tests(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            without_tests(&path);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            // deeper inside it is what a macro makes for another crate
            let has =
                text.lines().any(|line| line.trim_end() == "#[test]" || line.trim_end() == "    #[test]");
            assert!(!has, "{} has tests, its crate has `test = false`", path.display());
        }
    }
}
