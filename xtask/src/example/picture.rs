//! The picture of an example: accuracies on the left, what a step takes on the right.

use super::report::{Accuracy, Report};
use crate::chart::{
    AXES, Area, BLUE, BROWN, Bars, Drawn, GREEN, ORANGE, TITLE, bars_over_names, legend, square, svg,
};
use anyhow::Result;
use ef_runtime::summary::grouped;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Of the file.
pub const NAME: &str = "personalise.svg";

/// Pixels for the labels of both charts.
const LABELS: (u32, u32) = (32, 70);

/// As SVG.
pub fn picture(report: &Report) -> Result<String> {
    let title = format!(
        "network {}, adapted with {} digits turned by {} degrees",
        report.network, report.adaptation.images, report.degrees
    );
    svg(NAME, (1160, 420), |root| {
        let (left, right) = root.titled(&title, TITLE)?.split_horizontally(660);
        accuracies(&left, report)?;
        cycles(&right, report)
    })
}

/// Bars of one colour: what they are, and a height at each place that has one.
type Series = (String, RGBColor, Vec<(f64, f64)>);

/// Two bars for the weights before and for those of each variant.
fn accuracies(area: &Area, report: &Report) -> Drawn {
    let after = report.variants.iter().map(|variant| (variant.name.as_str(), variant.accuracy));
    let rows: Vec<(&str, Accuracy)> = std::iter::once(("before", report.before)).chain(after).collect();
    let names: Vec<&str> = rows.iter().map(|(name, _)| *name).collect();
    let bars = |number: usize, share: fn(&Accuracy) -> f64| {
        let rows = rows.iter().enumerate();
        rows.map(|(at, (_, accuracy))| (beside(at, number), 100.0 * share(accuracy))).collect()
    };
    let percent = |y: &f64| if *y <= 100.0 { format!("{y:.0}") } else { String::new() };
    let what = "test images classified correctly (%)";
    // room for the legend above the bars
    let mut chart = bars_over_names(area, LABELS, &names, 125.0, what, &percent)?;
    let series = [
        ("undistorted digits".into(), BLUE, bars(0, |accuracy| accuracy.undistorted)),
        ("turned digits".into(), ORANGE, bars(1, |accuracy| accuracy.turned)),
    ];
    draw_bars(&mut chart, series, |percent| format!("{percent:.1}"))
}

/// A bar for each variant, and beside it one for its simulation where there was one.
fn cycles(area: &Area, report: &Report) -> Drawn {
    let variants = report.variants.iter().enumerate();
    let predicted: Vec<(f64, f64)> =
        variants.clone().map(|(at, variant)| (beside(at, 0), variant.predicted.cycles_per_image)).collect();
    let rtl = variants.filter_map(|(at, variant)| Some((at, variant.rtl.as_ref()?)));
    let simulated = rtl.clone().map(|(at, step)| (beside(at, 1), step.simulated.cycles_per_image)).collect();
    let memory = rtl.map(|(_, step)| step.memory.as_str()).next();
    let names: Vec<&str> = report.variants.iter().map(|variant| variant.name.as_str()).collect();
    let top = predicted.iter().map(|bar| bar.1).fold(1.0, f64::max);
    let whole = |cycles: f64| grouped(cycles.round() as u64);
    let what = "cycles per image of a step";
    let mut chart = bars_over_names(area, LABELS, &names, 1.4 * top, what, &|y| whole(*y))?;
    let mut series = vec![(format!("predicted, {}", report.memory), GREEN, predicted)];
    series.extend(memory.map(|memory| (format!("RTL, {memory}"), BROWN, simulated)));
    draw_bars(&mut chart, series, whole)
}

/// The middle of bar 0 or 1 of place `at`.
fn beside(at: usize, number: usize) -> f64 {
    at as f64 - 0.2 + 0.4 * number as f64
}

/// The bars with their numbers, and the legend.
fn draw_bars<'a, 'b: 'a>(
    chart: &mut Bars<'a, 'b>,
    series: impl IntoIterator<Item = Series>,
    number: impl Fn(f64) -> String,
) -> Drawn {
    for (label, colour, bars) in series {
        let drawn =
            bars.iter().map(|(x, y)| Rectangle::new([(x - 0.19, 0.0), (x + 0.19, *y)], colour.filled()));
        chart.draw_series(drawn)?.label(label).legend(move |at| square(colour, at));
        let style = AXES.into_text_style(&(0, 0)).pos(Pos::new(HPos::Center, VPos::Bottom));
        chart.draw_series(bars.iter().map(|bar| Text::new(number(bar.1), *bar, style.clone())))?;
    }
    legend(chart, SeriesLabelPosition::UpperRight)?;
    Ok(())
}
