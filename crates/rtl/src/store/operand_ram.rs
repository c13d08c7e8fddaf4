//! [`OperandRam`]: weights, what the optimiser keeps, and labels for the vector unit.

use super::word_ram::{self, WordRam};
use ef_hdl_kit::block;
use ef_isa::load::TABLES_AT;
use rust_hdl::prelude::*;

/// Cycles from an address to `operand`.
pub const LATENCY: usize = 1 + word_ram::LATENCY;

block! {
    /// A RAM of 2^OAW words that the load engine writes and the vector unit reads. Writes to addresses from [`TABLES_AT`] on are not for it,
    /// but for the tables.
    ///
    /// ```text
    ///  operand_we, operand_waddr, operand_wdata --> [          ]     bit 15 of operand_waddr: table_we
    ///  operand_address --[ FF ]-------------------> [ WordRam ]--> operand
    /// ```
    /// Other addresses wrap at 2^OAW. [`LATENCY`] 3.
    pub struct OperandRam<const OAW: usize> {
        in clock: Clock, in operand_we: Bit, in operand_waddr: Bits<16>, in operand_wdata: Bits<32>,
        in operand_address: Bits<16>,
        out operand: Bits<32>, out table_we: Bit,
        reg address: Bits<16>,
        ram: WordRam<OAW>,
        const tables: Bits<4> = u64::from(TABLES_AT.ilog2()),
    }
}

impl<const OAW: usize> Logic for OperandRam<OAW> {
    #[hdl_gen]
    fn update(&mut self) {
        self.ram.clock.next = self.clock.val();
        self.ram.write.next =
            self.operand_we.val() && !self.operand_waddr.val().get_bit(self.tables.val().index());
        self.table_we.next =
            self.operand_we.val() && self.operand_waddr.val().get_bit(self.tables.val().index());
        self.ram.write_address.next = self.operand_waddr.val();
        self.ram.write_data.next = self.operand_wdata.val();
        self.address.d.next = self.operand_address.val();
        self.ram.read_address.next = self.address.q.val();
        self.operand.next = self.ram.read_data.val();
    }
}
