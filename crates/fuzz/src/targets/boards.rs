//! The files of a board.

use crate::{Target, mutate};
use anyhow::Result;
use ef_board::{Board, Floorplan, Pins, SdramPart, boards_dir};
use ef_soc::sdram::SdramTiming;
use rand::Rng;
use std::path::Path;

const FILES: [&str; 4] =
    ["ulx3s-85f.toml", "sdram/is42s16160.toml", "pins/ulx3s.toml", "floorplan/lfe5u-85f.toml"];

/// A file, after a byte that says which.
pub fn target() -> Result<Target> {
    let dir = boards_dir()?;
    let texts =
        FILES.iter().map(|file| std::fs::read_to_string(dir.join(file))).collect::<Result<Vec<_>, _>>()?;
    Ok(Target {
        name: "board",
        about: "board, SDRAM, pin and floorplan TOML, then clocks, timing and constraints",
        input: Box::new(move |rng| {
            let file = rng.random_range(0..FILES.len());
            [vec![file as u8], mutate::text(rng, &texts[file])].concat()
        }),
        parse: Box::new(move |input| parse(&dir, input).unwrap_or(false)),
        memory: 1 << 20,
    })
}

/// `None` if it is refused.
fn parse(dir: &Path, input: &[u8]) -> Option<bool> {
    let (file, text) = input.split_first()?;
    let text = String::from_utf8_lossy(text);
    match file % 4 {
        0 => {
            let board = Board::parse(dir, "fuzz", &text).ok()?;
            board.pll().expect("its clocks were checked");
            board.bit_step().expect("its baud rate was checked");
            let _ = board.device.nextpnr_option();
        }
        1 => {
            let part = SdramPart::parse(&text).ok()?;
            assert!(part.bytes() > 0);
            for hz in [1, 90_000_000, 400_000_000, u64::MAX] {
                let _ = SdramTiming::new(&part, hz);
            }
        }
        2 => {
            let pins = Pins::parse("fuzz", &text).ok()?;
            assert!(!pins.lpf().is_empty() && !pins.wrapper("board", "chip").is_empty());
        }
        _ => {
            let plan = Floorplan::parse(&text).ok()?;
            for n in [0, 7, 1 << 40] {
                let _ = (plan.lane(n, 0), plan.lane(0, n), plan.store(n));
            }
        }
    }
    Some(true)
}
