//! [`Hold`]: a delay that may be none.

use ef_hdl_kit::{block, glue, vec_of};
use rust_hdl::prelude::*;

block! {
    /// `q` is `d`, some cycles later, or at once: what aligns two pipelines whose latencies are constants of other modules.
    ///
    /// ```text
    ///  d --> [FF] --> ... --> [FF] --> q
    /// ```
    ///
    /// `cycles` is 0 or more.
    pub struct Hold<D: Synth>(cycles: usize) {
        in clock: Clock, in d: D,
        out q: D,
        stage: Vec<DFF<D>> = vec_of(cycles),
    }
}

glue! { [D: Synth] Hold<D>; self => {
    let cycles = self.stage.len();
    for i in 0..cycles {
        wire!(self.stage[i].clock, self.clock);
    }
    for i in 1..cycles {
        wire!(self.stage[i].d, self.stage[i - 1].q);
    }
    match cycles {
        0 => wire!(self.q, self.d),
        _ => {
            wire!(self.stage[0].d, self.d);
            wire!(self.q, self.stage[cycles - 1].q);
        }
    }
}}
