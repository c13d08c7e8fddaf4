//! [`RequestRam`]: the words of the request, and then of its reply.
use ef_hdl_kit::block;
use ef_rtl::store::word_ram::WordRam;
use rust_hdl::prelude::*;

block! {
    /// 512 words, of which a frame uses 260; one block RAM.
    ///
    /// ```text
    ///  received, received_index, received_word --+--> write [         ]
    ///  stored, index, stored_word ---------------+          [ WordRam ]--> word
    ///  replying ? reply_index : index ---------------> read [         ]
    /// ```
    /// The receiver writes while the executor does not, and the other way round. A word is read 2 cycles after its index was given; none is read while
    /// it is written.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `received`, `received_index`, `received_word` | 1, 9, 32 | from the receiver |
    /// | `stored`, `index`, `stored_word` | 1, 9, 32 | from the executor; `index` is also what it reads |
    /// | `replying`, `reply_index` | 1, 9 | the sender reads |
    /// | `word` | 32 | |
    pub struct RequestRam {
        in clock: Clock, in received, stored, replying: Bit, in received_index, index, reply_index: Bits<9>,
        in received_word, stored_word: Bits<32>,
        out word: Bits<32>,
        ram: WordRam<9>,
    }
}

impl Logic for RequestRam {
    #[hdl_gen]
    fn update(&mut self) {
        self.ram.clock.next = self.clock.val();
        self.ram.write.next = self.received.val() | self.stored.val();
        self.ram.write_address.next = bit_cast::<16, 9>(self.received_index.val());
        self.ram.write_data.next = self.received_word.val();
        if self.stored.val() {
            self.ram.write_address.next = bit_cast::<16, 9>(self.index.val());
            self.ram.write_data.next = self.stored_word.val();
        }
        self.ram.read_address.next = bit_cast::<16, 9>(self.index.val());
        if self.replying.val() {
            self.ram.read_address.next = bit_cast::<16, 9>(self.reply_index.val());
        }
        self.word.next = self.ram.read_data.val();
    }
}
