//! The picture of an example: accuracies on the left, what a step takes on the right.

use super::report::{Accuracy, Report};
use crate::chart::{AXES, Bars, axes_of_names, legend, square};
use anyhow::{Result, anyhow};
use ef_runtime::summary::grouped;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Of the file.
pub const NAME: &str = "personalise.svg";

const BLUE: RGBColor = RGBColor(0x1f, 0x77, 0xb4);
const ORANGE: RGBColor = RGBColor(0xff, 0x7f, 0x0e);
const GREEN: RGBColor = RGBColor(0x2c, 0xa0, 0x2c);
const BROWN: RGBColor = RGBColor(0x8c, 0x56, 0x4b);

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// What went wrong while drawing.
type Drawn = Result<(), Box<dyn std::error::Error>>;

/// As SVG.
pub fn picture(report: &Report) -> Result<String> {
    let mut svg = String::new();
    draw(&mut svg, report).map_err(|error| anyhow!("cannot draw {NAME}: {error}"))?;
    Ok(svg)
}

fn draw(svg: &mut String, report: &Report) -> Drawn {
    let root = SVGBackend::with_string(svg, (1160, 420)).into_drawing_area();
    root.fill(&WHITE)?;
    let title = format!(
        "network {}, adapted with {} digits turned by {} degrees",
        report.network, report.adaptation.images, report.degrees
    );
    let (left, right) = root.titled(&title, ("sans-serif", 20))?.split_horizontally(660);
    accuracies(&left, report)?;
    cycles(&right, report)?;
    root.present()?;
    Ok(())
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
    // room for the legend above the bars
    let mut chart = chart(area, names.len(), 125.0)?;
    axes_of_names(&mut chart, &names, "test images classified correctly (%)", &|y| match *y {
        y if y <= 100.0 => format!("{y:.0}"),
        _ => String::new(),
    })?;
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
    let mut chart = chart(area, names.len(), 1.4 * top)?;
    axes_of_names(&mut chart, &names, "cycles per image of a step", &|y| grouped(y.round() as u64))?;
    let mut series = vec![(format!("predicted, {}", report.memory), GREEN, predicted)];
    series.extend(memory.map(|memory| (format!("RTL, {memory}"), BROWN, simulated)));
    draw_bars(&mut chart, series, |cycles| grouped(cycles.round() as u64))
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

fn chart<'a, 'b>(
    area: &'a Area<'b>,
    names: usize,
    top: f64,
) -> Result<Bars<'a, 'b>, Box<dyn std::error::Error>> {
    let mut chart = ChartBuilder::on(area);
    chart.margin(12).x_label_area_size(32).y_label_area_size(70);
    Ok(chart.build_cartesian_2d(-0.5..names as f64 - 0.5, 0.0..top)?)
}
