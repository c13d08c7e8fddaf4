//! [`TokenLine`]: where the operations of a fixed-latency pipeline are.

use ef_hdl_kit::{block, glue, vec_of};
use rust_hdl::prelude::*;

block! {
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
    ///
    /// `length`, 1 to 120, is the age of the oldest tap in cycles.
    pub struct TokenLine(length: usize) {
        assert!((1..=120).contains(&length), "a token line is 1 to 120 cycles long");
        in clock: Clock, in clear, token: Bit,
        out tap: Vec<Bit> = vec_of(length + 1), out busy: Bit,
        stage: Vec<TokenStage> = vec_of(length),
        census: Census,
    }
}

glue! { TokenLine; self => {
    let length = self.stage.len();
    wire!(self.tap[0], self.token);
    for i in 0..length {
        wire!(self.stage[i] <- self: clock, clear);
        wire!(self.tap[i + 1], self.stage[i].q);
    }
    wire!(self.stage[0].d, self.token);
    for i in 1..length {
        wire!(self.stage[i].d, self.stage[i - 1].q);
    }
    wire!(self.census <- self: clock, clear);
    wire!(self.census <- self: enter = token, leave = stage[length - 1].q);
    wire!(self.busy, self.census.busy);
}}

block! {
    /// A flip-flop with a synchronous clear.
    pub struct TokenStage {
        in clock: Clock, in clear, d: Bit,
        out q: Bit,
        reg held => q: Bit,
    }
}

impl Logic for TokenStage {
    #[hdl_gen]
    fn update(&mut self) {
        self.held.d.next = self.d.val() && !self.clear.val();
    }
}

block! {
    /// Counts the tokens under way.
    pub struct Census {
        in clock: Clock, in clear, enter, leave: Bit,
        out busy: Bit,
        reg(clear) count: Bits<7>,
    }
}

impl Logic for Census {
    #[hdl_gen]
    fn update(&mut self) {
        if self.enter.val() && !self.leave.val() {
            self.count.d.next = self.count.q.val() + 1;
        } else if self.leave.val() && !self.enter.val() {
            self.count.d.next = self.count.q.val() - 1;
        }
        self.busy.next = self.enter.val() || self.count.q.val().any();
    }
}
