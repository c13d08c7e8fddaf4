//! The control word: what the vector unit does in one cycle.

/// Words of 32 bits of a [`ControlWord`]. In DRAM they follow each other.
pub const WORDS: usize = 4;

/// Where a field lies: word, lowest bit, bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The word.
    pub word: usize,
    /// Its lowest bit there.
    pub low: u64,
    /// How many.
    pub bits: u64,
}

macro_rules! control_word {
    ($($field:ident $word:literal [$high:literal, $low:literal] $doc:literal;)*) => {
        /// What the vector unit does in one cycle. Ages count writes from 1.
        ///
        /// | field | word | bits | |
        /// |---|---|---|---|
        $(#[doc = concat!("| `", stringify!($field), "` | ", $word, " | ", $high, "..", $low, " | ", $doc, " |")])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct ControlWord { $(#[doc = $doc] pub $field: u32,)* }

        /// Where each field of a [`ControlWord`] lies.
        #[allow(non_upper_case_globals)]
        pub mod place {
            use super::Place;
            $(#[doc = $doc] pub const $field: Place = Place { word: $word, low: $low, bits: $high - $low + 1 };)*

            /// All fields.
            pub const ALL: &[(&str, Place)] = &[$((stringify!($field), $field),)*];
        }

        impl ControlWord {
            /// The bits.
            pub fn encode(&self) -> [u32; WORDS] {
                let mut words = [0; WORDS];
                $(
                    debug_assert!(u64::from(self.$field) < 1 << place::$field.bits, stringify!($field));
                    words[$word] |= self.$field << $low;
                )*
                words
            }

            /// The inverse of [`encode`](Self::encode).
            pub fn decode(words: &[u32; WORDS]) -> Self {
                ControlWord { $($field: words[$word] >> $low & (u32::MAX >> (31 + $low - $high)),)* }
            }
        }
    };
}

control_word! {
    age_sum_a 0 [3, 0] "side A reads this sum";
    age_product_a 0 [7, 4] "side A reads this product";
    age_special_a 0 [11, 8] "side A reads this result of compare or special function";
    age_input_a 0 [15, 12] "side A reads this word that was loaded";
    age_sum_b 0 [19, 16] "side B";
    age_product_b 0 [23, 20] "side B";
    age_special_b 0 [27, 24] "side B";
    age_input_b 0 [31, 28] "side B";
    constant 1 [7, 4] "side B reads this constant";
    add_a 1 [9, 8] "adder, operand a: sum, product, special, input";
    add_b 1 [12, 10] "adder, operand b: sum, product, special, input, constant, accumulator";
    multiply_a 1 [14, 13] "multiplier, operand a: sum, product, special, input";
    multiply_b 1 [17, 15] "multiplier, operand b: sum, product, special, input, constant";
    compare_a 1 [19, 18] "compare, operand a: sum, product, special, input";
    compare_b 1 [21, 20] "compare, operand b: accumulator, special, constant, input";
    special_a 1 [23, 22] "special function, argument: sum, product, special, input";
    out_a 1 [25, 24] "word out: sum, product, special, input";
    subtract 1 [26, 26] "adder: a - b";
    function 1 [28, 27] "which special function";
    comparison 1 [31, 29] "which comparison";
    write_sum 2 [0, 0] "a sum is written";
    write_product 2 [1, 1] "a product is written";
    write_compare 2 [2, 2] "the result of a comparison is written";
    write_special 2 [3, 3] "the value of a special function is written";
    write_input 2 [4, 4] "the word of a load is written";
    take 2 [5, 5] "the next cycle writes an accumulator";
    take_bank 2 [8, 6] "its bank";
    take_compare 2 [9, 9] "with the result of a comparison, not a sum";
    take_stage 2 [14, 10] "of the element begun so many periods ago";
    read_bank 2 [17, 15] "the bank of the accumulator that the next cycle reads";
    read_stage 2 [22, 18] "for the element begun so many periods ago";
    index_stage 2 [26, 23] "compare: the index is that of the element begun so many periods ago";
    load_stage 2 [30, 27] "load: for the element begun so many periods ago";
    load 3 [2, 0] "what is loaded: nothing, psum, A, B, C, D";
    out 3 [4, 3] "where a word goes: nowhere, X, Y, register";
    out_register 3 [6, 5] "which register";
    out_stage 3 [11, 7] "of the element begun so many periods ago";
    sum_stage 3 [16, 12] "the sum that is ready belongs to the element begun so many periods ago";
    sum_counts 3 [17, 17] "its overflow counts";
    product_stage 3 [22, 18] "as for the sum";
    product_counts 3 [23, 23] "its overflow counts";
    special_stage 3 [28, 24] "as for the sum";
    special_counts 3 [29, 29] "its overflow counts";
}

#[cfg(test)]
mod tests {
    use super::{ControlWord, WORDS, place};

    #[test]
    fn fields_do_not_overlap_and_every_bit_comes_back() {
        let mut used = [0u32; WORDS];
        for (name, place) in place::ALL {
            let bits = (u32::MAX >> (32 - place.bits)) << place.low;
            assert_eq!(used[place.word] & bits, 0, "{name}");
            used[place.word] |= bits;
        }
        let words = [0x89ab_cdef, 0x0123_4567, 0x4d5e_6f70, 0xffff_1234];
        let masked: [u32; WORDS] = std::array::from_fn(|i| words[i] & used[i]);
        assert_eq!(ControlWord::decode(&words).encode(), masked);
    }
}
