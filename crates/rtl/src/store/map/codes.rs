//! [`Codes`]: masks and pool indices, packed, kept and sent behind the map.

use crate::store::word_ram::WordRam;
use ef_hdl_kit::{block, glue, vec_of};
use rust_hdl::prelude::*;

block! {
    /// Packs a code per vector into words, keeps the words of a whole map in a RAM of 2^CAW, and sends them on request.
    ///
    /// ```text
    ///  load, code, row_end --> [ PackCodes ] --> [ CodeRam 2^CAW ] --> push, word
    ///                               |  pending        ^ send, stall
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `clear` | 1 | forget all words |
    /// | `load`, `code`, `row_end` | 1, 32, 1 | a vector's code, see [`VectorCode`]; it is the last of its row |
    /// | `pool` | 1 | stable |
    /// | `pending` | 1 | a code loaded before is not yet in the RAM |
    /// | `send` | 1 | pulse, while nothing is pending: send all words |
    /// | `stall` | 1 | send no more for now |
    /// | `push`, `word` | 1, 32 | a word leaves, up to 2 cycles after `stall` rose |
    /// | `busy` | 1 | from the cycle after `send` until the last `push` |
    pub struct Codes<const T: usize, const CAW: usize> {
        in clock: Clock, in clear, load, row_end, pool, send, stall: Bit, in code: Bits<32>,
        out pending, push, busy: Bit, out word: Bits<32>,
        pack: PackCodes<T>,
        ram: CodeRam<CAW>,
    }
}

glue! { [const T: usize, const CAW: usize] Codes<T, CAW>; self => {
    wire!(self.{pack, ram} <- self: clock, clear);
    wire!(self.pack <- self: load, code, row_end, pool);
    wire!(self.pending, self.pack.pending);
    wire!(self.ram <- self.pack: put, packed_word);
    wire!(self.ram <- self: send, stall);
    wire!(self <- self.ram: push, word, busy);
}}

block! {
    /// The code of one vector: T mask bits, or with `pool` 4T bits. Combinational.
    ///
    /// ```text
    ///         4T-1 .. 3T       ..        2T  2T-1 ..                        0
    ///  pool   (0)  kept[T-1]   ..   kept[0]  chosen[T-1]  ..        chosen[0]
    ///  plain                                             kept[T-1] .. kept[0]
    /// ```
    pub struct VectorCode<const T: usize> {
        let bits = |place: fn(usize) -> usize| {
            (0..T).map(|lane| Constant::new((1u64 << place(lane)).into())).collect()
        };
        in kept: Vec<Bit> = vec_of(T), in chosen: Vec<Bits<2>> = vec_of(T), in pool: Bit,
        out code: Bits<32>,
        net pulse mask, pooled: Bits<32>,
        mask_bit: Vec<Constant<Bits<32>>> = bits(|lane| lane),
        pooled_bit: Vec<Constant<Bits<32>>> = bits(|lane| 2 * T + lane),
        low_bit: Vec<Constant<Bits<32>>> = bits(|lane| 2 * lane),
        high_bit: Vec<Constant<Bits<32>>> = bits(|lane| 2 * lane + 1),
    }
}

impl<const T: usize> Logic for VectorCode<T> {
    #[hdl_gen]
    fn update(&mut self) {
        for i in 0..T {
            if self.kept[i].val() {
                self.mask.next = self.mask.val() | self.mask_bit[i].val();
                self.pooled.next = self.pooled.val() | self.pooled_bit[i].val();
            }
            if self.chosen[i].val().get_bit(0) {
                self.pooled.next = self.pooled.val() | self.low_bit[i].val();
            }
            if self.chosen[i].val().get_bit(1) {
                self.pooled.next = self.pooled.val() | self.high_bit[i].val();
            }
        }
        self.code.next = self.mask.val();
        if self.pool.val() {
            self.code.next = self.pooled.val();
        }
    }
}

