//! The store engine with the vector unit. Semantics: [`ef_isa::store`].

use crate::vector::Words;
use crate::{Banks, Machine, ModelError};
use ef_isa::store::{LONGEST_OF_TWO, MOST_PREFILL, StoreKind, StoreOp};
use ef_isa::vector::RecipeWord;
use ef_isa::{Command, Engine, Space, StoreDesc, accesses};
use ef_numerics as num;

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
            StoreKind::Vector => self.vector(d),
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
            let (at, depth) = (d.o_a as usize, self.handover.len());
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
            self.write_runs(&codes, d.second_dram, d.second_run, d.n_run, d.second_d_run)?;
        }
        Ok(())
    }

    fn vector(&mut self, d: &StoreDesc) -> Result<(), ModelError> {
        let walk = d.walk();
        let RecipeWord { x, y, .. } = walk.recipe;
        for access in accesses(&Command::Store(d.clone()), self.lanes()) {
            let (buffer, depth) = match access.space {
                Space::Psum => ("partial-sum", self.psum.depth()),
                Space::Operand => ("operand", self.operand.len()),
                _ => continue,
            };
            if access.lo < 0 || access.hi > depth as i64 {
                return Err(ModelError::OutOfRange { buffer, address: access.hi - 1, depth });
            }
        }
        let (waits, most) = if y { (d.run, LONGEST_OF_TWO) } else { (d.run.min(d.prefill), MOST_PREFILL) };
        if x && waits > most {
            return Err(ModelError::RunTooLong { run: waits, most });
        }
        let (counted, depth) = (walk.turns[walk.recipe.lane_level as usize], self.lanes());
        if walk.recipe.psum && counted > depth as u32 {
            let address = i64::from(counted) - 1;
            return Err(ModelError::OutOfRange { buffer: "partial-sum lane", address, depth });
        }
        let registers = self.scalars.hyper.registers().map(|(_, value)| value);
        let around = Around { psum: &self.psum, operand: &self.operand };
        let made = self.vector.run(&walk, &registers, &around)?;
        self.overflow(d.tag, made.saturated);
        if y && !x {
            return Err(ModelError::RunMismatch { expected: 0, got: made.y.len() });
        }
        if x {
            self.write_runs(&made.x, d.dram, d.run, d.n_run, d.d_run)?;
        }
        if y {
            self.write_runs(&made.y, d.second_dram, d.run, d.n_run, d.second_d_run)?;
        }
        Ok(())
    }
}

/// What the vector unit reads.
struct Around<'a> {
    psum: &'a Banks,
    operand: &'a [u32],
}

impl Words for Around<'_> {
    fn psum(&self, address: u32, lane: u32) -> u32 {
        self.psum.data[address as usize * self.psum.lanes + lane as usize]
    }
    fn operand(&self, address: u32) -> u32 {
        self.operand[address as usize]
    }
}
