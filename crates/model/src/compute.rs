//! The compute engine. Semantics: [`ef_isa::compute`].

use crate::{Banks, Machine, ModelError};
use ef_isa::compute::{ComputeOp, Init};
use ef_isa::{ComputeDesc, Engine};
use ef_numerics as num;

const ONE: u32 = 0x3f80_0000;

/// The most lanes a configuration has.
const MAX: usize = 8;
type Vector = [u32; MAX];

/// One streamed vector and where its results go.
struct Beat {
    x: Vector,
    psum: usize,
}

impl Machine {
    /// Executes one command of the compute engine.
    ///
    /// # Errors
    /// If the operation is undefined, or an address lies outside its buffer.
    pub fn compute(&mut self, d: &ComputeDesc) -> Result<(), ModelError> {
        let op = ComputeOp::decode(d.op).ok_or(ModelError::BadOperation(Engine::Compute, d.op))?;
        if op.pixel_mode { self.pixel_mode(d, op) } else { self.channel_mode(d, op) }
    }

    fn channel_mode(&mut self, d: &ComputeDesc, op: ComputeOp) -> Result<(), ModelError> {
        let t = self.lanes();
        let mut beats = Vec::new();
        let mut first = true;
        for g in 0..d.n_g {
            for k in 0..d.n_kr * d.n_kc {
                let (kr, kc) = (k / d.n_kc, k % d.n_kc);
                let at = d.s_base.wrapping_add(g.wrapping_mul(d.s_1)).wrapping_add(k.wrapping_mul(d.s_0));
                let stationary = self.weight_block(at, d.s_phase, op.column)?;

                let stream = if op.stream_loss { &self.loss } else { &self.feature };
                beats.clear();
                let mut psum = d.p_base;
                let start =
                    d.x_base.wrapping_add(g * d.x_g).wrapping_add(kr * d.x_kr).wrapping_add(kc * d.x_kc);
                let rotation = d.x_phase + kr * d.ph_kr + kc * d.ph_kc;
                for i in 0..d.n_i {
                    for r in 0..d.n_r {
                        for c in 0..d.n_c {
                            let at =
                                start.wrapping_add(i * d.x_i).wrapping_add(r * d.x_r).wrapping_add(c * d.x_c);
                            let rotation = rotation + i * d.ph_i + r * d.ph_r + c * d.ph_c;
                            let mut x = [0; MAX];
                            stream.read(at, rotation & 0xffff, &mut x[..t])?;
                            beats.push(Beat { x, psum: self.psum.check(psum)? });
                            psum += 1;
                        }
                    }
                }
                let start = match (first, op.init) {
                    (true, Init::Zero) => Some([0; MAX]),
                    (true, Init::Bias) => Some(self.bias(d)?),
                    _ => None,
                };
                self.sweep(d, op, &stationary, &beats, start);
                first = false;
            }
        }
        Ok(())
    }

    fn pixel_mode(&mut self, d: &ComputeDesc, op: ComputeOp) -> Result<(), ModelError> {
        let t = self.lanes();
        let total = d.n_i * d.n_r * d.n_c;
        let mut beats = Vec::new();
        for block in 0..total.div_ceil(t as u32) {
            // the (i, r, c) of each lane's pixel; lanes past the end hold none
            let pixels: Vec<_> = (0..t as u32)
                .map(|lane| block * t as u32 + lane)
                .map(|j| (j < total).then(|| (j / d.n_c / d.n_r, j / d.n_c % d.n_r, j % d.n_c)))
                .collect();
            let mut stationary = [[0; MAX]; MAX];
            for (m, row) in stationary[..t].iter_mut().enumerate() {
                for (lane, pixel) in pixels.iter().enumerate() {
                    if let Some((i, r, c)) = pixel {
                        let at = d
                            .s_base
                            .wrapping_add(i.wrapping_mul(d.s_2))
                            .wrapping_add(r.wrapping_mul(d.s_1))
                            .wrapping_add(c.wrapping_mul(d.s_0));
                        row[lane] = self.loss.read_lane(at, (d.s_phase + m as u32) & 0xffff, lane)?;
                    }
                }
            }
            beats.clear();
            let mut psum = d.p_base;
            for n in 0..d.n_g {
                for k in 0..d.n_kr * d.n_kc {
                    let (kr, kc) = (k / d.n_kc, k % d.n_kc);
                    let shift = d
                        .x_base
                        .wrapping_add(n / t as u32 * d.x_g)
                        .wrapping_add(kr * d.x_kr)
                        .wrapping_add(kc * d.x_kc);
                    let rotation = d.x_phase + n % t as u32 + kr * d.ph_kr + kc * d.ph_kc;
                    let mut x = [0; MAX];
                    for (lane, pixel) in pixels.iter().enumerate() {
                        if let Some((i, r, c)) = pixel {
                            let at =
                                shift.wrapping_add(i * d.x_i).wrapping_add(r * d.x_r).wrapping_add(c * d.x_c);
                            x[lane] = self.feature.read_lane(at, rotation & 0xffff, lane)?;
                        }
                    }
                    beats.push(Beat { x, psum: self.psum.check(psum)? });
                    psum += 1;
                }
            }
            if op.ones {
                beats.push(Beat { x: [ONE; MAX], psum: self.psum.check(psum)? });
            }
            let start = (block == 0 && op.init == Init::Zero).then_some([0; MAX]);
            self.sweep(d, op, &stationary, &beats, start);
        }
        Ok(())
    }

    /// The stationary matrix of channel mode; see `column` in [`ef_isa::compute`].
    fn weight_block(&self, at: u32, phase: u32, column: bool) -> Result<[Vector; MAX], ModelError> {
        let t = self.lanes();
        let mut block = [[0; MAX]; MAX];
        for (m, row) in block[..t].iter_mut().enumerate() {
            let rotation = (phase + m as u32) & 0xffff;
            if column {
                for (lane, word) in row[..t].iter_mut().enumerate() {
                    *word = self.weight.read_lane(at.wrapping_add(lane as u32), rotation, lane)?;
                }
            } else {
                self.weight.read(at.wrapping_add(m as u32), rotation, &mut row[..t])?;
            }
        }
        Ok(block)
    }

    fn bias(&self, d: &ComputeDesc) -> Result<Vector, ModelError> {
        let mut bias = [0; MAX];
        self.weight.read(d.bias, 0, &mut bias[..self.config.lanes])?;
        Ok(bias)
    }

    /// Adds the products of the stationary matrix and each streamed vector to the partial sums. `start` gives
    /// what row m starts from; if it gives nothing, the row goes on from its partial sum.
    fn sweep(
        &mut self,
        d: &ComputeDesc,
        op: ComputeOp,
        stationary: &[Vector; MAX],
        beats: &[Beat],
        start: Option<Vector>,
    ) {
        let t = self.lanes();
        let mut saturated = false;
        let Banks { data: psum, .. } = &mut self.psum;
        for beat in beats {
            for (m, row) in stationary[..t].iter().enumerate() {
                let sum = &mut psum[beat.psum * t + m];
                let c = start.map_or(*sum, |s| s[m]);
                // lanes past T are zero in both operands and add nothing
                let (y, overflow) = num::dot8(c, row, &beat.x);
                *sum = y;
                saturated |= overflow;
            }
        }
        self.overflow(d.tag, saturated);
        self.traffic.kernel[op.phase as usize] += beats.len() as u64;
    }
}
