//! What the pictures of several commands share.

use anyhow::{Result, anyhow};
use plotters::coord::types::RangedCoordf64;
use plotters::coord::{CoordTranslate, Shift};
use plotters::prelude::*;

pub const BLUE: RGBColor = RGBColor(0x1f, 0x77, 0xb4);
pub const ORANGE: RGBColor = RGBColor(0xff, 0x7f, 0x0e);
pub const GREEN: RGBColor = RGBColor(0x2c, 0xa0, 0x2c);
pub const BROWN: RGBColor = RGBColor(0x8c, 0x56, 0x4b);

/// The font of a picture's title.
pub const TITLE: (&str, u32) = ("sans-serif", 20);
/// The font of axes and legends.
pub const AXES: (&str, u32) = ("sans-serif", 13);

type Error<'a> = DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>;

pub type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// What went wrong while drawing.
pub type Drawn<T = ()> = Result<T, Box<dyn std::error::Error>>;
/// A chart of bars.
pub type Bars<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// What is drawn on white, as SVG; `name` is for the error.
pub fn svg(name: &str, size: (u32, u32), draw: impl FnOnce(&Area) -> Drawn) -> Result<String> {
    let mut svg = String::new();
    let drawn = || -> Drawn {
        let root = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        root.fill(&WHITE)?;
        draw(&root)?;
        root.present()?;
        Ok(())
    };
    drawn().map_err(|error| anyhow!("cannot draw {name}: {error}"))?;
    Ok(svg)
}

/// A chart with its axes, whose bars stand over names, bar `i` at `i`; `below` and `left`: pixels for the labels.
pub fn bars_over_names<'a, 'b>(
    area: &'a Area<'b>,
    (below, left): (u32, u32),
    names: &[&str],
    top: f64,
    what: &str,
    value: &dyn Fn(&f64) -> String,
) -> Drawn<Bars<'a, 'b>> {
    let mut chart = ChartBuilder::on(area)
        .margin(12)
        .x_label_area_size(below)
        .y_label_area_size(left)
        .build_cartesian_2d(-0.5..names.len() as f64 - 0.5, 0.0..top)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .x_labels(2 * names.len() + 1)
        .x_label_formatter(&|x| match names.get(x.round().max(0.0) as usize) {
            Some(name) if (x - x.round()).abs() < 0.01 => name.to_string(),
            _ => String::new(),
        })
        .y_desc(what)
        .y_label_formatter(value)
        .label_style(AXES)
        .draw()?;
    Ok(chart)
}

/// The legend of the series that have a label.
pub fn legend<'a, 'b, C: CoordTranslate>(
    chart: &mut ChartContext<'a, SVGBackend<'b>, C>,
    position: SeriesLabelPosition,
) -> Result<(), Error<'b>>
where
    'b: 'a,
{
    chart
        .configure_series_labels()
        .position(position)
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK.mix(0.3))
        .label_font(AXES)
        .draw()
}

/// A legend's square.
pub fn square(colour: RGBColor, (x, y): (i32, i32)) -> Rectangle<(i32, i32)> {
    Rectangle::new([(x, y - 5), (x + 10, y + 5)], colour.filled())
}
