//! [`Hold`]: a delay that may be none.

use ef_hdl_kit::{glue, vec_of};
use rust_hdl::prelude::*;

/// `q` is `d`, some cycles later, or at once: what aligns two pipelines whose latencies are constants of other modules.
///
/// ```text
///  d --> [FF] --> ... --> [FF] --> q
/// ```
#[derive(LogicBlock)]
pub struct Hold<D: Synth> {
    pub clock: Signal<In, Clock>,
    pub d: Signal<In, D>,
    pub q: Signal<Out, D>,
    stage: Vec<DFF<D>>,
}

impl<D: Synth> Hold<D> {
    /// A delay of `cycles` cycles, 0 or more.
    pub fn new(cycles: usize) -> Self {
        Self {
            clock: Default::default(),
            d: Default::default(),
            q: Default::default(),
            stage: vec_of(cycles),
        }
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
