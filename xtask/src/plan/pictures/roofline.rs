//! The roofline: multiplications per cycle over multiplications per DRAM word; the roof is what lanes and memory allow.

use super::super::Planned;
use super::{SMALL, phase_colour};
use crate::chart::{AXES, Area, Drawn, legend, square};
use plotters::prelude::*;

pub fn draw(area: &Area, planned: &Planned, cycles_per_word: u32) -> Drawn {
    let lanes = planned.lanes as f64;
    let passes: Vec<_> = planned
        .report
        .layers
        .iter()
        .zip(&planned.macs)
        .map(|(pass, macs)| {
            let macs = *macs as f64;
            (pass, macs / pass.dram_words.max(1) as f64, macs / pass.cycles.max(1) as f64)
        })
        .collect();
    let knee = lanes * f64::from(cycles_per_word);
    let (mut left, mut right, mut low) = (knee, knee, lanes);
    for (_, x, y) in &passes {
        (left, right, low) = (left.min(*x), right.max(*x), low.min(*y));
    }
    let (left, right) = ((left / 2.0).max(1e-3), 2.0 * right);
    let low = low.min(left / f64::from(cycles_per_word)).max(1e-3) / 2.0;
    let mut chart = ChartBuilder::on(area)
        .margin(12)
        .x_label_area_size(42)
        .y_label_area_size(64)
        .build_cartesian_2d((left..right).log_scale(), (low..2.0 * lanes).log_scale())?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_desc("useful multiplications per DRAM word")
        .y_desc("useful multiplications per cycle")
        .label_style(AXES)
        .draw()?;
    let roof = [(left, left / f64::from(cycles_per_word)), (knee, lanes), (right, lanes)];
    chart.draw_series(LineSeries::new(roof, BLACK.stroke_width(2)))?;
    for phase in ["FP", "BP", "WU", "BP + WU"] {
        let colour = phase_colour(phase);
        let own = || passes.iter().filter(|(pass, ..)| pass.phase == phase);
        if own().next().is_none() {
            continue;
        }
        chart
            .draw_series(own().map(|(_, x, y)| Circle::new((*x, *y), 4, colour.filled())))?
            .label(phase)
            .legend(move |at| square(colour, at));
        chart.draw_series(own().map(|(pass, x, y)| {
            EmptyElement::at((*x, *y)) + Text::new(pass.layer.clone(), (6, -5), SMALL.into_font())
        }))?;
    }
    legend(&mut chart, SeriesLabelPosition::LowerRight)?;
    Ok(())
}
