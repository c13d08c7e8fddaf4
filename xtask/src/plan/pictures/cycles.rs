//! Cycles by layer and phase: a bar per layer, its phases one on the other, and the bound of each.

use super::super::{PassReport, PlanReport, Planned};
use super::{bar, layers, phase_colour};
use crate::chart::{Area, Drawn, bars_over_names, legend, square};
use ef_runtime::summary::grouped;
use plotters::prelude::*;

/// The passes of a layer, in the order in which they run.
fn passes_of<'a>(report: &'a PlanReport, name: &str) -> impl Iterator<Item = &'a PassReport> {
    report.layers.iter().filter(move |pass| pass.layer == name)
}

pub fn draw(area: &Area, planned: &Planned) -> Drawn {
    let report = &planned.report;
    let names = layers(planned);
    let per_image = |cycles: u64| cycles as f64 / report.batch as f64;
    let height = |name: &&str| per_image(passes_of(report, name).map(|p| p.cycles.max(p.bound)).sum());
    let top = names.iter().map(height).fold(1.0, f64::max);
    let whole = |y: &f64| grouped(y.round() as u64);
    let mut chart = bars_over_names(area, (38, 80), &names, 1.3 * top, "cycles per image", &whole)?;
    for phase in ["FP", "BP", "WU", "BP + WU"] {
        let colour = phase_colour(phase);
        let mut bars = Vec::new();
        for (x, name) in names.iter().enumerate() {
            let mut low = 0.0;
            for pass in passes_of(report, name) {
                let high = low + per_image(pass.cycles);
                if pass.phase == phase {
                    bars.push(bar(colour.filled(), (x as f64 - 0.35, x as f64 + 0.35), (low, high)));
                }
                low = high;
            }
        }
        if !bars.is_empty() {
            chart.draw_series(bars)?.label(phase).legend(move |at| square(colour, at));
        }
    }
    let bounds = names.iter().enumerate().flat_map(|(x, name)| {
        let mut low = 0.0;
        passes_of(report, name).map(move |pass| {
            let at = low + per_image(pass.bound);
            low += per_image(pass.cycles);
            PathElement::new(vec![(x as f64 - 0.42, at), (x as f64 + 0.42, at)], BLACK.stroke_width(2))
        })
    });
    chart
        .draw_series(bounds.collect::<Vec<_>>())?
        .label("bound of a phase, from its bar's foot")
        .legend(|(x, y)| PathElement::new(vec![(x, y), (x + 12, y)], BLACK.stroke_width(2)));
    legend(&mut chart, SeriesLabelPosition::UpperRight)?;
    Ok(())
}
