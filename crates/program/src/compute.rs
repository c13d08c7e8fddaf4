//! The compute engine: the unified kernel. FP, BP and WU, of convolution and fully connected layers, are the
//! same motion: hold a stationary T x T matrix S, stream one vector x of T words per cycle, and do for every
//! row m: `psum[m][p] = dot(psum[m][p], S[m], x)` at one address p.
//!
//! Reading a skewed buffer with rotation `rot`: lane n comes from bank (n + rot) mod T, at an address of its own.
//!
//! ## Channel mode (FP, BP): lanes run over channels
//! For g < n_g, kr < n_kr, kc < n_kc (kc fastest), step k = kr*n_kc + kc:
//! - stationary block from the weight buffer at `A = s_base + g*s_1 + k*s_0`, T rows:
//!   row m, lane n = weight-buffer word at address A + m read with rot = s_phase + m (FP), or, with `column`,
//!   row m, lane n = the word of lane m of the vector at address A + n (BP: the transpose). In bank terms: lane n is
//!   read at address A + n with rot = s_phase + m.
//! - for i < n_i, r < n_r, c < n_c (pixel number j, c fastest) the streamed vector is read from the `stream` buffer at
//!   `x_base + g*x_g + kr*x_kr + kc*x_kc + i*x_i + r*x_r + c*x_c`, all lanes at this address,
//!   rot = `x_phase + kr*ph_kr + kc*ph_kc + i*ph_i + r*ph_r + c*ph_c`; it goes to psum address `p_base + j`.
//! - in the first step (g = kr = kc = 0) psum starts from 0 (`init` = ZERO), from lane m of the weight-buffer vector at
//!   address `bias` read with rot 0 (`init` = BIAS), or from what it holds (`init` = KEEP); in later steps from what it holds.
//!
//! ## Pixel mode (WU): lanes run over T consecutive output pixels
//! Pixels j = (i*n_r + r)*n_c + c, J = n_i*n_r*n_c; blocks b of T pixels, lane l is pixel b*T + l.
//! - stationary: row m, lane l = loss-buffer word at address `s_base + i*s_2 + r*s_1 + c*s_0`, rot = s_phase + m;
//!   0 where b*T + l >= J.
//! - streamed: for n < n_g (here n_g counts CHANNELS), kr < n_kr, kc < n_kc (kc fastest), from the feature buffer, lane l at
//!   address `x_base + (n/T)*x_g + kr*x_kr + kc*x_kc + i*x_i + r*x_r + c*x_c` with (i, r, c) of the lane's pixel
//!   (lanes past J: any address),
//!   rot = `x_phase + (n mod T) + kr*ph_kr + kc*ph_kc`; psum address `p_base + (n*n_kr + kr)*n_kc + kc`.
//! - with `ones`, one more vector of T times 1.0 at psum address `p_base + n_g*n_kr*n_kc`: the bias gradient.
//! - the first block starts from 0 if `init` = ZERO, else from what psum holds, as later ones do.
//!
//! Partial sums are revisited only after the pipeline is through: the sequencer itself inserts the wait.

use crate::fields::{FieldSet, descriptor};

descriptor! {
    /// Descriptor of the compute engine. See the [module documentation](self).
    ComputeDesc {
        op: 16 "operation, see `ComputeOp`",
        tag: 16 "layer number, 0..31: names the bit of the OVERFLOW register",
        n_g: 16 "channel groups (channel mode), channels (pixel mode)",
        n_kr: 16 "kernel rows",
        n_kc: 16 "kernel columns",
        n_i: 16 "images",
        n_r: 16 "output rows",
        n_c: 16 "output columns",
        x_base: 16 "stream: first address",
        x_g: 16 "stream: address stride of a channel group",
        x_kr: 16 "stream: address stride of a kernel row",
        x_kc: 16 "stream: address stride of a kernel column",
        x_i: 16 "stream: address stride of an image",
        x_r: 16 "stream: address stride of an output row",
        x_c: 16 "stream: address stride of an output column",
        x_phase: 16 "stream: first rotation",
        ph_kr: 16 "stream: rotation per kernel row",
        ph_kc: 16 "stream: rotation per kernel column",
        ph_i: 16 "stream: rotation per image (channel mode)",
        ph_r: 16 "stream: rotation per output row (channel mode)",
        ph_c: 16 "stream: rotation per output column (channel mode)",
        s_base: 16 "stationary: first address",
        s_0: 16 "stationary: stride per kernel step (channel mode), per column (pixel mode)",
        s_1: 16 "stationary: stride per channel group (channel mode), per row (pixel mode)",
        s_2: 16 "stationary: stride per image (pixel mode)",
        s_phase: 16 "stationary: first rotation",
        p_base: 16 "first partial-sum address",
        bias: 16 "weight-buffer address of the bias vector",
    }
}

