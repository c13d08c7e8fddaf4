//! How tensors lie in DRAM. All addresses and sizes are in 32-bit words.
//!
//! - Map (features, losses): `[image][channel group of T][row][column][T]`; channels past the last are +0.
//!   A fully connected layer reads a map as a vector of `groups*rows*columns*T` inputs, in this order.
//! - Weights of a layer: `[M/T]` blocks of `[N/T][kr][kc][Tm][Tn]` words followed by T biases; entries past the last channel are +0.
//!   What the optimiser keeps has the same layout.
//! - Codes: `[image][group][row]` of [`code_row_words`] words.
//! - Raw images: `[image][strip][row][channel]` of [`raw_row_words`] words: the rows of a tile are one run. Most images are one strip, which
//!   has all columns. For a first fully connected layer an image is one vector of FP32.

/// Channel groups of T.
pub fn groups(channels: usize, lanes: usize) -> usize {
    channels.div_ceil(lanes)
}

/// Bits of the code of one vector: the mask, or pool indices and mask.
pub fn code_width(lanes: usize, pool: bool) -> usize {
    if pool { 4 * lanes } else { lanes }
}

/// Words of one row of `columns` codes.
pub fn code_row_words(columns: usize, lanes: usize, pool: bool) -> usize {
    columns.div_ceil(32 / code_width(lanes, pool))
}

/// Words of one row of a raw image: 4 pixels of 8 bits per word, or one FP32 per word.
pub fn raw_row_words(columns: usize, packed: bool) -> usize {
    if packed { columns.div_ceil(4) } else { columns }
}

/// Words of one weight block: the T output channels of one group, with their biases.
pub fn weight_block_words(input_groups: usize, kernel_area: usize, lanes: usize) -> usize {
    input_groups * kernel_area * lanes * lanes + lanes
}
