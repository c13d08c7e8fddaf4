//! Runs: the longest contiguous pieces of DRAM that a tile is made of.

use ef_isa::LoadDesc;

/// The longest run a descriptor can hold, in words.
const LONGEST: usize = 65535;

/// `outer x inner` runs of `run` words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Runs {
    pub run: usize,
    pub inner: (usize, usize),
    pub outer: (usize, usize),
}

impl Runs {
    /// Pieces of `run` words at `inner` and `outer` (count, stride), joined where they touch.
    pub fn new(run: usize, inner: (usize, usize), outer: (usize, usize)) -> Runs {
        let mut runs = Runs { run, inner, outer };
        if runs.inner.0 == 1 {
            runs.inner = runs.outer;
            runs.outer = (1, 0);
        }
        while runs.inner.0 > 1 && runs.inner.1 == runs.run && runs.run * runs.inner.0 <= LONGEST {
            runs = Runs { run: runs.run * runs.inner.0, inner: runs.outer, outer: (1, 0) };
        }
        runs
    }

    /// Rows of `run` words at `rows`, `groups` and `images` (count, stride). Images are one where rows do not touch.
    pub fn of_rows(run: usize, rows: (usize, usize), groups: (usize, usize), images: (usize, usize)) -> Runs {
        let whole = rows.0 == 1 || rows.1 == run;
        if whole && rows.0 * run <= LONGEST {
            return Runs::new(rows.0 * run, groups, images);
        }
        debug_assert_eq!(images.0, 1, "tiles of several images have whole rows");
        Runs::new(run, rows, groups)
    }

    /// The descriptor, which reads these runs.
    pub fn read_by(&self, descriptor: LoadDesc) -> LoadDesc {
        let stride = |(count, stride): (usize, usize)| if count > 1 { stride as u32 } else { 0 };
        LoadDesc {
            run: self.run as u32,
            n_run0: self.inner.0 as u32,
            d_run0: stride(self.inner),
            n_run1: self.outer.0 as u32,
            d_run1: stride(self.outer),
            ..descriptor
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn touching_pieces_become_one_run() {
        let whole = Runs::new(64, (4, 64), (3, 256));
        assert_eq!(whole, Runs { run: 768, inner: (1, 0), outer: (1, 0) });
        let rows = Runs::new(32, (4, 64), (3, 256));
        assert_eq!(rows, Runs { run: 32, inner: (4, 64), outer: (3, 256) });
        let images = Runs::new(64, (2, 64), (3, 256));
        assert_eq!(images, Runs { run: 128, inner: (3, 256), outer: (1, 0) });
    }
}
