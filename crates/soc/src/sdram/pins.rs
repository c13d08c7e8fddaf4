//! [`CommandPins`]: one command per cycle, in flip-flops.
use super::{SdramTiming, setting::Setting};
use ef_hdl_kit::K;
use rust_hdl::prelude::*;

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
#[derive(LogicBlock, Default)]
pub struct CommandPins {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub read: Signal<In, Bit>,
    pub write: Signal<In, Bit>,
    pub column_bank: Signal<In, Bits<2>>,
    pub column: Signal<In, Bits<9>>,
    pub activate: Signal<In, Bit>,
    pub precharge: Signal<In, Bit>,
    pub row_bank: Signal<In, Bits<2>>,
    pub row: Signal<In, Bits<13>>,
    pub run: Signal<In, Bit>,
    pub close_all: Signal<In, Bit>,
    pub refresh: Signal<In, Bit>,
    pub mode: Signal<In, Bit>,
    pub powered_up: Signal<In, Bit>,
    pub cke: Signal<Out, Bit>,
    pub cs_n: Signal<Out, Bit>,
    pub ras_n: Signal<Out, Bit>,
    pub cas_n: Signal<Out, Bit>,
    pub we_n: Signal<Out, Bit>,
    pub ba: Signal<Out, Bits<2>>,
    pub a: Signal<Out, Bits<13>>,
    pub dqm: Signal<Out, Bits<2>>,
    /// Low until the first clock after reset, as are the others.
    enabled: DFF<Bit>,
    ras: DFF<Bit>,
    cas: DFF<Bit>,
    we: DFF<Bit>,
    bank: DFF<Bits<2>>,
    address: DFF<Bits<13>>,
    unmasked: DFF<Bit>,
    is_column: Signal<Local, Bit>,
    bank_zero: K<2, 0>,
    all_banks: K<13, 0x400>,
    mode_register: Setting<Bits<13>>,
    mask_all: K<2, 3>,
    mask_none: K<2, 0>,
}

impl CommandPins {
    pub fn new(timing: &SdramTiming) -> Self {
        // burst length 2, sequential, writes as long as reads
        let mode = u64::from(timing.cas_latency) << 4 | 1;
        Self { mode_register: Setting::new(mode.into()), ..Self::default() }
    }
}

impl Logic for CommandPins {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, enabled, ras, cas, we, bank, address, unmasked);
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
        self.cke.next = self.enabled.q.val();
        self.cs_n.next = !self.enabled.q.val();
        self.ras_n.next = !self.ras.q.val();
        self.cas_n.next = !self.cas.q.val();
        self.we_n.next = !self.we.q.val();
        self.ba.next = self.bank.q.val();
        self.a.next = self.address.q.val();
        self.dqm.next = self.mask_all.val();
        if self.unmasked.q.val() {
            self.dqm.next = self.mask_none.val();
        }
    }
}
