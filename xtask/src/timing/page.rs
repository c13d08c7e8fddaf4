//! The page of `timing`.

use super::run::Compared;
use super::{ALLOWED, TimingArgs};
use anyhow::Result;
use std::fmt::Write;

/// Steps that are not as predicted.
fn off(compared: &[Compared]) -> impl Iterator<Item = &Compared> {
    compared.iter().filter(|c| !c.exact() || c.error().abs() > ALLOWED)
}

/// How many of them there are.
pub fn count_off(compared: &[Compared]) -> usize {
    off(compared).count()
}

pub fn page(args: &TimingArgs, compared: &[Compared]) -> Result<String> {
    let TimingArgs { networks, seed, .. } = args;
    let mut page = format!(
        "# Predicted and simulated cycles of networks drawn by seed\n\n\
         Made by `cargo xtask timing --networks {networks} --seed {seed} --record`: a training step of each network on the RTL in Verilator, beside the [model of \
         time](time.md). Networks\nhave one to three convolutions or blocks, with batch normalisation, depthwise convolutions and poolings or not, and a fully connected layer, on maps of 5 to 14 rows and columns, with 1 to 4 images a step; \
         each of the five configurations has a fifth of them.\nWords, bursts and kernel cycles have to be equal, cycles within {:.0} %.\n\n\
         | memory | steps | exact but for cycles | mean error | worst error | of network |\n|---|---|---|---|---|---|\n",
        100.0 * ALLOWED
    );
    let mut memories: Vec<&str> = compared.iter().map(|c| c.memory.as_str()).collect();
    memories.dedup();
    for memory in memories {
        let own: Vec<&Compared> = compared.iter().filter(|c| c.memory == memory).collect();
        let mean = own.iter().map(|c| c.error()).sum::<f64>() / own.len() as f64;
        let worst = own.iter().max_by(|a, b| a.error().abs().total_cmp(&b.error().abs()));
        let worst = worst.expect("a memory has a step");
        writeln!(
            page,
            "| {memory} | {} | {} | {:+.3} % | {:+.2} % | {} on `{}`, {} cycles |",
            own.len(),
            own.iter().filter(|c| c.exact()).count(),
            100.0 * mean,
            100.0 * worst.error(),
            worst.number,
            worst.config,
            worst.simulated
        )?;
    }
    let all = compared.len();
    let so = all - count_off(compared);
    writeln!(page, "\n{so} of {all} steps are so; while one is not, the command ends with an error.")?;
    if so < all {
        page += "\n| not so: network | memory | simulated cycles | error | predicted of simulated |\n|---|---|---|---|---|\n";
    }
    for c in off(compared) {
        let (error, differs) = (100.0 * c.error(), c.differs.join(", "));
        writeln!(
            page,
            "| {} on `{}` | {} | {} | {error:+.2} % | {differs} |",
            c.number, c.config, c.memory, c.simulated
        )?;
    }
    Ok(page)
}
