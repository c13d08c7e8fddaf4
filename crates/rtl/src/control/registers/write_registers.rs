//! The registers that the host writes.
use ef_hdl_kit::{block, vec_of};
use ef_isa::regs::{self, HYPERPARAMETERS};
use rust_hdl::prelude::*;

block! {
    /// CONTROL, the hyperparameters, and where the program lies.
    ///
    /// ```text
    ///  write, address, data --+-- CONTROL ------------> start, stop, clear (pulses, same cycle)
    ///                         +-- LEARNING_RATE, ... -> [hyper[4]], in the order of the register map
    ///                         +-- PROGRAM_* ----------> [program_address], [program_length]
    /// ```
    /// They keep their values over start, stop and clear; only `reset` makes them 0. A write to any other address does nothing.
    pub struct WriteRegisters {
        in clock: Clock, in reset, write: Bit, in address: Bits<8>, in data: Bits<32>,
        out start, stop, clear: Bit,
        out hyper: Vec<Bits<32>> = vec_of(HYPERPARAMETERS.len()), out program_address: Bits<32>,
        out program_length: Bits<24>,
        reg(reset) held: Vec<Bits<32>> = vec_of(HYPERPARAMETERS.len()),
        reg(reset) place => program_address: Bits<32>,
        reg(reset) instructions => program_length: Bits<24>,
        net to_control: Bit,
        const at_control: Bits<8> = regs::CONTROL as u64,
        at_hyper: Vec<Constant<Bits<8>>> =
            HYPERPARAMETERS.iter().map(|(_, address)| Constant::new(u64::from(*address).into())).collect(),
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
        for i in 0..HYPERPARAMETERS.len() {
            if self.write.val() & (self.address.val() == self.at_hyper[i].val()) {
                self.held[i].d.next = self.data.val();
            }
            self.hyper[i].next = self.held[i].q.val();
        }
        if self.write.val() & (self.address.val() == self.at_address.val()) {
            self.place.d.next = self.data.val();
        }
        if self.write.val() & (self.address.val() == self.at_length.val()) {
            self.instructions.d.next = self.data.val().get_bits::<24>(0);
        }
    }
}
