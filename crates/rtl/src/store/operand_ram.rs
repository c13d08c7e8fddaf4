//! [`OperandRam`]: weights, velocities and labels for the vector unit.

use rust_hdl::prelude::*;

/// Cycles from an address to `operand`.
pub const LATENCY: usize = 3;

/// A RAM of 2^OAW words that the load engine writes and the vector unit reads.
///
/// ```text
///  operand_we, operand_waddr, operand_wdata --> [     ]
///  update_address  --[mux]--[ FF ]------------> [ RAM ]--[ FF ]--> operand
///  softmax_address ---+
/// ```
/// Addresses wrap at 2^OAW. [`LATENCY`] 3.
#[derive(LogicBlock, Default)]
pub struct OperandRam<const OAW: usize> {
    pub clock: Signal<In, Clock>,
    pub operand_we: Signal<In, Bit>,
    pub operand_waddr: Signal<In, Bits<16>>,
    pub operand_wdata: Signal<In, Bits<32>>,
    /// Softmax reads, not the update.
    pub softmax: Signal<In, Bit>,
    pub update_address: Signal<In, Bits<16>>,
    pub softmax_address: Signal<In, Bits<16>>,
    pub operand: Signal<Out, Bits<32>>,
    address: DFF<Bits<16>>,
    word: DFF<Bits<32>>,
    ram: RAM<Bits<32>, OAW>,
}

impl<const OAW: usize> Logic for OperandRam<OAW> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, address, word);
        self.ram.write_clock.next = self.clock.val();
        self.ram.write_enable.next = self.operand_we.val();
        self.ram.write_address.next = self.operand_waddr.val().get_bits::<OAW>(0);
        self.ram.write_data.next = self.operand_wdata.val();
        self.address.d.next = self.update_address.val();
        if self.softmax.val() {
            self.address.d.next = self.softmax_address.val();
        }
        self.ram.read_clock.next = self.clock.val();
        self.ram.read_address.next = self.address.q.val().get_bits::<OAW>(0);
        self.word.d.next = self.ram.read_data.val();
        self.operand.next = self.word.q.val();
    }
}
