//! [`Axis`]: how the kernel of a convolution lies on its map, along one axis.

/// Kernel, padding, stride and dilation along rows or along columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    /// Taps.
    pub kernel: usize,
    /// Zeros before the map, and behind it.
    pub padding: (usize, usize),
    /// From one output to the next.
    pub stride: usize,
    /// From one tap to the next.
    pub dilation: usize,
}

impl Axis {
    /// 1 x 1.
    pub const POINT: Axis = Axis { kernel: 1, padding: (0, 0), stride: 1, dilation: 1 };

    /// From the first tap to the last one, inclusive.
    pub fn extent(&self) -> usize {
        (self.kernel - 1) * self.dilation + 1
    }

    /// Rows or columns, with padding, that so many outputs read.
    pub fn reach(&self, outputs: usize) -> usize {
        (outputs - 1) * self.stride + self.extent()
    }

    /// The map with its padding.
    pub fn padded(&self, length: usize) -> usize {
        self.padding.0 + length + self.padding.1
    }

    /// Outputs that it makes of `length` rows or columns, which with their padding are the extent's at least.
    pub fn outputs(&self, length: usize) -> usize {
        (self.padded(length) - self.extent()) / self.stride + 1
    }

    /// What exists, of `length`, of the input that `count` outputs from `first` on read.
    pub fn under(&self, (first, count): (usize, usize), length: usize) -> (usize, usize) {
        let before = self.padding.0;
        let end = ((first + count - 1) * self.stride + self.extent()).saturating_sub(before);
        ((first * self.stride).saturating_sub(before).min(length), end.min(length))
    }
}

#[cfg(test)]
mod tests {
    use super::Axis;

    #[test]
    fn outputs_read_what_their_taps_lie_on() {
        let (mut cases, length) = (0, 9);
        for (kernel, stride, dilation) in [(1, 1, 1), (2, 1, 3), (3, 2, 1), (3, 2, 2), (4, 3, 2)] {
            for padding in [(0, 0), (1, 0), (0, 3), (2, 5)] {
                let axis = Axis { kernel, padding, stride, dilation };
                let outputs = axis.outputs(length);
                let last = (outputs - 1) * stride + (kernel - 1) * dilation;
                assert!(last < axis.padded(length) && last + stride >= axis.padded(length), "{axis:?}");
                for (first, count) in [(0, 1), (0, outputs), (outputs / 2, 1)] {
                    let taps = (first..first + count)
                        .flat_map(|o| (0..kernel).map(move |k| o * stride + k * dilation))
                        .filter_map(|at| at.checked_sub(padding.0).filter(|at| *at < length));
                    let (low, high) = axis.under((first, count), length);
                    let reached: Vec<usize> = taps.collect();
                    assert!(reached.iter().all(|at| (low..high).contains(at)), "{axis:?}");
                    cases += 1;
                }
            }
        }
        assert_eq!(cases, 60);
    }
}
