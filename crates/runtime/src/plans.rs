//! One network compiled for every number of images that a run computes at once.

use crate::networks::NetworkFile;
use anyhow::{Context, Result, ensure};
use ef_compiler::{LayerPlan, PixelFormat, Plan, Prepared, Stage, compile};
use ef_isa::Config;
use ef_isa::vector::Optimiser;
use std::collections::BTreeMap;

/// Programs and memory maps by number of images. Parameters lie at the same addresses in all of them, and the programs of all behind
/// the data of the largest, so that each is written once.
///
/// A batch that is too large for a buffer or the DRAM is computed in several passes, whose gradients the
/// [`LoadedDevice`](crate::loaded::LoadedDevice) adds up: an update always sees the batch that was asked for.
pub struct Plans {
    /// The configuration that all are compiled for.
    pub config: &'static Config,
    /// Of the network.
    pub optimiser: Optimiser,
    by_images: BTreeMap<usize, Plan>,
    /// Images per pass of a batch; the rest of the division is a batch of its own.
    pass_of: BTreeMap<usize, usize>,
}

/// What a program has to fit.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// Lanes and depths of the buffers.
    pub config: &'static Config,
    /// Words of DRAM.
    pub memory_words: u64,
}

impl Room {
    /// A configuration with as much DRAM as its addresses reach: a simulated one.
    pub fn simulated(config: &'static Config) -> Room {
        Room { config, memory_words: u64::MAX }
    }
}

impl Plans {
    /// Compiles for batches of `batch` images and for the rest that each of `counts` images leaves.
    ///
    /// # Errors
    /// If not even a single image fits.
    pub fn compile(
        network: &NetworkFile,
        room: Room,
        pixels: PixelFormat,
        batch: usize,
        counts: &[usize],
    ) -> Result<Plans> {
        let mut plans = Plans {
            config: room.config,
            optimiser: network.network.optimiser,
            by_images: BTreeMap::new(),
            pass_of: BTreeMap::new(),
        };
        for images in sizes(batch, counts) {
            plans.add(images, &|images, taken| fit(network, room, pixels, images, taken))?;
        }
        plans.place_programs()?;
        ensure!(
            plans.by_images.values().all(|plan| plan.map.layers == plans.layers()),
            "the compiler placed parameters differently for different batch sizes"
        );
        Ok(plans)
    }

    /// Finds the passes of a batch of `images`, as few as halving them finds.
    fn add(&mut self, images: usize, fit: &dyn Fn(usize, Taken) -> Result<Plan>) -> Result<()> {
        if images == 0 || self.pass_of.contains_key(&images) {
            return Ok(());
        }
        let mut pass = images;
        while !self.by_images.contains_key(&pass) {
            match fit(pass, self.taken()) {
                Ok(plan) => drop(self.by_images.insert(pass, plan)),
                Err(error) if pass == 1 => return Err(error),
                Err(_) => pass = pass.div_ceil(2),
            }
        }
        self.pass_of.insert(images, pass);
        self.add(images % pass, fit)
    }

    /// The plan for exactly `images` images at once.
    ///
    /// # Errors
    /// If there is none.
    pub fn get(&self, images: usize) -> Result<&Plan> {
        self.by_images.get(&images).with_context(|| format!("no program was compiled for {images} images"))
    }

    /// Refuses batches of training that the optimiser cannot compute in several passes.
    ///
    /// # Errors
    /// If `batch` images of `images`, or the rest of the division, do not fit at once and the optimiser does not add gradients up.
    pub fn check_training(&self, batch: usize, images: usize) -> Result<()> {
        for size in sizes(batch, &[images]) {
            let most = self.passes(size)?.into_iter().max().unwrap_or(size);
            if let Some(norm) = self.measured() {
                ensure!(
                    most == size,
                    "a batch of {size} does not fit the accelerator at once, and {} takes its statistics of the whole batch; {most} images fit: try \
                     --batch {most}, or freeze it",
                    norm.name
                );
                ensure!(
                    size * norm.in_rows * norm.in_cols > 1,
                    "a batch of 1 image, as --batch {batch} leaves of {images}, gives {} a single number for each channel, of which there is no \
                     variance; choose another --batch",
                    norm.name
                );
            }
            ensure!(
                most == size || self.optimiser.adds_up(),
                "a batch of {size} does not fit the accelerator at once, and {} cannot add up the gradients of several passes; {most} images fit: \
                 try --batch {most}, or --optimiser sgd",
                self.optimiser
            );
        }
        Ok(())
    }

    /// The batch normalisation with the smallest map of those that take their statistics of the batch.
    fn measured(&self) -> Option<&Stage> {
        let (_, plan) = self.by_images.first_key_value()?;
        let measured = plan.stages.iter().filter(|stage| stage.norm().is_some() && !stage.frozen);
        measured.min_by_key(|stage| stage.in_rows * stage.in_cols)
    }

    /// How many images each pass of a batch of `images` computes.
    ///
    /// # Errors
    /// If it was not compiled for such a batch.
    pub fn passes(&self, images: usize) -> Result<Vec<usize>> {
        let (mut passes, mut rest) = (Vec::new(), images);
        while rest > 0 {
            let pass = *self
                .pass_of
                .get(&rest)
                .with_context(|| format!("no program was compiled for {rest} images"))?;
            passes.extend(std::iter::repeat_n(pass, rest / pass));
            rest %= pass;
        }
        Ok(passes)
    }

