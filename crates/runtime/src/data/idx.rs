//! IDX files, the form of MNIST: big-endian header, then bytes.
//!
//! EMNIST stores its images transposed, columns before rows. They are taken as they are: it is the same for training and test
//! images, and a network learns them as well; a note tells those who show it images of their own.

use super::{Dataset, Images, Shape, file, idx_files, labels};
use anyhow::{Result, bail, ensure};
use std::path::{Path, PathBuf};

/// The data set at `path`, a folder or a folder and the start of file names.
pub(super) fn load(path: &Path, classes: usize) -> Result<Dataset> {
    let files = idx_files::find(path)?;
    let (shape, train) = part(&files.train)?;
    let (test_shape, test) = part(&files.test)?;
    ensure!(
        shape == test_shape,
        "{}: training images are {shape} pixels, test images {test_shape}; both must be the same",
        path.display()
    );
    let mut dataset = Dataset { shape, train, test, notes: vec![] };
    if files.prefix.starts_with("emnist") {
        dataset.notes.push(
            "EMNIST's images are stored transposed (columns first) and used as stored: \
             transpose images of your own, too"
                .into(),
        );
    }
    let names = [&files.train, &files.test].map(|[_, labels]| labels.display().to_string());
    labels::fit(&mut dataset, names.each_ref().map(String::as_str), classes)?;
    Ok(dataset)
}

/// One pair of image and label files.
fn part([images, labels]: &[PathBuf; 2]) -> Result<(Shape, Images)> {
    let names = [images, labels].map(|path| path.display().to_string());
    parse(&names[0], &file::read(images)?, &names[1], &file::read(labels)?)
}

/// Images from an image file and a label file, each plain or gzip; the names are for errors. Labels are as in the file, any
/// byte. Refuses files whose headers do not fit their lengths or each other.
///
/// # Errors
/// Names the file, what is wrong with it, and what to do.
pub fn parse(
    image_name: &str,
    image_bytes: &[u8],
    label_name: &str,
    label_bytes: &[u8],
) -> Result<(Shape, Images)> {
    let image_bytes = file::content(image_name, image_bytes, announced::<3>)?;
    let label_bytes = file::content(label_name, label_bytes, announced::<1>)?;
    let ([count, rows, columns], pixels) = header::<3>(image_name, &image_bytes)?;
    let ([label_count], labels) = header::<1>(label_name, &label_bytes)?;
    ensure!(
        count == label_count,
        "{image_name} holds {count} images, {label_name} holds {label_count} labels; both must hold the same number"
    );
    ensure!(rows > 0 && columns > 0, "{image_name}: images of {rows}x{columns} pixels");
    let shape = Shape { channels: 1, rows, columns };
    let mut images = Images::default();
    for (pixels, label) in pixels.chunks(shape.pixels()).zip(labels) {
        images.push(pixels, *label);
    }
    Ok((shape, images))
}

/// The bytes of a header of `N` dimensions.
const fn header_bytes(dimensions: usize) -> usize {
    4 + 4 * dimensions
}

/// The word at `index` of a header.
fn word(bytes: &[u8], index: usize) -> Option<u32> {
    bytes.get(4 * index..4 * index + 4).map(|bytes| u32::from_be_bytes(bytes.try_into().expect("4 bytes")))
}

/// The word that starts a file of bytes in `N` dimensions.
const fn magic(dimensions: usize) -> u32 {
    0x0800 + dimensions as u32
}

/// The dimensions in the header, and the bytes of data they make, if these can be counted.
fn dimensions<const N: usize>(bytes: &[u8]) -> ([usize; N], Option<usize>) {
    let dimensions: [usize; N] = std::array::from_fn(|i| word(bytes, 1 + i).unwrap_or(0) as usize);
    let data = dimensions.iter().try_fold(1usize, |product, n| product.checked_mul(*n));
    (dimensions, data)
}

/// The bytes of a whole file, as its header announces them; none if this is no header.
fn announced<const N: usize>(bytes: &[u8]) -> Option<u64> {
    if bytes.len() < header_bytes(N) || word(bytes, 0) != Some(magic(N)) {
        return None;
    }
    Some(dimensions::<N>(bytes).1?.checked_add(header_bytes(N))? as u64)
}

/// The `N` dimensions and the data behind the header, whose length is checked.
fn header<'a, const N: usize>(name: &str, bytes: &'a [u8]) -> Result<([usize; N], &'a [u8])> {
    let start = header_bytes(N);
    let Some((first, data)) = word(bytes, 0).zip(bytes.get(start..)) else {
        bail!("{name} is truncated: {} bytes, its header alone has {start}; download it again", bytes.len());
    };
    let magic = magic(N);
    ensure!(
        first == magic,
        "{name} does not start with {magic:#010x} but with {first:#010x}: it is no IDX file of bytes in {N} dimensions"
    );
    match dimensions::<N>(bytes) {
        (dimensions, Some(expected)) if expected == data.len() => Ok((dimensions, data)),
        (dimensions, Some(expected)) if expected > data.len() => bail!(
            "{name} is truncated: its header announces {} records, {expected} bytes, but {} follow; download it again",
            dimensions[0],
            data.len()
        ),
        (dimensions, _) => {
            bail!("{name}: its header announces {dimensions:?}, but {} bytes follow", data.len())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{gzip, idx};
    use super::*;

    fn error(images: &[u8]) -> String {
        parse("images", images, "labels", &idx(&[2], &[0, 1])).unwrap_err().to_string()
    }

    #[test]
    fn plain_and_packed_files_are_the_same() {
        let (images, labels) = (idx(&[2, 1, 3], &[1, 2, 3, 4, 5, 6]), idx(&[2], &[0, 255]));
        let plain = parse("i", &images, "l", &labels).unwrap();
        assert_eq!(plain.0, Shape { channels: 1, rows: 1, columns: 3 });
        assert_eq!(plain.1.get(1), ([4, 5, 6].as_slice(), 255));
        assert_eq!(parse("i", &gzip(&images), "l", &gzip(&labels)).unwrap(), plain);
    }

    #[test]
    fn dimensions_without_end_are_refused_without_memory_for_them() {
        let huge = u32::MAX as usize;
        for dimensions in [[huge, huge, huge], [2, huge, huge], [0, huge, huge], [2, 0, huge]] {
            for bytes in [idx(&dimensions, &[0; 2000]), gzip(&idx(&dimensions, &[0; 2000]))] {
                assert!(error(&bytes).contains("images"), "{dimensions:?}");
            }
        }
        let none = idx(&[0, huge, huge], &[]);
        assert!(parse("images", &none, "labels", &idx(&[0], &[])).unwrap().1.is_empty());
    }

    #[test]
    fn a_packed_file_may_not_hold_more_than_its_header_announces() {
        let error = error(&gzip(&idx(&[2, 2, 2], &vec![0; 1 << 20])));
        assert!(error.contains("images unpacks to more than the 24 bytes"), "{error}");
    }
}
