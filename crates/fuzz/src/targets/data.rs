//! Data files, plain and packed.

use crate::{Target, mutate};
use ef_runtime::data::testing::{gzip, idx as idx_file};
use ef_runtime::data::{cifar10 as cifar10_file, idx as idx_files};
use rand::Rng;

/// An image file and a label file, after four bytes with the length of the first.
pub fn idx() -> Target {
    Target {
        name: "idx",
        about: "IDX images and labels, plain and gzip",
        input: Box::new(|rng| {
            let pixels: Vec<u8> = (0..60).map(|i| i * 4).collect();
            let mut files = [idx_file(&[5, 4, 3], &pixels), idx_file(&[5], &[0, 1, 2, 0, 1])];
            let damaged = rng.random_range(0..2);
            let packed = rng.random_range(0..3);
            // damaged and then packed, packed and then damaged, or not packed
            for (i, file) in files.iter_mut().enumerate() {
                let damage = i == damaged || rng.random_ratio(1, 4);
                let mut steps = if packed == 1 { vec![damage, false] } else { vec![false, damage] };
                if packed == 2 {
                    steps = vec![damage];
                }
                for (step, damage) in steps.iter().enumerate() {
                    if step == 1 {
                        *file = gzip(file);
                    }
                    if *damage {
                        *file = mutate::bytes(rng, file);
                    }
                }
            }
            let [images, labels] = files;
            [(images.len() as u32).to_le_bytes().to_vec(), images, labels].concat()
        }),
        parse: Box::new(|input| {
            let Some((length, files)) = input.split_first_chunk::<4>() else { return false };
            let (images, labels) = files.split_at((u32::from_le_bytes(*length) as usize).min(files.len()));
            match idx_files::parse("images", images, "labels", labels) {
                Ok((shape, images)) => (0..images.len())
                    .all(|i| images.get(i).0.len() == shape.channels * shape.rows * shape.columns),
                Err(_) => false,
            }
        }),
        memory: 1 << 20,
    }
}

/// A batch file of CIFAR-10.
pub fn cifar10() -> Target {
    let records: Vec<u8> = (0..2).flat_map(|label| [vec![label], vec![label + 100; 3072]].concat()).collect();
    let packed = gzip(&records);
    Target {
        name: "cifar10",
        about: "CIFAR-10 batches, plain and gzip",
        input: Box::new(move |rng| match rng.random_range(0..3) {
            0 => mutate::bytes(rng, &packed),
            1 => gzip(&mutate::bytes(rng, &records)),
            _ => mutate::bytes(rng, &records),
        }),
        parse: Box::new(|input| match cifar10_file::parse("batch", input) {
            Ok(images) => (0..images.len()).all(|i| images.get(i).0.len() == 3072),
            Err(_) => false,
        }),
        memory: 1 << 20,
    }
}
