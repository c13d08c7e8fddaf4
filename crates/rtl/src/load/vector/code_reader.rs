//! [`CodeReader`]: the code RAM and the stream of codes out of it.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// Code RAM of 2^CAW words, read as one code (mask, or pool indices and mask) per vector.
    ///
    /// ```text
    ///          +-----+        +-----+        +--------------------+
    ///  we ---->| RAM |------->| cur |------->| word, shifted by   |---> code
    ///          +-----+ peeked +-----+ current| one code per take  |
    ///      pointer ^                         +--------------------+
    /// ```
    ///
    /// A word holds 32/width codes from the low end, width = T or, for `pool`, 4T; a code that ends a row ends its word.
    /// Words are read ahead: `valid` rises 4 cycles after `start`. A word may be used up in every second cycle: vectors, at least two
    /// words each, come no faster.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `we`, `waddr`, `wdata` | 1, 16, 32 | write port of the RAM |
    /// | `start` | 1 | begin at word `base`, with the codes that `mask`, `pool` need |
    /// | `take`, `row_end` | 1 | go on to the next code, of a new row if `row_end` |
    /// | `code`, `valid` | 32, 1 | the code in the low bits; `valid` is always high if neither `mask` nor `pool` |
    pub struct CodeReader<const T: usize, const CAW: usize> {
        assert!(matches!(T, 2 | 4 | 8), "a vector has 2, 4 or 8 lanes");
        let bits = |value: usize| value as u64;
        in clock: Clock, in reset, we, start, mask, pool, take, row_end: Bit, in waddr, base: Bits<16>,
        in wdata: Bits<32>,
        out code: Bits<32>, out valid: Bit,
        ram: RAM<Bits<32>, CAW>,
        reg(reset) enabled: Bit, reg wide: Bit, reg pointer: Bits<CAW>,
        // the RAM has been asked for a word
        reg peeked: Bit,
        // `cur` and `word` hold a word
        reg current, present: Bit, reg cur, word => code: Bits<32>,
        // codes in `word` after the present one
        reg left: Bits<4>,
        net load_cur, load_word, used_up: Bit,
        const width: Bits<5> = bits(T), const pool_width: Bits<6> = bits(4 * T),
        const more: Bits<4> = bits(32 / T - 1), const pool_more: Bits<4> = bits(8 / T - 1),
        const one: Bits<4> = 1,
    }
}

impl<const T: usize, const CAW: usize> Logic for CodeReader<T, CAW> {
    #[hdl_gen]
    fn update(&mut self) {
        self.valid.next = self.present.q.val() || !self.enabled.q.val();

        // a word moves on as soon as there is room
        self.used_up.next = self.take.val() && (self.row_end.val() || !self.left.q.val().any());
        self.load_word.next = self.current.q.val() && (!self.present.q.val() || self.used_up.val());
        self.load_cur.next = self.peeked.q.val() && !self.current.q.val();

        // the next word is in the RAM's read register two cycles from now, when `cur` can be free at the earliest
        if self.load_cur.val() {
            self.pointer.d.next = self.pointer.q.val() + 1;
            self.cur.d.next = self.ram.read_data.val();
        }
        self.peeked.d.next = self.enabled.q.val();
        self.current.d.next = self.load_cur.val() || (self.current.q.val() && !self.load_word.val());

        if self.load_word.val() {
            self.word.d.next = self.cur.q.val();
            self.present.d.next = true;
            if self.wide.q.val() {
                self.left.d.next = self.pool_more.val();
            } else {
                self.left.d.next = self.more.val();
            }
        } else if self.used_up.val() {
            self.present.d.next = false;
        } else if self.take.val() {
            self.left.d.next = self.left.q.val() - self.one.val();
            if self.wide.q.val() {
                self.word.d.next = self.word.q.val() >> self.pool_width.val();
            } else {
                self.word.d.next = self.word.q.val() >> self.width.val();
            }
        }

        if self.start.val() {
            self.enabled.d.next = self.mask.val() || self.pool.val();
            self.wide.d.next = self.pool.val();
            self.pointer.d.next = bit_cast::<CAW, 16>(self.base.val());
        }
        if self.start.val() || self.reset.val() {
            self.peeked.d.next = false;
            self.current.d.next = false;
            self.present.d.next = false;
        }

        self.ram.write_clock.next = self.clock.val();
        self.ram.write_enable.next = self.we.val();
        self.ram.write_address.next = bit_cast::<CAW, 16>(self.waddr.val());
        self.ram.write_data.next = self.wdata.val();
        self.ram.read_clock.next = self.clock.val();
        self.ram.read_address.next = self.pointer.q.val();
    }
}
