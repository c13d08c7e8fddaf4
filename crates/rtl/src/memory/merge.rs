//! Who gets the memory port next.
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// Takes one command into the output register: the engines' in turns; that of fetch if no engine offers one, or if fetch is urgent,
    /// then once between two of the engines'.
    ///
    /// `load_ready`, `store_ready` and `fetch_ready` are up only in the cycle in which that command is taken; `read` and `read_len` say that it
    /// is one that reads. No read is taken without `room`.
    pub struct CommandMerge {
        in clock: Clock,
        in reset, load_valid: Bit,
        out load_ready: Bit,
        in load_addr: Bits<32>,
        in load_len: Bits<16>,
        in store_valid: Bit,
        out store_ready: Bit,
        in store_addr: Bits<32>,
        in store_len: Bits<16>,
        in fetch_valid: Bit,
        out fetch_ready: Bit,
        in fetch_addr: Bits<32>,
        in fetch_len: Bits<16>,
        in urgent, room: Bit,
        out read: Bit,
        out read_len: Bits<16>,
        out cmd_valid: Bit,
        in cmd_ready: Bit,
        out cmd_write: Bit,
        out cmd_addr: Bits<32>,
        out cmd_len: Bits<16>,
        reg offered, is_write: Bit,
        reg address: Bits<32>,
        reg length: Bits<16>,
        /// The engine served last is the store engine.
        reg stored: Bit,
        /// Fetch was served after the engine served last.
        reg fetched: Bit,
        /// The next command is that of fetch.
        reg first: Bit,
        net take_load, take_store, take_fetch: Bit,
    }
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
