//! Splits Verilog text into modules.
use super::Module;
use anyhow::{Result, anyhow, bail};
use std::collections::BTreeSet;

/// The modules in rust-hdl's output. Comments about single instances and blank lines are dropped, so that
/// equal modules have equal texts.
pub(super) fn modules(verilog: &str) -> Result<Vec<Module>> {
    let mut found = Vec::new();
    let mut lines: Vec<&str> = Vec::new();
    let mut name: Option<String> = None;
    for line in verilog.lines() {
        let code = line.trim();
        if code.is_empty() || code.starts_with("// v--") {
            continue;
        }
        if name.is_none() {
            name = module_name(code);
        }
        if code.starts_with("endmodule") {
            let name = name.take().ok_or_else(|| anyhow!("`endmodule` without `module` in the export"))?;
            let mut text = lines.join("\n");
            text.push_str("\nendmodule\n");
            found.push(Module { name, text });
            lines.clear();
        } else {
            lines.push(line.trim_end());
        }
    }
    if let Some(name) = name {
        bail!("module `{name}` has no `endmodule` in the export");
    }
    if let Some(line) = lines.iter().find(|line| !line.trim_start().starts_with("//")) {
        bail!("text outside any module in the export: `{}`", line.trim());
    }
    Ok(found)
}

/// The names of the modules that `verilog` defines.
pub(super) fn module_names(verilog: &str) -> BTreeSet<String> {
    verilog.lines().filter_map(|line| module_name(line.trim())).collect()
}

/// The name in a line such as `(* blackbox *) module ODDR #(`.
fn module_name(code: &str) -> Option<String> {
    let mut rest = code;
    while let Some(attribute) = rest.strip_prefix("(*") {
        rest = attribute.split_once("*)")?.1.trim_start();
    }
    let after = rest.strip_prefix("module")?;
    if !after.starts_with(char::is_whitespace) {
        return None;
    }
    let name: String = after.trim_start().chars().take_while(|c| is_identifier(*c)).collect();
    (!name.is_empty()).then_some(name)
}

pub(super) fn is_identifier(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_stay_with_the_module_they_precede() {
        let parsed =
            modules("module a();\nendmodule // a\n\n(* blackbox *)\nmodule b(x);\ninput x;\nendmodule\n")
                .unwrap();
        assert_eq!(parsed.iter().map(|m| m.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert!(parsed[1].text.starts_with("(* blackbox *)"));
    }

    #[test]
    fn names_are_found_behind_attributes_and_before_parameters() {
        let text = "(* keep, blackbox *) module MULT #(parameter W = 1) (input a);\nendmodule\nmodule_x y();";
        assert_eq!(module_names(text).into_iter().collect::<Vec<_>>(), ["MULT"]);
    }

    #[test]
    fn an_unfinished_module_is_an_error() {
        assert!(modules("module a();\n").is_err());
    }
}
