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
    ///
    /// # Panics
    /// If [`SdramTiming::check`] fails.
    pub struct SdramController(timing: &SdramTiming) {
        if let Err(error) = timing.check() {
            panic!("{error}");
        }
        in clock: Clock, in reset, cmd_valid, cmd_write, wdata_valid, rdata_ready: Bit,
        in cmd_addr, wdata: Bits<32>, in cmd_len, dq_in: Bits<16>,
        out cmd_ready, wdata_ready, rdata_valid, cke, cs_n, ras_n, cas_n, we_n, dq_oe, busy, moving: Bit,
        out rdata: Bits<32>, out ba, dqm: Bits<2>, out a: Bits<13>, out dq_out: Bits<16>,
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
    wire!(self.{segmenter, rows, columns, banks, maintenance, pins, write_path, read_path} <- self: clock);
    wire!(self.activity.clock, self.clock);
    wire!(self.{segmenter, rows, columns, banks, maintenance, pins, write_path, read_path} <- self: reset);
    // bursts to segments
    wire!(self.segmenter <- self: cmd_valid, cmd_write, cmd_addr, cmd_len);
    wire!(self.cmd_ready, self.segmenter.cmd_ready);
    wire!(self.rows <- self.segmenter: segment_valid, segment_write, segment_bank, segment_row);
    wire!(self.rows <- self.segmenter: segment_column, segment_words);
    wire!(self.segmenter.segment_ready, self.rows.segment_ready);
    // rows
    wire!(self.rows.run, self.maintenance.run);
    wire!(self.rows <- self.columns: column_go = go, streams = valid, streams_bank = bank);
    wire!(self.rows <- self.columns: streams_row = row);
    wire!(self.rows.closed, self.maintenance.close_all);
    wire!(self.rows <- self.banks: open, hit, may_activate, may_precharge);
    wire!(self.rows.take, self.columns.take);
    // columns
    wire!(self.columns.run, self.maintenance.run);
    wire!(self.columns <- self.rows: away, next_valid, next_write, next_bank, next_row, next_column);
    wire!(self.columns <- self.rows: next_words);
    wire!(self.columns.room, self.read_path.room);
    wire!(self.columns.word, self.write_path.word);
    // banks
    wire!(self.banks <- self: row_bank = rows.bank, column_bank = columns.bank);
    wire!(self.banks <- self.rows: row, activate, precharge);
    wire!(self.banks <- self.columns: read, write);
    wire!(self.banks.close_all, self.maintenance.close_all);
    wire!(self.maintenance.quiet, self.banks.quiet);
    // command pins
    wire!(self.pins <- self.columns: read, write, column);
    wire!(self.pins <- self: column_bank = columns.bank, row_bank = rows.bank);
    wire!(self.pins <- self.rows: activate, precharge, row);
    wire!(self.pins <- self.maintenance: run, close_all, refresh, mode, powered_up);
    wire!(self <- self.pins: cke, cs_n, ras_n, cas_n, we_n, ba, a, dqm);
    // data
    wire!(self.write_path <- self: wdata_valid, wdata);
    wire!(self <- self.write_path: wdata_ready, dq_out, dq_oe);
    wire!(self.write_path.write, self.columns.write);
    wire!(self.read_path.read, self.columns.read);
    wire!(self.read_path <- self: dq_in, rdata_ready);
    wire!(self <- self.read_path: rdata_valid, rdata);
    // what goes on
    wire!(self.activity.cmd_valid, self.cmd_valid);
    wire!(self.activity <- self: segmenter_idle = segmenter.idle, rows_idle = rows.idle);
    wire!(self.activity <- self: reads_idle = read_path.idle);
    wire!(self.activity <- self.columns: streams = valid, column_go = go);
    wire!(self <- self.activity: busy, moving);
}}