block! {
    /// Packs `32 / width` codes into a word, from its low end; every row begins a new word.
    ///
    /// ```text
    ///  edge       1                2                        3
    ///  code --[ code   ]--<<--[ shifted ]--(| unless first)--[ packed ]--> packed_word
    ///         [ offset ]--+   [ complete ]-------------------[ full   ]--> put
    ///          + width, 0 at the end of a word or row
    /// ```
    pub struct PackCodes<const T: usize> {
        in clock: Clock, in clear, load, row_end, pool: Bit, in code: Bits<32>,
        out pending, put: Bit, out packed_word: Bits<32>,
        reg(clear) loaded, shifting, full => put: Bit, reg(clear) offset: Bits<5>,
        reg loaded_code, shifted, collected => packed_word: Bits<32>, reg row_ends, opens, completes: Bit,
        net next_offset: Bits<5>, net word_ends: Bit,
        // widths of a mask code and of a pooled code, modulo 32
        const t_mask_width: Bits<5> = T as u64, const t_pool_width: Bits<5> = 4 * T as u64 % 32,
    }
}

impl<const T: usize> Logic for PackCodes<T> {
    #[hdl_gen]
    fn update(&mut self) {
        self.loaded.d.next = self.load.val();
        self.loaded_code.d.next = self.code.val();
        self.row_ends.d.next = self.row_end.val();

        // the offset wraps to 0 at the end of a word
        self.next_offset.next = self.offset.q.val() + self.t_mask_width.val();
        if self.pool.val() {
            self.next_offset.next = self.offset.q.val() + self.t_pool_width.val();
        }
        self.word_ends.next = self.row_ends.q.val() || !self.next_offset.val().any();
        if self.loaded.q.val() {
            self.offset.d.next = self.next_offset.val();
            if self.row_ends.q.val() {
                self.offset.d.next = 0.into();
            }
        }
        self.shifting.d.next = self.loaded.q.val();
        self.shifted.d.next = self.loaded_code.q.val() << self.offset.q.val();
        self.opens.d.next = !self.offset.q.val().any();
        self.completes.d.next = self.word_ends.val();

        if self.shifting.q.val() {
            self.collected.d.next = self.collected.q.val() | self.shifted.q.val();
            if self.opens.q.val() {
                self.collected.d.next = self.shifted.q.val();
            }
        }
        self.full.d.next = self.shifting.q.val() && self.completes.q.val();
        self.pending.next = self.loaded.q.val() || self.shifting.q.val() || self.full.q.val();
    }
}

block! {
    /// The words of a map's codes, in a RAM of 2^CAW.
    ///
    /// ```text
    ///  put, packed_word --> [ WordRam ]--> push, word
    ///             written ----^ ^---- sent
    /// ```
    pub struct CodeRam<const CAW: usize> {
        in clock: Clock, in clear, put, send, stall: Bit, in packed_word: Bits<32>,
        out push, busy: Bit, out word: Bits<32>,
        ram: WordRam<CAW>,
        reg(clear) written: Bits<16>, reg(clear) sending, read_1, read_2 => push: Bit,
        reg(send) sent: Bits<16>,
        net read: Bit,
        const one: Bits<16> = 1,
    }
}

impl<const CAW: usize> Logic for CodeRam<CAW> {
    #[hdl_gen]
    fn update(&mut self) {
        self.ram.clock.next = self.clock.val();
        self.ram.write.next = self.put.val();
        self.ram.write_address.next = self.written.q.val();
        self.ram.write_data.next = self.packed_word.val();
        self.ram.read_address.next = self.sent.q.val();
        if self.put.val() {
            self.written.d.next = self.written.q.val() + self.one.val();
        }

        self.read.next =
            self.sending.q.val() && !self.stall.val() && (self.sent.q.val() != self.written.q.val());
        self.read_1.d.next = self.read.val();
        self.read_2.d.next = self.read_1.q.val();
        if self.read.val() {
            self.sent.d.next = self.sent.q.val() + self.one.val();
        }
        if self.sent.q.val() == self.written.q.val() {
            self.sending.d.next = false;
        }
        if self.send.val() {
            self.sending.d.next = true;
        }
        self.word.next = self.ram.read_data.val();
        self.busy.next = self.sending.q.val() || self.read_1.q.val() || self.read_2.q.val();
    }
}
