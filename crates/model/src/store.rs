//! The store engine with the vector unit. Semantics: [`ef_isa::store`].

use crate::{Machine, ModelError};
use ef_isa::store::{StoreKind, StoreOp};
use ef_isa::{Engine, Hyperparameters, StoreDesc};
use ef_numerics as num;

const ONE: u32 = 0x3f80_0000;

impl Machine {
    /// Executes one command of the store engine.
    ///
    /// # Errors
    /// If the operation is undefined, an address lies outside its buffer, or the runs hold another number of
    /// words than the command moves.
    pub fn store(&mut self, d: &StoreDesc) -> Result<(), ModelError> {
        let op = StoreOp::decode(d.op).ok_or(ModelError::BadOperation(Engine::Store, d.op))?;
        match op.kind {
            StoreKind::Map => self.map(d, op),
            StoreKind::Update => self.update(d, op),
            StoreKind::Softmax => self.softmax(d, op),
        }
    }

    fn write_runs(
        &mut self,
        words: &[u32],
        dram: u32,
        run: u32,
        n_run: u32,
        d_run: u32,
    ) -> Result<(), ModelError> {
        if words.len() != (run * n_run) as usize {
            return Err(ModelError::RunMismatch { expected: (run * n_run) as usize, got: words.len() });
        }
        for (i, chunk) in words.chunks(run.max(1) as usize).enumerate() {
            let at = dram.wrapping_add((i as u32).wrapping_mul(d_run)) as usize;
            let depth = self.dram.len();
            self.dram
                .get_mut(at..at + chunk.len())
                .ok_or(ModelError::OutOfRange { buffer: "DRAM", address: at as i64, depth })?
                .copy_from_slice(chunk);
        }
        self.traffic.words_written += words.len() as u64;
        self.traffic.bursts_written += u64::from(n_run);
        Ok(())
    }

    fn psum_word(&self, address: u32, row: usize) -> Result<u32, ModelError> {
        Ok(self.psum.data[self.psum.check(address)? * self.lanes() + row])
    }

    fn map(&mut self, d: &StoreDesc, op: StoreOp) -> Result<(), ModelError> {
        let t = self.lanes();
        let (per_word, width) = self.code_packing(op.pool);
        let (rows, columns) = if op.pool { (d.n_r / 2, d.n_c / 2) } else { (d.n_r, d.n_c) };
        let (mut words, mut codes) = (Vec::new(), Vec::new());
        for i in 0..d.n_i {
            for g in 0..d.n_g {
                let base = d.p_base + g * d.p_g + i * d.n_r * d.n_c;
                for r in 0..rows {
                    let mut row_codes = vec![0u32; (columns as usize).div_ceil(per_word)];
                    for c in 0..columns {
                        let mut code = 0u64;
                        for lane in 0..t {
                            let (mut word, mut index) = (0, 0);
                            for q in 0..if op.pool { 4 } else { 1 } {
                                let (row, column) =
                                    if op.pool { (2 * r + q / 2, 2 * c + q % 2) } else { (r, c) };
                                let next = self.psum_word(base + row * d.n_c + column, lane)?;
                                if q == 0 || num::gt(next, word) {
                                    (word, index) = (next, q);
                                }
                            }
                            let kept = !op.relu || num::is_positive(word);
                            words.push(if kept { word } else { 0 });
                            if op.pool {
                                code |= u64::from(index) << (2 * lane) | u64::from(kept) << (2 * t + lane);
                            } else {
                                code |= u64::from(kept) << lane;
                            }
                        }
                        let k = c as usize;
                        row_codes[k / per_word] |= (code << (k % per_word * width)) as u32;
                    }
                    codes.extend(row_codes);
                }
            }
        }
        if op.hand_over {
            let (at, depth) = (d.o_w as usize, self.handover.len());
            self.handover
                .get_mut(at..at + words.len())
                .ok_or(ModelError::OutOfRange { buffer: "hand-over RAM", address: at as i64, depth })?
                .copy_from_slice(&words);
        }
        if op.hand_over && d.n_run == 0 {
            return Ok(());
        }
        self.write_runs(&words, d.dram, d.run, d.n_run, d.d_run)?;
        if op.codes {
            let depth = self.code.len();
            if codes.len() > depth {
                return Err(ModelError::OutOfRange {
                    buffer: "code",
                    address: codes.len() as i64 - 1,
                    depth,
                });
            }
            self.write_runs(&codes, d.code_dram, d.code_run, d.n_run, d.code_d_run)?;
        }
        Ok(())
    }

