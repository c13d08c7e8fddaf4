//! [`SlipEncoder`]: bytes of frames to bytes of the line.
use ef_hdl_kit::block;
use ef_link::slip;
use rust_hdl::prelude::*;

block! {
    /// Adds escapes: a byte equal to END or ESC becomes two, a symbol with `in_end` becomes END.
    ///
    /// ```text
    ///  in_end, in_data --> special? --> END, ESC, data           first byte --> data
    ///                          +--[second]--> ESC_END, ESC_ESC   second
    /// ```
    /// No latency: `data` and `in_ready` are combinational; the symbol is to come out of flip-flops and must stay until it is taken.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `in_valid`, `in_ready`, `in_end`, `in_data` | 1, 1, 1, 8 | symbols taken |
    /// | `valid`, `ready`, `data` | 1, 1, 8 | bytes of the line |
    pub struct SlipEncoder {
        in clock: Clock, in reset, in_valid, in_end, ready: Bit, in in_data: Bits<8>,
        out in_ready, valid: Bit, out data: Bits<8>,
        reg(reset) second: Bit,
        net is_end, is_esc, first_of_two: Bit,
        const end_byte: Bits<8> = slip::END as u64, const esc_byte: Bits<8> = slip::ESC as u64,
        const esc_end: Bits<8> = slip::ESC_END as u64, const esc_esc: Bits<8> = slip::ESC_ESC as u64,
    }
}

impl Logic for SlipEncoder {
    #[hdl_gen]
    fn update(&mut self) {
        self.is_end.next = self.in_data.val() == self.end_byte.val();
        self.is_esc.next = self.in_data.val() == self.esc_byte.val();
        self.first_of_two.next =
            !self.in_end.val() & !self.second.q.val() & (self.is_end.val() | self.is_esc.val());
        self.data.next = self.in_data.val();
        if self.in_end.val() {
            self.data.next = self.end_byte.val();
        } else if self.first_of_two.val() {
            self.data.next = self.esc_byte.val();
        } else if self.is_end.val() {
            self.data.next = self.esc_end.val();
        } else if self.is_esc.val() {
            self.data.next = self.esc_esc.val();
        }
        self.valid.next = self.in_valid.val();
        self.in_ready.next = self.ready.val() & !self.first_of_two.val();
        if self.in_valid.val() & self.ready.val() {
            self.second.d.next = self.first_of_two.val();
        }
    }
}
