//! [`Expander`]: masks a vector, and un-pools it into its 2 x 2 window.

use ef_hdl_kit::{K, vec_of};
use rust_hdl::prelude::*;

/// Writes of a vector that is un-pooled, one per cycle.
pub const POOL_WRITES: u64 = 4;

/// Turns each vector into one write, or for `pool` into four (q = 0..3), and clears the lanes its code forbids.
///
/// ```text
///  vector[T] --> [held] --> keep? --> [word[T]] -->
///  present ----> [here] ----^  ^
///  code -------> [code] ----^  ^                      one write per clock
///  address ----> [at] ----(+)--|----> [address] -->
///  phase ------> [phase] --(+)-|----> [turn] ----->
///                       q -----+
/// ```
///
/// Write q goes to `address + (q/2)*a_down + q%2` with `turn` = minus `phase + (q/2)*p_down + q%2`, the rotation from lane
/// to bank order. Lane n survives if it is `present`, (not `pool` or its index in the code is q) and (not `mask` or its mask bit is set).
/// `in_ready` depends on `codes_valid` only, not on `in_valid`. First write 2 cycles after the vector.
///
/// | port | width | |
/// |---|---|---|
/// | `start` | 1 | takes `mask`, `pool`, `a_down`, `p_down` |
/// | `in_valid`, `in_ready`, `vector[T]` | 1, 1, 32 | vectors |
/// | `present` | 8 | their lanes that hold words; the others count as 0 |
/// | `keep` | 8 | their lanes that were there a cycle earlier and are no more; 0 if `mask` or `pool` |
/// | `coming` | 1 | the walk is about to begin |
/// | `at_valid`, `at`, `phase` | 1, 16, 3 | where the vector goes, from the walker |
/// | `codes_valid`, `code` | 1, 32 | its code |
/// | `accept` | 1 | vector, place and code are taken |
/// | `pending` | 1 | a vector is to come, held or at the output |
/// | `out_valid`, `address`, `turn`, `word[T]` | 1, 16, 3, 32 | the write, in lane order |
#[derive(LogicBlock)]
pub struct Expander<const T: usize> {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub start: Signal<In, Bit>,
    pub mask: Signal<In, Bit>,
    pub pool: Signal<In, Bit>,
    pub a_down: Signal<In, Bits<16>>,
    pub p_down: Signal<In, Bits<16>>,
    pub coming: Signal<In, Bit>,
    pub in_valid: Signal<In, Bit>,
    pub in_ready: Signal<Out, Bit>,
    pub vector: Vec<Signal<In, Bits<32>>>,
    pub present: Signal<In, Bits<8>>,
    pub keep: Signal<In, Bits<8>>,
    pub at_valid: Signal<In, Bit>,
    pub at: Signal<In, Bits<16>>,
    pub phase: Signal<In, Bits<3>>,
    pub codes_valid: Signal<In, Bit>,
    pub code: Signal<In, Bits<32>>,
    pub accept: Signal<Out, Bit>,
    pub pending: Signal<Out, Bit>,
    pub out_valid: Signal<Out, Bit>,
    pub address: Signal<Out, Bits<16>>,
    pub turn: Signal<Out, Bits<3>>,
    pub word: Vec<Signal<Out, Bits<32>>>,
    // the command
    masking: DFF<Bit>,
    pooling: DFF<Bit>,
    down: DFF<Bits<16>>,
    phase_down: DFF<Bits<3>>,
    // the vector held
    busy: DFF<Bit>,
    q: DFF<Bits<2>>,
    held: Vec<DFF<Bits<32>>>,
    held_present: DFF<Bits<8>>,
    held_code: DFF<Bits<32>>,
    held_at: DFF<Bits<16>>,
    held_phase: DFF<Bits<3>>,
    // its write
    valid: DFF<Bit>,
    out_word: Vec<DFF<Bits<32>>>,
    out_address: DFF<Bits<16>>,
    out_turn: DFF<Bits<3>>,
    free: Signal<Local, Bit>,
    room: Signal<Local, Bit>,
    take: Signal<Local, Bit>,
    masks: Signal<Local, Bits<32>>,
    below: Signal<Local, Bits<16>>,
    phase_below: Signal<Local, Bits<3>>,
    aside: Signal<Local, Bits<1>>,
    index: Vec<Signal<Local, Bits<32>>>,
    index_at: Vec<Constant<Bits<5>>>,
    masks_at: Constant<Bits<5>>,
    zero: K<3, 0>,
}

