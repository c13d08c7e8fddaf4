//! Finding the four IDX files of a data set under the names of MNIST, EMNIST, torchvision and their copies.

use super::file;
use anyhow::{Result, anyhow, bail};
use std::path::{Path, PathBuf};

const SET: &str = "the four files train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte (or test-...) \
                   and t10k-labels-idx1-ubyte, each plain or as .gz, here or in raw/, gzip/ or MNIST/raw/";

/// The files of one data set.
pub struct Files {
    /// What stands before `train` and `test` in their names, as `emnist-letters-`; mostly nothing.
    pub prefix: String,
    /// Images, labels.
    pub train: [PathBuf; 2],
    pub test: [PathBuf; 2],
}

/// A data set that is there at least in part.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Set {
    folder: PathBuf,
    prefix: String,
}

/// The files at `path`: a folder with one data set, or a folder and the start of the names of one of its data sets, as
/// `gzip/emnist-letters`.
pub fn find(path: &Path) -> Result<Files> {
    let sets = sets(path)?;
    let (first, others) = sets.split_first().ok_or_else(|| missing(path))?;
    let plain = first.prefix.is_empty() && first.folder == path;
    // the plain names are meant by their folder
    if !plain && !others.is_empty() {
        let choices: Vec<String> =
            sets.iter().map(|set| format!("--data mnist:{}", set.path().display())).collect();
        bail!("{} holds {} data sets; choose one: {}", path.display(), sets.len(), choices.join(", "));
    }
    first.files()
}

/// The data sets that `path` can mean.
fn sets(path: &Path) -> Result<Vec<Set>> {
    if path.is_dir() {
        return Ok(sets_below(path));
    }
    let Some(start) = path.file_name().and_then(|name| name.to_str()).filter(|_| !path.exists()) else {
        file::check_folder(path, SET)?;
        return Ok(vec![]);
    };
    let mut sets = sets_below(file::parent(path));
    sets.retain(|set| set.prefix.starts_with(start));
    let whole = |set: &Set| set.prefix.trim_end_matches('-') == start.trim_end_matches('-');
    match sets.iter().position(whole) {
        Some(index) => Ok(vec![sets.swap_remove(index)]),
        None => Ok(sets),
    }
}

fn missing(path: &Path) -> anyhow::Error {
    if path.is_dir() {
        return file::missing(path, "train-images-idx3-ubyte", SET);
    }
    let folder = file::parent(path).display();
    anyhow!(
        "{} is no folder, and no data set in {folder} has names that start so; it must hold {SET}",
        path.display()
    )
}

/// The data sets in a folder; if it has none, those in the folders where torchvision and EMNIST's archive put them.
fn sets_below(folder: &Path) -> Vec<Set> {
    let usual = |folder: &Path| ["raw", "gzip"].map(|name| folder.join(name));
    let below = file::names_in(folder).into_iter().flat_map(|name| usual(&folder.join(name)));
    let levels = [vec![folder.to_path_buf()], usual(folder).to_vec(), below.collect()];
    let mut levels =
        levels.iter().map(|level| level.iter().flat_map(|folder| sets_in(folder)).collect::<Vec<_>>());
    levels.find(|sets| !sets.is_empty()).unwrap_or_default()
}

/// The data sets of which a folder holds at least one file, plain names first.
fn sets_in(folder: &Path) -> Vec<Set> {
    let mut prefixes: Vec<String> = file::names_in(folder).iter().filter_map(|name| prefix(name)).collect();
    prefixes.sort();
    prefixes.dedup();
    prefixes.into_iter().map(|prefix| Set { folder: folder.into(), prefix }).collect()
}

/// What stands before `train` or `test` in the name of an IDX file.
fn prefix(name: &str) -> Option<String> {
    let stem = name.strip_suffix(".gz").unwrap_or(name);
    let stem = [("images", "idx3"), ("labels", "idx1")].iter().find_map(|(what, kind)| {
        SEPARATORS.iter().find_map(|dot| stem.strip_suffix(&format!("-{what}{dot}{kind}-ubyte")))
    })?;
    ["train", "t10k", "test"].iter().find_map(|part| stem.strip_suffix(part)).map(str::to_string)
}

/// `train-images-idx3-ubyte` or, as some archives have it, `train-images.idx3-ubyte`.
const SEPARATORS: [&str; 2] = ["-", "."];

impl Set {
    /// What names this set and no other in its folder.
    fn path(&self) -> PathBuf {
        match self.prefix.trim_end_matches('-') {
            "" => self.folder.clone(),
            prefix => self.folder.join(prefix),
        }
    }

    fn files(&self) -> Result<Files> {
        // MNIST's files say t10k, EMNIST's test
        let test = if self.prefix.is_empty() { ["t10k", "test"] } else { ["test", "t10k"] };
        let pair = |parts: &[&str]| -> Result<[PathBuf; 2]> {
            Ok([self.file(parts, "images", "idx3")?, self.file(parts, "labels", "idx1")?])
        };
        Ok(Files { prefix: self.prefix.clone(), train: pair(&["train"])?, test: pair(&test)? })
    }

    fn file(&self, parts: &[&str], what: &str, kind: &str) -> Result<PathBuf> {
        let mut names = Vec::new();
        for part in parts {
            for dot in SEPARATORS {
                let name = format!("{}{part}-{what}{dot}{kind}-ubyte", self.prefix);
                names.extend([name.clone(), name + ".gz"]);
            }
        }
        file::find(&self.folder, &names).ok_or_else(|| file::missing(&self.folder, &names[0], SET))
    }
}
