//! `example`: what the accelerator is for, as a story that runs in a minute; `docs/personalise.md`.

mod cost;
mod learner;
mod personalise;
mod picture;
mod report;
mod table;
#[cfg(test)]
mod tests;

use crate::section::{Section, SectionArgs};
use anyhow::{Context, Result, ensure};
use ef_runtime::atomic;
use ef_runtime::data::DataSpec;
use ef_runtime::view::View;
use ef_tools::say;
use personalise::Setup;
use report::Report;
use std::path::{Path, PathBuf};

const SECTION: Section = Section { file: "docs/personalise.md", verb: "example personalise" };

/// The stories there are.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Example {
    /// A network that knows the digits learns somebody's turned ones on the device, with all layers trained and with the first ones frozen
    Personalise,
}

/// Arguments of `example`.
#[derive(clap::Args)]
pub struct ExampleArgs {
    /// Which one
    #[arg(value_enum, value_name = "EXAMPLE")]
    example: Example,
    /// Degrees by which the personal digits are turned to the left
    #[arg(long, default_value_t = 40.0, allow_negative_numbers = true)]
    degrees: f32,
    /// Personal images to learn from
    #[arg(long, value_name = "N", default_value_t = 200)]
    images: usize,
    /// Times that each of them is seen
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    epochs: u32,
    /// Decides the initial weights and the order of the images
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Only predict what a step takes; otherwise one of each way to adapt is simulated on the RTL too, and its weights are compared with the
    /// golden model's
    #[arg(long)]
    no_rtl: bool,
    /// Put table and picture into docs/personalise.md
    #[arg(long)]
    write: bool,
    /// Folder for personalise.json and personalise.svg [default: target/example/personalise of the checkout]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub fn run(args: &ExampleArgs) -> Result<()> {
    let Example::Personalise = args.example;
    let digits = DataSpec::Digits.load(learner::CLASSES)?;
    let setup = setup(args, digits.train.len())?;
    let folder = match &args.out {
        Some(folder) => folder.clone(),
        None => ef_tools::workspace_root()
            .context("this is no checkout of ef-train: say where to write with --out")?
            .join("target/example/personalise"),
    };
    // what cannot be written is said before the work
    atomic::create_folder(&folder)?;
    let report = personalise::run(&digits, &setup, &mut View::new())?;
    let table = table::table(&report);
    say!("{table}");
    if args.write {
        write(&report, &table)?;
    }
    save(&folder, &report)
}

/// Keeps table and picture in the documents.
fn write(report: &Report, table: &str) -> Result<()> {
    let root = ef_tools::workspace_root().context("this is no checkout of ef-train")?;
    let picture = Path::new("img").join(picture::NAME);
    atomic::write(&root.join("docs").join(&picture), picture::picture(report)?.as_bytes())?;
    let text = format!(
        "```text\n{table}\n```\n\n![Accuracy before and after, and cycles per image]({})\n",
        picture.display()
    );
    SECTION.handle(&SectionArgs { write: true, check: false }, &text)
}

/// What was asked for, if there are so many of `images` training images.
fn setup(args: &ExampleArgs, images: usize) -> Result<Setup> {
    ensure!((1..=images).contains(&args.images), "--images {}: 1 to {images} are possible", args.images);
    let degrees = args.degrees;
    ensure!((-180.0..=180.0).contains(&degrees), "--degrees {degrees}: -180 to 180 are possible");
    let (images, epochs, seed, rtl) = (args.images, args.epochs, args.seed, !args.no_rtl);
    Ok(Setup { degrees, images, epochs, seed, rtl })
}

fn save(folder: &Path, report: &Report) -> Result<()> {
    let json = serde_json::to_string_pretty(report)? + "\n";
    atomic::write(&folder.join("personalise.json"), json.as_bytes())?;
    atomic::write(&folder.join(picture::NAME), picture::picture(report)?.as_bytes())?;
    say!("personalise.json, {} in {}", picture::NAME, folder.display());
    Ok(())
}
