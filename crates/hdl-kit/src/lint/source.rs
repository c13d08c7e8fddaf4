//! Checks on source text, for what the syntax tree does not keep.
use anyhow::{Context, Result};
use std::path::Path;

/// Inclusive ranges in `#[hdl_gen]` bodies of all `.rs` files below `dir`: `for i in 0..=n` runs to `n` in
/// Rust, to `n - 1` in Verilog.
///
/// # Errors
/// If a file cannot be read.
pub fn lint_sources(dir: &Path) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    let entries = std::fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            findings.extend(lint_sources(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path)?;
            let lines = inclusive_ranges(&text);
            findings.extend(lines.into_iter().map(|line| {
                format!(
                    "{}:{line}: inclusive range, exported without its last value: use `a..b`",
                    path.display()
                )
            }));
        }
    }
    Ok(findings)
}

/// The line numbers, from 1, of inclusive ranges inside `#[hdl_gen]` functions.
fn inclusive_ranges(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut waiting = false;
    let mut depth: Option<usize> = None;
    for (number, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or(line);
        waiting |= code.trim() == "#[hdl_gen]";
        if depth.is_some() && code.contains("..=") {
            found.push(number + 1);
        }
        for c in code.chars() {
            match c {
                '{' if waiting && depth.is_none() => (waiting, depth) = (false, Some(1)),
                '{' => depth = depth.map(|depth| depth + 1),
                '}' => depth = depth.and_then(|depth| (depth > 1).then(|| depth - 1)),
                _ => {}
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::inclusive_ranges;

    #[test]
    fn inclusive_ranges_are_found_in_hardware_only() {
        let text = "fn software() {\n    for i in 0..=3 {}\n}\n#[hdl_gen]\nfn update(&mut self) {\n    \
                    for i in 0..=3 { // 0..=3\n    }\n    for i in 0..3 {\n    }\n}\nfn after() { 0..=1; }\n";
        assert_eq!(inclusive_ranges(text), [6]);
    }
}
