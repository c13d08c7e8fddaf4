//! `learn`: whether runs with the defaults learn, for every configuration, batch, optimiser and seed; `docs/learning.md`.

use anyhow::{Context, Result, ensure};
use ef_isa::config;
use ef_isa::vector::Optimiser;
use ef_runtime::atomic;
use ef_runtime::learning::{BATCHES, Case, Data, ENOUGH, EPOCHS, SEEDS, USUAL, cases, others};
use ef_runtime::view::View;
use rayon::prelude::*;
use std::fmt::Write;
use std::sync::Mutex;

/// Arguments of `learn`.
#[derive(clap::Args)]
pub struct LearnArgs {
    /// Keep the result in docs/learning.md
    #[arg(long)]
    record: bool,
}

/// A case, the epochs it took and the accuracy after them.
type Learned = (Case, u32, f64);

pub fn run(args: &LearnArgs) -> Result<()> {
    let cases = cases();
    let folder = ef_tools::workspace_root().context("this is no checkout of ef-train")?;
    let runs = folder.join("target/learning");
    if runs.exists() {
        std::fs::remove_dir_all(&runs).with_context(|| format!("cannot remove {}", runs.display()))?;
    }
    std::fs::create_dir_all(&runs)?;
    Data::ALL.iter().try_for_each(|data| data.write(&runs))?;
    let view = Mutex::new((View::new(), 0));
    let learned: Vec<Learned> = cases
        .par_iter()
        .map(|case| {
            let (epochs, accuracy) = case.run(&runs).with_context(|| case.to_string())?;
            let (view, done) = &mut *view.lock().expect("no thread panics");
            *done += 1;
            let total = cases.len();
            view.line(&format!("{done}/{total}  {case}: {:.1} % after {epochs} epochs", 100.0 * accuracy));
            Ok((*case, epochs, accuracy))
        })
        .collect::<Result<_>>()?;
    let page = page(&learned)?;
    if args.record {
        atomic::write(&folder.join("docs/learning.md"), page.as_bytes())?;
    }
    ef_tools::say!("{}", page.trim_end());
    let failed = learned.iter().filter(|(_, _, accuracy)| *accuracy < ENOUGH).count();
    ensure!(failed == 0, "{failed} of {} runs did not reach {:.0} %", learned.len(), 100.0 * ENOUGH);
    Ok(())
}

fn page(learned: &[Learned]) -> Result<String> {
    let mut page = format!(
        "# Do the defaults learn?\n\n\
         Made by `cargo xtask learn --record`. {} runs on the golden model with nothing but `--batch`, `--seed` and, in the last table, `--optimiser` given: the bundled digits, drawn with a mean far \
         from zero\nas 1 x 28 x 28 grey images and as 3 x 32 x 32 images in random colours, a network of two convolutions (8 outputs each) and a fully connected layer, \
         1,438 images to train.\nA run ends after the first epoch, of at most {EPOCHS}, whose test on 359 held-out images reaches {:.0} %.\n\n\
         Each cell: the accuracies of seeds {SEEDS:?} in percent, and the epochs they took.\n",
        learned.len(),
        100.0 * ENOUGH
    );
    let heads: Vec<String> = BATCHES.iter().map(|batch| format!("batch {batch}")).collect();
    let head =
        |what: &str| format!("\n| {what} | {} |\n|---|{}\n", heads.join(" | "), "---|".repeat(heads.len()));
    let cells = |is: &dyn Fn(&Case) -> bool| {
        let cells = BATCHES.map(|batch| cell(learned, &|case| case.batch == batch && is(case)));
        cells.join(" | ")
    };
    for data in Data::ALL {
        page += &head(&format!("{data}, {}", Optimiser::default()));
        for config in config::ALL {
            let own = |case: &Case| {
                (case.data, case.config, case.optimiser) == (data, config.name, Optimiser::default())
            };
            writeln!(page, "| `{}` | {} |", config.name, cells(&own))?;
        }
    }
    page += &head(&format!("{USUAL}, seed {}", SEEDS[0]));
    for optimiser in others() {
        for data in Data::ALL {
            let own = |case: &Case| (case.data, case.optimiser) == (data, optimiser);
            writeln!(page, "| `{optimiser}`, {data} | {} |", cells(&own))?;
        }
    }
    Ok(page)
}

fn cell(learned: &[Learned], is: &dyn Fn(&Case) -> bool) -> String {
    let own = learned.iter().filter(|(case, ..)| is(case));
    let (accuracies, epochs): (Vec<String>, Vec<String>) =
        own.map(|(_, epochs, accuracy)| (format!("{:.1}", 100.0 * accuracy), epochs.to_string())).unzip();
    format!("{} ({})", accuracies.join(", "), epochs.join(", "))
}
