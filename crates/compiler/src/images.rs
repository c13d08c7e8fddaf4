//! How images lie in DRAM, and how they become words.

use crate::tile::{Tile, blocks};
use crate::{PixelFormat, Stage};
use ef_isa::layout;

/// The images of a batch lie one after the other, each in this form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    form: Form,
    pixels: PixelFormat,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    /// For the tap gathering: `[strip][row][channel]` of the columns of a strip. Strips overlap by what the kernel reaches over.
    Strips { channels: usize, rows: usize, columns: usize, strips: Vec<(usize, usize)> },
    /// One vector of FP32 in so many words, for a fully connected layer.
    Vector(usize),
}

impl Stage {
    /// Columns of the image in each strip: all, or what the kernel reads for [`strip`](Stage::strip) columns of the output.
    pub(crate) fn strips(&self, packed: bool) -> Vec<(usize, usize)> {
        if !self.striped() {
            return vec![(0, self.in_cols)];
        }
        let tile = |(col, cols)| Tile { image: 0, images: 1, row: 0, rows: self.rows, col, cols };
        let columns = |tile| aligned(self.input_cols(tile), packed);
        blocks(self.cols, self.strip).map(|block| columns(tile(block))).collect()
    }
}

/// Columns from the first one of a word of DRAM on.
pub(crate) fn aligned((left, right): (usize, usize), packed: bool) -> (usize, usize) {
    (if packed { left / 4 * 4 } else { left }, right)
}

impl Images {
    pub(crate) fn new(first: &Stage, pixels: PixelFormat) -> Images {
        let packed = matches!(pixels, PixelFormat::U8 { .. });
        let form = if first.gathered {
            let (channels, rows, columns) = (first.inputs, first.in_rows, first.in_cols);
            Form::Strips { channels, rows, columns, strips: first.strips(packed) }
        } else {
            Form::Vector(first.in_groups() * first.lanes)
        };
        Images { form, pixels }
    }

    pub(crate) fn packed(&self) -> bool {
        matches!(self.pixels, PixelFormat::U8 { .. })
    }

    pub(crate) fn pixels(&self) -> PixelFormat {
        self.pixels
    }

    /// Words of one image.
    pub fn words(&self) -> usize {
        match &self.form {
            Form::Strips { strips, .. } => strips.iter().map(|strip| self.strip_words(*strip)).sum(),
            Form::Vector(words) => *words,
        }
    }

    fn strip_words(&self, (left, right): (usize, usize)) -> usize {
        let Form::Strips { channels, rows, .. } = self.form else { return 0 };
        channels * rows * layout::raw_row_words(right - left, self.packed())
    }

    /// The strip that has columns `from..to`: its first word, and its columns.
    pub(crate) fn strip(&self, (from, to): (usize, usize)) -> (usize, (usize, usize)) {
        let Form::Strips { strips, .. } = &self.form else {
            unreachable!("only images of strips are gathered")
        };
        let mut at = 0;
        for strip in strips {
            if strip.0 <= from && to <= strip.1 {
                return (at, *strip);
            }
            at += self.strip_words(*strip);
        }
        unreachable!("a tile of several strips")
    }

    /// One image, [channel][row][column] bytes, to words.
    pub fn pack(&self, pixels: &[u8]) -> Vec<u32> {
        let word = |bytes: &[u8]| bytes.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte));
        match (&self.form, self.pixels) {
            (Form::Strips { .. }, _) => {
                self.pieces(pixels).into_iter().flat_map(|piece| piece.chunks(4)).map(word).collect()
            }
            (Form::Vector(_), PixelFormat::U8 { shift }) => {
                let scale = 1.0 / (1u32 << shift) as f32;
                self.pack_f32(&pixels.iter().map(|p| f32::from(*p) * scale).collect::<Vec<_>>())
            }
            (Form::Vector(_), PixelFormat::F32) => {
                self.pack_f32(&pixels.iter().map(|p| f32::from(*p)).collect::<Vec<_>>())
            }
        }
    }

    /// One image of FP32 pixels to words.
    pub fn pack_f32(&self, pixels: &[f32]) -> Vec<u32> {
        let bits = |pixels: &[f32]| pixels.iter().map(|p| p.to_bits()).collect::<Vec<u32>>();
        match self.form {
            Form::Strips { .. } => self.pieces(pixels).into_iter().flat_map(bits).collect(),
            Form::Vector(length) => {
                let mut words = bits(pixels);
                words.resize(length, 0);
                words
            }
        }
    }

    /// An image in [channel][row][column] cut into the pieces of rows that lie in DRAM, in their order there.
    fn pieces<'a, T>(&self, pixels: &'a [T]) -> Vec<&'a [T]> {
        let Form::Strips { channels, rows, columns, strips } = &self.form else { return vec![pixels] };
        let mut pieces = Vec::new();
        for (left, right) in strips {
            for row in 0..*rows {
                for channel in 0..*channels {
                    let at = (channel * rows + row) * columns;
                    pieces.push(&pixels[at + left..at + right]);
                }
            }
        }
        pieces
    }
}
