//! `timing`: the model of time beside the RTL, on networks drawn by seed; `docs/timing.md`.

mod page;
mod run;

use anyhow::{Context, Result, ensure};
use ef_board::Board;
use ef_compiler::drawn;
use ef_isa::config::{self, FP32_8X8};
use ef_runtime::atomic;
use ef_runtime::view::View;
use ef_sim::DramSettings;
use run::{Compared, Rtl};

/// The board whose SDRAM is simulated.
const BOARD: &str = "ulx3s-85f";

/// Cycles of the model may be off by so much.
const ALLOWED: f64 = 0.01;

/// Arguments of `timing`.
#[derive(clap::Args)]
pub struct TimingArgs {
    /// Networks with each of three memories; half as many with the SDRAM of ulx3s-85f, whose simulation is slower
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..))]
    networks: u64,
    /// Decides which networks
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Keep the result in docs/timing.md
    #[arg(long)]
    record: bool,
}

pub fn run(args: &TimingArgs) -> Result<()> {
    let mut view = View::new();
    let mut compared = Vec::new();
    for memory in &DramSettings::COMPARED {
        for (index, config) in config::ALL.into_iter().enumerate() {
            // every configuration has its share
            let numbers = (0..args.networks).filter(|n| *n as usize % config::ALL.len() == index);
            compare(&mut compared, &mut view, args.seed, numbers, || Rtl::burst(config, memory))?;
        }
    }
    let board = Board::named(BOARD)?;
    ensure!(board.accelerator == &FP32_8X8, "{BOARD} has another accelerator");
    compare(&mut compared, &mut view, args.seed, 0..args.networks.div_ceil(2), || Rtl::board(&board))?;
    let page = page::page(args, &compared)?;
    if args.record {
        let folder = ef_tools::workspace_root().context("this is no checkout of ef-train")?;
        atomic::write(&folder.join("docs/timing.md"), page.as_bytes())?;
    }
    ef_tools::say!("{}", page.trim_end());
    let off = page::count_off(&compared);
    ensure!(off == 0, "{off} of {} steps are not as predicted", compared.len());
    Ok(())
}

/// A step of each network of these numbers on one device.
fn compare(
    compared: &mut Vec<Compared>,
    view: &mut View,
    seed: u64,
    numbers: impl Iterator<Item = u64>,
    device: impl Fn() -> Result<Rtl>,
) -> Result<()> {
    let mut rtl = device()?;
    for number in numbers {
        let network = drawn::network(seed, number);
        let step = rtl.step(number, &network)?;
        view.line(&format!(
            "network {number} on {} with {}: {} cycles, predicted {}, {:+.2} %",
            step.config,
            step.memory,
            step.simulated,
            step.predicted,
            100.0 * step.error()
        ));
        compared.push(step);
    }
    Ok(())
}
