//! The binary version of CIFAR-10: records of a label byte and 3 x 32 x 32 pixel bytes.

use super::{Dataset, Images, Shape, file};
use anyhow::{Result, bail};
use std::path::Path;

const SHAPE: Shape = Shape { channels: 3, rows: 32, columns: 32 };
const SET: &str =
    "data_batch_1.bin to data_batch_5.bin and test_batch.bin (cifar-10-binary.tar.gz, unpacked)";

pub fn load(folder: &Path, classes: usize) -> Result<Dataset> {
    let inner = folder.join("cifar-10-batches-bin");
    let folder = if inner.is_dir() { &inner } else { folder };
    let mut train = Images::default();
    for batch in 1..=5 {
        append(&mut train, folder, &format!("data_batch_{batch}.bin"), classes)?;
    }
    let mut test = Images::default();
    append(&mut test, folder, "test_batch.bin", classes)?;
    Ok(Dataset { shape: SHAPE, train, test })
}

fn append(images: &mut Images, folder: &Path, name: &str, classes: usize) -> Result<()> {
    let path = file::find(folder, &[name], SET)?;
    let bytes = file::read(&path)?;
    let record_bytes = 1 + SHAPE.pixels();
    if bytes.is_empty() || bytes.len() % record_bytes != 0 {
        bail!(
            "{} is truncated: {} bytes are no whole number of {record_bytes}-byte records, record {} is incomplete; \
             download it again",
            path.display(),
            bytes.len(),
            bytes.len() / record_bytes
        );
    }
    for (record, data) in bytes.chunks(record_bytes).enumerate() {
        file::check_label(&path, record, data[0], classes)?;
        images.push(&data[1..], data[0]);
    }
    Ok(())
}
