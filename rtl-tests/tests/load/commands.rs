//! Commands of the load engine as a compiler would give them, and wilder ones.

use ef_isa::load::{LoadOp, VectorBuffer, WordBuffer};
use ef_isa::{Config, LoadDesc, layout};
use proptest::prelude::*;
use proptest::sample::select;

/// Words of DRAM in these tests.
pub const DRAM_WORDS: usize = 1 << 16;

/// A command before it is cut to what the buffers hold; shrinks to small shapes.
#[derive(Clone, Debug)]
pub enum Shape {
    Zero { to: VectorBuffer, base: u32, n: u32 },
    Tile(Tile),
    Nest(Nest),
    Words { to: WordBuffer, base: u32, runs: [u32; 3], unpack: bool, shift: u32, handed: bool },
    Gather(Taps),
}

/// A map of whole vectors: `batch` images of `channels`, with a border.
#[derive(Clone, Debug)]
pub struct Tile {
    pub to: VectorBuffer,
    pub channels: u32,
    pub map: (u32, u32),
    pub batch: u32,
    pub pad: u32,
    pub mask: bool,
    pub pool: bool,
    pub phases: [u32; 6],
    pub split: u32,
    pub gap: u32,
    pub backwards: bool,
    pub handed: bool,
}

/// Any loop nest, overlapping or empty.
#[derive(Clone, Debug)]
pub struct Nest {
    pub to: VectorBuffer,
    pub n: [u32; 4],
    pub a: [u32; 4],
    pub p: [u32; 4],
    pub base: u32,
    pub phase: u32,
    pub down: (u32, u32),
    pub code: u32,
    pub mask: bool,
    pub pool: bool,
    pub by_row: bool,
}

/// Taps of a convolution's output pixels.
#[derive(Clone, Debug)]
pub struct Taps {
    pub channels: u32,
    pub map: (u32, u32),
    pub kernel: (u32, u32),
    pub stride: (u32, u32),
    pub pad: u32,
    pub from: (i16, i16),
    pub out: (u32, u32),
    pub gaps: (u32, u32),
    pub phases: [u32; 3],
}

pub fn any_shape() -> impl Strategy<Value = Shape> {
    prop_oneof![
        1 => (buffer(), 0..2000u32, 0..300u32).prop_map(|(to, base, n)| Shape::Zero { to, base, n }),
        4 => tile().prop_map(Shape::Tile),
        3 => nest().prop_map(Shape::Nest),
        2 => (
            select(vec![WordBuffer::Operand, WordBuffer::Scratch, WordBuffer::Code]),
            0..2000u32,
            [0..200u32, 0..6u32, 0..4u32],
            any::<bool>(),
            0..16u32,
            any::<bool>(),
        )
            .prop_map(|(to, base, runs, unpack, shift, handed)| Shape::Words { to, base, runs, unpack, shift, handed }),
        4 => taps().prop_map(Shape::Gather),
    ]
}

fn buffer() -> impl Strategy<Value = VectorBuffer> {
    select(vec![VectorBuffer::Feature, VectorBuffer::Loss, VectorBuffer::Weight])
}

fn phase() -> impl Strategy<Value = u32> {
    prop_oneof![0..9u32, 0..65536u32]
}

fn tile() -> impl Strategy<Value = Tile> {
    (
        (buffer(), 1..=40u32, (1..=20u32, 1..=20u32), 1..=9u32, 0..=2u32, any::<bool>(), any::<bool>()),
        (std::array::from_fn::<_, 6, _>(|_| phase()), 0..4u32, 0..4u32, any::<bool>(), any::<bool>()),
    )
        .prop_map(
            |((to, channels, map, batch, pad, mask, pool), (phases, split, gap, backwards, handed))| Tile {
                to,
                channels,
                map,
                batch,
                pad,
                mask,
                pool,
                phases,
                split,
                gap,
                backwards,
                handed,
            },
        )
}

fn nest() -> impl Strategy<Value = Nest> {
    (
        (buffer(), [0..6u32, 0..5u32, 0..4u32, 0..4u32], [0..60u32, 0..60u32, 0..60u32, 0..60u32]),
        (std::array::from_fn::<_, 4, _>(|_| phase()), 0..200u32, phase(), (0..100u32, phase()), 0..64u32),
        (any::<bool>(), any::<bool>(), any::<bool>()),
    )
        .prop_map(|((to, n, a), (p, base, phase, down, code), (mask, pool, by_row))| Nest {
            to,
            n: n.map(|count| (count + 1) % 6),
            a,
            p,
            base,
            phase,
            down,
            code,
            mask,
            pool,
            by_row,
        })
}

