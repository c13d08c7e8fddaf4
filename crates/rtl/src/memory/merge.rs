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
        in clock: Clock, in reset, load_valid, store_valid, fetch_valid, urgent, room, cmd_ready: Bit,
        in load_addr, store_addr, fetch_addr: Bits<32>, in load_len, store_len, fetch_len: Bits<16>,
        out load_ready, store_ready, fetch_ready, read, cmd_valid, cmd_write: Bit,
        out read_len, cmd_len: Bits<16>, out cmd_addr: Bits<32>,
        reg(reset) offered => cmd_valid, is_write => cmd_write: Bit, reg address => cmd_addr: Bits<32>,
        reg length => cmd_len: Bits<16>,
        /// The engine served last is the store engine.
        reg(reset) stored: Bit,
        /// Fetch was served after the engine served last.
        reg(reset) fetched: Bit,
        /// The next command is that of fetch.
        reg(reset) first: Bit,
        net take_load, take_store, take_fetch: Bit,
    }
}

impl Logic for CommandMerge {
    #[hdl_gen]
    fn update(&mut self) {
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
        self.load_ready.next = self.take_load.val();
        self.store_ready.next = self.take_store.val();
        self.fetch_ready.next = self.take_fetch.val();
        self.read.next = self.take_load.val() | self.take_fetch.val();
        self.read_len.next = self.load_len.val();
        if self.take_fetch.val() {
            self.read_len.next = self.fetch_len.val();
        }
    }
}
