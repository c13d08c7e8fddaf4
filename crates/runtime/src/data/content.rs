//! What a data set holds, wherever and however it is stored: its hash, and the statistics of its pixels.

use super::{Dataset, Images};
use sha2::{Digest, Sha256};

/// Mean and deviation of the bytes of one channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChannelStatistics {
    /// 0.0..=255.0.
    pub mean: f64,
    /// Standard deviation of all the bytes (divided by their number, not by one less); 0 if all are equal.
    pub deviation: f64,
}

impl Dataset {
    /// 16 hexadecimal digits of the SHA-256 of the shape, the pixels and the labels of both parts, as loaded. The same for
    /// equal content, whatever the names, the folder and the packing of the files; notes do not count.
    pub fn content_hash(&self) -> String {
        let mut hash = Sha256::new();
        let number = |hash: &mut Sha256, value: usize| hash.update((value as u64).to_le_bytes());
        for extent in [self.shape.channels, self.shape.rows, self.shape.columns] {
            number(&mut hash, extent);
        }
        for part in [&self.train, &self.test] {
            for bytes in [&part.pixels, &part.labels] {
                number(&mut hash, bytes.len());
                hash.update(bytes);
            }
        }
        hex::encode(&hash.finalize()[..8])
    }
}

impl Images {
    /// Statistics of each of the `channels`, from exact integer sums: the same bits on every machine. `channels` must divide
    /// the pixels of an image. Without images all figures are 0.
    pub fn statistics(&self, channels: usize) -> Vec<ChannelStatistics> {
        let plane = if self.is_empty() { 1 } else { self.pixels.len() / self.len() / channels };
        let mut sums = vec![(0u64, 0u64); channels];
        for (index, plane) in self.pixels.chunks_exact(plane).enumerate() {
            let (sum, squares) = &mut sums[index % channels];
            for pixel in plane {
                let pixel = u64::from(*pixel);
                *sum += pixel;
                *squares += pixel * pixel;
            }
        }
        let count = self.pixels.len() / channels;
        sums.into_iter().map(|(sum, squares)| ChannelStatistics::of(count, sum, squares)).collect()
    }
}

impl ChannelStatistics {
    /// Of `count` bytes with this sum and this sum of squares.
    fn of(count: usize, sum: u64, squares: u64) -> ChannelStatistics {
        if count == 0 {
            return ChannelStatistics { mean: 0.0, deviation: 0.0 };
        }
        let (n, sum, squares) = (count as u128, u128::from(sum), u128::from(squares));
        let scaled_variance = n * squares - sum * sum;
        let n = count as f64;
        ChannelStatistics { mean: sum as f64 / n, deviation: (scaled_variance as f64).sqrt() / n }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Shape;
    use super::*;

    const SHAPE: Shape = Shape { channels: 2, rows: 1, columns: 2 };

    fn images(all: &[([u8; 4], u8)]) -> Images {
        let mut images = Images::default();
        all.iter().for_each(|(pixels, label)| images.push(pixels, *label));
        images
    }

    fn dataset() -> Dataset {
        let train = images(&[([1, 2, 3, 4], 0), ([5, 6, 7, 8], 1)]);
        Dataset { shape: SHAPE, train, test: images(&[([9, 10, 11, 12], 1)]), notes: vec![] }
    }

    #[test]
    fn every_part_of_the_content_changes_the_hash() {
        let original = dataset().content_hash();
        assert_eq!(original.len(), 16);
        assert_eq!(original, dataset().content_hash());
        let changes: [fn(&mut Dataset); 6] = [
            |data| data.shape = Shape { channels: 1, rows: 2, columns: 2 },
            |data| data.train.pixels[7] += 1,
            |data| data.train.labels[0] = 1,
            |data| data.test.pixels[0] += 1,
            |data| data.test.labels[0] = 0,
            // the same bytes in the same order, cut elsewhere
            |data| {
                let (pixels, label) = (data.train.pixels.split_off(4), data.train.labels.pop().unwrap());
                data.test.pixels.splice(0..0, pixels);
                data.test.labels.insert(0, label);
            },
        ];
        for (index, change) in changes.iter().enumerate() {
            let mut other = dataset();
            change(&mut other);
            assert_ne!(original, other.content_hash(), "change {index}");
        }
    }

    #[test]
    fn statistics_are_those_of_each_channel() {
        let figures = images(&[([0, 2, 7, 7], 0), ([4, 10, 7, 7], 1)]).statistics(2);
        assert_eq!(figures[0], ChannelStatistics { mean: 4.0, deviation: 14f64.sqrt() });
        assert_eq!(figures[1], ChannelStatistics { mean: 7.0, deviation: 0.0 });
        let figures = Images::default().statistics(3);
        assert_eq!(figures, vec![ChannelStatistics { mean: 0.0, deviation: 0.0 }; 3]);
    }

    #[test]
    fn statistics_do_not_depend_on_the_order_of_the_images() {
        let all: Vec<_> = (0..=255u8).map(|i| ([i, i.wrapping_mul(7), 255, i ^ 0x5a], i)).collect();
        let reversed: Vec<_> = all.iter().rev().copied().collect();
        assert_eq!(images(&all).statistics(2), images(&reversed).statistics(2));
    }
}
