//! What a command reads and writes, worked out from its descriptor alone: nothing a scheduler could forget.
//!
//! A range is the smallest interval around all words of an access. So two accesses may seem to overlap that do
//! not, which costs a token; an overlap is never missed.

use ef_program::compute::{ComputeOp, Init};
use ef_program::load::{LoadKind, LoadOp};
use ef_program::store::{StoreKind, StoreOp};
use ef_program::{Command, ComputeDesc, LoadDesc, StoreDesc};
use smallvec::{SmallVec, smallvec};

/// Storage that two engines share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    /// The memory at the accelerator's port, in words.
    Dram,
    /// Feature buffer, in vectors.
    Feature,
    /// Loss buffer, in vectors.
    Loss,
    /// Weight buffer, in vectors.
    Weight,
    /// Partial sums, in addresses of a row.
    Psum,
    /// Operand RAM of the store engine, in words.
    Operand,
    /// Hand-over RAM between store and load engine, in words.
    Handover,
}

/// A range of a space, `lo..hi`, read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// Where.
    pub space: Space,
    /// The first word (operand buffer, DRAM) or vector, and the one after the last.
    pub lo: i64,
    /// The one after the last.
    pub hi: i64,
    /// Written, not read.
    pub write: bool,
}

impl Access {
    /// Whether the order of the two matters: they overlap, and one of them writes.
    pub fn conflicts(&self, other: &Access) -> bool {
        self.space == other.space && (self.write || other.write) && self.lo < other.hi && other.lo < self.hi
    }

    /// Everything that `base + sum(i_k * stride_k)` reaches for i_k < count_k, and `width` entries from there.
    fn walk(space: Space, write: bool, base: u32, walk: &[(u32, i64)], width: u32) -> Access {
        let base = i64::from(base);
        let reach = |sign: i64| -> i64 {
            walk.iter()
                .map(|&(count, stride)| (i64::from(count) - 1).max(0) * (stride * sign).max(0) * sign)
                .sum()
        };
        Access { space, write, lo: base + reach(-1), hi: base + reach(1) + i64::from(width) }
    }
}

fn signed(field: u32) -> i64 {
    i64::from(field as u16 as i16)
}

/// What one command reads and writes.
pub type Accesses = SmallVec<[Access; 4]>;

/// Every access of a command.
pub fn accesses(command: &Command, lanes: usize) -> Accesses {
    match command {
        Command::Load(d) => load(d, lanes as u32),
        Command::Compute(d) => compute(d, lanes as u32),
        Command::Store(d) => store(d, lanes as u32),
    }
}

fn load(d: &LoadDesc, lanes: u32) -> Accesses {
    let op = LoadOp::decode(d.op);
    let buffer = [Space::Feature, Space::Loss, Space::Weight][op.destination as usize % 3];
    let runs = [(d.n_run0, i64::from(d.d_run0)), (d.n_run1, i64::from(d.d_run1))];
    let from = if op.handed { Space::Handover } else { Space::Dram };
    let source = Access::walk(from, false, d.dram, &runs, d.run);
    let vectors = [
        (d.n0, signed(d.a0)),
        (d.n1, signed(d.a1)),
        (d.n2, signed(d.a2)),
        (d.n3, signed(d.a3)),
        (if op.pool { 2 } else { 1 }, signed(d.a_down) + 1),
    ];
    match op.kind {
        LoadKind::Zero => smallvec![Access::walk(buffer, true, d.base, &[], d.n0)],
        LoadKind::Vectors => smallvec![source, Access::walk(buffer, true, d.base, &vectors, 1)],
        // scratch and code RAM belong to the load engine alone
        LoadKind::Words if op.destination != 0 => smallvec![source],
        LoadKind::Words => {
            smallvec![source, Access::walk(Space::Operand, true, d.base, &[], d.run * d.n_run0 * d.n_run1)]
        }
        LoadKind::Gather => {
            let groups = (d.g_ch * d.g_kr * d.g_kc).div_ceil(lanes);
            let reach = [(d.n0, signed(d.a0)), (d.n1, signed(d.a1)), (groups, signed(d.a2))];
            smallvec![Access::walk(Space::Feature, true, d.base, &reach, 1)]
        }
    }
}

