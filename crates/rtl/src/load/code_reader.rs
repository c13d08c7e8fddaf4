//! [`CodeReader`]: the code RAM and the stream of codes out of it.

use ef_hdl_kit::K;
use rust_hdl::prelude::*;

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
#[derive(LogicBlock)]
pub struct CodeReader<const T: usize, const CAW: usize> {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub we: Signal<In, Bit>,
    pub waddr: Signal<In, Bits<16>>,
    pub wdata: Signal<In, Bits<32>>,
    pub start: Signal<In, Bit>,
    pub mask: Signal<In, Bit>,
    pub pool: Signal<In, Bit>,
    pub base: Signal<In, Bits<16>>,
    pub take: Signal<In, Bit>,
    pub row_end: Signal<In, Bit>,
    pub code: Signal<Out, Bits<32>>,
    pub valid: Signal<Out, Bit>,
    ram: RAM<Bits<32>, CAW>,
    enabled: DFF<Bit>,
    wide: DFF<Bit>,
    pointer: DFF<Bits<CAW>>,
    // the RAM has been asked for a word
    peeked: DFF<Bit>,
    cur: DFF<Bits<32>>,
    current: DFF<Bit>,
    word: DFF<Bits<32>>,
    present: DFF<Bit>,
    // codes in `word` after the present one
    left: DFF<Bits<4>>,
    load_cur: Signal<Local, Bit>,
    load_word: Signal<Local, Bit>,
    used_up: Signal<Local, Bit>,
    width: Constant<Bits<5>>,
    pool_width: Constant<Bits<6>>,
    more: Constant<Bits<4>>,
    pool_more: Constant<Bits<4>>,
    one: K<4, 1>,
}

impl<const T: usize, const CAW: usize> Default for CodeReader<T, CAW> {
    fn default() -> Self {
        assert!(matches!(T, 2 | 4 | 8), "a vector has 2, 4 or 8 lanes");
        let bits = |value: usize| value as u64;
        Self {
            clock: Default::default(),
            reset: Default::default(),
            we: Default::default(),
            waddr: Default::default(),
            wdata: Default::default(),
            start: Default::default(),
            mask: Default::default(),
            pool: Default::default(),
            base: Default::default(),
            take: Default::default(),
            row_end: Default::default(),
            code: Default::default(),
            valid: Default::default(),
            ram: Default::default(),
            enabled: Default::default(),
            wide: Default::default(),
            pointer: Default::default(),
            peeked: Default::default(),
            cur: Default::default(),
            current: Default::default(),
            word: Default::default(),
            present: Default::default(),
            left: Default::default(),
            load_cur: Default::default(),
            load_word: Default::default(),
            used_up: Default::default(),
            width: Constant::new(bits(T).into()),
            pool_width: Constant::new(bits(4 * T).into()),
            more: Constant::new(bits(32 / T - 1).into()),
            pool_more: Constant::new(bits(8 / T - 1).into()),
            one: Default::default(),
        }
    }
}

impl<const T: usize, const CAW: usize> Logic for CodeReader<T, CAW> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, enabled, wide, pointer, peeked, cur, current, word, present, left);
        self.code.next = self.word.q.val();
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
        if self.reset.val() {
            self.enabled.d.next = false;
        }

        self.ram.write_clock.next = self.clock.val();
        self.ram.write_enable.next = self.we.val();
        self.ram.write_address.next = bit_cast::<CAW, 16>(self.waddr.val());
        self.ram.write_data.next = self.wdata.val();
        self.ram.read_clock.next = self.clock.val();
        self.ram.read_address.next = self.pointer.q.val();
    }
}
