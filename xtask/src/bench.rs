//! `bench`: how fast training steps run, on the golden model (the baseline) and on the simulated RTL, in the same run; with `--paper` how
//! many cycles they take, beside what EF-Train would.

pub mod clock;
mod paper;
mod readme;
mod rows;
mod simulate;

use anyhow::{Result, ensure};
use ef_compiler::Plan;
use ef_isa::{Config, Device, config, regs};
use ef_model::ModelDevice;
use ef_runtime::atomic;
use ef_runtime::networks::NetworkFile;
use ef_runtime::summary::grouped;
use ef_sim::{DramSettings, RtlDevice};
use ef_tools::say;
use serde::Serialize;
use std::path::PathBuf;
use std::time::Instant;

/// Arguments of `bench`.
#[derive(clap::Args)]
pub struct BenchArgs {
    /// The paper's networks on fp32-8x8: cycles, predicted and simulated, beside EF-Train's model with as many lanes
    #[arg(long, conflicts_with_all = ["network", "batch", "steps", "config"])]
    paper: bool,
    /// With --paper: put table and picture into the README
    #[arg(long, requires = "paper")]
    write: bool,
    /// Bundled network or TOML file
    #[arg(long, default_value = "digits")]
    network: String,
    /// Images per training step
    #[arg(long, default_value_t = 16)]
    batch: usize,
    /// Steps per round; the fastest of three rounds counts
    #[arg(long, default_value_t = 3)]
    steps: u32,
    /// The golden model alone: a step of a large network takes hours on the simulated RTL
    #[arg(long, conflicts_with = "paper")]
    model: bool,
    /// Configuration of the accelerator
    #[arg(long, default_value = config::FP32_8X8.name)]
    config: String,
    /// Also write the figures to this file, as JSON
    #[arg(long)]
    json: Option<PathBuf>,
}

const ROUNDS: usize = 3;

#[derive(Serialize)]
struct Figures {
    network: String,
    config: &'static str,
    batch: usize,
    model_images_per_second: f64,
    #[serde(flatten)]
    rtl: Option<RtlFigures>,
}

#[derive(Serialize)]
struct RtlFigures {
    rtl_images_per_second: f64,
    /// Time of the RTL by that of the model.
    rtl_slower_by: f64,
    sim_cycles_per_second: f64,
    /// Share of the simulation's time that the DRAM model and the harness take.
    harness_share: f64,
}

pub fn run(args: &BenchArgs) -> Result<()> {
    if args.paper {
        return paper::run(args.json.as_deref(), args.write);
    }
    let figures = measure(args)?;
    say!("one training step of network {}, batch {}, {}", figures.network, figures.batch, figures.config);
    let mut lines =
        vec![("golden model (baseline)", format!("{:.3} images/s", figures.model_images_per_second))];
    if let Some(rtl) = &figures.rtl {
        lines.extend([
            ("simulated RTL", format!("{:.3} images/s", rtl.rtl_images_per_second)),
            ("  slower than the baseline by", format!("{:.1}", rtl.rtl_slower_by)),
            ("  simulated cycles per second", grouped(rtl.sim_cycles_per_second.round() as u64)),
            ("  harness and DRAM model", format!("{:.1} % of the time", 100.0 * rtl.harness_share)),
        ]);
    }
    for (name, value) in lines {
        say!("  {name:32} {value:>20}");
    }
    match &args.json {
        Some(path) => atomic::write(path, (serde_json::to_string_pretty(&figures)? + "\n").as_bytes()),
        None => Ok(()),
    }
}

fn measure(args: &BenchArgs) -> Result<Figures> {
    ensure!(args.steps > 0, "--steps 0: at least one step is needed");
    let config = Config::named(&args.config)?;
    let file = NetworkFile::load(&args.network)?;
    let plan = ef_compiler::compile(&file.network, config, args.batch, ef_compiler::PixelFormat::F32)?;
    let words = plan.map.memory_words;
    let mut model = ModelDevice::new(config, words);
    let model_seconds = seconds_per_step(&mut model, &plan, args)?;
    let rtl = if args.model { None } else { Some(measure_rtl(config, &plan, args, model_seconds)?) };
    Ok(Figures {
        network: file.network.name,
        config: config.name,
        batch: args.batch,
        model_images_per_second: args.batch as f64 / model_seconds,
        rtl,
    })
}

fn measure_rtl(
    config: &'static Config,
    plan: &Plan,
    args: &BenchArgs,
    model_seconds: f64,
) -> Result<RtlFigures> {
    let mut rtl = RtlDevice::new(config, plan.map.memory_words, &DramSettings::default())?;
    let seconds = seconds_per_step(&mut rtl, plan, args)?;
    let cycles = f64::from(rtl.read_register(regs::CYCLES)?);
    let spent = rtl.statistics();
    Ok(RtlFigures {
        rtl_images_per_second: args.batch as f64 / seconds,
        rtl_slower_by: seconds / model_seconds,
        sim_cycles_per_second: cycles / seconds,
        harness_share: spent.harness_ns as f64 / (spent.harness_ns + spent.rtl_ns) as f64,
    })
}

/// The fastest of some rounds. What is in memory does not matter: no cycle depends on it.
fn seconds_per_step(device: &mut dyn Device, plan: &Plan, args: &BenchArgs) -> Result<f64> {
    plan.load_train(device)?;
    device.run()?;
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        for _ in 0..args.steps {
            device.run()?;
        }
        best = best.min(begin.elapsed().as_secs_f64() / f64::from(args.steps));
    }
    Ok(best)
}
