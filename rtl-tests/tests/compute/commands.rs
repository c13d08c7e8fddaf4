//! Random commands whose every address is in range.

use ef_isa::compute::{ComputeOp, Init, Phase};
use ef_isa::{ComputeDesc, Config};
use proptest::prelude::*;

/// A command before its addresses are fitted into the buffers of a configuration.
#[derive(Clone, Debug)]
pub struct Command {
    op: ComputeOp,
    tag: u32,
    /// g, kr, kc, i, r, c
    counts: [u32; 6],
    /// Streamed address per turn of each loop.
    x: [i32; 6],
    /// Rotation per turn of each loop; that of g is implied.
    turns: [u32; 6],
    x_phase: u32,
    /// s_0, s_1, s_2
    s: [i32; 3],
    s_phase: u32,
    /// Where in the free space each base lies: stream, stationary, psum, bias.
    place: [u32; 4],
    /// Cycles between the engine being ready and the start.
    pub pause: u32,
}

/// Loop counts, of which `work` bounds the product so that a command stays short.
fn counts() -> impl Strategy<Value = [u32; 6]> {
    let kernel = prop_oneof![4 => Just(1u32), 3 => Just(3u32), 2 => Just(2u32), 1 => Just(5u32)];
    let size = prop_oneof![2 => 1..4u32, 3 => 1..21u32];
    let images = prop_oneof![3 => Just(1u32), 2 => 1..10u32];
    (prop_oneof![2 => 1..4u32, 3 => 1..41u32], kernel.clone(), kernel, images, size.clone(), size)
        .prop_map(|(g, kr, kc, i, r, c)| [g, kr, kc, i, r, c])
}

fn op() -> impl Strategy<Value = ComputeOp> {
    let init = prop_oneof![Just(Init::Zero), Just(Init::Bias), Just(Init::Keep)];
    let phase = prop_oneof![Just(Phase::Fp), Just(Phase::Bp), Just(Phase::Wu)];
    let flag = any::<bool>;
    (flag(), flag(), flag(), flag(), init, phase).prop_map(
        |(pixel_mode, stream_loss, column, ones, init, phase)| ComputeOp {
            pixel_mode,
            stream_loss: stream_loss && !pixel_mode,
            column,
            init: if pixel_mode && init == Init::Bias { Init::Keep } else { init },
            ones,
            phase,
        },
    )
}

/// A command of at most `work` streamed vectors.
pub fn command(work: u32) -> impl Strategy<Value = Command> {
    let stride = || prop_oneof![2 => 0..3i32, 3 => -4..24i32];
    let x = [stride(), stride(), stride(), stride(), stride(), stride()];
    let s = [stride(), stride(), stride()];
    let turns = std::array::from_fn::<_, 6, _>(|_| 0..16u32);
    (
        (op(), 0..32u32, counts(), x, turns, 0..65536u32),
        (s, 0..65536u32, any::<[u32; 4]>(), prop_oneof![3 => Just(0u32), 1 => 0..60u32]),
    )
        .prop_map(move |((op, tag, counts, x, turns, x_phase), (s, s_phase, place, pause))| {
            let mut command = Command { op, tag, counts, x, turns, x_phase, s, s_phase, place, pause };
            command.limit(work);
            command
        })
}

impl Command {
    /// Reduces the largest count until the command is short enough.
    fn limit(&mut self, work: u32) {
        while self.counts.iter().product::<u32>() > work {
            let largest = self.counts.iter_mut().max().expect("there are six counts");
            *largest -= 1;
        }
    }

    /// An empty loop, where `which` is one of 0..6.
    pub fn emptied(mut self, which: usize) -> Self {
        self.counts[which] = 0;
        self
    }

    /// Partial sums the command visits.
    fn psums(&self) -> u32 {
        let [g, kr, kc, i, r, c] = self.counts;
        if self.op.pixel_mode { g * kr * kc + u32::from(self.op.ones) } else { i * r * c }
    }

    /// The descriptor, with strides and counts reduced where the buffers are too small for them.
    pub fn descriptor(&self, config: &Config) -> ComputeDesc {
        let mut it = self.clone();
        let t = config.lanes as u32;
        while it.psums() > 1 << config.psum_aw {
            let largest = it.counts.iter_mut().max().expect("there are six counts");
            *largest -= 1;
        }
        let [g, kr, kc, i, r, c] = it.counts;
        let stream_aw = if it.op.stream_loss { config.loss_aw } else { config.feature_aw };
        let groups = if it.op.pixel_mode { g.div_ceil(t) } else { g };
        let x_base = fit(&mut it.x, [groups, kr, kc, i, r, c], 0, stream_aw, it.place[0]);
        let s_base = if it.op.pixel_mode {
            fit(&mut it.s, [c, r, i], 0, config.loss_aw, it.place[1])
        } else {
            fit(&mut it.s, [kr * kc, g, 1], t - 1, config.weight_aw, it.place[1])
        };
        let wrap = |stride: i32| stride as u32 & 0xffff;
        ComputeDesc {
            op: it.op.encode(),
            tag: it.tag,
            n_g: g,
            n_kr: kr,
            n_kc: kc,
            n_i: i,
            n_r: r,
            n_c: c,
            x_base,
            x_g: wrap(it.x[0]),
            x_kr: wrap(it.x[1]),
            x_kc: wrap(it.x[2]),
            x_i: wrap(it.x[3]),
            x_r: wrap(it.x[4]),
            x_c: wrap(it.x[5]),
            x_phase: it.x_phase,
            ph_kr: it.turns[1],
            ph_kc: it.turns[2],
            ph_i: it.turns[3],
            ph_r: it.turns[4],
            ph_c: it.turns[5],
            s_base,
            s_0: wrap(it.s[0]),
            s_1: wrap(it.s[1]),
            s_2: wrap(it.s[2]),
            s_phase: it.s_phase,
            p_base: it.place[2] % ((1 << config.psum_aw) + 1 - it.psums()).max(1),
            bias: it.place[3] % (1 << config.weight_aw),
        }
    }
}

/// Chooses a base so that base + sum(turn * stride) + 0..=extra stays in 2^aw words; takes away the loop that reaches
/// farthest for as long as that is impossible.
fn fit<const N: usize>(strides: &mut [i32; N], counts: [u32; N], extra: u32, aw: usize, place: u32) -> u32 {
    loop {
        let reach: [i32; N] =
            std::array::from_fn(|k| strides[k] * i32::try_from(counts[k]).map_or(0, |n| (n - 1).max(0)));
        let low: i32 = -reach.iter().filter(|r| **r < 0).sum::<i32>();
        let high: i32 = reach.iter().filter(|r| **r > 0).sum::<i32>() + extra as i32;
        let free = (1 << aw) - low - high;
        if free > 0 {
            return (low + (place % free as u32) as i32) as u32;
        }
        let farthest = (0..N).max_by_key(|k| reach[*k].abs()).expect("there are strides");
        strides[farthest] /= 2;
    }
}
