//! Weights and checkpoints.

use crate::{Target, mutate};
use anyhow::Result;
use ef_runtime::backend::Backend;
use ef_runtime::checkpoint::{CHECKPOINT, SavedFile};
use ef_runtime::cli::TrainArgs;
use ef_runtime::data::Images;
use ef_runtime::hyper::{Before, HyperArgs};
use ef_runtime::interrupt::Interrupt;
use ef_runtime::networks::NetworkFile;
use ef_runtime::train::train;
use ef_runtime::view::View;
use rand::Rng;
use std::path::Path;

const NETWORK: &str = "name = \"small\"\n[input]\nchannels = 1\nrows = 8\ncolumns = 8\n[[layer]]\nkind = \"conv\"\noutputs = 2\nkernel = 3\n\
                       [[layer]]\nkind = \"max_pool\"\n[[layer]]\nkind = \"fc\"\noutputs = 10\n";

/// A checkpoint; half of the cases change its header only, where everything is that decides.
pub fn target() -> Result<Target> {
    let folder = tempfile::tempdir()?;
    let (network, run) = (folder.path().join("small.toml"), folder.path().join("run"));
    std::fs::write(&network, NETWORK)?;
    let arguments = TrainArgs {
        network: Some(network.display().to_string()),
        backend: Some(Backend::Model),
        config: Some("sim-2x2".into()),
        batch: Some(2),
        epochs: Some(1),
        steps: Some(1),
        out: Some(run.clone()),
        ..Default::default()
    };
    train(arguments.options()?, &Interrupt::default(), &mut View::silent())?;
    let valid = std::fs::read(run.join(CHECKPOINT))?;
    let network = NetworkFile::parse(NETWORK, "here")?;
    let header = 8 + valid.first_chunk::<8>().map_or(0, |length| u64::from_le_bytes(*length) as usize);
    let mut image = Images::default();
    image.push(&[7; 64], 0);
    Ok(Target {
        name: "saved",
        about: "safetensors checkpoints, then the state of a network in them",
        input: Box::new(move |rng| {
            if rng.random() {
                return mutate::bytes(rng, &valid);
            }
            // a header of another length that says so
            let text = mutate::bytes(rng, &valid[8..header]);
            [&(text.len() as u64).to_le_bytes()[..], &text, &valid[header..]].concat()
        }),
        parse: Box::new(move |input| {
            let Ok(file) = SavedFile::parse(Path::new("fuzz.safetensors"), input.to_vec()) else {
                return false;
            };
            let valid = file.state(&network, true).is_ok();
            if let Some(origin) = &file.origin {
                let _ = (origin.network_file(), origin.data_spec());
                if valid {
                    // what a resumed run does with it
                    let _ = origin.pixels(&network).reach(&image);
                    let before = Before { hyper: origin.hyper, step: origin.progress.step, steps: 9 };
                    let _ = HyperArgs::default()
                        .resolve(origin.hyper.optimiser, origin.batch, 20, Some(before))
                        .rate(10, 20);
                }
            }
            valid
        }),
        memory: 1 << 20,
    })
}
