//! `bench --paper`: the paper's networks here and in EF-Train's model, with two memories.

use super::rows::{NetworkRow, Row, layers, network_row, rows};
use super::{clock, readme, simulate};
use crate::plan::{Behind, Planned};
use anyhow::{Context, Result};
use ef_board::Board;
use ef_compiler::Graph;
use ef_isa::config::FP32_8X8;
use ef_paper::{ConvLayer, Machine};
use ef_runtime::atomic;
use ef_runtime::networks::NetworkFile;
use ef_runtime::summary::grouped;
use ef_sim::DramSettings;
use ef_tools::say;
use serde::Serialize;
use std::path::Path;

/// The board whose SDRAM and recorded clock count.
const BOARD: &str = "ulx3s-85f";

/// Networks and the images of a step: the paper's batch, less where the paper's needs more time than this command has.
const NETWORKS: [(&str, usize); 4] = [("one-x", 128), ("lenet-10", 128), ("alexnet", 16), ("vgg-16", 16)];

/// EF-Train's memory behind this accelerator, which takes one word per cycle where EF-Train's takes four.
const EFTRAIN_MEMORY: DramSettings = DramSettings { width: 32, latency: 8, restart: 400, stall: 0, seed: 1 };

#[derive(Default, Serialize)]
struct Figures {
    rows: Vec<Row>,
    networks: Vec<NetworkRow>,
}

pub fn run(json: Option<&Path>, write: bool) -> Result<()> {
    let memories = [Behind::simulated(&EFTRAIN_MEMORY)?, Behind::board(&Board::named(BOARD)?)?];
    let mhz = clock::recorded(BOARD)?;
    let mut figures = Figures::default();
    for (name, batch) in NETWORKS {
        for behind in &memories {
            predict(&mut figures, name, batch, behind, mhz)
                .with_context(|| format!("network {name}, {}", behind.name))?;
        }
    }
    let predicted = figures.rows.len();
    figures.rows.extend(simulate::rows(&EFTRAIN_MEMORY)?);
    print(&figures, mhz);
    if write {
        readme::write(&figures.networks, &figures.rows[predicted..], BOARD, mhz)?;
    }
    match json {
        Some(path) => atomic::write(path, (serde_json::to_string_pretty(&figures)? + "\n").as_bytes()),
        None => Ok(()),
    }
}

/// Adds the rows of a network: its passes, itself, and its convolutions alone where there are others.
fn predict(figures: &mut Figures, name: &str, batch: usize, behind: &Behind, mhz: f64) -> Result<()> {
    let network = NetworkFile::load(name)?.network;
    let planned = Planned::new(&network, &FP32_8X8, batch, behind)?;
    let layers = layers(&Graph::new(&network, &FP32_8X8).stages);
    let rows = rows(&planned.report, &behind.name, &Machine::LANES_64, &layers);
    let summed =
        |name: &str, layers: &[ConvLayer]| network_row(name, &rows, layers, batch, planned.lanes, mhz);
    figures.networks.push(summed(name, &layers));
    let convolutions = layers.partition_point(|layer| layer.name.starts_with("conv"));
    figures.networks.push(summed(&format!("{name}, convolutions"), &layers[..convolutions]));
    figures.rows.extend(rows);
    Ok(())
}

fn print(figures: &Figures, mhz: f64) {
    say!(
        "{:12} {:13} {:7} {:>15} {:>15} {:>8} {:>15} {:>6} {:>7} {:>7} {:>13}  memory",
        "network",
        "layer",
        "phase",
        "predicted",
        "simulated",
        "error",
        "EF-Train",
        "ratio",
        "busy",
        "useful",
        "words"
    );
    for row in &figures.rows {
        let simulated = row.simulated_cycles.map_or("-".into(), grouped);
        let error = row.error.map_or("-".into(), |error| format!("{:+.2} %", 100.0 * error));
        say!(
            "{:12} {:13} {:7} {:>15} {simulated:>15} {error:>8} {:>15} {:>6.2} {:>5.1} % {:>5.1} % {:>13}  {}",
            row.network,
            row.layer,
            row.phase,
            grouped(row.predicted_cycles),
            grouped(row.eftrain_cycles),
            row.ratio,
            100.0 * row.busy_lanes,
            100.0 * row.useful,
            grouped(row.dram_words),
            row.memory
        );
    }
    say!(
        "\ncycles per image; GFLOPS at {mhz} MHz, the recorded median of {BOARD}; EF-Train with 64 lanes and its own memory"
    );
    for row in &figures.networks {
        say!(
            "{:24} batch {:<4} {:>14} EF-Train {:>14} ratio {:.3}  useful {:>5.1} %  {:>6.2} GFLOPS  {}",
            row.network,
            row.batch,
            grouped(row.cycles_per_image.round() as u64),
            grouped(row.eftrain_cycles_per_image.round() as u64),
            row.ratio,
            100.0 * row.useful,
            row.gflops,
            row.memory
        );
    }
}