fn stride() -> impl Strategy<Value = u32> {
    prop_oneof![8 => 1..=4u32, 1 => 0..8u32, 1 => 0..65536u32]
}

pub fn taps() -> impl Strategy<Value = Taps> {
    let kernel = || prop_oneof![2 => select(vec![1u32, 3, 5]), 1 => 1..=11u32];
    (
        (1..=40u32, (1..=20u32, 1..=20u32), (kernel(), kernel()), (stride(), stride()), 0..=2u32),
        (prop_oneof![7 => (0..20i16, 0..20i16), 1 => any::<(i16, i16)>()], (1..=20u32, 1..=20u32)),
        ((0..4u32, 0..4u32), std::array::from_fn::<_, 3, _>(|_| phase())),
    )
        .prop_map(|((channels, map, kernel, stride, pad), (from, out), (gaps, phases))| Taps {
            channels,
            map,
            kernel,
            stride,
            pad,
            from,
            out,
            gaps,
            phases,
        })
}

impl Shape {
    /// The command, cut so that every access stays inside the buffers.
    pub fn command(&self, config: &Config) -> LoadDesc {
        match self {
            Shape::Zero { to, base, n } => {
                let depth = depth_of(config, *to);
                let base = base % depth;
                LoadDesc {
                    op: LoadOp::zero(*to).encode(),
                    base,
                    n0: (*n).min(depth - base),
                    // not for ZERO
                    n1: 7,
                    a0: 3,
                    run: 5,
                    n_run0: 1,
                    n_run1: 1,
                    ..LoadDesc::default()
                }
            }
            Shape::Tile(tile) => tile.command(config),
            Shape::Nest(nest) => nest.command(config),
            Shape::Words { to, base, runs, unpack, shift, handed } => {
                let depth = match to {
                    WordBuffer::Operand => 1 << config.operand_aw,
                    WordBuffer::Scratch => 1 << config.scratch_aw,
                    WordBuffer::Code => 1 << config.code_aw,
                };
                let base = base % depth;
                let room = (depth - base) / if *unpack { 4 } else { 1 };
                let [run, n0, n1] = *runs;
                let (n0, n1) = (n0.max(1), n1.max(1));
                LoadDesc {
                    op: LoadOp { unpack: *unpack, shift: *shift, handed: *handed, ..LoadOp::words(*to) }
                        .encode(),
                    base,
                    dram: 17,
                    run: run.min(room / (n0 * n1)),
                    n_run0: n0,
                    d_run0: 211,
                    n_run1: n1,
                    d_run1: 5,
                    n0: 9,
                    ..LoadDesc::default()
                }
            }
            Shape::Gather(taps) => taps.command(config),
        }
    }
}

fn depth_of(config: &Config, buffer: VectorBuffer) -> u32 {
    1 << match buffer {
        VectorBuffer::Feature => config.feature_aw,
        VectorBuffer::Loss => config.loss_aw,
        VectorBuffer::Weight => config.weight_aw,
    }
}

impl Tile {
    fn command(&self, config: &Config) -> LoadDesc {
        let lanes = config.lanes;
        let depth = depth_of(config, self.to);
        let spread = if self.pool { 2 } else { 1 };
        let (mut rows, mut cols) = self.map;
        let mut groups = layout::groups(self.channels as usize, lanes) as u32;
        let mut batch = self.batch;
        let code_words = |cols: u32| layout::code_row_words(cols as usize, lanes, self.pool) as u32;
        let coded = self.mask || self.pool;
        loop {
            let line = spread * cols + 2 * self.pad;
            let vectors = batch * groups * (spread * rows + 2 * self.pad) * line;
            let codes = if coded { batch * groups * rows * code_words(cols) } else { 0 };
            if vectors <= depth && codes <= 1 << config.code_aw {
                break;
            }
            let largest = if batch > 1 {
                &mut batch
            } else if groups > 2 {
                &mut groups
            } else if rows > cols {
                &mut rows
            } else {
                &mut cols
            };
            *largest = (*largest).div_ceil(2);
        }
        let line = spread * cols + 2 * self.pad;
        let plane = (spread * rows + 2 * self.pad) * line;
        let [phase, p0, p1, p2, p3, p_down] = self.phases;
        let words = lanes as u32;
        let (run, n_run0, n_run1) = match self.split {
            0 => (words * cols * rows * groups * batch, 1, 1),
            1 => (words * cols * rows, groups, batch),
            2 => (words * cols, rows, groups * batch),
            _ => (words, cols, rows * groups * batch),
        };
        let d_run0 = run + self.gap;
        let d_run1 = n_run0 * d_run0 + self.gap;
        let (dram, d_run0) =
            if self.backwards { (40 + (n_run0 - 1) * d_run0, d_run0.wrapping_neg()) } else { (40, d_run0) };
        LoadDesc {
            op: LoadOp { mask: self.mask, pool: self.pool, handed: self.handed, ..LoadOp::vectors(self.to) }
                .encode(),
            base: self.pad * line + self.pad,
            phase,
            n0: cols,
            n1: rows,
            n2: groups,
            n3: batch,
            a0: spread,
            a1: spread * line,
            a2: plane,
            a3: groups * plane,
            p0,
            p1,
            p2,
            p3,
            a_down: line,
            p_down,
            dram,
            run,
            n_run0,
            d_run0,
            n_run1,
            d_run1,
            ..LoadDesc::default()
        }
    }
}

