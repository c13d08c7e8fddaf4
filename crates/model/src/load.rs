//! The load engine. Semantics: [`ef_isa::load`].

use crate::{Machine, ModelError};
use ef_isa::load::{LoadKind, LoadOp, TABLES_AT, WordBuffer};
use ef_isa::{Engine, LoadDesc};
use ef_numerics as num;

impl Machine {
    /// Executes one command of the load engine.
    ///
    /// # Errors
    /// If the operation is undefined, an address lies outside its buffer, or the runs hold another number of
    /// words than the command moves.
    pub fn load(&mut self, d: &LoadDesc) -> Result<(), ModelError> {
        let op = LoadOp::decode(d.op).ok_or(ModelError::BadOperation(Engine::Load, d.op))?;
        match op.kind {
            LoadKind::Zero => self.zero(d, op),
            LoadKind::Vectors => self.vectors(d, op),
            LoadKind::Words => self.words(d, op),
            LoadKind::Gather => self.gather(d),
        }
    }

    fn write_vector(&mut self, to: u32, at: u32, phase: u32, vector: &[u32]) -> Result<(), ModelError> {
        let buffer = [&mut self.feature, &mut self.loss, &mut self.weight];
        let [feature, loss, weight] = buffer;
        [feature, loss, weight][to as usize].write(at, phase, vector)
    }

    fn zero(&mut self, d: &LoadDesc, op: LoadOp) -> Result<(), ModelError> {
        let zeros = vec![0; self.lanes()];
        (0..d.n0).try_for_each(|i| self.write_vector(op.destination.0, d.base + i, 0, &zeros))
    }

    /// The words of all runs, in order.
    fn stream(&mut self, d: &LoadDesc, op: LoadOp) -> Result<Vec<u32>, ModelError> {
        let mut words = Vec::new();
        for j in 0..d.n_run1 {
            for i in 0..d.n_run0 {
                let at = d.dram.wrapping_add(j.wrapping_mul(d.d_run1)).wrapping_add(i.wrapping_mul(d.d_run0))
                    as usize;
                let (buffer, source) =
                    if op.handed { ("hand-over RAM", &self.handover) } else { ("DRAM", &self.dram) };
                let run = source.get(at..at + d.run as usize).ok_or(ModelError::OutOfRange {
                    buffer,
                    address: at as i64,
                    depth: source.len(),
                })?;
                words.extend_from_slice(run);
            }
        }
        if !op.handed {
            self.traffic.words_read += words.len() as u64;
            self.traffic.bursts_read += u64::from(d.n_run0 * d.n_run1);
        }
        Ok(words)
    }

    fn vectors(&mut self, d: &LoadDesc, op: LoadOp) -> Result<(), ModelError> {
        let t = self.lanes();
        let words = self.stream(d, op)?;
        let vectors = (d.n3 * d.n2 * d.n1 * d.n0) as usize;
        if words.len() != vectors * t {
            return Err(ModelError::RunMismatch { expected: words.len(), got: vectors * t });
        }
        let (per_word, width) = self.code_packing(op.pool);
        let coded = op.mask || op.pool;
        let mut code_row = d.code as usize;
        let mut stream = words.chunks_exact(t);
        for i3 in 0..d.n3 {
            for i2 in 0..d.n2 {
                for i1 in 0..d.n1 {
                    for i0 in 0..d.n0 {
                        let vector = stream.next().expect("counted above");
                        let at = d.base + i3 * d.a3 + i2 * d.a2 + i1 * d.a1 + i0 * d.a0;
                        let phase = d.phase + i3 * d.p3 + i2 * d.p2 + i1 * d.p1 + i0 * d.p0;
                        if !coded {
                            self.write_vector(op.destination.0, at, phase & 0xffff, vector)?;
                            continue;
                        }
                        let k = i0 as usize;
                        let word = *self.code.get(code_row + k / per_word).ok_or(ModelError::OutOfRange {
                            buffer: "code",
                            address: (code_row + k / per_word) as i64,
                            depth: self.code.len(),
                        })?;
                        let code = (u64::from(word) >> (k % per_word * width)) as u32;
                        self.write_coded(d, op, at, phase, vector, code)?;
                    }
                    if coded {
                        code_row += (d.n0 as usize).div_ceil(per_word);
                    }
                }
            }
        }
        Ok(())
    }