fn compute(d: &ComputeDesc, lanes: u32) -> Accesses {
    let Some(op) = ComputeOp::decode(d.op) else { return Accesses::new() };
    let groups = if op.pixel_mode { d.n_g.div_ceil(lanes) } else { d.n_g };
    let stream = [
        (groups, signed(d.x_g)),
        (d.n_kr, signed(d.x_kr)),
        (d.n_kc, signed(d.x_kc)),
        (d.n_i, signed(d.x_i)),
        (d.n_r, signed(d.x_r)),
        (d.n_c, signed(d.x_c)),
    ];
    let space = if op.stream_loss { Space::Loss } else { Space::Feature };
    let mut out = smallvec![Access::walk(space, false, d.x_base, &stream, 1)];
    if op.pixel_mode {
        let pixels = [(d.n_c, signed(d.s_0)), (d.n_r, signed(d.s_1)), (d.n_i, signed(d.s_2))];
        out.push(Access::walk(Space::Loss, false, d.s_base, &pixels, 1));
        let sums = d.n_g * d.n_kr * d.n_kc + u32::from(op.ones);
        out.push(Access::walk(Space::Psum, true, d.p_base, &[], sums));
    } else {
        let blocks = [(d.n_kr * d.n_kc, signed(d.s_0)), (d.n_g, signed(d.s_1))];
        out.push(Access::walk(Space::Weight, false, d.s_base, &blocks, lanes));
        if op.init == Init::Bias {
            out.push(Access::walk(Space::Weight, false, d.bias, &[], 1));
        }
        out.push(Access::walk(Space::Psum, true, d.p_base, &[], d.n_i * d.n_r * d.n_c));
    }
    out
}

fn store(d: &StoreDesc, lanes: u32) -> Accesses {
    let Some(op) = StoreOp::decode(d.op) else { return Accesses::new() };
    let words = Access::walk(Space::Dram, true, d.dram, &[(d.n_run, i64::from(d.d_run))], d.run);
    let mut out = Accesses::new();
    match op.kind {
        StoreKind::Map => {
            let sums = d.n_i * d.n_r * d.n_c;
            out.push(Access::walk(Space::Psum, false, d.p_base, &[(d.n_g, signed(d.p_g))], sums));
            if op.hand_over {
                let map = if op.pool { (d.n_r / 2) * (d.n_c / 2) } else { d.n_r * d.n_c };
                out.push(Access::walk(Space::Handover, true, d.o_w, &[], d.n_i * d.n_g * map * lanes));
            }
            if op.hand_over && d.n_run == 0 {
                return out;
            }
            out.push(words);
            if op.codes {
                let runs = [(d.n_run, i64::from(d.code_d_run))];
                out.push(Access::walk(Space::Dram, true, d.code_dram, &runs, d.code_run));
            }
        }
        StoreKind::Update => {
            let sums = [(d.n_g, signed(d.p_g)), (d.n_c, signed(d.p_n))];
            let elements = d.n_g * d.n_r * d.n_c;
            out.push(Access::walk(Space::Psum, false, d.p_base, &sums, 1));
            out.push(Access::walk(Space::Operand, false, d.o_w, &[], elements));
            out.push(Access::walk(Space::Operand, false, d.o_v, &[], elements));
            out.push(words);
        }
        StoreKind::Softmax => {
            let groups = [(d.n_c.div_ceil(lanes), signed(d.p_g))];
            out.push(Access::walk(Space::Psum, false, d.p_base, &groups, d.n_i));
            out.push(Access::walk(Space::Operand, false, d.o_w, &[], d.n_i));
            if op.gradient {
                out.push(words);
            }
        }
    }
    out
}