    /// Where each layer's parameters lie, for every batch size.
    pub fn layers(&self) -> &[LayerPlan] {
        self.by_images.first_key_value().map_or(&[], |(_, plan)| &plan.map.layers)
    }

    /// Words of memory that the data of the largest plan and all programs need.
    pub fn memory_words(&self) -> u64 {
        self.taken().words()
    }

    fn taken(&self) -> Taken {
        self.by_images.values().fold(Taken::default(), Taken::with)
    }

    /// Lays the programs one behind the other.
    fn place_programs(&mut self) -> Result<()> {
        let mut at = self.taken().data;
        for plan in self.by_images.values_mut() {
            plan.place_programs(at)?;
            at = plan.map.memory_words;
        }
        Ok(())
    }
}

/// Words of memory that plans need together.
#[derive(Clone, Copy, Default)]
struct Taken {
    /// Of the largest plan's data.
    data: u64,
    /// Of all programs.
    programs: u64,
}

impl Taken {
    fn with(self, plan: &Plan) -> Taken {
        let programs = 2 * (plan.train.len() + plan.eval.len()) as u64;
        Taken { data: self.data.max(plan.map.data_words), programs: self.programs + programs }
    }

    fn words(self) -> u64 {
        self.data + self.programs
    }
}

/// The plan for `images` images at once, if there is room for it beside what is `taken`.
fn fit(network: &NetworkFile, room: Room, pixels: PixelFormat, images: usize, taken: Taken) -> Result<Plan> {
    let has = room.memory_words;
    let check = |needed: u64| {
        ensure!(
            needed <= has,
            "the network needs {needed} words of memory for a single image, there are {has}"
        );
        Ok(())
    };
    // before the longer part of the work
    check(Prepared::new(&network.network, room.config, images, pixels)?.map.data_words)?;
    let plan = compile(&network.network, room.config, images, pixels)?;
    check(taken.with(&plan).words())?;
    Ok(plan)
}

/// The distinct sizes of the batches that `counts` images fall into.
fn sizes(batch: usize, counts: &[usize]) -> Vec<usize> {
    let mut sizes: Vec<usize> =
        counts.iter().flat_map(|count| [batch.min(*count), count % batch]).filter(|size| *size > 0).collect();
    sizes.sort();
    sizes.dedup();
    // the largest first: its passes serve the others
    sizes.reverse();
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;
    use ef_isa::config::FP32_8X8;

    fn digits(config: &'static Config, batch: usize, counts: &[usize]) -> Plans {
        let digits = NetworkFile::load("digits").unwrap();
        Plans::compile(&digits, Room::simulated(config), PixelFormat::F32, batch, counts).unwrap()
    }

    #[test]
    fn passes_fit_the_memory_of_the_board() {
        let all = digits(&FP32_8X8, 16, &[16]).memory_words();
        let network = NetworkFile::load("digits").unwrap();
        let compile = |memory_words| {
            Plans::compile(&network, Room { config: &FP32_8X8, memory_words }, PixelFormat::F32, 16, &[16])
        };
        let plans = compile(all - 1).unwrap();
        assert_eq!(plans.passes(16).unwrap(), [8, 8]);
        assert!([8, 8].iter().all(|images| plans.get(*images).unwrap().batch == *images));
        assert!(plans.passes(17).is_err());
        assert!(plans.memory_words() < all);
        let error = compile(1000).err().unwrap().to_string();
        assert!(error.contains("a single image, there are 1000"), "{error}");
    }

    #[test]
    fn programs_lie_behind_the_data_of_every_plan_one_after_the_other() {
        let plans = digits(&FP32_8X8, 16, &[47, 13]);
        assert!(plans.by_images.len() > 2);
        let mut at = plans.by_images.values().map(|plan| plan.map.data_words).max().unwrap();
        for plan in plans.by_images.values() {
            for (program, place) in
                [(&plan.train, plan.map.programs.train), (&plan.eval, plan.map.programs.eval)]
            {
                assert_eq!(u64::from(place), at);
                at += 2 * program.len() as u64;
            }
        }
        assert_eq!(plans.memory_words(), at);
    }

    #[test]
    fn every_bundled_network_of_small_images_compiles_for_the_8x8_configuration() {
        for name in [
            "digits",
            "digits-residual",
            "digits-bn",
            "mnist",
            "cifar10",
            "one-x",
            "lenet-10",
            "ds-cnn",
            "resnet-8",
            "resnet-20",
        ] {
            let network = NetworkFile::load(name).unwrap();
            let plans = Plans::compile(&network, Room::simulated(&FP32_8X8), PixelFormat::F32, 16, &[16]);
            plans.unwrap_or_else(|error| panic!("{error:#}"));
        }
    }

    #[test]
    fn rests_are_batches_of_their_own() {
        assert_eq!(sizes(32, &[1437, 360]), [32, 29, 8]);
        assert_eq!(sizes(32, &[64, 32]), [32]);
        assert_eq!(sizes(32, &[5, 40]), [32, 8, 5]);
    }
}
