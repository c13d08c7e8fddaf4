//! [`TapOrigin`]: the scratch address of the first tap, and from one output row to the next, without a multiplier.

use ef_hdl_kit::K;
use rust_hdl::prelude::*;

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
/// | `row`, `col`, `source`, `row_stride` | 16 | as in [`Gather`](super::gather::Gather) |
/// | `stride_down` | 3 | rows from one output row to the next |
/// | `go`, `origin` | 1, 16 | one cycle, [`LATENCY`](Self::LATENCY) after a `start` with `any`: begin there |
/// | `down`, `jump` | 16 | `row_stride`, and from one output row to the next; from `go` on |
#[derive(LogicBlock, Default)]
pub struct TapOrigin {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub start: Signal<In, Bit>,
    pub any: Signal<In, Bit>,
    pub row: Signal<In, Bits<16>>,
    pub col: Signal<In, Bits<16>>,
    pub source: Signal<In, Bits<16>>,
    pub row_stride: Signal<In, Bits<16>>,
    pub stride_down: Signal<In, Bits<3>>,
    pub go: Signal<Out, Bit>,
    pub origin: Signal<Out, Bits<16>>,
    pub down: Signal<Out, Bits<16>>,
    pub jump: Signal<Out, Bits<16>>,
    multiplying: DFF<Bit>,
    adding: DFF<Bit>,
    steps: DFF<Bits<4>>,
    stride: DFF<Bits<16>>,
    offset: DFF<Bits<16>>,
    // the bits of the factors still to come
    factor: DFF<Bits<16>>,
    rows: DFF<Bits<3>>,
    product: DFF<Bits<16>>,
    jump_product: DFF<Bits<16>>,
    addend: Signal<Local, Bits<16>>,
    jump_addend: Signal<Local, Bits<16>>,
    last_step: K<4, 15>,
    jump_steps: K<4, 3>,
}

impl TapOrigin {
    /// Cycles from `start` to `go`.
    pub const LATENCY: usize = 17;
}

impl Logic for TapOrigin {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            multiplying,
            adding,
            steps,
            stride,
            offset,
            factor,
            rows,
            product,
            jump_product
        );
        self.addend.next = 0.into();
        if self.factor.q.val().get_bit(15) {
            self.addend.next = self.stride.q.val();
        }
        self.jump_addend.next = 0.into();
        if self.rows.q.val().get_bit(2) {
            self.jump_addend.next = self.stride.q.val();
        }
        self.adding.d.next = false;
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
        self.go.next = self.adding.q.val();
        self.origin.next = self.product.q.val() + self.offset.q.val();
        self.down.next = self.stride.q.val();
        self.jump.next = self.jump_product.q.val();

        if self.start.val() {
            self.multiplying.d.next = self.any.val();
            self.steps.d.next = 0.into();
            self.stride.d.next = self.row_stride.val();
            self.offset.d.next = self.source.val() + self.col.val();
            self.factor.d.next = self.row.val();
            self.rows.d.next = self.stride_down.val();
            self.product.d.next = 0.into();
            self.jump_product.d.next = 0.into();
        }
        if self.reset.val() {
            self.multiplying.d.next = false;
            self.adding.d.next = false;
        }
    }
}
