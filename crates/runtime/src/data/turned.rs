//! A data set of the same images, turned.

use super::sample::bilinear;
use super::{Dataset, Images, Shape};

impl Dataset {
    /// Every image turned to the left about its centre, bilinear between its pixels, with zeros where nothing was. Training and test
    /// images, and their labels, are the same as before.
    pub fn turned(&self, degrees: f32) -> Dataset {
        let all = |images: &Images| {
            let mut turned = Images::default();
            for (pixels, label) in (0..images.len()).map(|index| images.get(index)) {
                turned.push(&turn(pixels, self.shape, degrees), label);
            }
            turned
        };
        Dataset { shape: self.shape, train: all(&self.train), test: all(&self.test), notes: vec![] }
    }
}

fn turn(image: &[u8], shape: Shape, degrees: f32) -> Vec<u8> {
    let Shape { rows, columns, .. } = shape;
    let (sine, cosine) = degrees.to_radians().sin_cos();
    let centre = |extent: usize| (extent as f32 - 1.0) / 2.0;
    let mut turned = Vec::with_capacity(image.len());
    for plane in image.chunks(rows * columns) {
        for i in 0..plane.len() {
            let down = (i / columns) as f32 - centre(rows);
            let right = (i % columns) as f32 - centre(columns);
            // where this pixel was before
            let row = centre(rows) + down * cosine + right * sine;
            let column = centre(columns) + right * cosine - down * sine;
            turned.push(bilinear(plane, columns, row, column).round() as u8);
        }
    }
    turned
}

#[cfg(test)]
mod tests {
    use super::super::DataSpec;
    use super::*;

    const SHAPE: Shape = Shape { channels: 1, rows: 3, columns: 3 };
    const IMAGE: [u8; 9] = [1, 2, 3, 4, 5, 6, 7, 8, 9];

    #[test]
    fn an_image_is_turned_to_the_left_about_its_centre() {
        assert_eq!(turn(&IMAGE, SHAPE, 0.0), IMAGE);
        assert_eq!(turn(&IMAGE, SHAPE, 90.0), [3, 6, 9, 2, 5, 8, 1, 4, 7]);
        assert_eq!(turn(&IMAGE, SHAPE, -90.0), [7, 4, 1, 8, 5, 2, 9, 6, 3]);
        let corner = [0, 0, 0, 0, 0, 0, 0, 0, 80];
        let turned = turn(&corner, SHAPE, 45.0);
        // it goes to the middle of the right side, and a part of it over the edge
        assert_eq!(turned.iter().position(|pixel| pixel == turned.iter().max().unwrap()), Some(5));
    }

    #[test]
    fn turned_digits_are_the_same_digits() {
        let digits = DataSpec::Digits.load(10).unwrap();
        let turned = digits.turned(40.0);
        let labels = |images: &Images| (0..images.len()).map(|i| images.get(i).1).collect::<Vec<u8>>();
        assert_eq!(labels(&turned.train), labels(&digits.train));
        assert_eq!(labels(&turned.test), labels(&digits.test));
        assert_ne!(turned.content_hash(), digits.content_hash());
        assert!((0..turned.test.len()).all(|i| turned.test.get(i).0.iter().all(|pixel| *pixel <= 16)));
    }
}
