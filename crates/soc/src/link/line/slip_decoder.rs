//! [`SlipDecoder`]: bytes of the line to bytes of frames.
use ef_hdl_kit::block;
use ef_link::slip;
use rust_hdl::prelude::*;

block! {
    /// Removes delimiters and escapes.
    ///
    /// ```text
    ///  in_valid, in_data --> = END?  ----------> finish
    ///                        = ESC?  --[escaped]
    ///                        else    ----------> valid, data    (after an ESC: what it stands for, or wrong)
    /// ```
    /// Latency 1; at most one of `valid` and `finish` in a cycle.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `in_valid`, `in_data` | 1, 8 | a byte of the line |
    /// | `valid`, `data` | 1, 8 | a byte of a frame |
    /// | `finish` | 1 | an END |
    /// | `wrong` | 1 | an escape that is none; with `finish` if END followed an ESC |
    pub struct SlipDecoder {
        in clock: Clock, in reset, in_valid: Bit, in in_data: Bits<8>,
        out valid, finish, wrong: Bit, out data: Bits<8>,
        reg(reset) escaped: Bit, reg(reset) pulse present => valid, ended => finish: Bit,
        reg plain => data: Bits<8>, reg pulse bad => wrong: Bit,
        const end_byte: Bits<8> = slip::END as u64, const esc_byte: Bits<8> = slip::ESC as u64,
        const esc_end: Bits<8> = slip::ESC_END as u64, const esc_esc: Bits<8> = slip::ESC_ESC as u64,
    }
}

impl Logic for SlipDecoder {
    #[hdl_gen]
    fn update(&mut self) {
        if self.in_valid.val() {
            self.escaped.d.next = false;
            self.plain.d.next = self.in_data.val();
            if self.in_data.val() == self.end_byte.val() {
                self.ended.d.next = true;
                self.bad.d.next = self.escaped.q.val();
            } else if !self.escaped.q.val() {
                self.escaped.d.next = self.in_data.val() == self.esc_byte.val();
                self.present.d.next = self.in_data.val() != self.esc_byte.val();
            } else if self.in_data.val() == self.esc_end.val() {
                self.present.d.next = true;
                self.plain.d.next = self.end_byte.val();
            } else if self.in_data.val() == self.esc_esc.val() {
                self.present.d.next = true;
                self.plain.d.next = self.esc_byte.val();
            } else {
                self.bad.d.next = true;
            }
        }
    }
}
