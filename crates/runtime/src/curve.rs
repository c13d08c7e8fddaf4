//! The picture of a run: loss and accuracy over the steps, as SVG.

use crate::atomic;
use crate::metrics::Metrics;
use anyhow::{Result, anyhow};
use plotters::coord::Shift;
use plotters::prelude::*;
use std::ops::Range;
use std::path::Path;

/// File name in a run folder.
pub const FILE: &str = "curve.svg";

const SIZE: (u32, u32) = (900, 620);
const TRAIN: RGBColor = RGBColor(0x1f, 0x77, 0xb4);
const TEST: RGBColor = RGBColor(0xd6, 0x27, 0x28);

/// Draws `curve.svg` in `folder`.
///
/// # Errors
/// If it cannot be drawn or written.
pub fn save(folder: &Path, metrics: &Metrics, title: &str) -> Result<()> {
    let mut svg = String::new();
    draw(&mut svg, metrics, title).map_err(|error| anyhow!("cannot draw {FILE}: {error}"))?;
    atomic::write(&folder.join(FILE), svg.as_bytes())
}

/// One curve pair: every step, and the mean around it; the test's points.
struct Series {
    name: &'static str,
    steps: Vec<(f64, f64)>,
    tests: Vec<(f64, f64)>,
    range: Range<f64>,
}

fn draw(svg: &mut String, metrics: &Metrics, title: &str) -> Result<(), Box<dyn std::error::Error>> {
    let root = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let root = root.titled(title, ("sans-serif", 20))?;
    let (upper, lower) = root.split_vertically(root.dim_in_pixel().1 / 2);
    let steps = |value: &dyn Fn(usize) -> f64| {
        metrics.steps.iter().enumerate().map(|(i, s)| (s.step as f64, value(i))).collect::<Vec<_>>()
    };
    let loss = steps(&|i| f64::from(metrics.steps[i].loss));
    let accuracy =
        steps(&|i| 100.0 * f64::from(metrics.steps[i].correct) / metrics.steps[i].images.max(1) as f64);
    let top = loss.iter().map(|(_, loss)| *loss).fold(0.1, f64::max);
    let tests = metrics.epochs.iter().map(|epoch| (epoch.step as f64, epoch));
    let loss = Series {
        name: "loss",
        steps: loss,
        tests: tests.clone().map(|(x, epoch)| (x, epoch.test_loss)).collect(),
        range: 0.0..1.05 * top,
    };
    let accuracy = Series {
        name: "accuracy, %",
        steps: accuracy,
        tests: tests.map(|(x, epoch)| (x, 100.0 * epoch.test_accuracy)).collect(),
        range: 0.0..102.0,
    };
    panel(&upper, &loss, SeriesLabelPosition::UpperRight)?;
    panel(&lower, &accuracy, SeriesLabelPosition::LowerRight)?;
    root.present()?;
    Ok(())
}

fn panel<B: DrawingBackend>(
    area: &DrawingArea<B, Shift>,
    series: &Series,
    legend: SeriesLabelPosition,
) -> Result<(), DrawingAreaErrorKind<B::ErrorType>> {
    let last = series.steps.last().map_or(1.0, |(step, _)| step.max(1.0));
    let mut chart = ChartBuilder::on(area)
        .margin(12)
        .x_label_area_size(38)
        .y_label_area_size(56)
        .build_cartesian_2d(0.0..last * 1.01, series.range.clone())?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_desc("step")
        .y_desc(series.name)
        .label_style(("sans-serif", 13))
        .axis_desc_style(("sans-serif", 14))
        .x_label_formatter(&|x| format!("{x:.0}"))
        .y_label_formatter(&|y| y.to_string())
        .draw()?;
    chart.draw_series(LineSeries::new(series.steps.iter().copied(), TRAIN.mix(0.25)))?;
    let line =
        |color: RGBColor| move |(x, y)| PathElement::new(vec![(x, y), (x + 18, y)], color.stroke_width(2));
    chart
        .draw_series(LineSeries::new(smooth(&series.steps), TRAIN.stroke_width(2)))?
        .label("training (per batch, and mean of 9)")
        .legend(line(TRAIN));
    chart
        .draw_series(LineSeries::new(series.tests.iter().copied(), TEST.stroke_width(2)).point_size(4))?
        .label("test (held-out images)")
        .legend(line(TEST));
    chart
        .configure_series_labels()
        .position(legend)
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK.mix(0.3))
        .label_font(("sans-serif", 13))
        .draw()
}

/// Mean over the 9 steps around each.
fn smooth(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    (0..points.len())
        .map(|i| {
            let window = &points[i.saturating_sub(4)..(i + 5).min(points.len())];
            (points[i].0, window.iter().map(|(_, y)| y).sum::<f64>() / window.len() as f64)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_text_and_never_markup() {
        let folder = tempfile::tempdir().unwrap();
        let metrics = Metrics::start(folder.path(), Vec::new()).unwrap();
        save(folder.path(), &metrics, "<b>\"&'").unwrap();
        let svg = std::fs::read_to_string(folder.path().join(FILE)).unwrap();
        assert!(svg.contains("&lt;b&gt;&quot;&amp;") && !svg.contains("<b>"), "{svg}");
    }

    #[test]
    fn the_mean_is_shorter_at_the_ends() {
        let points: Vec<(f64, f64)> = (0..20).map(|i| (i.into(), i.into())).collect();
        let smooth = smooth(&points);
        assert_eq!((smooth[0].1, smooth[10].1, smooth[19].1), (2.0, 10.0, 17.0));
    }
}
