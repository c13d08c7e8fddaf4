//! The binary form of CIFAR-10, on files made here.

use ef_runtime::data::{DataSpec, Dataset};
use std::path::Path;

const RECORD: usize = 1 + 3 * 32 * 32;

/// Five files of three records and one of two; the pixels of a record are all its number.
fn write(folder: &Path) {
    let mut next = 0u8;
    let names = (1..=5).map(|i| (format!("data_batch_{i}.bin"), 3)).chain([("test_batch.bin".into(), 2)]);
    for (name, records) in names {
        let mut bytes = Vec::new();
        for _ in 0..records {
            bytes.push(next % 10);
            bytes.extend([next; RECORD - 1]);
            next += 1;
        }
        std::fs::write(folder.join(name), bytes).unwrap();
    }
}

fn load(folder: &Path) -> Result<Dataset, String> {
    DataSpec::Cifar10(folder.into()).load(10).map_err(|error| format!("{error:#}"))
}

#[test]
fn records_are_read_in_order_from_all_files() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let data = load(folder.path()).unwrap();
    assert_eq!((data.train.len(), data.test.len(), data.shape.to_string()), (15, 2, "3x32x32".to_string()));
    assert_eq!(data.train.get(14), ([14; RECORD - 1].as_slice(), 4));
    assert_eq!(data.test.get(1), ([16; RECORD - 1].as_slice(), 6));
}

#[test]
fn damaged_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let path = folder.path().join("data_batch_3.bin");
    let mut bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..2 * RECORD + 100]).unwrap();
    let error = load(folder.path()).unwrap_err();
    assert!(error.contains("data_batch_3.bin is truncated") && error.contains("record 2"), "{error}");

    bytes[RECORD] = 10;
    std::fs::write(&path, &bytes).unwrap();
    let error = load(folder.path()).unwrap_err();
    assert!(error.contains("data_batch_3.bin: record 1 has label 10"), "{error}");

    std::fs::remove_file(&path).unwrap();
    let error = load(folder.path()).unwrap_err();
    assert!(error.contains("data_batch_3.bin is missing"), "{error}");
}

/// Loading is refused with an error that contains all of `parts`.
fn refused(folder: &Path, parts: &[&str]) {
    let error = load(folder).unwrap_err();
    parts.iter().for_each(|part| assert!(error.contains(part), "`{part}` is missing in: {error}"));
}

#[test]
fn cifar_100_is_named_under_its_own_names_and_under_those_of_cifar_10() {
    let records: Vec<u8> =
        (0..4).flat_map(|i| [[i, 20 * i].as_slice(), &[200; RECORD - 1]].concat()).collect();
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    std::fs::write(folder.path().join("data_batch_1.bin"), &records).unwrap();
    refused(folder.path(), &["data_batch_1.bin is of CIFAR-100", "not supported as cifar10"]);

    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("cifar-100-binary");
    std::fs::create_dir(&inner).unwrap();
    for name in ["train.bin", "test.bin"] {
        std::fs::write(inner.join(name), &records).unwrap();
    }
    refused(folder.path(), &["data_batch_1.bin is missing", "it holds CIFAR-100"]);
    refused(&inner, &["data_batch_1.bin is missing", "it holds CIFAR-100"]);
}

#[test]
fn the_python_version_and_packed_archives_are_named() {
    for name in ["data_batch_1", "cifar-10-batches-py", "cifar-10-python.tar.gz"] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(name), b"\x80\x02").unwrap();
        refused(folder.path(), &["python version", "download cifar-10-binary.tar.gz"]);
    }
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("cifar-10-binary.tar.gz");
    std::fs::write(&archive, [0x1f, 0x8b]).unwrap();
    refused(folder.path(), &["it holds cifar-10-binary.tar.gz: unpack first"]);
    refused(&archive, &["cifar-10-binary.tar.gz is a file", "unpack it"]);

    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    std::fs::write(folder.path().join("test_batch.bin"), b"\x80\x02}q\x01").unwrap();
    refused(folder.path(), &["test_batch.bin is a Python pickle"]);
}
