//! [`Keep`]: which instructions may not be overwritten, `keep.rs` of the RTL.

use ef_rtl::control::keep;

/// The active loops, and the outermost of them that is kept.
pub struct Keep {
    reach: usize,
    /// First instructions, the innermost last.
    loops: Vec<usize>,
    anchor: Option<usize>,
}

impl Keep {
    pub fn new(ring: usize) -> Self {
        Keep { reach: ring - keep::AHEAD as usize, loops: Vec::new(), anchor: None }
    }

    /// A loop begins, its first instruction is `start`.
    pub fn push(&mut self, start: usize) {
        self.loops.push(start);
        self.anchor = self.anchor.or(Some(self.loops.len() - 1));
    }

    /// The innermost loop has ended.
    pub fn pop(&mut self) {
        self.loops.pop();
        self.anchor = self.anchor.filter(|a| *a < self.loops.len());
    }

    /// The next instruction is `pc`: loops too far back are given up. Returns by how many cycles that is later than usual.
    pub fn counter(&mut self, pc: usize) -> u64 {
        let mut late = 0;
        while let Some(anchor) = self.anchor.filter(|a| pc.saturating_sub(self.loops[*a]) > self.reach) {
            self.anchor = Some(anchor + 1).filter(|a| *a < self.loops.len());
            late += keep::INWARDS;
        }
        late
    }

    /// The first instruction that stays if `pc` is the next.
    pub fn first(&self, pc: usize) -> usize {
        self.anchor.map_or(pc, |a| self.loops[a])
    }

    /// Whether instruction `pc` is certain to be on the chip.
    pub fn holds(&self, pc: usize) -> bool {
        self.anchor.is_some_and(|a| self.loops[a] <= pc)
    }
}
