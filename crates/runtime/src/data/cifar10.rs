//! The binary version of CIFAR-10: records of a label byte and 3 x 32 x 32 pixel bytes.

use super::{Dataset, Images, Shape, file, labels};
use anyhow::{Error, Result, bail, ensure};
use std::path::Path;

const SHAPE: Shape = Shape { channels: 3, rows: 32, columns: 32 };
/// A label, and the pixels of an image.
const RECORD_BYTES: usize = 1 + 3 * 32 * 32;
/// Those of CIFAR-100 have a second label: one of 20 coarse classes, then one of 100.
const RECORD_BYTES_100: usize = RECORD_BYTES + 1;
/// A packed file is unpacked to at most so many bytes, eight times what a batch of CIFAR-10 has.
const LIMIT: u64 = 1 << 28;
const SET: &str =
    "data_batch_1.bin to data_batch_5.bin and test_batch.bin (cifar-10-binary.tar.gz, unpacked)";
const IS_CIFAR_100: &str = "CIFAR-100, whose records have two labels and which is not supported as cifar10; \
                            download CIFAR-10, binary version";

pub(super) fn load(folder: &Path, classes: usize) -> Result<Dataset> {
    file::check_folder(folder, SET)?;
    let inner = folder.join("cifar-10-batches-bin");
    let folder = if inner.is_dir() { &inner } else { folder };
    let mut train = Images::default();
    for batch in 1..=5 {
        train.extend(read(folder, &format!("data_batch_{batch}.bin"), classes)?);
    }
    let test = read(folder, "test_batch.bin", classes)?;
    Ok(Dataset { shape: SHAPE, train, test, notes: vec![] })
}

fn read(folder: &Path, name: &str, classes: usize) -> Result<Images> {
    let names = [name.to_string(), format!("{name}.gz")];
    let path = file::find(folder, &names).ok_or_else(|| missing(folder, name))?;
    let name = path.display().to_string();
    let images = parse(&name, &file::read(&path)?)?;
    labels::check(&name, &images, labels::range(&images.labels), classes)?;
    Ok(images)
}

/// The images of one file, plain or gzip; `name` is for errors. Labels are as in the file, any byte. Refuses CIFAR-100 and
/// what is no whole number of records.
///
/// # Errors
/// Names the file, what is wrong with it, and what to do.
pub fn parse(name: &str, bytes: &[u8]) -> Result<Images> {
    let bytes = file::content(name, bytes, |_| Some(LIMIT))?;
    ensure!(!is_cifar_100(&bytes), "{name} is of {IS_CIFAR_100}");
    if bytes.is_empty() || bytes.len() % RECORD_BYTES != 0 {
        bail!(
            "{name} is truncated: {} bytes are no whole number of {RECORD_BYTES}-byte records, record {} is incomplete; \
             download it again",
            bytes.len(),
            bytes.len() / RECORD_BYTES
        );
    }
    let mut images = Images::default();
    for record in bytes.chunks(RECORD_BYTES) {
        images.push(&record[1..], record[0]);
    }
    Ok(images)
}

/// By its length, or if that says nothing by the labels it would have.
fn is_cifar_100(bytes: &[u8]) -> bool {
    let plausible_10 = || bytes.chunks_exact(RECORD_BYTES).all(|record| record[0] < 10);
    let mut records = bytes.chunks_exact(RECORD_BYTES_100);
    let plausible_100 = records.len() > 0 && records.all(|record| record[0] < 20 && record[1] < 100);
    plausible_100
        && match (bytes.len() % RECORD_BYTES, bytes.len() % RECORD_BYTES_100) {
            (0, 0) => !plausible_10(),
            (0, _) => false,
            (_, 0) => true,
            _ => !plausible_10(),
        }
}

/// The error for a missing file, which says what the folder holds instead.
fn missing(folder: &Path, name: &str) -> Error {
    let error = file::missing(folder, name, SET);
    let holds = |name: &str| folder.join(name).exists();
    let instead = if holds("cifar-100-binary") || holds("train.bin") && holds("test.bin") {
        IS_CIFAR_100
    } else if holds("data_batch_1") || holds("cifar-10-batches-py") || holds("cifar-10-python.tar.gz") {
        "CIFAR-10's python version, which is not read; download cifar-10-binary.tar.gz"
    } else {
        return error;
    };
    Error::msg(format!("{error}; it holds {instead}"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::gzip;
    use super::*;

    /// Records of `labels` and bright pixels.
    fn records(count: usize, labels: &[u8]) -> Vec<u8> {
        (0..count).flat_map(|_| [labels, [200; 3072].as_slice()].concat()).collect()
    }

    #[test]
    fn cifar_100_is_recognised_whatever_its_length() {
        // 3073 records are a whole number of records of either kind; the last is cut within a record
        for bytes in [records(4, &[19, 99]), records(3073, &[11, 50]), records(3, &[0, 7])[..7000].to_vec()] {
            let error = parse("data_batch_1.bin", &bytes).unwrap_err().to_string();
            assert!(error.contains("data_batch_1.bin is of CIFAR-100"), "{}: {error}", bytes.len());
        }
    }

    #[test]
    fn cifar_10_is_not_taken_for_cifar_100() {
        // 3074 records are a whole number of records of either kind
        for count in [1, 3, 3074] {
            assert_eq!(parse("x", &records(count, &[9])).unwrap().len(), count);
        }
        // cut to a length that CIFAR-100 could have
        let error = parse("x", &records(5, &[9])[..4 * RECORD_BYTES_100]).unwrap_err().to_string();
        assert!(error.contains("x is truncated"), "{error}");
    }

    #[test]
    fn a_packed_batch_is_unpacked() {
        let bytes = records(3, &[4]);
        assert_eq!(parse("x", &gzip(&bytes)).unwrap(), parse("x", &bytes).unwrap());
    }
}
