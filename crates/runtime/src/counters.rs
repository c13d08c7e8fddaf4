//! The accelerator's performance counters.

use anyhow::Result;
use ef_isa::{Device, regs};
use serde::{Deserialize, Serialize};
use std::ops::AddAssign;

macro_rules! counters {
    ($($field:ident = $register:ident $doc:literal;)*) => {
        /// The performance counters of one or more runs, summed. Cycles read 0 where the device has no clock (golden model).
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct Counters {
            $(#[doc = $doc] pub $field: u64,)*
        }

        impl Counters {
            /// The counters of the last run.
            ///
            /// # Errors
            /// If the device cannot be reached.
            pub fn read(device: &mut dyn Device) -> Result<Counters> {
                Ok(Counters { $($field: device.read_register(regs::$register)?.into(),)* })
            }
        }

        impl AddAssign for Counters {
            fn add_assign(&mut self, other: Counters) {
                $(self.$field += other.$field;)*
            }
        }
    };
}

counters! {
    cycles = CYCLES "Cycles busy.";
    cycles_fp = CYCLES_FP "Cycles of the forward phase.";
    cycles_bp = CYCLES_BP "Cycles of the backward phase.";
    cycles_wu = CYCLES_WU "Cycles of the weight update phase.";
    kernel_fp = KERNEL_FP "Cycles in which the kernel took a vector, FP.";
    kernel_bp = KERNEL_BP "The same, BP.";
    kernel_wu = KERNEL_WU "The same, WU.";
    stall_command = STALL_COMMAND "Kernel idle: no command, or waiting for a token.";
    stall_stationary = STALL_STATIONARY "Kernel waiting for the stationary matrix.";
    stall_hazard = STALL_HAZARD "Kernel waiting for partial sums in the pipeline.";
    load_busy = LOAD_BUSY "Cycles the load engine executed a command.";
    store_busy = STORE_BUSY "Cycles the store engine executed a command.";
    words_read = WORDS_READ "Words read from DRAM.";
    words_written = WORDS_WRITTEN "Words written to DRAM.";
    bursts_read = BURSTS_READ "Read bursts.";
    bursts_written = BURSTS_WRITTEN "Write bursts.";
    words_fetched = WORDS_FETCHED "Words of instructions read from DRAM.";
    bursts_fetched = BURSTS_FETCHED "Bursts of instructions.";
}

impl Counters {
    /// Cycles in which the kernel took a vector, all phases.
    pub fn kernel(&self) -> u64 {
        self.kernel_fp + self.kernel_bp + self.kernel_wu
    }

    /// Words moved in either direction, instructions included.
    pub fn words(&self) -> u64 {
        self.words_read + self.words_written + self.words_fetched
    }
}
