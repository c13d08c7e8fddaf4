//! `report.md`: the report for people.

use crate::report::{Report, Use};
use std::fmt::Write;

/// Path steps shown; carry chains have dozens.
const STEPS: usize = 40;

impl Report {
    /// The text of `report.md`.
    pub fn text(&self) -> String {
        let mut text = format!("# {} on {}\n\n", self.name, self.device);
        let verdict = if self.timing_met {
            "Timing is met."
        } else {
            "**Timing is not met: this bitstream must not be used.**"
        };
        let _ = writeln!(text, "{verdict} Bitstream: `{}`\n\n## Clocks, after routing\n", self.bitstream);
        let clocks = self.clocks.iter().map(|(net, clock)| {
            let met = if clock.met() { "yes" } else { "NO" };
            [net.clone(), format!("{:.2}", clock.fmax_mhz), format!("{:.2}", clock.target_mhz), met.into()]
        });
        table(&mut text, ["net", "Fmax MHz", "target MHz", "met"], clocks);
        let _ = writeln!(text, "\n{}", self.seeds_text());
        text.push_str("\n## Utilisation\n\n");
        let kinds = [
            ("LUT", self.lut),
            ("flip-flop", self.ff),
            ("DSP (18 x 18)", self.dsp),
            ("BRAM (18 kbit)", self.bram),
        ];
        let rows = kinds.map(|(kind, Use { used, available })| {
            let share = 100.0 * used as f64 / (available.max(1)) as f64;
            [kind.into(), used.to_string(), available.to_string(), format!("{share:.1} %")]
        });
        table(&mut text, ["kind", "used", "available", ""], rows.into_iter());
        text.push_str(
            "\n## Parts\n\nBefore packing, each with everything inside it. A cell belongs to the part in which the wire that it drives is declared.\n\n",
        );
        let parts = self.parts.iter().map(|part| {
            let path = if part.path.is_empty() { "(everything)" } else { &part.path };
            [
                path.to_string(),
                part.lut.to_string(),
                part.ff.to_string(),
                part.dsp.to_string(),
                part.bram.to_string(),
            ]
        });
        table(&mut text, ["instance", "LUT", "FF", "DSP", "BRAM"], parts);
        let _ = writeln!(text, "\n## Critical path\n\n{}", self.path_text());
        text.push_str("## What is not checked\n\n");
        for item in &self.not_checked {
            let _ = writeln!(text, "- {item}");
        }
        text.push_str("\n## Made from\n\n");
        for (tool, version) in &self.tools {
            let _ = writeln!(text, "- {tool} {version}");
        }
        let _ = writeln!(text, "- seed {}\n- input hash `{}`", self.seed, self.input_hash);
        text
    }

    /// What the seeds gave, in a line.
    pub fn seeds_text(&self) -> String {
        let mhz = |i: usize| self.seeds.get(i).map_or(0.0, |seed| seed.fmax_mhz);
        match self.seeds.len() {
            1 => format!("Seed {}.", self.seed),
            n => format!(
                "{n} seeds: worst {:.2}, median {:.2}, best {:.2} MHz; kept: seed {}.",
                mhz(n - 1),
                mhz(n / 2),
                mhz(0),
                self.seed
            ),
        }
    }

    /// The path that limits the slowest clock, a line per step, times summed up.
    pub fn path_text(&self) -> String {
        let mut text = String::from("```text\n   ns   total\n");
        let mut total = 0.0;
        for (i, step) in self.critical_path.iter().enumerate() {
            total += step.delay_ns;
            if i < STEPS {
                let net = step.net.as_ref().map(|net| format!("  over {net}")).unwrap_or_default();
                let _ = writeln!(
                    text,
                    "{:5.2}  {total:6.2}  {:8}  to {}{net}",
                    step.delay_ns, step.kind, step.to
                );
            }
        }
        if self.critical_path.len() > STEPS {
            let _ =
                writeln!(text, "       {total:6.2}  after {} more steps", self.critical_path.len() - STEPS);
        }
        text + "```\n"
    }
}

fn table<const N: usize>(text: &mut String, head: [&str; N], rows: impl Iterator<Item = [String; N]>) {
    let _ = writeln!(text, "| {} |\n|{}", head.join(" | "), "---|".repeat(N));
    for row in rows {
        let _ = writeln!(text, "| {} |", row.join(" | "));
    }
}
