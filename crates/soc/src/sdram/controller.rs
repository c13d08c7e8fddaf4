//! [`SdramController`]: the accelerator's memory port on a 16-bit SDR SDRAM.
use super::SdramTiming;
use super::activity::Activity;
use super::bank::Banks;
use super::columns::Columns;
use super::data::{ReadPath, WritePath};
use super::maintenance::Maintenance;
use super::pins::CommandPins;
use super::rows::Rows;
use super::segmenter::Segmenter;
use ef_hdl_kit::{block, glue};
use rust_hdl::prelude::*;

block! {
    /// Executes bursts of 32-bit words in order on an SDRAM of 16 bits at the same clock; a word is two halfwords, low half first.
    ///
    /// ```text
    ///  cmd_*  --> Segmenter --> Rows --------> Columns             one page segment streams, the next is prepared
    ///                            | ACTIVATE,     | READ, WRITE
    ///                            | PRECHARGE     |                 Banks: what is open, which times are over
    ///                            v               v
    ///  Maintenance -----------> CommandPins <----+                 --> cke, cs_n, ras_n, cas_n, we_n, ba, a, dqm
    ///      PRECHARGE ALL, REFRESH, MODE
    ///  wdata_* --> WritePath --> dq_out, dq_oe        dq_in --> ReadPath --> rdata_*
    /// ```
    ///
    /// A column command (burst length 2) moves a word and comes at most every second cycle, so 1 word per 2 cycles is the peak; row commands use the
    /// cycles between. All pins and all outputs of the memory port are flip-flops, except `rdata`, out of a LUT RAM's read register; `cs_n`
    /// and the other active-low pins are one inverter behind one. `reset` is for power-up only: the SDRAM goes through its whole power-up sequence after it,
    /// unrefreshed.
    ///
    /// From a command taken to its first word: 10 cycles + CAS latency + `capture` if the row is open, `t_rcd` - 1 more if the bank is closed,
    /// and `t_rp` more again if another row is open.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `cmd_*`, `wdata_*`, `rdata_*` | | memory port, see `docs/host-port.md`; words may come before their command |
    /// | `cke`, `cs_n`, `ras_n`, `cas_n`, `we_n`, `ba`, `a`, `dqm` | 1, 1, 1, 1, 1, 2, 13, 2 | SDRAM commands |
    /// | `dq_out`, `dq_oe`, `dq_in` | 16, 1, 16 | SDRAM data, to and from the pads |
    /// | `busy` | 1 | a burst is offered or not complete; registered |
    /// | `moving` | 1 | a word was commanded in the cycle before: two cycles of data; registered. Efficiency is 2 `moving` / `busy` |
    pub struct SdramController(timing: &SdramTiming) {
        if let Err(error) = timing.check() {
            panic!("{error}");
        }
        in clock: Clock,
        in reset, cmd_valid: Bit,
        out cmd_ready: Bit,
        in cmd_write: Bit,
        in cmd_addr: Bits<32>,
        in cmd_len: Bits<16>,
        in wdata_valid: Bit,
        out wdata_ready: Bit,
        in wdata: Bits<32>,
        out rdata_valid: Bit,
        in rdata_ready: Bit,
        out rdata: Bits<32>,
        out cke, cs_n, ras_n, cas_n, we_n: Bit,
        out ba: Bits<2>,
        out a: Bits<13>,
        out dqm: Bits<2>,
        out dq_out: Bits<16>,
        out dq_oe: Bit,
        in dq_in: Bits<16>,
        out busy, moving: Bit,
        segmenter: Segmenter = Segmenter::new(timing),
        rows: Rows = Rows::new(timing),
        columns: Columns = Columns::new(timing),
        banks: Banks = Banks::new(timing),
        maintenance: Maintenance = Maintenance::new(timing),
        pins: CommandPins = CommandPins::new(timing),
        write_path: WritePath,
        read_path: ReadPath = ReadPath::new(timing),
        activity: Activity,
    }
}

