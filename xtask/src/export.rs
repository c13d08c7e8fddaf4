//! `export`: the accelerator as Verilog for other toolchains.

use anyhow::{Result, anyhow};
use ef_program::{Config, config};
use ef_tools::say;
use std::path::PathBuf;

/// Arguments of `export`.
#[derive(clap::Args)]
pub struct ExportArgs {
    /// Configuration of the accelerator
    #[arg(long, value_name = "NAME", default_value = config::FP32_8X8.name)]
    config: String,
    /// Folder to create
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// One Verilog file for the accelerator instead of one per module
    #[arg(long)]
    single_file: bool,
}

pub fn run(args: &ExportArgs) -> Result<()> {
    let config = Config::named(&args.config).ok_or_else(|| {
        let names: Vec<&str> = config::ALL.iter().map(|c| c.name).collect();
        anyhow!("there is no configuration `{}`; there are {}", args.config, names.join(", "))
    })?;
    let files = ef_export::export(config, &args.out, args.single_file)?;
    say!("{} files of {} in {}", files.len(), config.name, args.out.display());
    say!("  file lists: files_ecp5.f (MULT18X18D), files_portable.f (any tool)");
    say!("  description: ef_accelerator.json");
    Ok(())
}
