//! The test programs that cargo builds, the longest first.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Those that take some forty seconds or more on two cores, the longest first: started last they would leave cores idle.
const LONGEST: [&str; 7] = [
    "crates/sim boards",
    "crates/runtime learning",
    "crates/sim whole",
    "rtl-tests top",
    "rtl-tests compute",
    "crates/soc link",
    "crates/runtime cli",
];

/// A test program.
#[derive(Debug, PartialEq, Eq)]
pub struct Binary {
    /// Folder of the crate in the workspace, and target.
    pub name: String,
    /// The crate's folder, in which its tests expect to be started.
    folder: PathBuf,
    executable: PathBuf,
}

/// Builds all test programs; what cargo and the compiler say meanwhile goes to the terminal.
pub fn build() -> Result<Vec<Binary>> {
    let mut command = super::cargo(&["--no-run", "--message-format", "json-render-diagnostics"]);
    let output = command.stderr(Stdio::inherit()).output().context("cannot start cargo")?;
    if !output.status.success() {
        bail!("the tests do not build (see above)");
    }
    let text = String::from_utf8(output.stdout).context("cargo's messages are not UTF-8")?;
    let root = ef_tools::workspace_root().context("this is no checkout")?;
    let mut binaries = parse(&text, &root)?;
    binaries
        .sort_by_key(|binary| LONGEST.iter().position(|name| *name == binary.name).unwrap_or(LONGEST.len()));
    Ok(binaries)
}

impl Binary {
    /// The program as cargo would start it.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.executable);
        command.current_dir(&self.folder).env("CARGO_MANIFEST_DIR", &self.folder);
        super::optimise(&mut command);
        command
    }
}

#[derive(Deserialize)]
struct Message {
    executable: Option<PathBuf>,
    manifest_path: Option<PathBuf>,
    profile: Option<Profile>,
    target: Option<Target>,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

/// The test programs in cargo's messages, a JSON object per line, of the workspace in `root`.
fn parse(messages: &str, root: &Path) -> Result<Vec<Binary>> {
    let mut binaries = Vec::new();
    for line in messages.lines() {
        let message: Message = serde_json::from_str(line).with_context(|| format!("cargo says {line}"))?;
        let Message {
            executable: Some(executable),
            manifest_path: Some(manifest),
            profile: Some(Profile { test: true }),
            target: Some(target),
        } = message
        else {
            continue;
        };
        let folder = manifest.parent().unwrap_or(root).to_path_buf();
        let name = format!("{} {}", folder.strip_prefix(root).unwrap_or(&folder).display(), target.name);
        binaries.push(Binary { name, folder, executable });
    }
    Ok(binaries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_programs_are_told_from_libraries_and_from_programs_that_tests_need() {
        let message = |test, executable| {
            format!(
                r#"{{"reason":"compiler-artifact","manifest_path":"/w/crates/a/Cargo.toml","target":{{"name":"t"}},"profile":{{"test":{test}}},"executable":{executable}}}"#
            )
        };
        let lines = [
            message(true, r#""/w/target/debug/deps/t-1""#),
            message(false, r#""/w/target/debug/t""#),
            message(true, "null"),
            r#"{"reason":"build-finished","success":true}"#.into(),
        ];
        let (folder, executable) = ("/w/crates/a".into(), "/w/target/debug/deps/t-1".into());
        let only = Binary { name: "crates/a t".into(), folder, executable };
        assert_eq!(parse(&lines.join("\n"), Path::new("/w")).unwrap(), [only]);
    }

    #[test]
    fn the_longest_test_programs_are_targets_of_this_workspace() {
        let root = ef_tools::workspace_root().unwrap();
        for name in LONGEST {
            let (folder, target) = name.split_once(' ').unwrap();
            let places =
                [format!("tests/{target}.rs"), format!("tests/{target}/main.rs"), "src/main.rs".into()];
            assert!(places.iter().any(|place| root.join(folder).join(place).is_file()), "{name}");
        }
    }
}
