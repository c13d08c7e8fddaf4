//! Who gets the memory port next.
use rust_hdl::prelude::*;

/// Takes one command into the output register: the engines' in turns; that of fetch if no engine offers one, or if fetch is urgent,
/// then once between two of the engines'.
///
/// `load_ready`, `store_ready` and `fetch_ready` are up only in the cycle in which that command is taken; `read` and `read_len` say that it
/// is one that reads. No read is taken without `room`.
#[derive(LogicBlock, Default)]
pub struct CommandMerge {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub load_valid: Signal<In, Bit>,
    pub load_ready: Signal<Out, Bit>,
    pub load_addr: Signal<In, Bits<32>>,
    pub load_len: Signal<In, Bits<16>>,
    pub store_valid: Signal<In, Bit>,
    pub store_ready: Signal<Out, Bit>,
    pub store_addr: Signal<In, Bits<32>>,
    pub store_len: Signal<In, Bits<16>>,
    pub fetch_valid: Signal<In, Bit>,
    pub fetch_ready: Signal<Out, Bit>,
    pub fetch_addr: Signal<In, Bits<32>>,
    pub fetch_len: Signal<In, Bits<16>>,
    pub urgent: Signal<In, Bit>,
    pub room: Signal<In, Bit>,
    pub read: Signal<Out, Bit>,
    pub read_len: Signal<Out, Bits<16>>,
    pub cmd_valid: Signal<Out, Bit>,
    pub cmd_ready: Signal<In, Bit>,
    pub cmd_write: Signal<Out, Bit>,
    pub cmd_addr: Signal<Out, Bits<32>>,
    pub cmd_len: Signal<Out, Bits<16>>,
    offered: DFF<Bit>,
    is_write: DFF<Bit>,
    address: DFF<Bits<32>>,
    length: DFF<Bits<16>>,
    /// The engine served last is the store engine.
    stored: DFF<Bit>,
    /// Fetch was served after the engine served last.
    fetched: DFF<Bit>,
    /// The next command is that of fetch.
    first: DFF<Bit>,
    take_load: Signal<Local, Bit>,
    take_store: Signal<Local, Bit>,
    take_fetch: Signal<Local, Bit>,
}

impl Logic for CommandMerge {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, offered, is_write, address, length, stored, fetched, first);
        self.take_store.next = !self.offered.q.val()
            & !self.first.q.val()
            & self.store_valid.val()
            & (!self.load_valid.val() | !self.stored.q.val());
        self.take_load.next = !self.offered.q.val()
            & !self.first.q.val()
            & self.room.val()
            & self.load_valid.val()
            & (!self.store_valid.val() | self.stored.q.val());
        self.take_fetch.next = !self.offered.q.val()
            & self.room.val()
            & self.fetch_valid.val()
            & (self.first.q.val() | (!self.load_valid.val() & !self.store_valid.val()));
        self.first.d.next =
            self.fetch_valid.val() & self.urgent.val() & !self.fetched.q.val() & !self.take_fetch.val();
        if self.cmd_ready.val() {
            self.offered.d.next = false;
        }
        if self.take_load.val() {
            self.offered.d.next = true;
            self.is_write.d.next = false;
            self.stored.d.next = false;
            self.fetched.d.next = false;
            self.address.d.next = self.load_addr.val();
            self.length.d.next = self.load_len.val();
        }
        if self.take_store.val() {
            self.offered.d.next = true;
            self.is_write.d.next = true;
            self.stored.d.next = true;
            self.fetched.d.next = false;
            self.address.d.next = self.store_addr.val();
            self.length.d.next = self.store_len.val();
        }
        if self.take_fetch.val() {
            self.offered.d.next = true;
            self.is_write.d.next = false;
            self.fetched.d.next = true;
            self.address.d.next = self.fetch_addr.val();
            self.length.d.next = self.fetch_len.val();
        }
        if self.reset.val() {
            self.offered.d.next = false;
            self.is_write.d.next = false;
            self.stored.d.next = false;
            self.fetched.d.next = false;
            self.first.d.next = false;
        }
        self.load_ready.next = self.take_load.val();
        self.store_ready.next = self.take_store.val();
        self.fetch_ready.next = self.take_fetch.val();
        self.read.next = self.take_load.val() | self.take_fetch.val();
        self.read_len.next = self.load_len.val();
        if self.take_fetch.val() {
            self.read_len.next = self.fetch_len.val();
        }
        self.cmd_valid.next = self.offered.q.val();
        self.cmd_write.next = self.is_write.q.val();
        self.cmd_addr.next = self.address.q.val();
        self.cmd_len.next = self.length.q.val();
    }
}
