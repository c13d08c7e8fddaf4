//! [`Activity`]: how busy the memory is.
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// Two flip-flops to count efficiency with.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `cmd_valid`, `segmenter_idle`, `rows_idle`, `streams`, `reads_idle` | 1 | where a burst may be |
    /// | `column_go` | 1 | a word is commanded in this cycle |
    /// | `busy` | 1 | a burst was offered or not complete |
    /// | `moving` | 1 | a word was commanded |
    pub struct Activity {
        in clock: Clock, in cmd_valid, segmenter_idle, rows_idle, streams, reads_idle, column_go: Bit,
        out busy, moving: Bit,
        reg is_busy => busy, is_moving => moving: Bit,
    }
}

impl Logic for Activity {
    #[hdl_gen]
    fn update(&mut self) {
        self.is_busy.d.next = self.cmd_valid.val()
            | !self.segmenter_idle.val()
            | !self.rows_idle.val()
            | self.streams.val()
            | !self.reads_idle.val();
        self.is_moving.d.next = self.column_go.val();
    }
}
