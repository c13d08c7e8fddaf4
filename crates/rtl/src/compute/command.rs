//! The command that waits to be executed.

use ef_hdl_kit::{block, vec_of};
use ef_isa::{ComputeDesc, Descriptor};
use rust_hdl::prelude::*;

/// Fields of a compute descriptor.
pub const FIELDS: usize = ComputeDesc::FIELDS.len();

/// Cycles from `start` to `fetch_valid` and `stream_valid`.
pub const VALID: u64 = 2;

block! {
    /// Holds one command until the fetcher and the streamer have both taken it, each when it is through with the one before.
    ///
    /// ```text
    ///  field[28] --start--> [DFF] --> value[28]
    ///  start --> [fresh] --> [for fetcher], [for streamer] --> valid, until taken
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `start`, `field[28]`, `ready` | 1, 32, 1 | engine protocol |
    /// | `fresh` | 1 | the cycle after `start`: `value` is there for the first time |
    /// | `fetch_valid`, `fetch_take` | 1 | from the next cycle on: a command for the fetcher; it takes it |
    /// | `stream_valid`, `stream_take` | 1 | the same for the streamer |
    /// | `value[28]` | 16 | the fields |
    pub struct CommandLatch {
        in clock: Clock, in reset, start, fetch_take, stream_take: Bit,
        in field: Vec<Bits<32>> = vec_of(FIELDS),
        out ready, fresh, fetch_valid, stream_valid: Bit, out value: Vec<Bits<16>> = vec_of(FIELDS),
        reg store: Vec<Bits<16>> = vec_of(FIELDS),
        reg(reset) started => fresh, for_fetch => fetch_valid, for_stream => stream_valid: Bit,
    }
}

impl Logic for CommandLatch {
    #[hdl_gen]
    fn update(&mut self) {
        for i in 0..FIELDS {
            if self.start.val() {
                self.store[i].d.next = self.field[i].val().get_bits::<16>(0);
            }
            self.value[i].next = self.store[i].q.val();
        }
        self.started.d.next = self.start.val();
        if self.fetch_take.val() {
            self.for_fetch.d.next = false;
        }
        if self.stream_take.val() {
            self.for_stream.d.next = false;
        }
        if self.started.q.val() {
            self.for_fetch.d.next = true;
            self.for_stream.d.next = true;
        }
        self.ready.next = !(self.started.q.val() | self.for_fetch.q.val() | self.for_stream.q.val());
    }
}
