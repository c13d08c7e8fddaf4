//! Operations: the bits of a descriptor's `op` field, each given once.

/// What a group of bits of an operation stands for.
pub trait OpValue: Copy {
    /// The bits, at the low end.
    fn bits(self) -> u32;
    /// `None` if these bits have no meaning.
    fn of(bits: u32) -> Option<Self>;
}

impl OpValue for bool {
    fn bits(self) -> u32 {
        self.into()
    }
    fn of(bits: u32) -> Option<Self> {
        Some(bits != 0)
    }
}

impl OpValue for u32 {
    fn bits(self) -> u32 {
        self
    }
    fn of(bits: u32) -> Option<Self> {
        Some(bits)
    }
}

/// Defines an enumeration of values 0, 1, ... that stand in an operation; the first is the default.
macro_rules! op_values {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $value:ident,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$doc])* $value,)* }

        impl $name {
            /// All values, by their bits.
            pub const ALL: &'static [$name] = &[$($name::$value,)*];
        }

        impl Default for $name {
            fn default() -> Self {
                $name::ALL[0]
            }
        }

        impl $crate::op::OpValue for $name {
            fn bits(self) -> u32 {
                self as u32
            }
            fn of(bits: u32) -> Option<Self> {
                $name::ALL.get(bits as usize).copied()
            }
        }
    };
}

/// Defines an operation: a struct of its parts, where each begins (a constant), how it is encoded and decoded.
macro_rules! op {
    ($(#[$meta:meta])* $name:ident { $($part:ident $at:ident [$high:literal, $low:literal] $type:ty: $doc:literal,)* }) => {
        $(#[$meta])*
        ///
        /// | part | bits | |
        /// |---|---|---|
        $(#[doc = concat!("| `", stringify!($part), "` | ", $high, "..", $low, " | ", $doc, " |")])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $name { $(#[doc = $doc] pub $part: $type,)* }

        impl $name {
            $(#[doc = concat!("The lowest bit of `", stringify!($part), "`.")] pub const $at: u32 = $low;)*

            /// The value of a descriptor's `op`.
            pub fn encode(self) -> u32 {
                use $crate::op::OpValue;
                0 $(| self.$part.bits() << $low)*
            }

            /// The inverse of [`encode`](Self::encode): `None` if bits have a value that is not defined.
            pub fn decode(op: u32) -> Option<Self> {
                use $crate::op::OpValue;
                $(let $part = OpValue::of(op >> $low & (u32::MAX >> (31 - $high + $low)))?;)*
                Some($name { $($part,)* })
            }
        }
    };
}
pub(crate) use {op, op_values};

#[cfg(test)]
mod tests {
    op_values! {
        /// Four bits would hold more.
        Colour { Red, Green, Blue, }
    }

    op! {
        /// Of the test.
        Paint {
            colour COLOUR [1, 0] Colour: "what",
            thick THICK [2, 2] bool: "much of it",
            coats COATS [6, 3] u32: "how often",
        }
    }

    #[test]
    fn an_operation_is_decoded_as_it_was_encoded_and_undefined_values_are_refused() {
        let paint = Paint { colour: Colour::Blue, thick: true, coats: 9 };
        assert_eq!(paint.encode(), 0b100_1110);
        assert_eq!([Paint::COLOUR, Paint::THICK, Paint::COATS], [0, 2, 3]);
        assert_eq!(Paint::decode(paint.encode()), Some(paint));
        assert_eq!(Paint::decode(3), None);
        assert_eq!(Paint::default().encode(), 0);
    }
}
