//! The cycles of a pixel's taps beside their sum row by row.

use ef_isa::LoadDesc;
use ef_rtl::load::pixel_cycles;

#[test]
fn a_pixel_of_many_rows_takes_what_its_rows_add_up_to() {
    for (lanes, width) in [(2, 2), (4, 4)] {
        for (g_ch, g_kr, g_kc) in [(1, 1, 1), (3, 3, 3), (5, 5, 5), (7, 2, 9), (96, 1, 11), (2, 11, 6)] {
            let (rows, cols) = (u64::from(g_ch * g_kr), u64::from(g_kc));
            let step = |row: u64, first: u64| {
                let taps = width.min(cols - first);
                1 + u64::from((row * cols + first) % lanes + taps > lanes)
            };
            let row = |row| (0..cols).step_by(width as usize).map(|first| step(row, first)).sum::<u64>();
            let d = LoadDesc { g_ch, g_kr, g_kc, ..LoadDesc::default() };
            let all: u64 = (0..rows).map(row).sum();
            assert_eq!(pixel_cycles(lanes as usize, &d), all, "{lanes} lanes, {d:?}");
        }
    }
}
