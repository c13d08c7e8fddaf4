//! The registers that the host writes.
use ef_hdl_kit::block;
use ef_isa::regs;
use rust_hdl::prelude::*;

block! {
    /// CONTROL, the four hyperparameters, and where the program lies.
    ///
    /// ```text
    ///  write, address, data --+-- CONTROL ------------> start, stop, clear (pulses, same cycle)
    ///                         +-- LEARNING_RATE, ... -> [learning_rate], ...
    ///                         +-- PROGRAM_* ----------> [program_address], [program_length]
    /// ```
    /// They keep their values over start, stop and clear; only `reset` makes them 0. A write to any other address does nothing.
    pub struct WriteRegisters {
        in clock: Clock, in reset, write: Bit, in address: Bits<8>, in data: Bits<32>,
        out start, stop, clear: Bit,
        out learning_rate, momentum, weight_decay, inv_batch, program_address: Bits<32>,
        out program_length: Bits<24>,
        reg(reset) rate => learning_rate, momentum_q => momentum, decay => weight_decay: Bits<32>,
        reg(reset) inverse => inv_batch, place => program_address: Bits<32>,
        reg(reset) instructions => program_length: Bits<24>,
        net to_control: Bit,
        const at_control: Bits<8> = regs::CONTROL as u64, const at_rate: Bits<8> = regs::LEARNING_RATE as u64,
        const at_momentum: Bits<8> = regs::MOMENTUM as u64, const at_decay: Bits<8> = regs::WEIGHT_DECAY as u64,
        const at_inverse: Bits<8> = regs::INV_BATCH as u64,
        const at_address: Bits<8> = regs::PROGRAM_ADDRESS as u64,
        const at_length: Bits<8> = regs::PROGRAM_LENGTH as u64,
    }
}

impl Logic for WriteRegisters {
    #[hdl_gen]
    fn update(&mut self) {
        self.to_control.next = self.write.val() & (self.address.val() == self.at_control.val());
        self.start.next = self.to_control.val() & self.data.val().get_bit(0);
        self.stop.next = self.to_control.val() & self.data.val().get_bit(1);
        self.clear.next = self.to_control.val() & self.data.val().get_bit(2);
        if self.write.val() & (self.address.val() == self.at_rate.val()) {
            self.rate.d.next = self.data.val();
        }
        if self.write.val() & (self.address.val() == self.at_momentum.val()) {
            self.momentum_q.d.next = self.data.val();
        }
        if self.write.val() & (self.address.val() == self.at_decay.val()) {
            self.decay.d.next = self.data.val();
        }
        if self.write.val() & (self.address.val() == self.at_inverse.val()) {
            self.inverse.d.next = self.data.val();
        }
        if self.write.val() & (self.address.val() == self.at_address.val()) {
            self.place.d.next = self.data.val();
        }
        if self.write.val() & (self.address.val() == self.at_length.val()) {
            self.instructions.d.next = self.data.val().get_bits::<24>(0);
        }
    }
}