impl<const T: usize> Default for Expander<T> {
    fn default() -> Self {
        assert!(matches!(T, 2 | 4 | 8), "a vector has 2, 4 or 8 lanes");
        Self {
            clock: Default::default(),
            reset: Default::default(),
            start: Default::default(),
            mask: Default::default(),
            pool: Default::default(),
            a_down: Default::default(),
            p_down: Default::default(),
            coming: Default::default(),
            in_valid: Default::default(),
            in_ready: Default::default(),
            vector: vec_of(T),
            present: Default::default(),
            keep: Default::default(),
            at_valid: Default::default(),
            at: Default::default(),
            phase: Default::default(),
            codes_valid: Default::default(),
            code: Default::default(),
            accept: Default::default(),
            pending: Default::default(),
            out_valid: Default::default(),
            address: Default::default(),
            turn: Default::default(),
            word: vec_of(T),
            masking: Default::default(),
            pooling: Default::default(),
            down: Default::default(),
            phase_down: Default::default(),
            busy: Default::default(),
            q: Default::default(),
            held: vec_of(T),
            held_present: Default::default(),
            held_code: Default::default(),
            held_at: Default::default(),
            held_phase: Default::default(),
            valid: Default::default(),
            out_word: vec_of(T),
            out_address: Default::default(),
            out_turn: Default::default(),
            free: Default::default(),
            room: Default::default(),
            take: Default::default(),
            masks: Default::default(),
            below: Default::default(),
            phase_below: Default::default(),
            aside: Default::default(),
            index: vec_of(T),
            index_at: (0..T as u64).map(|lane| Constant::new((2 * lane).into())).collect(),
            masks_at: Constant::new((2 * T as u64).into()),
            zero: Default::default(),
        }
    }
}

impl<const T: usize> Logic for Expander<T> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, masking, pooling, down, phase_down, busy, q, held_code, held_at, held_phase);
        dff_setup!(self, clock, held_present, valid, out_address, out_turn);

        // take a vector when the last write of the one before is being made; what is held then may change, taken or not
        self.free.next = !self.busy.q.val() || !self.pooling.q.val() || self.q.q.val().all();
        self.room.next = self.free.val() && self.codes_valid.val() && self.at_valid.val();
        self.take.next = self.in_valid.val() && self.room.val();
        self.in_ready.next = self.room.val();
        self.accept.next = self.take.val();
        if self.busy.q.val() {
            self.q.d.next = self.q.q.val() + 1;
        }
        if !self.pooling.q.val() || self.q.q.val().all() {
            self.busy.d.next = false;
        }
        if self.take.val() {
            self.busy.d.next = true;
        }
        if self.free.val() {
            self.q.d.next = 0.into();
            self.held_present.d.next = self.present.val();
            self.held_code.d.next = self.code.val();
            self.held_at.d.next = self.at.val();
            self.held_phase.d.next = self.phase.val();
        }

        // the masks lie above the indices
        self.masks.next = self.held_code.q.val();
        if self.pooling.q.val() {
            self.masks.next = self.held_code.q.val() >> self.masks_at.val();
        }
        for i in 0..T {
            self.held[i].clock.next = self.clock.val();
            self.held[i].d.next = self.held[i].q.val();
            if self.free.val() && !self.keep.val().get_bit(i) {
                self.held[i].d.next = self.vector[i].val();
            }
            self.index[i].next = self.held_code.q.val() >> self.index_at[i].val();
            self.out_word[i].clock.next = self.clock.val();
            if self.held_present.q.val().get_bit(i)
                && (!self.masking.q.val() || self.masks.val().get_bit(i))
                && (!self.pooling.q.val() || (self.index[i].val().get_bits::<2>(0) == self.q.q.val()))
            {
                self.out_word[i].d.next = self.held[i].q.val();
            } else {
                self.out_word[i].d.next = 0.into();
            }
            self.word[i].next = self.out_word[i].q.val();
        }

        // where write q goes
        self.below.next = 0.into();
        self.phase_below.next = 0.into();
        if self.q.q.val().get_bit(1) {
            self.below.next = self.down.q.val();
            self.phase_below.next = self.phase_down.q.val();
        }
        self.aside.next = self.q.q.val().get_bits::<1>(0);
        self.out_address.d.next =
            self.held_at.q.val() + self.below.val() + bit_cast::<16, 1>(self.aside.val());
        self.out_turn.d.next = self.zero.val()
            - self.held_phase.q.val()
            - self.phase_below.val()
            - bit_cast::<3, 1>(self.aside.val());
        self.valid.d.next = self.busy.q.val();
        self.out_valid.next = self.valid.q.val();
        self.address.next = self.out_address.q.val();
        self.turn.next = self.out_turn.q.val();
        self.pending.next =
            self.coming.val() || self.at_valid.val() || self.busy.q.val() || self.valid.q.val();

        if self.start.val() {
            self.masking.d.next = self.mask.val();
            self.pooling.d.next = self.pool.val();
            self.down.d.next = self.a_down.val();
            self.phase_down.d.next = self.p_down.val().get_bits::<3>(0);
        }
        if self.reset.val() {
            self.busy.d.next = false;
            self.valid.d.next = false;
        }
    }
}
