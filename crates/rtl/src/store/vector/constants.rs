//! [`Constants`]: numbers that are the same for all elements.

use ef_hdl_kit::{block, vec_of};
use ef_isa::regs::HYPERPARAMETERS;
use ef_isa::vector::CONSTANTS;
use rust_hdl::prelude::*;

block! {
    /// 16 constants: the host's registers, copied at the start of each command, then those of the program.
    ///
    /// ```text
    ///  copy, copy_at: register[copy_at] --[mux]--> [ RAM 16 ]--> constant     a cycle after `control`
    ///  write to the first 16 words of the table --^
    /// ```
    pub struct Constants {
        in clock: Clock, in copy, write: Bit, in copy_at: Bits<4>, in write_address: Bits<16>, in write_data: Bits<32>,
        in register: Vec<Bits<32>> = vec_of(HYPERPARAMETERS.len()), in control: Bits<32>,
        out constant: Bits<32>,
        ram: RAM<Bits<32>, 4>,
        net mine: Bit,
        const words: Bits<15> = CONSTANTS as u64,
        const low: Bits<5> = ef_isa::vector::place::constant.low,
    }
}

impl Logic for Constants {
    #[hdl_gen]
    fn update(&mut self) {
        self.mine.next = self.write.val() && (self.write_address.val().get_bits::<15>(0) < self.words.val());
        self.ram.write_clock.next = self.clock.val();
        self.ram.write_enable.next = self.copy.val() || self.mine.val();
        self.ram.write_address.next = self.write_address.val().get_bits::<4>(0);
        self.ram.write_data.next = self.write_data.val();
        if self.copy.val() {
            self.ram.write_address.next = self.copy_at.val();
            for i in 0..HYPERPARAMETERS.len() {
                if self.copy_at.val() == i.to_bits() {
                    self.ram.write_data.next = self.register[i].val();
                }
            }
        }
        self.ram.read_clock.next = self.clock.val();
        self.ram.read_address.next = self.control.val().get_bits::<4>(self.low.val().index());
        self.constant.next = self.ram.read_data.val();
    }
}
