//! The pictures of a plan, as SVG.

mod cycles;
mod memory;
mod roofline;

use super::{Behind, PassReport, Planned};
use crate::chart::{Area, BLUE, BROWN, Drawn, GREEN, ORANGE, TITLE, svg};
use anyhow::Result;
use plotters::prelude::*;

const SMALL: (&str, u32) = ("sans-serif", 11);

/// Name and text of every picture.
pub fn all(planned: &Planned, behind: &Behind) -> Result<Vec<(&'static str, String)>> {
    Ok(vec![
        picture("cycles.svg", (1100, 520), planned, "cycles per image", cycles::draw)?,
        picture("roofline.svg", (900, 560), planned, "roofline", |area, planned| {
            roofline::draw(area, planned, behind.cycles_per_word)
        })?,
        picture("on-chip.svg", (1100, 900), planned, "on chip, by layer", memory::draw_chip)?,
        picture("dram.svg", (1100, 620), planned, "DRAM", memory::draw_dram)?,
    ])
}

fn picture(
    name: &'static str,
    size: (u32, u32),
    planned: &Planned,
    what: &str,
    draw: impl FnOnce(&Area, &Planned) -> Drawn,
) -> Result<(&'static str, String)> {
    let report = &planned.report;
    let title = format!("{}, batch {}, {}: {what}", report.network, report.batch, report.config);
    Ok((name, svg(name, size, |root| draw(&root.titled(&title, TITLE)?, planned))?))
}

/// The colour of a phase.
fn phase_colour(phase: &str) -> RGBColor {
    match phase {
        "FP" => BLUE,
        "BP" => ORANGE,
        "WU" => GREEN,
        _ => BROWN,
    }
}

/// The colour of a stage: neighbours differ.
fn stage_colour(stage: usize) -> RGBAColor {
    Palette99::pick(stage).to_rgba()
}

fn bar<C: Into<ShapeStyle>>(color: C, x: (f64, f64), y: (f64, f64)) -> Rectangle<(f64, f64)> {
    Rectangle::new([(x.0, y.0), (x.1, y.1)], color)
}

/// The names of the layers, and of those that have a pass together, in the order of the network.
fn layers(planned: &Planned) -> Vec<&str> {
    let first = |pass: &PassReport| pass.parts.iter().map(|part| part.0).min();
    let mut named: Vec<_> = planned.report.layers.iter().map(|p| (first(p), p.layer.as_str())).collect();
    named.sort_unstable();
    named.dedup();
    named.into_iter().map(|(_, name)| name).collect()
}