    /// Masks a vector, and un-pools it into its 2 x 2 window.
    fn write_coded(
        &mut self,
        d: &LoadDesc,
        op: LoadOp,
        at: u32,
        phase: u32,
        vector: &[u32],
        code: u32,
    ) -> Result<(), ModelError> {
        let t = self.lanes();
        let mask_at = if op.pool { 2 * t } else { 0 };
        let kept = |lane: usize| !op.mask || code >> (mask_at + lane) & 1 != 0;
        for q in 0..if op.pool { 4 } else { 1 } {
            let out: Vec<u32> = (0..t)
                .map(|lane| {
                    let here = !op.pool || code >> (2 * lane) & 3 == q;
                    if here && kept(lane) { vector[lane] } else { 0 }
                })
                .collect();
            let (dr, dc) = (q / 2, q % 2);
            self.write_vector(
                op.destination.0,
                at + dr * d.a_down + dc,
                (phase + dr * d.p_down + dc) & 0xffff,
                &out,
            )?;
        }
        Ok(())
    }

    fn words(&mut self, d: &LoadDesc, op: LoadOp) -> Result<(), ModelError> {
        let mut words = self.stream(d, op)?;
        let unpack = op.unpack && op.destination == WordBuffer::Scratch.into();
        if unpack {
            words = words.iter().flat_map(|w| w.to_le_bytes()).map(|b| num::pixel(b, op.shift)).collect();
        }
        let tables = d.base.checked_sub(TABLES_AT).filter(|_| op.destination == WordBuffer::Operand.into());
        if let Some(first) = tables {
            let (end, depth) = (first as usize + words.len(), self.vector.table().len());
            if end > depth {
                return Err(ModelError::OutOfRange { buffer: "table", address: end as i64 - 1, depth });
            }
            words.iter().zip(first..).for_each(|(word, address)| self.vector.write_table(address, *word));
            return Ok(());
        }
        let (name, buffer) = match op.destination.0 {
            0 => ("operand", &mut self.operand),
            1 => ("scratch", &mut self.scratch),
            _ => ("code", &mut self.code),
        };
        let base = (if unpack { d.base & !3 } else { d.base }) as usize;
        let depth = buffer.len();
        buffer
            .get_mut(base..base + words.len())
            .ok_or(ModelError::OutOfRange { buffer: name, address: (base + words.len()) as i64 - 1, depth })?
            .copy_from_slice(&words);
        Ok(())
    }

    fn gather(&mut self, d: &LoadDesc) -> Result<(), ModelError> {
        let t = self.lanes();
        let signed = |field: u32| i64::from(field as u16 as i16);
        let taps = (d.g_ch * d.g_kr * d.g_kc) as usize;
        for r in 0..d.n1 {
            for c in 0..d.n0 {
                let mut values = vec![0; taps.next_multiple_of(t)];
                for (tap, value) in values[..taps].iter_mut().enumerate() {
                    let tap = tap as u32;
                    let (kc, kr, ch) = (tap % d.g_kc, tap / d.g_kc % d.g_kr, tap / d.g_kc / d.g_kr);
                    let row = signed(d.g_row) + i64::from(r * (d.g_sr & 7) + kr);
                    let col = signed(d.g_col) + i64::from(c * (d.g_sc & 7) + kc);
                    if (0..i64::from(d.g_h)).contains(&row) && (0..i64::from(d.g_w)).contains(&col) {
                        let at = i64::from(d.g_src)
                            + i64::from(ch * d.g_ch_stride)
                            + row * i64::from(d.g_row_stride)
                            + col;
                        *value = *self.scratch.get(at as usize).ok_or(ModelError::OutOfRange {
                            buffer: "scratch",
                            address: at,
                            depth: self.scratch.len(),
                        })?;
                    }
                }
                for (group, vector) in values.chunks_exact(t).enumerate() {
                    let at = d.base + group as u32 * d.a2 + r * d.a1 + c * d.a0;
                    self.feature.write(at, (d.phase + r * d.p1 + c * d.p0) & 0xffff, vector)?;
                }
            }
        }
        Ok(())
    }
}
