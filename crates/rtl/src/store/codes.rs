//! [`Codes`]: masks and pool indices, packed, kept and sent behind the map.

use super::lane_constants::LaneConstants;
use super::word_ram::WordRam;
use ef_hdl_kit::{K, glue, vec_of};
use rust_hdl::prelude::*;

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
#[derive(LogicBlock, Default)]
pub struct Codes<const T: usize, const CAW: usize> {
    pub clock: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub load: Signal<In, Bit>,
    pub code: Signal<In, Bits<32>>,
    pub row_end: Signal<In, Bit>,
    pub pool: Signal<In, Bit>,
    pub pending: Signal<Out, Bit>,
    pub send: Signal<In, Bit>,
    pub stall: Signal<In, Bit>,
    pub push: Signal<Out, Bit>,
    pub word: Signal<Out, Bits<32>>,
    pub busy: Signal<Out, Bit>,
    pack: PackCodes<T>,
    ram: CodeRam<CAW>,
}

glue! { [const T: usize, const CAW: usize] Codes<T, CAW>; self => {
    wire!(self.pack.clock, self.clock);
    wire!(self.pack.clear, self.clear);
    wire!(self.pack.load, self.load);
    wire!(self.pack.code, self.code);
    wire!(self.pack.row_end, self.row_end);
    wire!(self.pack.pool, self.pool);
    wire!(self.pending, self.pack.pending);
    wire!(self.ram.clock, self.clock);
    wire!(self.ram.clear, self.clear);
    wire!(self.ram.put, self.pack.put);
    wire!(self.ram.packed_word, self.pack.packed_word);
    wire!(self.ram.send, self.send);
    wire!(self.ram.stall, self.stall);
    wire!(self.push, self.ram.push);
    wire!(self.word, self.ram.word);
    wire!(self.busy, self.ram.busy);
}}

/// The code of one vector: T mask bits, or with `pool` 4T bits. Combinational.
///
/// ```text
///         4T-1 .. 3T       ..        2T  2T-1 ..                        0
///  pool   (0)  kept[T-1]   ..   kept[0]  chosen[T-1]  ..        chosen[0]
///  plain                                             kept[T-1] .. kept[0]
/// ```
#[derive(LogicBlock)]
pub struct VectorCode<const T: usize> {
    pub kept: Vec<Signal<In, Bit>>,
    pub chosen: Vec<Signal<In, Bits<2>>>,
    pub pool: Signal<In, Bit>,
    pub code: Signal<Out, Bits<32>>,
    mask: Signal<Local, Bits<32>>,
    pooled: Signal<Local, Bits<32>>,
    mask_bit: Vec<Constant<Bits<32>>>,
    pooled_bit: Vec<Constant<Bits<32>>>,
    low_bit: Vec<Constant<Bits<32>>>,
    high_bit: Vec<Constant<Bits<32>>>,
}

impl<const T: usize> Default for VectorCode<T> {
    fn default() -> Self {
        let bits = |place: fn(usize) -> usize| {
            (0..T).map(|lane| Constant::new((1u64 << place(lane)).into())).collect()
        };
        Self {
            kept: vec_of(T),
            chosen: vec_of(T),
            pool: Default::default(),
            code: Default::default(),
            mask: Default::default(),
            pooled: Default::default(),
            mask_bit: bits(|lane| lane),
            pooled_bit: bits(|lane| 2 * T + lane),
            low_bit: bits(|lane| 2 * lane),
            high_bit: bits(|lane| 2 * lane + 1),
        }
    }
}

impl<const T: usize> Logic for VectorCode<T> {
    #[hdl_gen]
    fn update(&mut self) {
        self.mask.next = 0.into();
        self.pooled.next = 0.into();
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

/// Packs `32 / width` codes into a word, from its low end; every row begins a new word.
///
/// ```text
///  edge       1                2                        3
///  code --[ code   ]--<<--[ shifted ]--(| unless first)--[ packed ]--> packed_word
///         [ offset ]--+   [ complete ]-------------------[ full   ]--> put
///          + width, 0 at the end of a word or row
/// ```
#[derive(LogicBlock, Default)]
pub struct PackCodes<const T: usize> {
    pub clock: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub load: Signal<In, Bit>,
    pub code: Signal<In, Bits<32>>,
    pub row_end: Signal<In, Bit>,
    pub pool: Signal<In, Bit>,
    pub pending: Signal<Out, Bit>,
    pub put: Signal<Out, Bit>,
    pub packed_word: Signal<Out, Bits<32>>,
    loaded: DFF<Bit>,
    loaded_code: DFF<Bits<32>>,
    row_ends: DFF<Bit>,
    offset: DFF<Bits<5>>,
    next_offset: Signal<Local, Bits<5>>,
    word_ends: Signal<Local, Bit>,
    shifting: DFF<Bit>,
    shifted: DFF<Bits<32>>,
    opens: DFF<Bit>,
    completes: DFF<Bit>,
    collected: DFF<Bits<32>>,
    full: DFF<Bit>,
    constants: LaneConstants<T>,
}

impl<const T: usize> Logic for PackCodes<T> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, loaded, loaded_code, row_ends, offset, shifting, shifted, opens);
        dff_setup!(self, clock, completes, collected, full);
        self.loaded.d.next = self.load.val();
        self.loaded_code.d.next = self.code.val();
        self.row_ends.d.next = self.row_end.val();

        // the offset wraps to 0 at the end of a word
        self.next_offset.next = self.offset.q.val() + self.constants.mask_width.val();
        if self.pool.val() {
            self.next_offset.next = self.offset.q.val() + self.constants.pool_width.val();
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
        self.put.next = self.full.q.val();
        self.packed_word.next = self.collected.q.val();
        self.pending.next = self.loaded.q.val() || self.shifting.q.val() || self.full.q.val();

        if self.clear.val() {
            self.loaded.d.next = false;
            self.offset.d.next = 0.into();
            self.shifting.d.next = false;
            self.full.d.next = false;
        }
    }
}

/// The words of a map's codes, in a RAM of 2^CAW.
///
/// ```text
///  put, packed_word --> [ WordRam ]--> push, word
///             written ----^ ^---- sent
/// ```
#[derive(LogicBlock, Default)]
pub struct CodeRam<const CAW: usize> {
    pub clock: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub put: Signal<In, Bit>,
    pub packed_word: Signal<In, Bits<32>>,
    pub send: Signal<In, Bit>,
    pub stall: Signal<In, Bit>,
    pub push: Signal<Out, Bit>,
    pub word: Signal<Out, Bits<32>>,
    pub busy: Signal<Out, Bit>,
    ram: WordRam<CAW>,
    written: DFF<Bits<16>>,
    sent: DFF<Bits<16>>,
    sending: DFF<Bit>,
    read: Signal<Local, Bit>,
    read_1: DFF<Bit>,
    read_2: DFF<Bit>,
    one: K<16, 1>,
}

impl<const CAW: usize> Logic for CodeRam<CAW> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, written, sent, sending, read_1, read_2);
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
            self.sent.d.next = 0.into();
        }
        if self.clear.val() {
            self.written.d.next = 0.into();
            self.sending.d.next = false;
            self.read_1.d.next = false;
            self.read_2.d.next = false;
        }
        self.push.next = self.read_2.q.val();
        self.word.next = self.ram.read_data.val();
        self.busy.next = self.sending.q.val() || self.read_1.q.val() || self.read_2.q.val();
    }
}
