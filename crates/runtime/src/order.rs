//! The order of the training images: a pure function of seed and epoch, the same on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// The generator of one purpose: streams of one seed are independent of each other.
pub(crate) fn generator(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
}

/// The numbers `0..count` in a random order (Fisher and Yates).
pub(crate) fn shuffled(count: usize, seed: u64, stream: u64) -> Vec<u32> {
    let mut rng = generator(seed, stream);
    let mut order: Vec<u32> = (0..count as u32).collect();
    for last in (1..count).rev() {
        let other = (u64::from(rng.next_u32()) * (last as u64 + 1)) >> 32;
        order.swap(last, other as usize);
    }
    order
}

/// The order in which epoch `epoch` (from 1) visits `count` training images.
pub fn epoch_order(count: usize, seed: u64, epoch: u32) -> Vec<u32> {
    shuffled(count, seed, epoch.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_epoch_visits_every_image_once_in_its_own_order() {
        let (first, second) = (epoch_order(50, 7, 1), epoch_order(50, 7, 2));
        assert_ne!(first, second);
        assert_ne!(first, epoch_order(50, 8, 1));
        for mut order in [first, second] {
            order.sort();
            assert_eq!(order, (0..50).collect::<Vec<u32>>());
        }
    }

    #[test]
    fn the_order_is_the_same_on_every_machine() {
        assert_eq!(epoch_order(8, 1, 1), [3, 2, 1, 4, 0, 6, 5, 7]);
    }
}