    fn update(&mut self, d: &StoreDesc, op: StoreOp) -> Result<(), ModelError> {
        let Hyperparameters { learning_rate: lr, momentum: mu, weight_decay: wd, .. } = self.scalars.hyper;
        let mut words = Vec::new();
        let mut saturated = false;
        let mut note = |(y, overflow): (u32, bool)| {
            saturated |= overflow;
            y
        };
        for s in 0..d.n_g {
            for m in 0..d.n_r {
                for n in 0..d.n_c {
                    let e = words.len() as u32;
                    let gradient = self.psum_word(d.p_base + s * d.p_g + n * d.p_n, m as usize)?;
                    let w = self.operand_word(d.o_w + e)?;
                    let v = self.operand_word(d.o_v + e)?;
                    let decayed = note(num::mul(wd, w));
                    let total = note(num::add(gradient, decayed));
                    let carried = note(num::mul(mu, v));
                    let velocity = note(num::add(carried, total));
                    let step = note(num::mul(lr, velocity));
                    let weight = note(num::sub(w, step));
                    words.push(if op.velocity { velocity } else { weight });
                }
            }
        }
        self.overflow(d.tag, saturated);
        self.write_runs(&words, d.dram, d.run, d.n_run, d.d_run)
    }

    fn operand_word(&self, address: u32) -> Result<u32, ModelError> {
        self.operand.get(address as usize).copied().ok_or(ModelError::OutOfRange {
            buffer: "operand",
            address: address.into(),
            depth: self.operand.len(),
        })
    }

    fn softmax(&mut self, d: &StoreDesc, op: StoreOp) -> Result<(), ModelError> {
        let t = self.lanes();
        let classes = d.n_c as usize;
        let mut words = Vec::new();
        let mut saturated = false;
        let mut note = |(y, overflow): (u32, bool)| {
            saturated |= overflow;
            y
        };
        for i in 0..d.n_i {
            let label = self.operand_word(d.o_w + i)? as usize;
            let logits = (0..classes)
                .map(|k| self.psum_word(d.p_base + (k / t) as u32 * d.p_g + i, k % t))
                .collect::<Result<Vec<_>, _>>()?;
            let mut best = 0;
            for k in 1..classes {
                if num::gt(logits[k], logits[best]) {
                    best = k;
                }
            }
            let x: Vec<u32> = logits.iter().map(|z| note(num::sub(*z, logits[best]))).collect();
            let e: Vec<u32> = x.iter().map(|x| num::exp(*x)).collect();
            let sum = e[1..].iter().fold(e[0], |sum, e| note(num::add(sum, *e)));
            let inverse = note(num::recip(sum));
            let loss = note(num::sub(num::ln(sum), x.get(label).copied().unwrap_or(0)));
            self.scalars.loss_sum = note(num::add(self.scalars.loss_sum, loss));
            self.scalars.correct += u32::from(best == label);
            if op.gradient {
                for (k, e) in e.iter().enumerate() {
                    let p = note(num::mul(*e, inverse));
                    let difference = if k == label { note(num::sub(p, ONE)) } else { p };
                    words.push(note(num::mul(difference, self.scalars.hyper.inv_batch)));
                }
                words.resize(words.len().next_multiple_of(t), 0);
            }
        }
        self.scalars.mean_loss = note(num::mul(self.scalars.loss_sum, self.scalars.hyper.inv_batch));
        self.overflow(d.tag, saturated);
        if op.gradient { self.write_runs(&words, d.dram, d.run, d.n_run, d.d_run) } else { Ok(()) }
    }
}
