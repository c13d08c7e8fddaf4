//! [`ReadRoute`]: where the bursts of a load are read.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// Sends the bursts of [`RunReader`](crate::load::RunReader) to the memory port or, while `handed`, to the hand-over RAM, and counts only those of the memory.
    ///
    /// ```text
    ///                        +--> cmd_valid/ready, data_valid/ready, data        memory port
    ///  reader_* --[handed]---+
    ///                        +--> ram_cmd_valid/ready, ram_valid/ready, ram_data hand-over RAM
    /// ```
    /// Combinational. `handed` changes only while the reader is idle.
    pub struct ReadRoute {
        in handed, reader_cmd_valid, reader_data_ready, reader_word_read, reader_burst_issued: Bit,
        in cmd_ready, data_valid, ram_cmd_ready, ram_valid: Bit, in data, ram_data: Bits<32>,
        out reader_cmd_ready, reader_data_valid, cmd_valid, data_ready, ram_cmd_valid, ram_ready: Bit,
        out words_read, burst_issued: Bit, out reader_data: Bits<32>,
    }
}

impl Logic for ReadRoute {
    #[hdl_gen]
    fn update(&mut self) {
        self.cmd_valid.next = self.reader_cmd_valid.val() && !self.handed.val();
        self.ram_cmd_valid.next = self.reader_cmd_valid.val() && self.handed.val();
        // only the one that was asked has words
        self.data_ready.next = self.reader_data_ready.val();
        self.ram_ready.next = self.reader_data_ready.val();
        self.reader_cmd_ready.next = self.cmd_ready.val();
        self.reader_data_valid.next = self.data_valid.val();
        self.reader_data.next = self.data.val();
        if self.handed.val() {
            self.reader_cmd_ready.next = self.ram_cmd_ready.val();
            self.reader_data_valid.next = self.ram_valid.val();
            self.reader_data.next = self.ram_data.val();
        }
        self.words_read.next = self.reader_word_read.val() && !self.handed.val();
        self.burst_issued.next = self.reader_burst_issued.val() && !self.handed.val();
    }
}
