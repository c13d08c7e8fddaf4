//! The skew of the feature buffer.

/// With bank = (channel + column + sigma * row) mod T and sigma = output width mod T, T consecutive output pixels of one channel, shifted
/// by any (kr, kc), lie in T different banks, and the bank of lane l is (l + rot) mod T for one rot, at any offset and across
/// the ends of rows.
#[test]
fn one_skew_serves_channels_of_a_pixel_and_pixels_of_a_channel() {
    for t in [2, 4, 8usize] {
        for (width, k) in (1..=33usize).flat_map(|w| (1..=5usize).map(move |k| (w, k))) {
            let bank = |channel: usize, row: usize, column: usize| (channel + column + width % t * row) % t;
            let rows = 2 * t.div_ceil(width) + 2;
            for (kr, kc, channel) in
                (0..k).flat_map(|kr| (0..k).flat_map(move |kc| (0..t).map(move |n| (kr, kc, n))))
            {
                for first in 0..rows * width - t {
                    let banks: Vec<usize> =
                        (first..first + t).map(|j| bank(channel, j / width + kr, j % width + kc)).collect();
                    let rot = banks[0];
                    assert!(
                        (0..t).all(|l| banks[l] == (l + rot) % t),
                        "width {width}, kernel offset ({kr}, {kc}), pixel {first}: banks {banks:?}"
                    );
                    assert_eq!(rot, (first + channel + kc + width % t * kr) % t, "rot moves with the offset");
                }
                // T channels of one pixel: one bank each by construction, in lane order
                let pixel: Vec<usize> = (0..t).map(|n| bank(n, kr, kc)).collect();
                assert!((0..t).all(|n| pixel[n] == (n + pixel[0]) % t));
            }
        }
    }
}
