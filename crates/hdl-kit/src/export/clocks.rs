//! Clocks as wires: rust-hdl copies a clock into a variable at every level of hierarchy (`always @(*) x$clock = clock;`).
//!
//! In an event-driven simulator each copy is a delta cycle, so a register deep in the hierarchy sees its clock edge after its data has
//! already changed. Here the copy goes away and the instance's port is connected to the clock itself, which costs no delta.

use std::collections::HashMap;

/// The module's text with every copy of a clock replaced by that clock.
pub fn direct(text: &str) -> String {
    // an input, or what an instance (a clock generator) puts out
    let sources: Vec<&str> = text
        .lines()
        .filter_map(|line| declared(line, "input wire").or_else(|| declared(line, "wire")))
        .collect();
    let copies: HashMap<&str, &str> = text
        .lines()
        .filter_map(|line| line.trim().strip_suffix(';')?.split_once(" = "))
        .filter(|(copy, clock)| {
            copy.ends_with("clock") && clock.ends_with("clock") && sources.contains(clock)
        })
        .collect();
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let assignment = line.trim().strip_suffix(';').and_then(|l| l.split_once(" = "));
        let is_copy = assignment.is_some_and(|(copy, clock)| copies.get(copy) == Some(&clock));
        if is_copy || declared(line, "reg").is_some_and(|name| copies.contains_key(name)) {
            continue;
        }
        let connection = line.split_once('(').and_then(|(port, rest)| Some((port, rest.split_once(')')?)));
        match connection {
            Some((port, (signal, end))) if port.trim().starts_with('.') && copies.contains_key(signal) => {
                lines.push(format!("{port}({}){end}", copies[signal]));
            }
            _ => lines.push(line.to_string()),
        }
        // a block that only copied clocks is empty now
        if line.trim() == "end" && lines.len() >= 2 && lines[lines.len() - 2].trim() == "always @(*) begin" {
            lines.truncate(lines.len() - 2);
        }
    }
    lines.join("\n") + "\n"
}

/// The name in a one-bit declaration of this kind.
fn declared<'a>(line: &'a str, kind: &str) -> Option<&'a str> {
    let name = line.trim().strip_prefix(kind)?.strip_suffix(';')?.trim();
    (!name.contains(' ')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::direct;

    #[test]
    fn a_copied_clock_becomes_a_connection() {
        let text = "module m(clock,d);\n    input wire  clock;\n    input wire  d;\n    reg  x$clock;\n    reg  x$d;\n    \
                    r x(\n        .clock(x$clock),\n        .d(x$d)\n    );\n    always @(*) begin\n        x$clock = clock;\n        \
                    x$d = d;\n    end\nendmodule\n";
        let want = "module m(clock,d);\n    input wire  clock;\n    input wire  d;\n    reg  x$d;\n    \
                    r x(\n        .clock(clock),\n        .d(x$d)\n    );\n    always @(*) begin\n        x$d = d;\n    end\nendmodule\n";
        assert_eq!(direct(text), want);
    }

    #[test]
    fn the_clock_of_a_generator_becomes_a_connection_too() {
        let text = "    wire  pll$core_clock;\n    reg  x$clock;\n    r x(\n        .clock(x$clock)\n    );\n    always @(*) begin\n        \
                    x$clock = pll$core_clock;\n    end\n";
        assert_eq!(
            direct(text),
            "    wire  pll$core_clock;\n    r x(\n        .clock(pll$core_clock)\n    );\n"
        );
    }

    #[test]
    fn a_block_of_nothing_but_clocks_goes_away() {
        let text = "    input wire  clock;\n    reg  x$clock;\n    always @(*) begin\n        x$clock = clock;\n    end\n";
        assert_eq!(direct(text), "    input wire  clock;\n");
    }
}
