//! [`ReadRoute`]: where the bursts of a load are read.

use rust_hdl::prelude::*;

/// Sends the bursts of [`RunReader`](super::RunReader) to the memory port or, while `handed`, to the hand-over RAM, and counts only those of the memory.
///
/// ```text
///                        +--> cmd_valid/ready, data_valid/ready, data        memory port
///  reader_* --[handed]---+
///                        +--> ram_cmd_valid/ready, ram_valid/ready, ram_data hand-over RAM
/// ```
/// Combinational. `handed` changes only while the reader is idle.
#[derive(LogicBlock, Default)]
pub struct ReadRoute {
    pub handed: Signal<In, Bit>,
    pub reader_cmd_valid: Signal<In, Bit>,
    pub reader_cmd_ready: Signal<Out, Bit>,
    pub reader_data_valid: Signal<Out, Bit>,
    pub reader_data_ready: Signal<In, Bit>,
    pub reader_data: Signal<Out, Bits<32>>,
    pub reader_word_read: Signal<In, Bit>,
    pub reader_burst_issued: Signal<In, Bit>,
    pub cmd_valid: Signal<Out, Bit>,
    pub cmd_ready: Signal<In, Bit>,
    pub data_valid: Signal<In, Bit>,
    pub data_ready: Signal<Out, Bit>,
    pub data: Signal<In, Bits<32>>,
    pub ram_cmd_valid: Signal<Out, Bit>,
    pub ram_cmd_ready: Signal<In, Bit>,
    pub ram_valid: Signal<In, Bit>,
    pub ram_ready: Signal<Out, Bit>,
    pub ram_data: Signal<In, Bits<32>>,
    pub words_read: Signal<Out, Bit>,
    pub burst_issued: Signal<Out, Bit>,
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
