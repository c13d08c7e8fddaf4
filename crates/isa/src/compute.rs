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

use crate::effect::{Effect, Space, Step, product};
use crate::fields::descriptor;
use crate::op::{op, op_values};

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
    /// What the command reads and writes.
    pub(crate) fn effect(&self, lanes: u32) -> Effect {
        let Some(op) = ComputeOp::decode(self.op) else { return Effect::none(Self::op) };
        let mut effect = Effect::default();
        effect.reads([Self::op, Self::tag, Self::x_phase, Self::s_phase]);
        self.stream(op, lanes, &mut effect);
        if op.pixel_mode {
            let pixels = [(Self::n_c, Self::s_0), (Self::n_r, Self::s_1), (Self::n_i, Self::s_2)];
            let pixels = pixels.map(|(count, stride)| Step::counted(self, count, stride));
            effect.walk(self, (Space::Loss, false), Self::s_base, &pixels, 1);
            let sums = product(&[self.n_g, self.n_kr, self.n_kc]) + u64::from(op.ones);
            effect.walk(self, (Space::Psum, true), Self::p_base, &[], sums);
        } else {
            let steps = Step::of(self, product(&[self.n_kr, self.n_kc]), Self::s_0);
            let groups = Step::counted(self, Self::n_g, Self::s_1);
            effect.walk(self, (Space::Weight, false), Self::s_base, &[steps, groups], lanes.into());
            if op.init == Init::Bias {
                effect.walk(self, (Space::Weight, false), Self::bias, &[], 1);
            }
            let sums = product(&[self.n_i, self.n_r, self.n_c]);
            effect.walk(self, (Space::Psum, true), Self::p_base, &[], sums);
        }
        effect
    }

    /// The vectors that are streamed; over pixels the rotation is that of the matrix in pixel mode.
    fn stream(&self, op: ComputeOp, lanes: u32, effect: &mut Effect) {
        let groups = if op.pixel_mode { self.n_g.div_ceil(lanes) } else { self.n_g };
        let over_pixels = |count, stride, rotation| {
            let step = Step::counted(self, count, stride);
            if op.pixel_mode { step } else { step.turning(rotation) }
        };
        let loops = [
            Step::counted(self, Self::n_g, Self::x_g).times(groups.into()),
            Step::counted(self, Self::n_kr, Self::x_kr).turning(Self::ph_kr),
            Step::counted(self, Self::n_kc, Self::x_kc).turning(Self::ph_kc),
            over_pixels(Self::n_i, Self::x_i, Self::ph_i),
            over_pixels(Self::n_r, Self::x_r, Self::ph_r),
            over_pixels(Self::n_c, Self::x_c, Self::ph_c),
        ];
        let space = if op.stream_loss { Space::Loss } else { Space::Feature };
        effect.walk(self, (space, false), Self::x_base, &loops, 1);
    }
}

op_values! {
    /// What the partial sums start from.
    Init {
        /// From +0.
        Zero,
        /// From the bias word of the row.
        Bias,
        /// From what they hold.
        Keep,
    }
}

op_values! {
    /// Training phase, for the counters.
    Phase {
        /// Forward propagation.
        Fp,
        /// Backward propagation.
        Bp,
        /// Weight update: the weights' gradients.
        Wu,
    }
}

op! {
    /// The operation of a [`ComputeDesc`].
    ComputeOp {
        pixel_mode PIXEL_MODE [0, 0] bool: "lanes run over pixels (WU), not over channels",
        stream_loss STREAM_LOSS [1, 1] bool: "channel mode: streams from the loss buffer, not from the feature buffer",
        column COLUMN [2, 2] bool: "channel mode: the transposed matrix (BP)",
        init INIT [4, 3] Init: "what the partial sums start from",
        ones ONES [5, 5] bool: "pixel mode: one more vector of ones, for the bias",
        phase PHASE [7, 6] Phase: "FP, BP or WU",
    }
}
