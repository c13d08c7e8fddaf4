//! `catalogue`: a table of all hardware modules, from their source.

mod block;
mod latency;
mod prose;

use crate::section::{Section, SectionArgs};
use anyhow::{Context, Result};
use block::Block;
use ef_hdl_syntax::{Kind, prose::purpose};
use latency::Constants;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

const SECTION: Section = Section { file: "docs/modules.md", verb: "catalogue" };

/// Folders of the checkout that hold hardware.
const HARDWARE: [&str; 2] = ["crates/rtl/src", "crates/soc/src"];

/// Arguments of `catalogue`.
#[derive(clap::Args)]
pub struct CatalogueArgs {
    #[command(flatten)]
    section: SectionArgs,
}

pub fn run(args: &CatalogueArgs) -> Result<()> {
    let root = ef_tools::workspace_root().context("this is no checkout of ef-train")?;
    SECTION.handle(&args.section, &page(&root)?)
}

/// A heading and a table per folder that holds modules.
fn page(root: &Path) -> Result<String> {
    let sources = sources(root)?;
    let mut constants = Constants::default();
    for (path, text) in &sources {
        constants
            .add(path, text)
            .with_context(|| format!("cannot read the constants of {}", path.display()))?;
    }
    let tests = Tests::read(root)?;
    let mut folders: BTreeMap<&Path, String> = BTreeMap::new();
    for (path, text) in &sources {
        let blocks =
            block::blocks(text).with_context(|| format!("cannot read the blocks of {}", path.display()))?;
        for block in &blocks {
            let table = folders.entry(path.parent().context("a file has a folder")?).or_default();
            let latency = constants.of(path, block, blocks.len() == 1);
            writeln!(table, "{}", row(path, text, block, &latency, &tests.naming(&block.name)))?;
        }
    }
    let mut page = String::new();
    for (folder, rows) in folders {
        writeln!(
            page,
            "\n## `{}`\n\n| module | what it does | ports, by width | latency | tests |\n|---|---|---|---|---|\n{}",
            folder.display(),
            rows.trim_end()
        )?;
    }
    Ok(page)
}

fn row(path: &Path, text: &str, block: &Block, latency: &str, tests: &str) -> String {
    let struct_line = format!("struct {}", block.name);
    let declares = |line: &str| {
        line.split_once(&struct_line)
            .is_some_and(|(_, rest)| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    let line = text.lines().position(declares).map_or(1, |line| line + 1);
    let module = format!("[`{}`](../{}#L{line})", block.name, path.display());
    let cells = [&module, &purpose(&block.doc), &ports(block), latency, tests];
    format!("| {} |", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
}

/// A line per direction: the names of the ports, behind those of one width this width.
fn ports(block: &Block) -> String {
    let lines = [Kind::In, Kind::Out, Kind::InOut].into_iter().filter_map(|direction| {
        let mut widths: Vec<(&str, Vec<&str>)> = Vec::new();
        for port in block.ports.iter().filter(|port| port.direction == direction) {
            match widths.iter_mut().find(|(width, _)| *width == port.width) {
                Some((_, names)) => names.push(&port.name),
                None => widths.push((&port.width, vec![&port.name])),
            }
        }
        let groups: Vec<String> =
            widths.iter().map(|(width, names)| format!("`{}` {width}", names.join("` `"))).collect();
        (!groups.is_empty()).then(|| format!("{direction}: {}", groups.join(", ")))
    });
    lines.collect::<Vec<String>>().join("<br>")
}

/// All source files with hardware, by path in the checkout.
fn sources(root: &Path) -> Result<BTreeMap<PathBuf, String>> {
    let mut sources = BTreeMap::new();
    for folder in HARDWARE {
        for path in rust_files(&root.join(folder))? {
            let text = read(&path)?;
            sources.insert(path.strip_prefix(root)?.into(), text);
        }
    }
    Ok(sources)
}

/// Which identifiers each file of tests has.
struct Tests(BTreeMap<String, BTreeSet<String>>);

impl Tests {
    fn read(root: &Path) -> Result<Self> {
        let mut folders = vec![(String::new(), root.join("rtl-tests/tests"))];
        for folder in HARDWARE {
            let krate = root.join(folder).join("..");
            let name = Path::new(folder).iter().nth(1).unwrap_or_default().to_string_lossy();
            folders.push((format!("{name}/"), krate.join("tests")));
        }
        let mut tests = BTreeMap::new();
        for (prefix, folder) in folders.into_iter().filter(|(_, folder)| folder.is_dir()) {
            for path in rust_files(&folder)? {
                let name = path.strip_prefix(&folder)?.with_extension("");
                let words = read(&path)?;
                let words = words.split(|c: char| !c.is_alphanumeric() && c != '_').map(String::from);
                tests.insert(format!("{prefix}{}", name.display()), words.collect());
            }
        }
        Ok(Self(tests))
    }

    /// The files that name a module.
    fn naming(&self, module: &str) -> String {
        let files = self.0.iter().filter(|(_, words)| words.contains(module));
        files.map(|(name, _)| name.as_str()).collect::<Vec<&str>>().join(", ")
    }
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    Ok(files)
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_modules_is_current() {
        let section = SectionArgs { write: false, check: true };
        run(&CatalogueArgs { section }).unwrap_or_else(|error| panic!("{error:#}"));
    }

    #[test]
    fn ports_of_one_width_share_it() {
        let text =
            "block! { pub struct A { in clock: Clock, out y: Bits<8>, in x, z: Bits<8>, in go: Bit } }";
        let blocks = block::blocks(text).unwrap();
        assert_eq!(ports(&blocks[0]), "in: `clock` `go` 1, `x` `z` 8<br>out: `y` 8");
    }
}
