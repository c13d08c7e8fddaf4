//! [`OperandRam`]: weights, velocities and labels for the vector unit.

use super::word_ram::{self, WordRam};
use rust_hdl::prelude::*;

/// Cycles from an address to `operand`.
pub const LATENCY: usize = 1 + word_ram::LATENCY;

/// A RAM of 2^OAW words that the load engine writes and the vector unit reads.
///
/// ```text
///  operand_we, operand_waddr, operand_wdata --> [          ]
///  update_address  --[mux]--[ FF ]------------> [ WordRam ]--> operand
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
    ram: WordRam<OAW>,
}

impl<const OAW: usize> Logic for OperandRam<OAW> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, address);
        self.ram.clock.next = self.clock.val();
        self.ram.write.next = self.operand_we.val();
        self.ram.write_address.next = self.operand_waddr.val();
        self.ram.write_data.next = self.operand_wdata.val();
        self.address.d.next = self.update_address.val();
        if self.softmax.val() {
            self.address.d.next = self.softmax_address.val();
        }
        self.ram.read_address.next = self.address.q.val();
        self.operand.next = self.ram.read_data.val();
    }
}
