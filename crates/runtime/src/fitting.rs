//! Which network fits which configuration and board, and what to do where it does not.

use crate::backend::{Backend, Hardware};
use crate::networks::{BUNDLED, NetworkFile};
use crate::plans::{Plans, Room};
use anyhow::{Error, Result};
use ef_board::Board;
use ef_compiler::PixelFormat;
use ef_isa::config;

/// Images that a pass of a batch of `batch` images computes.
///
/// # Errors
/// Why not even a single image fits.
pub fn images_per_pass(network: &NetworkFile, room: Room, batch: usize) -> Result<usize> {
    // FP32 pixels need at least as much room as bytes
    let plans = Plans::compile(network, room, PixelFormat::F32, batch, &[batch])?;
    Ok(plans.passes(batch)?[0])
}

/// Whether a single image fits.
fn fits(network: &NetworkFile, room: Room) -> bool {
    images_per_pass(network, room, 1).is_ok()
}

/// An error of [`Plans::compile`], with what was asked for and what is possible instead.
pub fn explain(
    error: Error,
    network: &NetworkFile,
    backend: Backend,
    room: Room,
    hardware: &Hardware,
) -> Error {
    let name = &network.network.name;
    let (place, instead) = if backend.has_board() {
        let place = format!("{} ({})", hardware.board, room.config.name);
        (place, instead_of_board(network, room))
    } else {
        (room.config.name.to_string(), instead_of_config(network))
    };
    Error::msg(format!(
        "network {name} does not fit {place}: {error:#}; {instead} (`cargo xtask fits --network FILE` tells which network fits where)"
    ))
}

fn instead_of_config(network: &NetworkFile) -> String {
    let fitting = config::ALL.into_iter().filter(|config| fits(network, Room::simulated(config)));
    match names(fitting.map(|config| config.name.to_string())) {
        Some(names) => format!("it fits --config {names}"),
        None => "it fits no configuration: use fewer or smaller layers, or pool earlier".into(),
    }
}

/// The board is what it is: other boards are named, and other networks.
fn instead_of_board(network: &NetworkFile, room: Room) -> String {
    let boards = names(boards().into_iter().filter(|(_, room)| fits(network, *room)).map(|(name, _)| name));
    let bundled = BUNDLED.iter().filter_map(|(name, _)| NetworkFile::load(name).ok());
    let bundled = names(bundled.filter(|network| fits(network, room)).map(|network| network.network.name));
    let boards = match boards {
        Some(names) => format!("it fits the board {names}"),
        None => "it fits no board: use fewer or smaller layers, or pool earlier".into(),
    };
    match bundled {
        Some(names) => format!("{boards}; of the bundled networks this board holds {names}"),
        None => boards,
    }
}

/// Every board that can be read, with its room.
pub fn boards() -> Vec<(String, Room)> {
    let rooms = Board::names().unwrap_or_default().into_iter().filter_map(|name| {
        let config = Board::named(&name).ok()?.accelerator;
        let room =
            Backend::Board.room(config, &Hardware { board: name.clone(), ..Hardware::default() }).ok()?;
        Some((name, room))
    });
    rooms.collect()
}

/// `a, b or c`; nothing for none.
fn names(names: impl Iterator<Item = String>) -> Option<String> {
    let mut names: Vec<String> = names.collect();
    let last = names.pop()?;
    Some(if names.is_empty() { last } else { format!("{} or {last}", names.join(", ")) })
}