impl Nest {
    fn command(&self, config: &Config) -> LoadDesc {
        let lanes = config.lanes as u32;
        let [n0, n1, n2, mut n3] = self.n;
        let rows = |n3: u32| n1 * n2 * n3;
        let codes = layout::code_row_words(n0 as usize, config.lanes, self.pool) as u32;
        while n3 > 0 && self.code + rows(n3) * codes > 1 << config.code_aw {
            n3 -= 1;
        }
        let run = if self.by_row { lanes * n0 } else { lanes * n0 * rows(n3) };
        LoadDesc {
            op: LoadOp { mask: self.mask, pool: self.pool, ..LoadOp::vectors(self.to) }.encode(),
            base: self.base,
            phase: self.phase,
            n0,
            n1,
            n2,
            n3,
            a0: self.a[0],
            a1: self.a[1],
            // back to where it came from: addresses are modulo 2^16
            a2: if self.a[2] == 1 { 0xffff } else { self.a[2] },
            a3: self.a[3],
            p0: self.p[0],
            p1: self.p[1],
            p2: self.p[2],
            p3: self.p[3],
            a_down: self.down.0,
            p_down: self.down.1,
            code: self.code,
            dram: 3,
            run,
            n_run0: if self.by_row { rows(n3) } else { 1 },
            d_run0: 8 * lanes,
            n_run1: 1,
            d_run1: 99,
            ..LoadDesc::default()
        }
    }
}

impl Taps {
    pub fn command(&self, config: &Config) -> LoadDesc {
        let lanes = config.lanes as u32;
        let (rows, cols) = self.map;
        let (kernel_rows, kernel_cols) = self.kernel;
        let row_stride = cols + self.gaps.0;
        let channel_stride = rows * row_stride + self.gaps.1;
        let (mut n1, mut n0) = self.out;
        let scratch = 1u32 << config.scratch_aw;
        let mut channels = self.channels.min((scratch / channel_stride).max(1));
        let taps = |channels: u32| channels * kernel_rows * kernel_cols;
        while taps(channels).div_ceil(lanes) * n0 * n1 > depth_of(config, VectorBuffer::Feature)
            || taps(channels) * n0 * n1 > 6000
        {
            if channels > 3 {
                channels = channels.div_ceil(2);
            } else if n1 > 1 {
                n1 = n1.div_ceil(2);
            } else {
                n0 = n0.div_ceil(2);
            }
        }
        let signed = |from: i16| u32::from(from.wrapping_sub(self.pad as i16) as u16);
        LoadDesc {
            op: LoadOp::gather().encode(),
            base: 0,
            phase: self.phases[0],
            n0,
            n1,
            n2: 5,
            a0: 1,
            a1: n0,
            a2: n0 * n1,
            p0: self.phases[1],
            p1: self.phases[2],
            p2: 3,
            g_ch: channels,
            g_kr: kernel_rows,
            g_kc: kernel_cols,
            g_row: signed(self.from.0),
            g_col: signed(self.from.1),
            g_sr: self.stride.0,
            g_sc: self.stride.1,
            // a map too large for the scratch loses its last rows
            g_h: rows.min(scratch / row_stride),
            g_w: cols,
            g_row_stride: row_stride,
            g_ch_stride: channel_stride,
            g_src: (scratch.saturating_sub(channels * channel_stride)).min(7),
            ..LoadDesc::default()
        }
    }
}
