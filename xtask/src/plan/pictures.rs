//! The pictures of a plan, as SVG.

mod cycles;
mod memory;
mod roofline;

use super::{Behind, PassReport, Planned};
use anyhow::{Result, anyhow};
use plotters::coord::Shift;
use plotters::prelude::*;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// What went wrong while drawing.
type Drawn = Result<(), Box<dyn std::error::Error>>;

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
    let mut svg = String::new();
    let report = &planned.report;
    let title = format!("{}, batch {}, {}: {what}", report.network, report.batch, report.config);
    let drawn = || -> Drawn {
        let root = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        root.fill(&WHITE)?;
        let area = root.titled(&title, ("sans-serif", 20))?;
        draw(&area, planned)?;
        root.present()?;
        Ok(())
    };
    drawn().map_err(|error| anyhow!("cannot draw {name}: {error}"))?;
    Ok((name, svg))
}

/// The colour of a phase.
fn phase_colour(phase: &str) -> RGBColor {
    match phase {
        "FP" => RGBColor(0x1f, 0x77, 0xb4),
        "BP" => RGBColor(0xff, 0x7f, 0x0e),
        "WU" => RGBColor(0x2c, 0xa0, 0x2c),
        _ => RGBColor(0x8c, 0x56, 0x4b),
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
