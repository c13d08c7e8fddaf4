//! What lies where over the time of a step: on chip, and in DRAM.

use super::super::Planned;
use super::super::join::Kind;
use super::super::occupancy::Buffer;
use super::{SMALL, bar, stage_colour};
use crate::chart::{AXES, Area, BLUE, Drawn, GREEN, ORANGE, legend, square};
use plotters::prelude::*;

/// A panel per buffer, entries over cycles; the colour is the layer whose pass put it there.
pub fn draw_chip(area: &Area, planned: &Planned) -> Drawn {
    let panels = area.split_evenly((planned.chip.len(), 1));
    for (panel, buffer) in panels.iter().zip(&planned.chip) {
        draw_buffer(panel, planned, buffer)?;
    }
    Ok(())
}

fn draw_buffer(panel: &Area, planned: &Planned, buffer: &Buffer) -> Drawn {
    let mut chart = ChartBuilder::on(panel)
        .margin(6)
        .margin_right(110)
        .x_label_area_size(30)
        .y_label_area_size(70)
        .build_cartesian_2d(0.0..planned.cycles.max(1) as f64, 0.0..buffer.depth as f64)?;
    chart
        .configure_mesh()
        .disable_mesh()
        .y_desc(buffer.name)
        .y_labels(4)
        .label_style(SMALL)
        .x_label_formatter(&|cycle| format!("{cycle:.0}"))
        .draw()?;
    for (stage, name) in planned.stages.iter().enumerate() {
        let own = buffer.uses.iter().filter(|used| used.stage == stage);
        let bars: Vec<_> = own
            .map(|used| {
                let x = (used.from as f64, used.to as f64);
                bar(stage_colour(stage).filled(), x, (used.lo as f64, used.hi as f64))
            })
            .collect();
        chart.draw_series(bars)?;
        let at = (panel.dim_in_pixel().0 as i32 - 95, 16 + 15 * stage as i32);
        let fits = at.1 < panel.dim_in_pixel().1 as i32;
        if fits {
            panel.draw(&Rectangle::new([at, (at.0 + 10, at.1 + 10)], stage_colour(stage).filled()))?;
            panel.draw(&Text::new(name.to_string(), (at.0 + 15, at.1), SMALL.into_font()))?;
        }
    }
    Ok(())
}

const KINDS: [(Kind, &str, RGBColor); 7] = [
    (Kind::Weights, "weights", RGBColor(0x94, 0x67, 0xbd)),
    (Kind::Optimiser, "optimiser", RGBColor(0xc5, 0xb0, 0xd5)),
    (Kind::Images, "images", RGBColor(0x7f, 0x7f, 0x7f)),
    (Kind::Map, "maps", BLUE),
    (Kind::Loss, "losses", ORANGE),
    (Kind::Codes, "codes", GREEN),
    (Kind::Program, "program", RGBColor(0xd6, 0x27, 0x28)),
];

/// Bytes over cycles: a rectangle per map, loss, and so on.
pub fn draw_dram(area: &Area, planned: &Planned) -> Drawn {
    let mega = |words: u64| 4.0 * words as f64 / 1e6;
    let top = planned.report.memory_bytes as f64 / 1e6;
    let mut chart = ChartBuilder::on(area)
        .margin(12)
        .x_label_area_size(38)
        .y_label_area_size(64)
        .build_cartesian_2d(0.0..planned.cycles.max(1) as f64, 0.0..1.25 * top)?;
    chart
        .configure_mesh()
        .disable_mesh()
        .x_desc("cycles")
        .y_desc("megabytes")
        .label_style(AXES)
        .x_label_formatter(&|cycle| format!("{cycle:.0}"))
        .draw()?;
    for (kind, name, colour) in KINDS {
        let own = || planned.dram.iter().filter(|block| block.kind == kind);
        let sides = |block: &super::super::join::Block| {
            let x = (block.from as f64, block.to as f64);
            (x, (mega(block.at), mega(block.at + block.words)))
        };
        let fill = own().map(|block| {
            let (x, y) = sides(block);
            bar(colour.mix(0.7).filled(), x, y)
        });
        chart.draw_series(fill)?.label(name).legend(move |at| square(colour, at));
        chart.draw_series(own().map(|block| {
            let (x, y) = sides(block);
            bar(WHITE.stroke_width(1), x, y)
        }))?;
        // names where there is room for them
        let named = own().filter(|block| mega(block.words) > top / 30.0);
        chart.draw_series(named.map(|block| {
            let (x, y) = sides(block);
            EmptyElement::at((x.0, y.1)) + Text::new(block.name.clone(), (4, 3), SMALL.into_font())
        }))?;
    }
    legend(&mut chart, SeriesLabelPosition::UpperRight)?;
    Ok(())
}
