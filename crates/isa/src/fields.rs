//! Descriptors: flat register files of 16- and 32-bit fields, one per engine.

/// One field of a descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in the descriptor.
    pub name: &'static str,
    /// 16 or 32. A 16-bit field takes the low half of a word.
    pub bits: u32,
    /// What it means.
    pub doc: &'static str,
}

/// A descriptor seen as an array of fields, as the controller sees it.
pub trait Descriptor: Default + Clone {
    /// Its fields, by index.
    const FIELDS: &'static [Field];
    /// All fields, in order.
    type Words: AsRef<[u32]>;
    /// The value of every field, by index.
    fn words(&self) -> Self::Words;
    /// The value of a field.
    fn get(&self, index: usize) -> u32;
    /// Gives a field a value.
    fn set(&mut self, index: usize, value: u32);

    /// Bit i: the operation in `op`, with these counts, reads field i. The others may hold anything.
    fn used(&self) -> u64;

    /// How many fields differ.
    fn differences(&self, other: &Self) -> usize;

    /// The descriptor with every field that its operation does not read at 0: equal for equal effects.
    fn normalised(&self) -> Self {
        let (used, mut out) = (self.used(), self.clone());
        (0..Self::FIELDS.len()).filter(|i| used >> i & 1 == 0).for_each(|i| out.set(i, 0));
        out
    }

    /// Takes a word of the controller's state memory into a field: what SET and ADD do.
    fn put(&mut self, index: usize, word: u32) {
        self.set(index, word & (u32::MAX >> (32 - Self::FIELDS[index].bits)));
    }
}

/// Defines a descriptor: a struct of `u32` fields and its [`Descriptor`] table, in the same order.
macro_rules! descriptor {
    ($(#[$meta:meta])* $name:ident { $($field:ident : $bits:literal $doc:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $name { $(#[doc = $doc] pub $field: u32,)* }

        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Index { $($field,)* }

        impl $name {
            $(#[doc = concat!("Index of `", stringify!($field), "` in the SET and ADD instructions.")]
            #[allow(non_upper_case_globals)]
            pub const $field: usize = Index::$field as usize;)*
        }

        impl $crate::fields::Descriptor for $name {
            const FIELDS: &'static [$crate::fields::Field] =
                &[$($crate::fields::Field { name: stringify!($field), bits: $bits, doc: $doc },)*];
            type Words = [u32; [$(stringify!($field),)*].len()];
            fn words(&self) -> Self::Words {
                [$(self.$field,)*]
            }
            fn get(&self, index: usize) -> u32 {
                self.words()[index]
            }
            fn set(&mut self, index: usize, value: u32) {
                *[$(&mut self.$field,)*][index] = value;
            }
            fn differences(&self, other: &Self) -> usize {
                0 $(+ usize::from(self.$field != other.$field))*
            }
            fn used(&self) -> u64 {
                // the fields that are read do not depend on the lanes
                self.effect(1).fields
            }
        }
    };
}
pub(crate) use descriptor;