impl ComputeDesc {
    /// The fields that the operation reads; strides of counts of 1 are not among them.
    pub(crate) fn fields_read(&self) -> FieldSet {
        let op = ComputeOp::decode(self.op);
        let pixel_mode = op.is_some_and(|op| op.pixel_mode);
        let always =
            [Self::op, Self::tag, Self::x_base, Self::x_phase, Self::s_base, Self::s_phase, Self::p_base];
        let mut read = FieldSet::of(&always);
        let mut walk = |count_at: usize, count: u32, strides: &[usize], rotation: usize| {
            read.push(count_at);
            if count != 1 {
                read.extend(strides.iter().copied());
                read.extend((rotation != 0).then_some(rotation));
            }
        };
        let channel_only = |field: usize| if pixel_mode { 0 } else { field };
        walk(Self::n_g, self.n_g, &[Self::x_g], 0);
        walk(Self::n_kr, self.n_kr, &[Self::x_kr], Self::ph_kr);
        walk(Self::n_kc, self.n_kc, &[Self::x_kc], Self::ph_kc);
        walk(Self::n_i, self.n_i, &[Self::x_i], channel_only(Self::ph_i));
        walk(Self::n_r, self.n_r, &[Self::x_r], channel_only(Self::ph_r));
        walk(Self::n_c, self.n_c, &[Self::x_c], channel_only(Self::ph_c));
        if pixel_mode {
            read.extend((self.n_c != 1).then_some(Self::s_0));
            read.extend((self.n_r != 1).then_some(Self::s_1));
            read.extend((self.n_i != 1).then_some(Self::s_2));
        } else {
            read.extend((self.n_kr * self.n_kc != 1).then_some(Self::s_0));
            read.extend((self.n_g != 1).then_some(Self::s_1));
            read.extend(op.is_some_and(|op| op.init == Init::Bias).then_some(Self::bias));
        }
        read
    }
}

/// What the partial sums start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Init {
    /// From +0.
    Zero = 0,
    /// From the bias word of the row.
    Bias = 1,
    /// From what they hold.
    Keep = 2,
}

/// Training phase, for the counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Forward propagation.
    Fp = 0,
    /// Backward propagation.
    Bp = 1,
    /// Weight update: the weights' gradients.
    Wu = 2,
}

/// The decoded `op` field.
///
/// ```text
///  7..6   5     4..3  2       1            0
///  phase  ones  init  column  stream loss  pixel mode
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ComputeOp {
    /// Lanes are output pixels (WU), not channels (FP, BP).
    pub pixel_mode: bool,
    /// Stream from the loss buffer rather than the feature buffer (channel mode only).
    pub stream_loss: bool,
    /// The stationary matrix is read by columns of the weight buffer (BP), not by rows (FP).
    pub column: bool,
    /// What the partial sums start from.
    pub init: Init,
    /// Pixel mode: a vector of ones is streamed too, for the bias gradient.
    pub ones: bool,
    /// Which counters count.
    pub phase: Phase,
}

impl ComputeOp {
    /// Bit of `pixel_mode`.
    pub const PIXEL_MODE: u32 = 0;
    /// Bit of `stream_loss`.
    pub const STREAM_LOSS: u32 = 1;
    /// Bit of `column`.
    pub const COLUMN: u32 = 2;
    /// Lowest bit of `init`, which has two.
    pub const INIT: u32 = 3;
    /// Bit of `ones`.
    pub const ONES: u32 = 5;
    /// Lowest bit of `phase`, which has two.
    pub const PHASE: u32 = 6;

    /// The word of the field `op`.
    pub fn encode(self) -> u32 {
        u32::from(self.pixel_mode) << Self::PIXEL_MODE
            | u32::from(self.stream_loss) << Self::STREAM_LOSS
            | u32::from(self.column) << Self::COLUMN
            | (self.init as u32) << Self::INIT
            | u32::from(self.ones) << Self::ONES
            | (self.phase as u32) << Self::PHASE
    }

    /// `None` if `init` or `phase` hold a value that is not defined.
    pub fn decode(op: u32) -> Option<Self> {
        let bit = |at: u32| op >> at & 1 != 0;
        Some(ComputeOp {
            pixel_mode: bit(Self::PIXEL_MODE),
            stream_loss: bit(Self::STREAM_LOSS),
            column: bit(Self::COLUMN),
            init: *[Init::Zero, Init::Bias, Init::Keep].get((op >> Self::INIT & 3) as usize)?,
            ones: bit(Self::ONES),
            phase: *[Phase::Fp, Phase::Bp, Phase::Wu].get((op >> Self::PHASE & 3) as usize)?,
        })
    }
}
