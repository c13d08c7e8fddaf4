//! Holding out a test part of a data set that comes as one.

use super::Images;
use crate::order::shuffled;

/// The split never depends on the seed of a run: runs of different seeds compare on the same images, and the accuracy of saved weights
/// is never measured on images some other seed has trained on.
const SPLIT_SEED: u64 = 0x5eed_d161;

/// One image in `TEST_SHARE` of every class is held out.
const TEST_SHARE: usize = 5;

/// Training and test part, each with every class in proportion.
pub fn hold_out(images: &Images) -> (Images, Images) {
    let mut held_out = vec![false; images.len()];
    for class in 0..=u8::MAX {
        let members: Vec<usize> = (0..images.len()).filter(|i| images.get(*i).1 == class).collect();
        let order = shuffled(members.len(), SPLIT_SEED, class.into());
        let share = (members.len() + TEST_SHARE / 2) / TEST_SHARE;
        for position in order.into_iter().take(share) {
            held_out[members[position as usize]] = true;
        }
    }
    let (mut train, mut test) = (Images::default(), Images::default());
    for (index, held_out) in held_out.into_iter().enumerate() {
        let (pixels, label) = images.get(index);
        if held_out { &mut test } else { &mut train }.push(pixels, label);
    }
    (train, test)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fifth_of_every_class_is_held_out_and_nothing_is_lost() {
        let mut images = Images::default();
        for i in 0..100u8 {
            images.push(&[i], if i < 60 { 0 } else { 1 });
        }
        let (train, test) = hold_out(&images);
        let count = |images: &Images, class| (0..images.len()).filter(|i| images.get(*i).1 == class).count();
        assert_eq!((count(&test, 0), count(&test, 1)), (12, 8));
        let mut all: Vec<u8> = [&train, &test].iter().flat_map(|part| part.pixels.clone()).collect();
        all.sort();
        assert_eq!(all, (0..100).collect::<Vec<u8>>());
    }
}
