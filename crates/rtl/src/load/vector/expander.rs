//! [`Expander`]: masks a vector, and un-pools it into its 2 x 2 window.

use ef_hdl_kit::{block, vec_of};
use rust_hdl::prelude::*;

/// Writes of a vector that is un-pooled, one per cycle.
pub const POOL_WRITES: u64 = 4;

block! {
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
    /// | `keep` | 8 | bit n: the next vector has overwritten lane n in this cycle; take the word of a cycle ago; 0 if `mask` or `pool` |
    /// | `coming` | 1 | the walk is about to begin |
    /// | `at_valid`, `at`, `phase` | 1, 16, 3 | where the vector goes, from the walker |
    /// | `codes_valid`, `code` | 1, 32 | its code |
    /// | `accept` | 1 | vector, place and code are taken |
    /// | `pending` | 1 | a vector is to come, held or at the output |
    /// | `out_valid`, `address`, `turn`, `word[T]` | 1, 16, 3, 32 | the write, in lane order |
    pub struct Expander<const T: usize> {
        assert!(matches!(T, 2 | 4 | 8), "a vector has 2, 4 or 8 lanes");
        in clock: Clock, in reset, start, mask, pool, coming, in_valid, at_valid, codes_valid: Bit,
        in a_down, p_down, at: Bits<16>, in vector: Vec<Bits<32>> = vec_of(T),
        in present, keep: Bits<8>, in phase: Bits<3>, in code: Bits<32>,
        out in_ready, accept, pending, out_valid: Bit, out address: Bits<16>, out turn: Bits<3>,
        out word: Vec<Bits<32>> = vec_of(T),
        // the command
        reg masking, pooling: Bit, reg down: Bits<16>, reg phase_down: Bits<3>,
        // the vector held
        reg(reset) busy: Bit, reg(free) q: Bits<2>, reg held: Vec<Bits<32>> = vec_of(T),
        reg held_present: Bits<8>, reg held_code: Bits<32>, reg held_at: Bits<16>,
        reg held_phase: Bits<3>,
        // its write
        reg(reset) valid => out_valid: Bit, reg out_word: Vec<Bits<32>> = vec_of(T),
        reg out_address => address: Bits<16>, reg out_turn => turn: Bits<3>,
        net free, room, take: Bit, net masks: Bits<32>, net aside: Bits<1>,
        net index: Vec<Bits<32>> = vec_of(T), net pulse below: Bits<16>, net pulse phase_below: Bits<3>,
        index_at: Vec<Constant<Bits<5>>> = (0..T as u64).map(|lane| Constant::new((2 * lane).into())).collect(),
        const masks_at: Bits<5> = 2 * T as u64, const zero: Bits<3> = 0,
    }
}

impl<const T: usize> Logic for Expander<T> {
    #[hdl_gen]
    fn update(&mut self) {
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
            if self.free.val() && !self.keep.val().get_bit(i) {
                self.held[i].d.next = self.vector[i].val();
            }
            self.index[i].next = self.held_code.q.val() >> self.index_at[i].val();
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
        self.pending.next =
            self.coming.val() || self.at_valid.val() || self.busy.q.val() || self.valid.q.val();

        if self.start.val() {
            self.masking.d.next = self.mask.val();
            self.pooling.d.next = self.pool.val();
            self.down.d.next = self.a_down.val();
            self.phase_down.d.next = self.p_down.val().get_bits::<3>(0);
        }
    }
}
