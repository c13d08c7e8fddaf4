//! Constants as wires: `always @(*) begin x = t_x; end` reads no signal, so an event-driven simulator never runs it.

use std::collections::BTreeSet;

/// The module's text with blocks that assign nothing but constants turned into continuous assignments.
pub fn direct(text: &str) -> String {
    let constants: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("localparam")?.split_once('='))
        .map(|(name, _)| name.trim())
        .collect();
    let lines: Vec<&str> = text.lines().collect();
    let mut wires: BTreeSet<&str> = BTreeSet::new();
    let mut out: Vec<String> = Vec::new();
    let mut i = 0;
    while i < lines.len() {
        let body = lines[i..].iter().skip(1).take_while(|line| line.trim() != "end");
        let assigned: Option<Vec<(&str, &str)>> = (lines[i].trim() == "always @(*) begin")
            .then(|| body.map(|line| constant_assignment(line, &constants)).collect())
            .flatten();
        match assigned {
            Some(assigned) if !assigned.is_empty() => {
                i += assigned.len() + 2;
                for (name, value) in assigned {
                    wires.insert(name);
                    out.push(format!("    assign {name} = {value};"));
                }
            }
            _ => {
                out.push(lines[i].to_string());
                i += 1;
            }
        }
    }
    for line in &mut out {
        let name = line.trim().strip_suffix(';').and_then(|l| l.rsplit(' ').next()).unwrap_or_default();
        let declares = line.trim().starts_with("output reg ") || line.trim().starts_with("reg ");
        if declares && wires.contains(name) {
            *line = line.replacen("reg ", "wire ", 1);
        }
    }
    out.join("\n") + "\n"
}

/// `name = constant;`
fn constant_assignment<'a>(line: &'a str, constants: &BTreeSet<&str>) -> Option<(&'a str, &'a str)> {
    let (name, value) = line.trim().strip_suffix(';')?.split_once(" = ")?;
    let literal =
        value.split_once('\'').is_some_and(|(bits, _)| bits.parse::<u32>().is_ok()) && !value.contains(' ');
    (!name.contains(['[', ' ']) && (literal || constants.contains(value))).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::direct;

    #[test]
    fn a_block_of_constants_becomes_assignments() {
        let text = "    output reg  [2:0] last;\n    output reg  q;\n    localparam  t_last = 3'b1;\n    always @(*) begin\n        \
                    last = t_last;\n        q = 1'b0;\n    end\n";
        let want = "    output wire  [2:0] last;\n    output wire  q;\n    localparam  t_last = 3'b1;\n    \
                    assign last = t_last;\n    assign q = 1'b0;\n";
        assert_eq!(direct(text), want);
    }

    #[test]
    fn a_block_that_reads_a_signal_stays() {
        let text = "    output reg  y;\n    always @(*) begin\n        y = 1'b0;\n        y = a;\n    end\n";
        assert_eq!(direct(text), text);
    }
}
