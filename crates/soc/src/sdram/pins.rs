//! [`CommandPins`]: one command per cycle, in flip-flops.
use super::SdramTiming;
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// Encodes the command of a cycle; it is on the pins in the next. No two of the seven commands come in the same cycle.
    ///
    /// ```text
    ///  read, write, activate, precharge, close_all, refresh, mode --> [ras_n, cas_n, we_n]
    ///  rows' bank, columns' bank -----------------------------------> [ba]
    ///  row, column, mode register ----------------------------------> [a]     a[10]: all banks, never auto precharge
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `read`, `write`, `column_bank`, `column` | 1, 1, 2, 9 | column command; the column in words |
    /// | `activate`, `precharge`, `row_bank`, `row` | 1, 1, 2, 13 | row command |
    /// | `run`, `close_all`, `refresh`, `mode`, `powered_up` | 1 | see `Maintenance` |
    /// | `cke`, `cs_n`, `ras_n`, `cas_n`, `we_n`, `ba`, `a`, `dqm` | 1, 1, 1, 1, 1, 2, 13, 2 | pins |
    pub struct CommandPins(timing: &SdramTiming) {
        // burst length 2, sequential, writes as long as reads
        let mode = u64::from(timing.cas_latency) << 4 | 1;
        in clock: Clock,
        in reset, read, write, activate, precharge, run, close_all, refresh, mode, powered_up: Bit,
        in column_bank, row_bank: Bits<2>, in column: Bits<9>, in row: Bits<13>,
        out cke, cs_n, ras_n, cas_n, we_n: Bit, out ba, dqm: Bits<2>, out a: Bits<13>,
        /// Low until the first clock after reset, as are the others.
        reg enabled => cke: Bit,
        reg ras, cas, we, unmasked: Bit, reg bank => ba: Bits<2>, reg address => a: Bits<13>,
        net is_column: Bit,
        const bank_zero: Bits<2> = 0, const all_banks: Bits<13> = 0x400, const mode_register: Bits<13> = mode,
        const mask_all: Bits<2> = 3, const mask_none: Bits<2> = 0,
    }
}

impl Logic for CommandPins {
    #[hdl_gen]
    fn update(&mut self) {
        self.is_column.next = self.read.val() | self.write.val();
        self.enabled.d.next = !self.reset.val();
        self.unmasked.d.next = self.powered_up.val();
        self.ras.d.next = self.activate.val()
            | self.precharge.val()
            | self.close_all.val()
            | self.refresh.val()
            | self.mode.val();
        self.cas.d.next = self.is_column.val() | self.refresh.val() | self.mode.val();
        self.we.d.next = self.write.val() | self.precharge.val() | self.close_all.val() | self.mode.val();
        if !self.run.val() {
            self.bank.d.next = self.bank_zero.val();
            self.address.d.next = self.all_banks.val();
            if self.mode.val() {
                self.address.d.next = self.mode_register.val();
            }
        } else if self.is_column.val() {
            self.bank.d.next = self.column_bank.val();
            self.address.d.next = bit_cast::<13, 9>(self.column.val()) << 1;
        } else {
            self.bank.d.next = self.row_bank.val();
            self.address.d.next = self.row.val();
            if self.precharge.val() {
                self.address.d.next = self.row.val() & !self.all_banks.val();
            }
        }
        self.cs_n.next = !self.enabled.q.val();
        self.ras_n.next = !self.ras.q.val();
        self.cas_n.next = !self.cas.q.val();
        self.we_n.next = !self.we.q.val();
        self.dqm.next = self.mask_all.val();
        if self.unmasked.q.val() {
            self.dqm.next = self.mask_none.val();
        }
    }
}
