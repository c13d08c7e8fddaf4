//! What the pictures of several commands share.

use plotters::coord::CoordTranslate;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;

/// The font of axes and legends.
pub const AXES: (&str, u32) = ("sans-serif", 13);

type Error<'a> = DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>;

/// A chart of bars.
pub type Bars<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Axes of a chart whose bars stand over names, bar `i` at `i`.
pub fn axes_of_names<'b>(
    chart: &mut Bars<'_, 'b>,
    names: &[&str],
    what: &str,
    value: &dyn Fn(&f64) -> String,
) -> Result<(), Error<'b>> {
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
        .draw()
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
