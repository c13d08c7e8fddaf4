//! [`Activity`]: how busy the memory is.
use rust_hdl::prelude::*;

/// Two flip-flops to count efficiency with.
///
/// | port | width | |
/// |---|---|---|
/// | `cmd_valid`, `segmenter_idle`, `rows_idle`, `streams`, `reads_idle` | 1 | where a burst may be |
/// | `column_go` | 1 | a word is commanded in this cycle |
/// | `busy` | 1 | a burst was offered or not complete |
/// | `moving` | 1 | a word was commanded |
#[derive(LogicBlock, Default)]
pub struct Activity {
    pub clock: Signal<In, Clock>,
    pub cmd_valid: Signal<In, Bit>,
    pub segmenter_idle: Signal<In, Bit>,
    pub rows_idle: Signal<In, Bit>,
    pub streams: Signal<In, Bit>,
    pub reads_idle: Signal<In, Bit>,
    pub column_go: Signal<In, Bit>,
    pub busy: Signal<Out, Bit>,
    pub moving: Signal<Out, Bit>,
    is_busy: DFF<Bit>,
    is_moving: DFF<Bit>,
}

impl Logic for Activity {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, is_busy, is_moving);
        self.is_busy.d.next = self.cmd_valid.val()
            | !self.segmenter_idle.val()
            | !self.rows_idle.val()
            | self.streams.val()
            | !self.reads_idle.val();
        self.is_moving.d.next = self.column_go.val();
        self.busy.next = self.is_busy.q.val();
        self.moving.next = self.is_moving.q.val();
    }
}
