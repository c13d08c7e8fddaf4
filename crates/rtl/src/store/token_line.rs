//! [`TokenLine`]: where the operations of a fixed-latency pipeline are.

use ef_hdl_kit::{glue, vec_of};
use rust_hdl::prelude::*;

/// A token for every operation that enters a pipeline, visible at every age.
///
/// ```text
///  token --+--> [FF] --+--> [FF] --+-- ... --> [FF] --+
///          |           |           |                  |
///        tap[0]      tap[1]      tap[2]           tap[length]
///          +--> +1 [ under way ] -1 <-----------------+--- busy = under way or token
/// ```
///
/// | port | width | |
/// |---|---|---|
/// | `clock`, `clear` | 1 | clear takes all tokens away |
/// | `token` | 1 | an operation enters |
/// | `tap[length + 1]` | 1 | `tap[k]` = `token`, k cycles ago |
/// | `busy` | 1 | a token was put in and has not yet left `tap[length]` |
///
/// ```
/// use ef_rtl::store::token_line::TokenLine;
/// # ef_hdl_kit::export::verilog(&mut TokenLine::new(5), "token_line").unwrap();
/// ```
#[derive(LogicBlock)]
pub struct TokenLine {
    pub clock: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub token: Signal<In, Bit>,
    pub tap: Vec<Signal<Out, Bit>>,
    pub busy: Signal<Out, Bit>,
    stage: Vec<TokenStage>,
    census: Census,
}

impl TokenLine {
    /// A line whose oldest tap is `length` cycles old, 1..=120.
    pub fn new(length: usize) -> Self {
        assert!((1..=120).contains(&length), "a token line is 1 to 120 cycles long");
        Self {
            clock: Default::default(),
            clear: Default::default(),
            token: Default::default(),
            tap: vec_of(length + 1),
            busy: Default::default(),
            stage: vec_of(length),
            census: Default::default(),
        }
    }
}

glue! { TokenLine; self => {
    let length = self.stage.len();
    wire!(self.tap[0], self.token);
    for i in 0..length {
        wire!(self.stage[i].clock, self.clock);
        wire!(self.stage[i].clear, self.clear);
        wire!(self.tap[i + 1], self.stage[i].q);
    }
    wire!(self.stage[0].d, self.token);
    for i in 1..length {
        wire!(self.stage[i].d, self.stage[i - 1].q);
    }
    wire!(self.census.clock, self.clock);
    wire!(self.census.clear, self.clear);
    wire!(self.census.enter, self.token);
    wire!(self.census.leave, self.stage[length - 1].q);
    wire!(self.busy, self.census.busy);
}}

/// A flip-flop with a synchronous clear.
#[derive(LogicBlock, Default)]
pub struct TokenStage {
    pub clock: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub d: Signal<In, Bit>,
    pub q: Signal<Out, Bit>,
    held: DFF<Bit>,
}

impl Logic for TokenStage {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, held);
        self.held.d.next = self.d.val() && !self.clear.val();
        self.q.next = self.held.q.val();
    }
}

/// Counts the tokens under way.
#[derive(LogicBlock, Default)]
pub struct Census {
    pub clock: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub enter: Signal<In, Bit>,
    pub leave: Signal<In, Bit>,
    pub busy: Signal<Out, Bit>,
    count: DFF<Bits<7>>,
}

impl Logic for Census {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, count);
        if self.enter.val() && !self.leave.val() {
            self.count.d.next = self.count.q.val() + 1;
        } else if self.leave.val() && !self.enter.val() {
            self.count.d.next = self.count.q.val() - 1;
        }
        if self.clear.val() {
            self.count.d.next = 0.into();
        }
        self.busy.next = self.enter.val() || self.count.q.val().any();
    }
}
