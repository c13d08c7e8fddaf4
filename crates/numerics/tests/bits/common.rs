//! Words that tests share: the special ones, and random ones that meet.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

pub const ONE: u32 = 127 << 23;
pub const SIGN: u32 = 1 << 31;

/// Both signs of: zero, denormals, the ends of the range, field 255, powers of two and their neighbours, significands of
/// all ones and of alternating bits, at exponents where alignment, carry, underflow and overflow change.
pub fn specials() -> Vec<u32> {
    let fields = [
        0u32, 1, 2, 3, 24, 63, 64, 65, 102, 103, 104, 126, 127, 128, 150, 151, 152, 190, 191, 252, 253, 254,
        255,
    ];
    let fractions = [0u32, 1, 2, 3, 0x2a_aaaa, 0x3f_ffff, 0x40_0000, 0x40_0001, 0x7f_fffe, 0x7f_ffff];
    let words = fields.iter().flat_map(|&e| fractions.iter().map(move |&f| e << 23 | f));
    words.flat_map(|word| [word, word | SIGN]).collect()
}

/// A random word: of any field, or of one near the middle, with a fraction that is often sparse so that ties happen.
pub fn word(rng: &mut ChaCha8Rng, spread: u32) -> u32 {
    let bits: u32 = rng.random();
    let fraction = match rng.random_range(0..4) {
        0 => bits & 0x7f_f000,
        1 => (bits | 0x3f_fff8) & 0x7f_ffff,
        _ => bits & 0x7f_ffff,
    };
    let field = if rng.random_range(0..4) == 0 {
        bits >> 23 & 0xff
    } else {
        127 + rng.random_range(0..=spread) - spread / 2
    };
    bits & SIGN | field << 23 | fraction
}
