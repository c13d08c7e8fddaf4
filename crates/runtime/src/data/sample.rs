//! Pictures between their pixels.

/// 0 to 255: bilinear between the pixels of one channel of so many columns; 0 outside of it.
pub fn bilinear(plane: &[u8], columns: usize, row: f32, column: f32) -> f32 {
    let rows = plane.len() / columns;
    let at = |row: f32, column: f32| {
        let inside = |x: f32, extent: usize| (0.0..extent as f32).contains(&x);
        if inside(row, rows) && inside(column, columns) {
            f32::from(plane[row as usize * columns + column as usize])
        } else {
            0.0
        }
    };
    let (up, left) = (row.floor(), column.floor());
    let (down, right) = (row - up, column - left);
    let line = |row: f32| at(row, left) * (1.0 - right) + at(row, left + 1.0) * right;
    line(up) * (1.0 - down) + line(up + 1.0) * down
}