glue! { SdramController; self => {
    wire!(self.segmenter.clock, self.clock);
    wire!(self.rows.clock, self.clock);
    wire!(self.columns.clock, self.clock);
    wire!(self.banks.clock, self.clock);
    wire!(self.maintenance.clock, self.clock);
    wire!(self.pins.clock, self.clock);
    wire!(self.write_path.clock, self.clock);
    wire!(self.read_path.clock, self.clock);
    wire!(self.activity.clock, self.clock);
    wire!(self.segmenter.reset, self.reset);
    wire!(self.rows.reset, self.reset);
    wire!(self.columns.reset, self.reset);
    wire!(self.banks.reset, self.reset);
    wire!(self.maintenance.reset, self.reset);
    wire!(self.pins.reset, self.reset);
    wire!(self.write_path.reset, self.reset);
    wire!(self.read_path.reset, self.reset);
    // bursts to segments
    wire!(self.segmenter.cmd_valid, self.cmd_valid);
    wire!(self.segmenter.cmd_write, self.cmd_write);
    wire!(self.segmenter.cmd_addr, self.cmd_addr);
    wire!(self.segmenter.cmd_len, self.cmd_len);
    wire!(self.cmd_ready, self.segmenter.cmd_ready);
    wire!(self.rows.segment_valid, self.segmenter.segment_valid);
    wire!(self.rows.segment_write, self.segmenter.segment_write);
    wire!(self.rows.segment_bank, self.segmenter.segment_bank);
    wire!(self.rows.segment_row, self.segmenter.segment_row);
    wire!(self.rows.segment_column, self.segmenter.segment_column);
    wire!(self.rows.segment_words, self.segmenter.segment_words);
    wire!(self.segmenter.segment_ready, self.rows.segment_ready);
    // rows
    wire!(self.rows.run, self.maintenance.run);
    wire!(self.rows.column_go, self.columns.go);
    wire!(self.rows.closed, self.maintenance.close_all);
    wire!(self.rows.open, self.banks.open);
    wire!(self.rows.hit, self.banks.hit);
    wire!(self.rows.may_activate, self.banks.may_activate);
    wire!(self.rows.may_precharge, self.banks.may_precharge);
    wire!(self.rows.streams, self.columns.valid);
    wire!(self.rows.streams_bank, self.columns.bank);
    wire!(self.rows.streams_row, self.columns.row);
    wire!(self.rows.take, self.columns.take);
    // columns
    wire!(self.columns.run, self.maintenance.run);
    wire!(self.columns.away, self.rows.away);
    wire!(self.columns.next_valid, self.rows.next_valid);
    wire!(self.columns.next_write, self.rows.next_write);
    wire!(self.columns.next_bank, self.rows.next_bank);
    wire!(self.columns.next_row, self.rows.next_row);
    wire!(self.columns.next_column, self.rows.next_column);
    wire!(self.columns.next_words, self.rows.next_words);
    wire!(self.columns.room, self.read_path.room);
    wire!(self.columns.word, self.write_path.word);
    // banks
    wire!(self.banks.row_bank, self.rows.bank);
    wire!(self.banks.row, self.rows.row);
    wire!(self.banks.activate, self.rows.activate);
    wire!(self.banks.precharge, self.rows.precharge);
    wire!(self.banks.column_bank, self.columns.bank);
    wire!(self.banks.read, self.columns.read);
    wire!(self.banks.write, self.columns.write);
    wire!(self.banks.close_all, self.maintenance.close_all);
    wire!(self.maintenance.quiet, self.banks.quiet);
    // command pins
    wire!(self.pins.read, self.columns.read);
    wire!(self.pins.write, self.columns.write);
    wire!(self.pins.column_bank, self.columns.bank);
    wire!(self.pins.column, self.columns.column);
    wire!(self.pins.activate, self.rows.activate);
    wire!(self.pins.precharge, self.rows.precharge);
    wire!(self.pins.row_bank, self.rows.bank);
    wire!(self.pins.row, self.rows.row);
    wire!(self.pins.run, self.maintenance.run);
    wire!(self.pins.close_all, self.maintenance.close_all);
    wire!(self.pins.refresh, self.maintenance.refresh);
    wire!(self.pins.mode, self.maintenance.mode);
    wire!(self.pins.powered_up, self.maintenance.powered_up);
    wire!(self.cke, self.pins.cke);
    wire!(self.cs_n, self.pins.cs_n);
    wire!(self.ras_n, self.pins.ras_n);
    wire!(self.cas_n, self.pins.cas_n);
    wire!(self.we_n, self.pins.we_n);
    wire!(self.ba, self.pins.ba);
    wire!(self.a, self.pins.a);
    wire!(self.dqm, self.pins.dqm);
    // data
    wire!(self.write_path.wdata_valid, self.wdata_valid);
    wire!(self.write_path.wdata, self.wdata);
    wire!(self.wdata_ready, self.write_path.wdata_ready);
    wire!(self.write_path.write, self.columns.write);
    wire!(self.dq_out, self.write_path.dq_out);
    wire!(self.dq_oe, self.write_path.dq_oe);
    wire!(self.read_path.read, self.columns.read);
    wire!(self.read_path.dq_in, self.dq_in);
    wire!(self.read_path.rdata_ready, self.rdata_ready);
    wire!(self.rdata_valid, self.read_path.rdata_valid);
    wire!(self.rdata, self.read_path.rdata);
    // what goes on
    wire!(self.activity.cmd_valid, self.cmd_valid);
    wire!(self.activity.segmenter_idle, self.segmenter.idle);
    wire!(self.activity.rows_idle, self.rows.idle);
    wire!(self.activity.streams, self.columns.valid);
    wire!(self.activity.reads_idle, self.read_path.idle);
    wire!(self.activity.column_go, self.columns.go);
    wire!(self.busy, self.activity.busy);
    wire!(self.moving, self.activity.moving);
}}
