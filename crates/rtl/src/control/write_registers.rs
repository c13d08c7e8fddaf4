//! The registers that the host writes.
use ef_hdl_kit::K;
use ef_program::regs;
use rust_hdl::prelude::*;

/// CONTROL, the four hyperparameters, and the program port.
///
/// ```text
///  write, address, data --+-- CONTROL ------------> start, stop, clear (pulses, same cycle)
///                         +-- LEARNING_RATE, ... -> [learning_rate], ...
///                         +-- PROGRAM_* ----------> program_write (pulse, same cycle), [program_address], [program_low]
/// ```
/// They keep their values over start, stop and clear; only `reset` makes them 0. A write to any other address does nothing.
#[derive(LogicBlock, Default)]
pub struct WriteRegisters {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub write: Signal<In, Bit>,
    pub address: Signal<In, Bits<8>>,
    pub data: Signal<In, Bits<32>>,
    pub start: Signal<Out, Bit>,
    pub stop: Signal<Out, Bit>,
    pub clear: Signal<Out, Bit>,
    pub learning_rate: Signal<Out, Bits<32>>,
    pub momentum: Signal<Out, Bits<32>>,
    pub weight_decay: Signal<Out, Bits<32>>,
    pub inv_batch: Signal<Out, Bits<32>>,
    pub program_write: Signal<Out, Bit>,
    pub program_address: Signal<Out, Bits<16>>,
    pub program_low: Signal<Out, Bits<32>>,
    pub program_high: Signal<Out, Bits<32>>,
    rate: DFF<Bits<32>>,
    inertia: DFF<Bits<32>>,
    decay: DFF<Bits<32>>,
    inverse: DFF<Bits<32>>,
    next_address: DFF<Bits<16>>,
    low: DFF<Bits<32>>,
    to_control: Signal<Local, Bit>,
    to_program: Signal<Local, Bit>,
    one: K<16, 1>,
    at_control: K<8, { regs::CONTROL as u64 }>,
    at_rate: K<8, { regs::LEARNING_RATE as u64 }>,
    at_inertia: K<8, { regs::MOMENTUM as u64 }>,
    at_decay: K<8, { regs::WEIGHT_DECAY as u64 }>,
    at_inverse: K<8, { regs::INV_BATCH as u64 }>,
    at_address: K<8, { regs::PROGRAM_ADDRESS as u64 }>,
    at_low: K<8, { regs::PROGRAM_LOW as u64 }>,
    at_high: K<8, { regs::PROGRAM_HIGH as u64 }>,
}

impl Logic for WriteRegisters {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, rate, inertia, decay, inverse, next_address, low);
        self.to_control.next = self.write.val() & (self.address.val() == self.at_control.val());
        self.start.next = self.to_control.val() & self.data.val().get_bit(0);
        self.stop.next = self.to_control.val() & self.data.val().get_bit(1);
        self.clear.next = self.to_control.val() & self.data.val().get_bit(2);
        if self.write.val() & (self.address.val() == self.at_rate.val()) {
            self.rate.d.next = self.data.val();
        }
        if self.write.val() & (self.address.val() == self.at_inertia.val()) {
            self.inertia.d.next = self.data.val();
        }
        if self.write.val() & (self.address.val() == self.at_decay.val()) {
            self.decay.d.next = self.data.val();
        }
        if self.write.val() & (self.address.val() == self.at_inverse.val()) {
            self.inverse.d.next = self.data.val();
        }
        if self.write.val() & (self.address.val() == self.at_address.val()) {
            self.next_address.d.next = self.data.val().get_bits::<16>(0);
        }
        if self.write.val() & (self.address.val() == self.at_low.val()) {
            self.low.d.next = self.data.val();
        }
        self.to_program.next = self.write.val() & (self.address.val() == self.at_high.val());
        if self.to_program.val() {
            self.next_address.d.next = self.next_address.q.val() + self.one.val();
        }
        if self.reset.val() {
            self.rate.d.next = 0.into();
            self.inertia.d.next = 0.into();
            self.decay.d.next = 0.into();
            self.inverse.d.next = 0.into();
            self.next_address.d.next = 0.into();
            self.low.d.next = 0.into();
        }
        self.learning_rate.next = self.rate.q.val();
        self.momentum.next = self.inertia.q.val();
        self.weight_decay.next = self.decay.q.val();
        self.inv_batch.next = self.inverse.q.val();
        self.program_write.next = self.to_program.val();
        self.program_address.next = self.next_address.q.val();
        self.program_low.next = self.low.q.val();
        self.program_high.next = self.data.val();
    }
}
