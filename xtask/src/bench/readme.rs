//! The README's table and picture of `bench --paper`.

use super::rows::{NetworkRow, Row};
use crate::chart::{Area, BLUE, Drawn, ORANGE, bars_over_names, legend, square, svg};
use crate::section::{Section, SectionArgs};
use anyhow::{Context, Result};
use ef_runtime::atomic;
use ef_runtime::summary::grouped;
use plotters::prelude::*;
use std::fmt::Write;

const SECTION: Section = Section { file: "README.md", verb: "bench --paper" };

/// Path of the picture in the checkout.
const PICTURE: &str = "docs/img/paper.svg";

/// Writes table and picture.
pub fn write(networks: &[NetworkRow], simulated: &[Row], board: &str, mhz: f64) -> Result<()> {
    let root = ef_tools::workspace_root().context("this is no checkout of ef-train")?;
    let picture = svg(PICTURE, (1100, 420), |area| draw(area, networks))?;
    atomic::write(&root.join(PICTURE), picture.as_bytes())?;
    let args = SectionArgs { write: true, check: false };
    SECTION.handle(&args, &table(networks, simulated, board, mhz)?)
}

fn table(networks: &[NetworkRow], simulated: &[Row], board: &str, mhz: f64) -> Result<String> {
    let mut text = format!(
        "![Cycles by those of EF-Train's model]({PICTURE})\n\n\
         GFLOPS at {mhz} MHz, the recorded median of `{board}`.\n\n\
         | network, images of a step | memory | cycles per image, predicted | EF-Train's model | ratio | useful multiplications | GFLOPS |\n\
         |---|---|---|---|---|---|---|\n"
    );
    for row in networks {
        writeln!(
            text,
            "| {}, {} | {} | {} | {} | {:.2} | {:.1} % | {:.1} |",
            row.network,
            row.batch,
            row.memory,
            grouped(row.cycles_per_image.round() as u64),
            grouped(row.eftrain_cycles_per_image.round() as u64),
            row.ratio,
            100.0 * row.useful,
            row.gflops
        )?;
    }
    text += "\n| on the RTL | layer | phase | cycles, simulated | predicted | error | busy lanes |\n|---|---|---|---|---|---|---|\n";
    for row in simulated {
        writeln!(
            text,
            "| {} | {} | {} | {} | {} | {:+.2} % | {:.1} % |",
            row.network,
            row.layer,
            row.phase,
            row.simulated_cycles.map_or("-".into(), grouped),
            grouped(row.predicted_cycles),
            100.0 * row.error.unwrap_or(0.0),
            100.0 * row.busy_lanes
        )?;
    }
    Ok(text)
}

/// Two bars per network, one for each memory, beside a line at EF-Train's cycles.
fn draw(area: &Area, networks: &[NetworkRow]) -> Drawn {
    let mut memories: Vec<&str> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for row in networks {
        if !memories.contains(&row.memory.as_str()) {
            memories.push(&row.memory);
        }
        if !names.contains(&row.network.as_str()) {
            names.push(&row.network);
        }
    }
    let top = networks.iter().map(|row| row.ratio).fold(1.0, f64::max);
    let ratio = |y: &f64| format!("{y:.1}");
    let mut chart = bars_over_names(area, (32, 70), &names, 1.25 * top, "cycles by EF-Train's", &ratio)?;
    for (number, (memory, colour)) in memories.iter().zip([BLUE, ORANGE]).enumerate() {
        let own = networks.iter().filter(|row| row.memory == *memory);
        let bars = own.map(|row| {
            let at = names.iter().position(|name| *name == row.network).unwrap_or(0) as f64;
            let left = at - 0.35 + 0.35 * number as f64;
            Rectangle::new([(left, 0.0), (left + 0.33, row.ratio)], colour.filled())
        });
        chart.draw_series(bars)?.label(*memory).legend(move |at| square(colour, at));
    }
    chart
        .draw_series([PathElement::new(vec![(-0.5, 1.0), (names.len() as f64 - 0.5, 1.0)], BLACK)])?
        .label("EF-Train's model, 64 lanes and its own memory")
        .legend(|(x, y)| PathElement::new(vec![(x, y), (x + 12, y)], BLACK));
    legend(&mut chart, SeriesLabelPosition::UpperLeft)?;
    Ok(())
}
