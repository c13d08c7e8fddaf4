//! [`TapOrigin`]: the scratch address of the first tap, and from one output row to the next, without a multiplier.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// `origin = source + col + row*row_stride` and `jump = stride_down*row_stride`, modulo 2^16.
    ///
    /// ```text
    ///  row ---------> [factor] --bit 15--> and row_stride --> (+) --> [product]  << 1 per cycle, 16 cycles
    ///  stride_down -> [3 bits] --bit 2 --> and row_stride --> (+) --> [jump]     the first 3
    ///  source + col ---------------------> [offset] -------> (+) with the product --> origin
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `start` | 1 | takes all inputs below |
    /// | `any` | 1 | the walk has a step |
    /// | `row`, `col`, `source`, `row_stride` | 16 | as in [`Gather`](crate::load::gather::Gather) |
    /// | `stride_down` | 3 | rows from one output row to the next |
    /// | `go`, `origin` | 1, 16 | one cycle, [`LATENCY`](Self::LATENCY) after a `start` with `any`: begin there |
    /// | `down`, `jump` | 16 | `row_stride`, and from one output row to the next; from `go` on |
    pub struct TapOrigin {
        in clock: Clock, in reset, start, any: Bit, in row, col, source, row_stride: Bits<16>,
        in stride_down: Bits<3>,
        out go: Bit, out origin, down, jump: Bits<16>,
        reg(reset) multiplying: Bit, reg(reset) pulse adding => go: Bit, reg(start) steps: Bits<4>,
        reg stride => down, offset: Bits<16>,
        // the bits of the factors still to come
        reg factor: Bits<16>, reg rows: Bits<3>,
        // the sums so far
        reg(start) product, jump_product => jump: Bits<16>,
        net pulse addend, jump_addend: Bits<16>,
        const last_step: Bits<4> = 15, const jump_steps: Bits<4> = 3,
    }
}

impl TapOrigin {
    /// Cycles from `start` to `go`.
    pub const LATENCY: usize = 17;
}

impl Logic for TapOrigin {
    #[hdl_gen]
    fn update(&mut self) {
        if self.factor.q.val().get_bit(15) {
            self.addend.next = self.stride.q.val();
        }
        if self.rows.q.val().get_bit(2) {
            self.jump_addend.next = self.stride.q.val();
        }
        if self.multiplying.q.val() {
            self.product.d.next = (self.product.q.val() << 1) + self.addend.val();
            self.factor.d.next = self.factor.q.val() << 1;
            self.steps.d.next = self.steps.q.val() + 1;
            if self.steps.q.val() < self.jump_steps.val() {
                self.jump_product.d.next = (self.jump_product.q.val() << 1) + self.jump_addend.val();
                self.rows.d.next = self.rows.q.val() << 1;
            }
            if self.steps.q.val() == self.last_step.val() {
                self.multiplying.d.next = false;
                self.adding.d.next = true;
            }
        }
        self.origin.next = self.product.q.val() + self.offset.q.val();

        if self.start.val() {
            self.multiplying.d.next = self.any.val();
            self.stride.d.next = self.row_stride.val();
            self.offset.d.next = self.source.val() + self.col.val();
            self.factor.d.next = self.row.val();
            self.rows.d.next = self.stride_down.val();
        }
    }
}
