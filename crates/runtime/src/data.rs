//! Data sets: images of 8-bit pixels with a label each, split into a training and a held-out test part.

pub mod cifar10;
mod content;
mod digits;
mod file;
mod foreign;
pub mod idx;
mod idx_files;
mod labels;
mod sample;
mod split;
pub mod testing;
mod turned;

pub use content::ChannelStatistics;

use crate::networks::NetworkFile;
use anyhow::{Result, bail};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Extent of one image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// 1 for grey, 3 for colours.
    pub channels: usize,
    /// Rows of an image.
    pub rows: usize,
    /// Columns of an image.
    pub columns: usize,
}

impl Shape {
    /// Pixels, and bytes, of one image.
    pub fn pixels(&self) -> usize {
        self.channels * self.rows * self.columns
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}x{}x{}", self.channels, self.rows, self.columns)
    }
}

/// Images of one extent, `[channel][row][column]` bytes each, with their labels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Images {
    pixels: Vec<u8>,
    labels: Vec<u8>,
}

impl Images {
    /// Number of images.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The pixels and the label of image `index`.
    pub fn get(&self, index: usize) -> (&[u8], u8) {
        let bytes = self.pixels.len() / self.len();
        (&self.pixels[index * bytes..][..bytes], self.labels[index])
    }

    /// Appends an image; all images of a set have the same number of pixels.
    pub fn push(&mut self, pixels: &[u8], label: u8) {
        assert!(self.is_empty() || pixels.len() * self.len() == self.pixels.len(), "images of one extent");
        self.pixels.extend_from_slice(pixels);
        self.labels.push(label);
    }

    /// The first `count` images, or all if there are fewer.
    pub fn first(&self, count: usize) -> Images {
        let mut first = Images::default();
        for (pixels, label) in (0..count.min(self.len())).map(|index| self.get(index)) {
            first.push(pixels, label);
        }
        first
    }

    fn extend(&mut self, others: Images) {
        self.pixels.extend(others.pixels);
        self.labels.extend(others.labels);
    }
}

/// A loaded data set.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Extent of every image.
    pub shape: Shape,
    /// The images to train on.
    pub train: Images,
    /// Never used for training.
    pub test: Images,
    /// What a person should know about how the files were understood.
    pub notes: Vec<String>,
}

impl Dataset {
    /// Refuses a network whose input has other extents.
    ///
    /// # Errors
    /// Names both extents.
    pub fn check_shape(&self, network: &NetworkFile, spec: &DataSpec) -> Result<()> {
        let input = &network.network.input;
        let needed = Shape { channels: input.channels, rows: input.rows, columns: input.columns };
        if self.shape != needed {
            bail!(
                "network {} takes images of {needed} (channels x rows x columns), those of {spec} are {}; \
                 choose another --network or --data",
                network.network.name,
                self.shape
            );
        }
        Ok(())
    }
}

/// Which data set, as given on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataSpec {
    /// The 1,797 handwritten digits that ship with the project.
    Digits,
    /// The four IDX files of MNIST, or of a data set in the same form: their folder, one above it as torchvision makes them, or
    /// a folder and the start of the files' names, as `FOLDER/emnist-letters`.
    Mnist(PathBuf),
    /// The six binary files of CIFAR-10 in a folder.
    Cifar10(PathBuf),
}

impl DataSpec {
    /// Loads the data set, refusing labels that a network with `classes` outputs cannot predict.
    ///
    /// # Errors
    /// If a file is missing, damaged or of another kind, a part has no images, or a label is no class of the
    /// network.
    pub fn load(&self, classes: usize) -> Result<Dataset> {
        let dataset = match self {
            DataSpec::Digits => digits::load(classes)?,
            DataSpec::Mnist(folder) => idx::load(folder, classes)?,
            DataSpec::Cifar10(folder) => cifar10::load(folder, classes)?,
        };
        for (images, part) in [(&dataset.train, "training"), (&dataset.test, "test")] {
            if images.is_empty() {
                bail!("data set {self} has no {part} images");
            }
        }
        Ok(dataset)
    }

    /// The same data set named from the root of the file system, so that it is found from every folder. What does not exist
    /// keeps its name.
    pub fn absolute(&self) -> DataSpec {
        match self {
            DataSpec::Digits => DataSpec::Digits,
            DataSpec::Mnist(path) => DataSpec::Mnist(absolute(path)),
            DataSpec::Cifar10(path) => DataSpec::Cifar10(absolute(path)),
        }
    }
}

fn absolute(path: &Path) -> PathBuf {
    // the start of file names is no path itself, but its folder is one
    let of_folder = || Ok(file::parent(path).canonicalize()?.join(path.file_name().unwrap_or_default()));
    let found =
        path.canonicalize().or_else(|_| of_folder()).or_else(|_: std::io::Error| std::path::absolute(path));
    // a name that cannot be written in a checkpoint is no use
    found.ok().filter(|found| found.to_str().is_some()).unwrap_or_else(|| path.to_path_buf())
}

impl fmt::Display for DataSpec {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            DataSpec::Digits => write!(f, "digits"),
            DataSpec::Mnist(folder) => write!(f, "mnist:{}", folder.display()),
            DataSpec::Cifar10(folder) => write!(f, "cifar10:{}", folder.display()),
        }
    }
}

impl FromStr for DataSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "digits" => Ok(DataSpec::Digits),
            Some(("mnist", folder)) if !folder.is_empty() => Ok(DataSpec::Mnist(folder.into())),
            Some(("cifar10", folder)) if !folder.is_empty() => Ok(DataSpec::Cifar10(folder.into())),
            _ => Err(format!(
                "`{text}` is no data set; possible are digits, mnist:FOLDER (IDX files) and cifar10:FOLDER (binary version)"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_set_reads_back_as_it_is_written() {
        for text in ["digits", "mnist:/data/mnist", "mnist:gz/", "cifar10:some folder", "cifar10:../c:d/"] {
            let spec: DataSpec = text.parse().unwrap();
            assert_eq!(spec.to_string(), text);
            assert_eq!(spec.absolute(), spec.absolute().to_string().parse().unwrap());
        }
    }

    #[test]
    fn every_way_to_name_a_folder_has_one_absolute_name() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("gz/inner")).unwrap();
        let absolute = |path: &str| DataSpec::Mnist(root.join(path)).absolute().to_string();
        for path in ["gz", "gz/", "./gz", "gz/inner/.."] {
            assert_eq!(absolute(path), format!("mnist:{}/gz", root.display()));
        }
        assert_eq!(
            absolute("gz/inner/../emnist-letters"),
            format!("mnist:{}/gz/emnist-letters", root.display())
        );
        assert_eq!(absolute("none/x"), format!("mnist:{}/none/x", root.display()));
        // from the folder that the tests run in
        let here = std::env::current_dir().unwrap().canonicalize().unwrap();
        for (path, absolute) in
            [("src/", here.join("src")), ("src", here.join("src")), ("emnist", here.join("emnist"))]
        {
            assert_eq!(DataSpec::Cifar10(path.into()).absolute(), DataSpec::Cifar10(absolute));
        }
        assert_eq!(DataSpec::Digits.absolute(), DataSpec::Digits);
    }

    #[test]
    fn an_unknown_data_set_is_answered_with_the_possible_ones() {
        for text in ["imagenet", "mnist", "mnist:", "digits:x"] {
            let error = text.parse::<DataSpec>().unwrap_err();
            assert!(error.contains(text) && error.contains("mnist:FOLDER"), "{error}");
        }
    }
}
