//! The command queue of one engine.
pub mod descriptor;
pub mod dispatch;
pub mod signals;

use super::{descriptor::DescriptorFile, dispatch::Dispatch, signals::SignalOrder};
use crate::stream::Fifo;
use ef_hdl_kit::{block, glue, vec_of};
use ef_isa::Descriptor;
use rust_hdl::prelude::*;

block! {
    /// Everything between the controller and one engine: 32 entries, field values and issues, the descriptor, tokens, commands in flight.
    ///
    /// ```text
    ///  push ->[ FIFO, 32 ]--value-> DescriptorFile -----------------> field[]
    ///                     --ISSUE-> Dispatch --start----------------> start
    ///                                 ^  |take[]   start              <- ready
    ///                        some[] --+  +-> SignalOrder <----------- done
    ///                                          +-> put[]
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `push_valid` | 1 | one entry, taken at once |
    /// | `push_room` | 1 | seven more entries fit, counted from the cycle in which it is up |
    /// | `push_issue` | 1 | entry is an ISSUE (else a field value) |
    /// | `push_field` | 6 | index of the field |
    /// | `push_data` | 32 | value, or `[2:0]` wait and `[6:4]` signal |
    /// | `some`, `take`, `put` | 3 x 1 | tokens from / from / to engine i |
    /// | `start`, `field`, `ready`, `done` | | the engine protocol: `field` is valid with `start`, up to four commands between `start` and `done` |
    /// | `flush` | 1 | drop what has not started, start nothing |
    /// | `idle` | 1 | nothing queued, nothing started that is not done |
    /// | `active` | 1 | a command has been started and is not done |
    ///
    /// A value takes a cycle, an ISSUE two. From push to `start`: at least 4 cycles; from `done` to the `start` of a command waiting for its token: 3.
    /// Values behind an ISSUE are written while the engine executes it.
    pub struct CommandQueue<D: Descriptor> {
        in clock: Clock, in reset, flush, push_valid, push_issue, ready, done: Bit,
        in push_field: Bits<6>, in push_data: Bits<32>, in some: [Bit; 3],
        out push_room, start, idle, active: Bit, out take, put: [Bit; 3],
        out field: Vec<Bits<32>> = vec_of(D::FIELDS.len()),
        head: EntryHead,
        data: Fifo<32, 5>,
        kind: Fifo<7, 5>,
        dispatch: Dispatch,
        order: SignalOrder,
        file: DescriptorFile<D>,
        state: QueueState,
    }
}

glue! { [D: Descriptor] CommandQueue<D>; self => {
    wire!(self.{data, kind, dispatch, order, file} <- self: clock);
    wire!(self.data.reset, self.dispatch.empty_queue);
    wire!(self.kind.reset, self.dispatch.empty_queue);
    wire!(self.{dispatch, order, file} <- self: reset);
    // push: both FIFOs move together, so the handshake of one is that of both; they are never full
    wire!(self.head <- self: push_issue, push_field);
    wire!(self.data <- self: in_valid = push_valid, in_data = push_data, out_ready = dispatch.entry_ready);
    wire!(self.kind <- self: in_valid = push_valid, in_data = head.push_kind);
    wire!(self.kind <- self: out_ready = dispatch.entry_ready);
    wire!(self.push_room, self.dispatch.push_room);
    wire!(self.head.kind, self.kind.out_data);
    // dispatch
    wire!(self.dispatch <- self: flush, push_valid);
    wire!(self.dispatch <- self.data: entry_valid = out_valid, entry_data = out_data);
    wire!(self.dispatch <- self: entry_issue = head.issue, engine_ready = ready);
    wire!(self.dispatch.room, self.order.room);
    wire!(self.start, self.dispatch.start);
    // descriptor
    wire!(self.file.write, self.dispatch.write);
    wire!(self.file <- self: index = head.field, word = data.out_data);
    for i in 0..D::FIELDS.len() {
        wire!(self.field[i], self.file.field[i]);
    }
    // tokens
    wire!(self.order.accept, self.dispatch.start);
    wire!(self.order.mask, self.dispatch.mask);
    wire!(self.order.done, self.done);
    for i in 0..3 {
        wire!(self.dispatch.some[i], self.some[i]);
        wire!(self <- self: take[i] = dispatch.take[i], put[i] = order.put[i]);
    }
    // status
    wire!(self.state.empty, self.dispatch.idle);
    wire!(self.state.start, self.dispatch.start);
    wire!(self.state.none, self.order.none);
    wire!(self <- self.state: idle, active);
}}

block! {
    /// Packs the two small parts of an entry into 7 bits and back: bit 6 ISSUE, bits 5..0 field.
    pub struct EntryHead {
        in push_issue: Bit, in push_field: Bits<6>, in kind: Bits<7>,
        out push_kind: Bits<7>, out issue: Bit, out field: Bits<6>,
    }
}

impl Logic for EntryHead {
    #[hdl_gen]
    fn update(&mut self) {
        self.push_kind.next = bit_cast::<7, 6>(self.push_field.val());
        if self.push_issue.val() {
            self.push_kind.next = bit_cast::<7, 6>(self.push_field.val()) | 64;
        }
        self.issue.next = self.kind.val().get_bit(6);
        self.field.next = self.kind.val().get_bits::<6>(0);
    }
}

block! {
    /// The two status bits of a queue.
    pub struct QueueState {
        in empty, start, none: Bit,
        out idle, active: Bit,
    }
}

impl Logic for QueueState {
    #[hdl_gen]
    fn update(&mut self) {
        self.idle.next = self.empty.val() & self.none.val();
        self.active.next = self.start.val() | !self.none.val();
    }
}
