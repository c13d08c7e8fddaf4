//! IDX files under the names and in the folders that people have them in, made here.

use ef_runtime::data::testing::{gzip, idx};
use ef_runtime::data::{DataSpec, Dataset};
use std::path::Path;

/// A training image per label and a test image; all pixels of a set are `pixel`. `names` are those of training images and
/// labels, test images and labels.
fn write(folder: &Path, names: [&str; 4], labels: &[u8], pixel: u8) {
    std::fs::create_dir_all(folder).unwrap();
    let count = labels.len();
    let files = [
        idx(&[count, 2, 2], &vec![pixel; 4 * count]),
        idx(&[count], labels),
        idx(&[1, 2, 2], &[pixel; 4]),
        idx(&[1], &labels[..1]),
    ];
    for (name, bytes) in names.iter().zip(files) {
        let bytes = if name.ends_with(".gz") { gzip(&bytes) } else { bytes };
        std::fs::write(folder.join(name), bytes).unwrap();
    }
}

const MNIST: [&str; 4] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];

/// EMNIST's names of one of its splits.
fn emnist(folder: &Path, split: &str, ending: &str, labels: &[u8], pixel: u8) {
    let names = ["train-images-idx3", "train-labels-idx1", "test-images-idx3", "test-labels-idx1"]
        .map(|name| format!("emnist-{split}-{name}-ubyte{ending}"));
    write(folder, names.each_ref().map(String::as_str), labels, pixel);
}

fn load(path: impl AsRef<Path>, classes: usize) -> Result<Dataset, String> {
    DataSpec::Mnist(path.as_ref().into()).load(classes).map_err(|error| format!("{error:#}"))
}

/// The pixel that tells which set was loaded.
fn pixel(data: &Dataset) -> u8 {
    data.train.get(0).0[0]
}

fn refused(path: impl AsRef<Path>, parts: &[&str]) {
    let error = load(path, 10).unwrap_err();
    parts.iter().for_each(|part| assert!(error.contains(part), "`{part}` is missing in: {error}"));
}

#[test]
fn files_are_found_where_torchvision_and_archives_put_them() {
    for below in ["", "raw", "gzip", "MNIST/raw", "FashionMNIST/raw", "emnist/gzip"] {
        for ending in ["", ".gz"] {
            for dot in ["-", "."] {
                let folder = tempfile::tempdir().unwrap();
                let names = MNIST.map(|name| name.replace("-idx", &format!("{dot}idx")) + ending);
                write(&folder.path().join(below), names.each_ref().map(String::as_str), &[0, 9], 7);
                let data = load(folder.path(), 10).unwrap();
                assert_eq!((data.train.len(), data.test.len(), pixel(&data)), (2, 1, 7), "{below} {names:?}");
            }
        }
    }
}

#[test]
fn one_split_of_emnist_needs_no_choice() {
    for ending in ["", ".gz"] {
        let folder = tempfile::tempdir().unwrap();
        emnist(&folder.path().join("gzip"), "letters", ending, &[1, 26], 3);
        let data = load(folder.path(), 26).unwrap();
        assert_eq!(((data.train.get(0).1, data.train.get(1).1), data.test.get(0).1), ((0, 25), 0));
        assert!(data.notes.iter().any(|note| note.contains("labels are 1..=26")), "{:?}", data.notes);
        assert!(data.notes.iter().any(|note| note.contains("transposed")), "{:?}", data.notes);
    }
}

#[test]
fn one_of_several_splits_is_chosen_by_the_start_of_its_names() {
    let folder = tempfile::tempdir().unwrap();
    for (split, pixel) in [("letters", 1), ("digits", 2), ("byclass", 3), ("bymerge", 4)] {
        emnist(&folder.path().join("EMNIST/raw"), split, "", &[0, 1], pixel);
    }
    for folder in [folder.path().join("EMNIST/raw"), folder.path().join("EMNIST"), folder.path().into()] {
        let choices =
            ["byclass", "bymerge", "digits", "letters"].map(|split| format!("EMNIST/raw/emnist-{split}"));
        refused(
            &folder,
            &[&["4 data sets", "choose one"], choices.each_ref().map(String::as_str).as_slice()].concat(),
        );
        refused(folder.join("emnist-by"), &["2 data sets", "emnist-byclass", "emnist-bymerge"]);
    }
    let raw = folder.path().join("EMNIST/raw");
    for (name, pixel_of_it) in
        [("emnist-letters", 1), ("emnist-letters-", 1), ("emnist-d", 2), ("emnist-byclass", 3)]
    {
        for folder in [raw.clone(), folder.path().join("EMNIST")] {
            assert_eq!(pixel(&load(folder.join(name), 10).unwrap()), pixel_of_it, "{name}");
        }
    }
    refused(raw.join("kmnist"), &["kmnist is no folder", "names that start so", "train-images-idx3-ubyte"]);
}

#[test]
fn a_choice_that_the_error_offers_works() {
    let folder = tempfile::tempdir().unwrap();
    for (set, pixel) in [("MNIST", 1), ("FashionMNIST", 2)] {
        write(&folder.path().join(set).join("raw"), MNIST, &[0], pixel);
    }
    emnist(&folder.path().join("EMNIST/raw"), "letters", ".gz", &[1], 3);
    let error = load(folder.path(), 10).unwrap_err();
    let (_, choices) = error.split_once("choose one: ").unwrap();
    let mut pixels: Vec<u8> = choices
        .split(", ")
        .map(|choice| choice.strip_prefix("--data ").unwrap().parse::<DataSpec>().unwrap())
        .map(|spec| pixel(&spec.load(10).unwrap()))
        .collect();
    pixels.sort();
    assert_eq!(pixels, [1, 2, 3]);
}

#[test]
fn plain_names_in_a_folder_are_meant_by_it_whatever_lies_beside() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), MNIST, &[0], 5);
    emnist(folder.path(), "letters", "", &[1], 6);
    assert_eq!(pixel(&load(folder.path(), 10).unwrap()), 5);
    assert_eq!(pixel(&load(folder.path().join("emnist-letters"), 10).unwrap()), 6);
}

#[test]
fn what_lies_in_place_of_the_data_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("gzip.zip"), b"PK\x03\x04").unwrap();
    refused(path, &["train-images-idx3-ubyte is missing in", "it holds gzip.zip: unpack first"]);
    refused(path.join("gzip.zip"), &["gzip.zip is a file", "name the folder"]);

    emnist(path, "letters", ".gz", &[1, 2], 3);
    std::fs::write(path.join("emnist-letters-test-labels-idx1-ubyte.gz"), "  <!doctype HTML>\n404").unwrap();
    refused(path, &["emnist-letters-test-labels-idx1-ubyte.gz is a web page", "download it again"]);
    std::fs::remove_file(path.join("emnist-letters-test-labels-idx1-ubyte.gz")).unwrap();
    refused(path, &["emnist-letters-test-labels-idx1-ubyte is missing in"]);
}

#[test]
fn equal_content_has_an_equal_hash_wherever_and_however_it_lies() {
    let folder = tempfile::tempdir().unwrap();
    let hash = |below: &str| load(folder.path().join(below), 10).unwrap().content_hash();
    write(&folder.path().join("plain"), MNIST, &[0, 1], 9);
    emnist(&folder.path().join("moved/raw"), "mnist", ".gz", &[0, 1], 9);
    assert_eq!(hash("plain"), hash("moved"));
    write(&folder.path().join("plain"), MNIST, &[0, 2], 9);
    assert_ne!(hash("plain"), hash("moved"));
}
