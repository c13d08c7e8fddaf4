//! `fits`: which network trains on which configuration and board; the README's table.

use crate::section::{Section, SectionArgs};
use anyhow::Result;
use ef_isa::config;
use ef_runtime::fitting::{boards, images_per_pass};
use ef_runtime::networks::NetworkFile;
use ef_runtime::plans::Room;
use std::fmt::Write;

const SECTION: Section = Section { file: "README.md", verb: "fits" };

/// The bundled networks but AlexNet and VGG-16, which need more memory than any board has.
const SHOWN: [&str; 5] = ["digits", "mnist", "cifar10", "one-x", "lenet-10"];

/// Arguments of `fits`.
#[derive(clap::Args)]
pub struct FitsArgs {
    /// Bundled network or a TOML file, instead of the bundled ones that a board has the memory for
    #[arg(long, value_name = "NAME|FILE", conflicts_with_all = ["write", "check"])]
    network: Option<String>,
    /// Images per step
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..), conflicts_with_all = ["write", "check"])]
    batch: u16,
    #[command(flatten)]
    section: SectionArgs,
}

pub fn run(args: &FitsArgs) -> Result<()> {
    let batch = args.batch.into();
    let networks: Vec<NetworkFile> = match &args.network {
        Some(name) => vec![NetworkFile::load(name)?],
        None => SHOWN.into_iter().map(NetworkFile::load).collect::<Result<_>>()?,
    };
    let places = places();
    SECTION.handle(&args.section, &table(&networks, &places, batch)?)?;
    if args.network.is_some() {
        print_reasons(&networks[0], &places, batch);
    }
    Ok(())
}

/// Configurations and, of the same one, the boards that have it.
fn places() -> Vec<(String, Room)> {
    let boards = boards();
    let configs = config::ALL.into_iter().map(|config| {
        let own: Vec<&str> =
            boards.iter().filter(|(_, room)| room.config == config).map(|(name, _)| name.as_str()).collect();
        let memory =
            boards.iter().filter(|(_, room)| room.config == config).map(|(_, room)| room.memory_words);
        let room = Room { config, memory_words: memory.min().unwrap_or(u64::MAX) };
        let name = if own.is_empty() {
            format!("`{}`", config.name)
        } else {
            format!("`{}` ({})", config.name, own.join(", "))
        };
        (name, room)
    });
    configs.collect()
}

/// A row per configuration, a column per network: passes times images.
fn table(networks: &[NetworkFile], places: &[(String, Room)], batch: usize) -> Result<String> {
    let names: Vec<String> = networks.iter().map(|network| format!("`{}`", network.network.name)).collect();
    let mut table =
        format!("| configuration (boards) | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    for (place, room) in places {
        let cells = networks.iter().map(|network| match images_per_pass(network, *room, batch) {
            Ok(pass) if pass == batch => "at once".into(),
            Ok(pass) => format!("in passes of {pass}"),
            Err(_) => "no".into(),
        });
        writeln!(table, "| {place} | {} |", cells.collect::<Vec<String>>().join(" | "))?;
    }
    Ok(table)
}

/// Why a network does not fit, for each configuration that it does not fit.
fn print_reasons(network: &NetworkFile, places: &[(String, Room)], batch: usize) {
    for (place, room) in places {
        if let Err(error) = images_per_pass(network, *room, batch) {
            ef_tools::say!("{place}: {error:#}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_in_the_readme_is_current() {
        let section = SectionArgs { write: false, check: true };
        run(&FitsArgs { network: None, batch: 16, section }).unwrap_or_else(|error| panic!("{error:#}"));
    }
}
