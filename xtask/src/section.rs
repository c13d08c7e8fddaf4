//! Parts of documents that a command makes.

use anyhow::{Context, Result, ensure};
use ef_runtime::atomic;

/// What lies between `<!-- begin: cargo xtask VERB --write -->` and `<!-- end -->` in a document of the checkout.
pub struct Section {
    /// Path in the checkout.
    pub file: &'static str,
    pub verb: &'static str,
}

/// What to do with a section.
#[derive(clap::Args)]
pub struct SectionArgs {
    /// Put the table into the document that holds it
    #[arg(long)]
    pub write: bool,
    /// Fail if the table in the document is another one
    #[arg(long, conflicts_with = "write")]
    pub check: bool,
}

impl Section {
    /// Prints `text`, or writes or checks it.
    pub fn handle(&self, args: &SectionArgs, text: &str) -> Result<()> {
        if !args.write && !args.check {
            ef_tools::say!("{}", text.trim_end());
            return Ok(());
        }
        let Section { file, verb } = self;
        let path = ef_tools::workspace_root().context("this is no checkout of ef-train")?.join(file);
        let document =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let mark = format!("<!-- begin: cargo xtask {verb} --write -->\n");
        let begin =
            document.find(&mark).with_context(|| format!("{file} has no line {}", mark.trim()))? + mark.len();
        let length = document[begin..]
            .find("<!-- end -->")
            .with_context(|| format!("{file} has no line <!-- end -->"))?;
        if args.check {
            ensure!(
                &document[begin..begin + length] == text,
                "the table in {file} is out of date; run: cargo xtask {verb} --write"
            );
            return Ok(());
        }
        let (before, after) = (&document[..begin], &document[begin + length..]);
        atomic::write(&path, format!("{before}{text}{after}").as_bytes())
    }
}
