//! The register map of the host port: word addresses, 32-bit registers. Those of the optimiser are [`Hyperparameters`] too.

use crate::{Device, DeviceError};

/// One register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reg {
    /// Its name in documents.
    pub name: &'static str,
    /// Word address.
    pub address: u32,
    /// "ro", "rw" or "wo".
    pub access: &'static str,
    /// What it holds.
    pub doc: &'static str,
}

/// Defines the registers. `NAME (field)` is one of the [`Hyperparameters`] too: all lists of these follow from here.
macro_rules! registers {
    ($($name:ident $(($hyper:ident))? = $address:literal $access:literal $doc:literal;)*) => {
        $(#[doc = $doc] pub const $name: u32 = $address;)*
        /// Every register, in address order.
        pub const ALL: &[Reg] = &[$(Reg { name: stringify!($name), address: $address, access: $access, doc: $doc },)*];

        /// The optimiser's run-time values, one for each of its registers: as numbers, or as the words that the registers hold.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct Hyperparameters<V> {
            $($(#[doc = concat!("[`", stringify!($name), "`]: ", $doc, ".")] pub $hyper: V,)?)*
        }

        /// Field and register of each of the [`Hyperparameters`]. The RTL's ports have the names of the fields.
        pub const HYPERPARAMETERS: &[(&str, u32)] = &[$($((stringify!($hyper), $name),)?)*];

        #[allow(non_camel_case_types)]
        enum Place { $($($hyper,)?)* }

        impl Hyperparameters<usize> {
            /// The place of each among the [`HYPERPARAMETERS`].
            pub const PLACES: Self = Hyperparameters { $($($hyper: Place::$hyper as usize,)?)* };
        }

        impl<V: Copy> Hyperparameters<V> {
            /// Another value for each.
            pub fn map<W>(self, to: impl Fn(V) -> W) -> Hyperparameters<W> {
                Hyperparameters { $($($hyper: to(self.$hyper),)?)* }
            }

            /// Register and value of each, in the order of [`HYPERPARAMETERS`].
            pub fn registers(&self) -> [(u32, V); HYPERPARAMETERS.len()] {
                [$($(($name, self.$hyper),)?)*]
            }

            /// The value of a register, if it is one of these.
            pub fn at(&mut self, register: u32) -> Option<&mut V> {
                match register {
                    $($($name => Some(&mut self.$hyper),)?)*
                    _ => None,
                }
            }
        }
    };
}

registers! {
    ID = 0x00 "ro" "0x45465452, the letters EFTR";
    VERSION = 0x01 "ro" "interface version, now 5";
    LANES = 0x02 "ro" "T = Tm = Tn";
    DEPTHS0 = 0x03 "ro" "log2 of the depths, a byte each from the low end: feature, loss, weight, partial sum";
    DEPTHS1 = 0x04 "ro" "log2 of the depths, a byte each from the low end: operand, scratch, code, program buffer";
    CONTROL = 0x08 "wo" "bit 0 start, bit 1 stop, bit 2 clear (counters, errors, loss; aborts a run once its bursts are complete)";
    STATUS = 0x09 "ro" "bit 0 busy, bit 1 done, bit 2 error, bit 3 stopped";
    ERRORS = 0x0a "ro" "sticky, see the `error` module";
    OVERFLOW = 0x0b "ro" "sticky, bit i: a result of a command with tag i was saturated";
    PC = 0x0c "ro" "number of the next instruction";
    LEARNING_RATE (learning_rate) = 0x10 "rw" "FP32";
    MOMENTUM (momentum) = 0x11 "rw" "FP32";
    WEIGHT_DECAY (weight_decay) = 0x12 "rw" "FP32";
    INV_BATCH (inv_batch) = 0x13 "rw" "FP32, 1 / number of images in the batch";
    PROGRAM_ADDRESS = 0x14 "rw" "word address of the program in DRAM: two words per instruction, bits 31..0 first";
    PROGRAM_LENGTH = 0x15 "rw" "instructions of the program, up to 2^24 - 1";
    LOSS_SUM = 0x18 "ro" "FP32, sum of the losses since start";
    MEAN_LOSS = 0x19 "ro" "FP32, LOSS_SUM * INV_BATCH";
    CORRECT = 0x1a "ro" "images classified correctly since start";
    CYCLES = 0x20 "ro" "cycles busy since start";
    CYCLES_FP = 0x21 "ro" "cycles while the newest compute command was FP (and before the first)";
    CYCLES_BP = 0x22 "ro" "cycles while the newest compute command was BP";
    CYCLES_WU = 0x23 "ro" "cycles while the newest compute command was WU";
    KERNEL_FP = 0x24 "ro" "cycles in which the kernel took a streamed vector, FP";
    KERNEL_BP = 0x25 "ro" "the same, BP";
    KERNEL_WU = 0x26 "ro" "the same, WU";
    STALL_COMMAND = 0x27 "ro" "kernel idle: no command, or waiting for a token";
    STALL_STATIONARY = 0x28 "ro" "kernel waiting for the stationary matrix";
    STALL_HAZARD = 0x29 "ro" "kernel waiting for partial sums in the pipeline";
    LOAD_BUSY = 0x2a "ro" "cycles the load engine executed a command";
    STORE_BUSY = 0x2b "ro" "cycles the store engine executed a command";
    WORDS_READ = 0x2c "ro" "words that the load engine read from the memory port";
    WORDS_WRITTEN = 0x2d "ro" "words written to the memory port";
    BURSTS_READ = 0x2e "ro" "read bursts of the load engine";
    BURSTS_WRITTEN = 0x2f "ro" "write bursts";
    WORDS_FETCHED = 0x30 "ro" "words of instructions read from the memory port; WORDS_READ does not count them";
    BURSTS_FETCHED = 0x31 "ro" "bursts of instructions";
}

impl Hyperparameters<f32> {
    /// Values with which every register matters, for examples and tests.
    pub const EXAMPLE: Self =
        Hyperparameters { learning_rate: 0.1, momentum: 0.9, weight_decay: 0.01, inv_batch: 0.25 };

    /// Writes them into the registers of a device.
    ///
    /// # Errors
    /// If the device does not take one.
    pub fn write(&self, device: &mut dyn Device) -> Result<(), DeviceError> {
        self.registers()
            .into_iter()
            .try_for_each(|(register, value)| device.write_register(register, value.to_bits()))
    }
}

/// Value of [`ID`].
pub const ID_VALUE: u32 = 0x4546_5452;
/// Value of [`VERSION`].
pub const VERSION_VALUE: u32 = 5;

/// Bits of [`CONTROL`].
pub mod control {
    /// Starts the program.
    pub const START: u32 = 1;
    /// Stops the program after the instruction that is executed.
    pub const STOP: u32 = 2;
    /// Ends everything that is under way.
    pub const CLEAR: u32 = 4;
}

/// Bits of [`STATUS`].
pub mod status {
    /// A program runs, or something that it has issued.
    pub const BUSY: u32 = 1;
    /// The last run has reached END.
    pub const DONE: u32 = 2;
    /// A bit of [`ERRORS`](super::ERRORS) is set.
    pub const ERROR: u32 = 4;
    /// The last run was stopped by the host.
    pub const STOPPED: u32 = 8;
}

/// Bits of [`ERRORS`].
pub mod error {
    /// The program holds a word that is no instruction.
    pub const BAD_INSTRUCTION: u32 = 1;
    /// LOOP nested too deep, NEXT without LOOP, or LOOP 0.
    pub const BAD_LOOP: u32 = 2;
    /// The program ran past its last instruction.
    pub const PROGRAM_END: u32 = 4;
    /// An engine was issued a descriptor with an undefined operation.
    pub const BAD_DESCRIPTOR: u32 = 8;

    /// The bits in words.
    pub fn meaning(bits: u32) -> String {
        let names = [
            (BAD_INSTRUCTION, "a program word is no instruction"),
            (BAD_LOOP, "a hardware loop is nested too deep, closed without being open, or counts 0"),
            (PROGRAM_END, "the program ran past its last instruction"),
            (BAD_DESCRIPTOR, "an engine was issued an undefined operation"),
        ];
        let named: Vec<&str> =
            names.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, text)| *text).collect();
        if named.is_empty() { "stopped".into() } else { named.join("; ") }
    }
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn addresses_are_unique_and_ascending() {
        assert!(ALL.windows(2).all(|w| w[0].address < w[1].address));
    }
}
