//! IDX files, the form of MNIST: big-endian header, then bytes.

use super::{Dataset, Images, Shape, file};
use anyhow::{Result, bail, ensure};
use std::path::{Path, PathBuf};

const SET: &str = "the four files train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and \
                   t10k-labels-idx1-ubyte, each plain or as .gz";

pub fn load(folder: &Path, classes: usize) -> Result<Dataset> {
    let (shape, train) = part(folder, "train", classes)?;
    let (test_shape, test) = part(folder, "t10k", classes)?;
    ensure!(
        shape == test_shape,
        "{}: training images are {shape} pixels, test images {test_shape}; both must be the same",
        folder.display()
    );
    Ok(Dataset { shape, train, test })
}

/// One pair of image and label files.
fn part(folder: &Path, prefix: &str, classes: usize) -> Result<(Shape, Images)> {
    let image_path = find(folder, &format!("{prefix}-images"), "idx3-ubyte")?;
    let label_path = find(folder, &format!("{prefix}-labels"), "idx1-ubyte")?;
    let (image_bytes, label_bytes) = (file::read(&image_path)?, file::read(&label_path)?);
    let ([count, rows, columns], pixels) = header::<3>(&image_path, &image_bytes)?;
    let ([label_count], labels) = header::<1>(&label_path, &label_bytes)?;
    ensure!(
        count == label_count,
        "{} holds {count} images, {} holds {label_count} labels; both must hold the same number",
        image_path.display(),
        label_path.display()
    );
    ensure!(rows > 0 && columns > 0, "{}: images of {rows}x{columns} pixels", image_path.display());
    let shape = Shape { channels: 1, rows, columns };
    let mut images = Images::default();
    for (record, (pixels, label)) in pixels.chunks(shape.pixels()).zip(labels).enumerate() {
        file::check_label(&label_path, record, *label, classes)?;
        images.push(pixels, *label);
    }
    Ok((shape, images))
}

/// `train-images-idx3-ubyte` or, as some archives have it, `train-images.idx3-ubyte`; plain or compressed.
fn find(folder: &Path, stem: &str, kind: &str) -> Result<PathBuf> {
    let names = ["-", "."].map(|dot| [format!("{stem}{dot}{kind}"), format!("{stem}{dot}{kind}.gz")]);
    let names: Vec<&str> = names.iter().flatten().map(String::as_str).collect();
    file::find(folder, &names, SET)
}

/// The `N` dimensions and the data behind the header, whose length is checked.
fn header<'a, const N: usize>(path: &Path, bytes: &'a [u8]) -> Result<([usize; N], &'a [u8])> {
    let start = 4 + 4 * N;
    let name = path.display();
    ensure!(bytes.len() >= start, "{name} is truncated: {} bytes, its header alone has {start}", bytes.len());
    let word = |index: usize| {
        u32::from_be_bytes(bytes[4 * index..][..4].try_into().expect("4 bytes, checked above"))
    };
    let magic = 0x0800 + N as u32;
    if word(0) != magic {
        bail!(
            "{name} does not start with {magic:#010x} but with {:#010x}: it is no IDX file of bytes in {N} dimensions",
            word(0)
        );
    }
    let dimensions: [usize; N] = std::array::from_fn(|i| word(1 + i) as usize);
    let expected = dimensions.iter().try_fold(1usize, |product, n| product.checked_mul(*n));
    let data = &bytes[start..];
    match expected {
        Some(expected) if expected == data.len() => Ok((dimensions, data)),
        Some(expected) if expected > data.len() => bail!(
            "{name} is truncated: its header announces {} records, {expected} bytes, but {} follow; download it again",
            dimensions[0],
            data.len()
        ),
        _ => bail!("{name}: its header announces {dimensions:?}, but {} bytes follow", data.len()),
    }
}
