//! `plan`: what a training step takes, predicted by the model of time: a table, `plan.json` and pictures.

mod behind;
mod join;
mod occupancy;
mod pictures;
mod report;
mod table;
#[cfg(test)]
mod tests;

use anyhow::{Context, Result, ensure};
use ef_compiler::Network;
use ef_isa::vector::Optimiser;
use ef_isa::{Config, config};
use ef_runtime::atomic;
use ef_runtime::cli::DramArgs;
use ef_runtime::fitting::boards;
use ef_runtime::networks::NetworkFile;
use ef_runtime::summary::grouped;
use ef_sim::DramSettings;
use ef_tools::say;
use std::path::{Path, PathBuf};

pub use behind::Behind;
pub use join::{Planned, pixel_format};
pub use report::{PassReport, PlanReport};

/// Arguments of `plan`.
#[derive(clap::Args)]
pub struct PlanArgs {
    /// Bundled network or a TOML file
    #[arg(long, value_name = "NAME|FILE")]
    network: String,
    /// Configuration of the accelerator, with the memory of back end rtl [default: fp32-8x8]
    #[arg(long, value_name = "NAME", conflicts_with = "board")]
    config: Option<String>,
    /// A board with its configuration and its SDRAM: a file of boards/ without .toml
    #[arg(long, value_name = "NAME")]
    board: Option<String>,
    /// Optimiser [default: that of the network]
    #[arg(long, value_name = "NAME")]
    optimiser: Option<Optimiser>,
    /// The memory, without --board
    #[command(flatten)]
    dram: DramArgs,
    /// Images per step
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..))]
    batch: u16,
    /// Folder for plan.json and pictures
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub fn run(args: &PlanArgs) -> Result<()> {
    let (config, behind) = match &args.board {
        Some(name) => {
            ensure!(
                args.dram == DramArgs::default(),
                "a board has its own SDRAM: leave --board or the --dram options away"
            );
            let board = crate::synth::board(name, None, None)?;
            (board.accelerator, Behind::board(&board)?)
        }
        None => (
            args.config.as_deref().map_or(Ok(&config::FP32_8X8), Config::named)?,
            Behind::simulated(&args.dram.settings(DramSettings::default()))?,
        ),
    };
    let mut file = NetworkFile::load(&args.network)?;
    file.network.optimiser = args.optimiser.unwrap_or(file.network.optimiser);
    let planned = Planned::new(&file.network, config, args.batch.into(), &behind)
        .with_context(|| format!("network {} has no plan for {}", file.network.name, config.name))?;
    say!("{}", table::table(&planned.report, &behind).trim_end());
    say!("{}", with_program(&planned, config, &behind)?);
    if let Some(line) = saved(&file.network, config, args.batch.into(), &planned, &behind)? {
        say!("{line}");
    }
    for line in room(&file, config, args.board.as_deref(), &planned.report) {
        say!("{line}");
    }
    match &args.out {
        Some(folder) => save(folder, &planned, &behind),
        None => Ok(()),
    }
}

/// What the fetch of the program adds, which the table leaves out, and how long it took to make the program.
fn with_program(planned: &Planned, config: &Config, behind: &Behind) -> Result<String> {
    let fetching = ef_time::predict_program(config, &planned.program, behind.memory)?;
    let per_image = fetching.cycles as f64 / planned.report.batch as f64;
    Ok(format!(
        "with the fetch of its program {} cycles/image, {:+.2} %; compiled in {:.1} s",
        grouped(per_image.round() as u64),
        100.0 * (fetching.cycles as f64 / planned.cycles as f64 - 1.0),
        planned.compiled.as_secs_f64()
    ))
}

/// What the frozen layers save, if there are any.
fn saved(
    network: &Network,
    config: &'static Config,
    batch: usize,
    planned: &Planned,
    behind: &Behind,
) -> Result<Option<String>> {
    let frozen = network.frozen();
    if frozen.is_empty() {
        return Ok(None);
    }
    let all = Planned::new(&network.thawed(), config, batch, behind)?.report;
    let now = &planned.report;
    let less = |now: f64, all: f64| format!("{:+.1} %", 100.0 * (now / all - 1.0));
    Ok(Some(format!(
        "frozen: {}; with all layers trained {} cycles/image, so {}; DRAM words {}, bytes of memory {}",
        frozen.join(", "),
        grouped(all.cycles_per_image.round() as u64),
        less(now.cycles_per_image, all.cycles_per_image),
        less(now.dram_words_per_image, all.dram_words_per_image),
        less(now.memory_bytes as f64, all.memory_bytes as f64),
    )))
}

/// Whether the memory of the board, or of each board with this configuration, suffices.
fn room(
    file: &NetworkFile,
    config: &'static Config,
    board: Option<&str>,
    report: &PlanReport,
) -> Vec<String> {
    let meant = |name: &str| board.is_none_or(|board| board == name);
    let rooms = boards().into_iter().filter(|(name, room)| room.config == config && meant(name));
    let lines = rooms.map(|(name, room)| {
        let has = 4 * room.memory_words;
        if report.memory_bytes <= has {
            return format!("{name} has {} bytes: enough", grouped(has));
        }
        let most =
            join::most_images(&file.network, config, report.batch, report.program_words, room.memory_words);
        let most = most.map_or("not even one image fits".into(), |most| format!("a batch of {most} fits"));
        format!("{name} has {} bytes: too few; {most}", grouped(has))
    });
    lines.collect()
}

/// Writes `plan.json` and the pictures into `folder`.
fn save(folder: &Path, planned: &Planned, behind: &Behind) -> Result<()> {
    atomic::create_folder(folder)?;
    let json = serde_json::to_string_pretty(&planned.report)? + "\n";
    atomic::write(&folder.join("plan.json"), json.as_bytes())?;
    let pictures = pictures::all(planned, behind)?;
    for (name, svg) in &pictures {
        atomic::write(&folder.join(name), svg.as_bytes())?;
    }
    let names: Vec<&str> = pictures.iter().map(|(name, _)| *name).collect();
    say!("plan.json, {} in {}", names.join(", "), folder.display());
    Ok(())
}
