//! Data for tests: sets of any extent made from the bundled digits, and writers of data files.

use super::sample::bilinear;
use super::{Dataset, Images, Shape, digits};
use crate::order::generator;
use rand_chacha::rand_core::RngCore;
use std::io::{Result, Write};
use std::path::Path;

/// Rows and columns that a digit may be moved within its image.
const ROOM: usize = 2;
/// Noise is at most so much, up or down.
const NOISE: i32 = 8;

/// The bundled digits, training and test images as ever, drawn with bilinear interpolation in another extent: bright on grey
/// in one channel, dark on a light colour in several, both colours random. The mean is far from zero and differs from image to
/// image and between channels; digits are moved a little and noise is added. `shape` must have more than 8 + 2 rows and columns.
pub fn scaled_digits(shape: Shape, seed: u64) -> Dataset {
    assert!(shape.rows.min(shape.columns) > SIDE + ROOM, "too small for a digit: {shape}");
    let digits = digits::load(10).expect("the bundled digits have ten classes");
    let [train, test] = [(&digits.train, 0), (&digits.test, 1 << 32)].map(|(images, stream)| {
        let mut scaled = Images::default();
        for index in 0..images.len() {
            let (pixels, label) = images.get(index);
            scaled.push(&draw(pixels, shape, seed, stream + index as u64), label);
        }
        scaled
    });
    Dataset { shape, train, test, notes: vec![] }
}

/// Rows and columns of a bundled digit.
const SIDE: usize = 8;

fn draw(digit: &[u8], shape: Shape, seed: u64, stream: u64) -> Vec<u8> {
    let mut rng = generator(seed, stream);
    let mut pick = |low: i32, high: i32| low + (rng.next_u32() % (high - low + 1) as u32) as i32;
    let (up, left) = (pick(0, ROOM as i32), pick(0, ROOM as i32));
    let colours: Vec<(i32, i32)> = (0..shape.channels)
        .map(|_| match shape.channels {
            1 => (pick(120, 160), pick(215, 255)),
            _ => (pick(150, 200), pick(20, 70)),
        })
        .collect();
    let mut noise = vec![0; shape.pixels()];
    rng.fill_bytes(&mut noise);
    let inks: Vec<f32> = (0..shape.rows * shape.columns)
        .map(|i| {
            let place = |position: usize, moved: i32, extent: usize| {
                let scale = SIDE as f32 / (extent - ROOM) as f32;
                (position as f32 - moved as f32 + 0.5) * scale - 0.5
            };
            let (row, column) = (i / shape.columns, i % shape.columns);
            // 0.0 to 1.0
            bilinear(digit, SIDE, place(row, up, shape.rows), place(column, left, shape.columns)) / 16.0
        })
        .collect();
    let mut pixels = Vec::with_capacity(shape.pixels());
    for (plane, (ground, colour)) in noise.chunks(inks.len()).zip(colours) {
        for (noise, ink) in plane.iter().zip(&inks) {
            let noise = i32::from(*noise) % (2 * NOISE + 1) - NOISE;
            let value = ground as f32 + (colour - ground) as f32 * ink;
            pixels.push((value as i32 + noise).clamp(0, 255) as u8);
        }
    }
    pixels
}

/// Writes a set of one channel as the four files of MNIST.
///
/// # Errors
/// If a file cannot be written.
pub fn write_idx(dataset: &Dataset, folder: &Path) -> Result<()> {
    assert_eq!(dataset.shape.channels, 1, "IDX files of images have one channel");
    let Shape { rows, columns, .. } = dataset.shape;
    for (part, images) in [("train", &dataset.train), ("t10k", &dataset.test)] {
        let count = images.len();
        let pixels = idx(&[count, rows, columns], &images.pixels);
        std::fs::write(folder.join(format!("{part}-images-idx3-ubyte")), pixels)?;
        std::fs::write(folder.join(format!("{part}-labels-idx1-ubyte")), idx(&[count], &images.labels))?;
    }
    Ok(())
}

/// Writes a set of 3x32x32 images, at least five to train, as the six files of CIFAR-10.
///
/// # Errors
/// If a file cannot be written.
pub fn write_cifar10(dataset: &Dataset, folder: &Path) -> Result<()> {
    assert_eq!(dataset.shape, Shape { channels: 3, rows: 32, columns: 32 }, "images of CIFAR-10");
    let write = |name: &str, images: &Images, range: std::ops::Range<usize>| {
        let records = range.map(|index| images.get(index)).map(|(pixels, label)| [&[label], pixels].concat());
        std::fs::write(folder.join(name), records.collect::<Vec<_>>().concat())
    };
    let count = dataset.train.len();
    for batch in 0..5 {
        let range = batch * count / 5..(batch + 1) * count / 5;
        write(&format!("data_batch_{}.bin", batch + 1), &dataset.train, range)?;
    }
    write("test_batch.bin", &dataset.test, 0..dataset.test.len())
}

/// An IDX file of bytes.
pub fn idx(dimensions: &[usize], data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, dimensions.len() as u8];
    for dimension in dimensions {
        bytes.extend((*dimension as u32).to_be_bytes());
    }
    bytes.extend(data);
    bytes
}

/// A gzip file.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("a vector takes every byte")
}

#[cfg(test)]
mod tests {
    use super::super::DataSpec;
    use super::*;

    const GREY: Shape = Shape { channels: 1, rows: 28, columns: 28 };
    const COLOUR: Shape = Shape { channels: 3, rows: 32, columns: 32 };

    #[test]
    fn scaled_digits_are_the_digits_with_a_mean_far_from_zero() {
        let digits = digits::load(10).unwrap();
        for shape in [GREY, COLOUR] {
            let scaled = scaled_digits(shape, 1);
            assert_eq!(scaled.train.labels, digits.train.labels);
            assert_eq!(scaled.test.labels, digits.test.labels);
            for figures in scaled.train.statistics(shape.channels) {
                assert!((110.0..200.0).contains(&figures.mean), "{figures:?}");
                assert!((20.0..70.0).contains(&figures.deviation), "{figures:?}");
            }
            assert_eq!(scaled.content_hash(), scaled_digits(shape, 1).content_hash());
            assert_ne!(scaled.content_hash(), scaled_digits(shape, 2).content_hash());
        }
    }

    #[test]
    fn written_files_hold_the_same_data() {
        let folder = tempfile::tempdir().unwrap();
        write_idx(&scaled_digits(GREY, 3), folder.path()).unwrap();
        write_cifar10(&scaled_digits(COLOUR, 3), folder.path()).unwrap();
        for (spec, shape) in
            [(DataSpec::Mnist(folder.path().into()), GREY), (DataSpec::Cifar10(folder.path().into()), COLOUR)]
        {
            assert_eq!(spec.load(10).unwrap().content_hash(), scaled_digits(shape, 3).content_hash());
        }
    }
}
