//! The table of a plan for a terminal.

use super::{Behind, PassReport, PlanReport};
use ef_runtime::summary::grouped;
use std::fmt::Write;

/// A head, a row per pass, and the sum.
pub fn table(report: &PlanReport, behind: &Behind) -> String {
    let mut text = format!(
        "network {}, batch {}, {}, {}\n{} bytes of DRAM, a program of {} words\n\n",
        report.network,
        report.batch,
        report.config,
        behind.name,
        grouped(report.memory_bytes),
        grouped(report.program_words)
    );
    let mut line = |cells: [&str; 8]| {
        let [layer, phase, cycles, bound, busy, useful, words, tile] = cells;
        let row = format!(
            "{layer:13} {phase:8} {cycles:>14} {bound:>14} {busy:>7} {useful:>7} {words:>12}  {tile}"
        );
        writeln!(text, "{}", row.trim_end()).expect("a string takes everything");
    };
    line([
        "layer",
        "phase",
        "cycles/image",
        "bound",
        "busy",
        "useful",
        "words/image",
        "tile: images x rows x columns, groups out, in",
    ]);
    for pass in &report.layers {
        line(cells(pass, report.batch).each_ref().map(String::as_str));
    }
    let total = [report.cycles_per_image, report.bound_cycles_per_image, report.dram_words_per_image];
    let [cycles, bound, words] = total.map(|value| grouped(value.round() as u64));
    let share = |value: &dyn Fn(&PassReport) -> f64| {
        percent(report.layers.iter().map(|p| p.cycles as f64 * value(p)).sum::<f64>(), report)
    };
    let (busy, useful) = (share(&|p| p.busy_lanes), share(&|p| p.useful_macs));
    line(["all", "", &cycles, &bound, &busy, &useful, &words, ""]);
    text
}

fn percent(cycles: f64, report: &PlanReport) -> String {
    format!("{:.1} %", 100.0 * cycles / report.per_image(|p| p.cycles) / report.batch as f64)
}

fn cells(pass: &PassReport, batch: usize) -> [String; 8] {
    let per_image = |value: u64| grouped(value.div_ceil(batch as u64));
    let tile = pass.tile;
    [
        pass.layer.clone(),
        pass.phase.clone(),
        per_image(pass.cycles),
        per_image(pass.bound),
        format!("{:.1} %", 100.0 * pass.busy_lanes),
        format!("{:.1} %", 100.0 * pass.useful_macs),
        per_image(pass.dram_words),
        format!(
            "{} x {} x {}, {}, {}",
            tile.images, tile.rows, tile.columns, tile.out_groups, tile.in_groups
        ),
    ]
}
