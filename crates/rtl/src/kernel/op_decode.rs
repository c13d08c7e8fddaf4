//! What a descriptor asks for.

use ef_hdl_kit::K;
use ef_program::compute::{ComputeOp, Init};
use rust_hdl::prelude::*;

/// Decodes the operation and looks for empty loops; the outputs are registers, taken with `capture`.
///
/// | port | width | |
/// |---|---|---|
/// | `capture` | 1 | `op` and `n_*` are those of a new command |
/// | `bad` | 1 | pulse: the operation is undefined |
/// | `empty` | 1 | nothing to do: undefined, or a loop of 0 turns |
/// | `only_ones` | 1 | pixel mode without a channel or a kernel step: nothing but the vector of ones |
/// | `pixel`, `column`, `ones` | 1 | as in `ComputeOp` |
/// | `loss` | 1 | channel mode from the loss buffer (in pixel mode the loss buffer is taken) |
/// | `bias` | 1 | channel mode with a bias vector to be fetched |
/// | `init` | 2 | of the first step, an `Init` (pixel mode: 0 or 2) |
/// | `phase` | 2 | a `Phase` |
/// | `turn_g` | 16 | rotation per channel (pixel mode: 1) or channel group (0) |
#[derive(LogicBlock, Default)]
pub struct OpDecode {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub capture: Signal<In, Bit>,
    pub op: Signal<In, Bits<16>>,
    pub n_g: Signal<In, Bits<16>>,
    pub n_kr: Signal<In, Bits<16>>,
    pub n_kc: Signal<In, Bits<16>>,
    pub n_i: Signal<In, Bits<16>>,
    pub n_r: Signal<In, Bits<16>>,
    pub n_c: Signal<In, Bits<16>>,
    pub bad: Signal<Out, Bit>,
    pub empty: Signal<Out, Bit>,
    pub only_ones: Signal<Out, Bit>,
    pub pixel: Signal<Out, Bit>,
    pub column: Signal<Out, Bit>,
    pub ones: Signal<Out, Bit>,
    pub loss: Signal<Out, Bit>,
    pub bias: Signal<Out, Bit>,
    pub init: Signal<Out, Bits<2>>,
    pub phase: Signal<Out, Bits<2>>,
    pub turn_g: Signal<Out, Bits<16>>,
    bad_q: DFF<Bit>,
    empty_q: DFF<Bit>,
    only_ones_q: DFF<Bit>,
    pixel_q: DFF<Bit>,
    column_q: DFF<Bit>,
    ones_q: DFF<Bit>,
    loss_q: DFF<Bit>,
    init_q: DFF<Bits<2>>,
    phase_q: DFF<Bits<2>>,
    is_pixel: Signal<Local, Bit>,
    undefined: Signal<Local, Bit>,
    no_steps: Signal<Local, Bit>,
    no_pixels: Signal<Local, Bit>,
    zero: K<16, 0>,
    one: K<16, 1>,
    undefined_value: K<2, 3>,
    init_bias: K<2, { Init::Bias as u64 }>,
    init_keep: K<2, { Init::Keep as u64 }>,
}

// the exporter takes bit positions only as literals
const _: () = assert!(
    ComputeOp::PIXEL_MODE == 0
        && ComputeOp::STREAM_LOSS == 1
        && ComputeOp::COLUMN == 2
        && ComputeOp::INIT == 3
        && ComputeOp::ONES == 5
        && ComputeOp::PHASE == 6
);

impl Logic for OpDecode {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            bad_q,
            empty_q,
            only_ones_q,
            pixel_q,
            column_q,
            ones_q,
            loss_q,
            init_q,
            phase_q
        );
        self.is_pixel.next = self.op.val().get_bit(0);
        self.undefined.next = (self.op.val().get_bits::<2>(3) == self.undefined_value.val())
            | (self.op.val().get_bits::<2>(6) == self.undefined_value.val());
        self.no_steps.next = (self.n_g.val() == self.zero.val())
            | (self.n_kr.val() == self.zero.val())
            | (self.n_kc.val() == self.zero.val());
        self.no_pixels.next = (self.n_i.val() == self.zero.val())
            | (self.n_r.val() == self.zero.val())
            | (self.n_c.val() == self.zero.val());

        self.bad_q.d.next = false;
        if self.capture.val() {
            self.bad_q.d.next = self.undefined.val();
            self.only_ones_q.d.next = self.no_steps.val();
            self.empty_q.d.next = self.undefined.val()
                | self.no_pixels.val()
                | (self.no_steps.val() & !(self.is_pixel.val() & self.op.val().get_bit(5)));
            self.pixel_q.d.next = self.is_pixel.val();
            self.loss_q.d.next = self.op.val().get_bit(1) & !self.is_pixel.val();
            self.column_q.d.next = self.op.val().get_bit(2);
            self.ones_q.d.next = self.op.val().get_bit(5);
            self.init_q.d.next = self.op.val().get_bits::<2>(3);
            if self.is_pixel.val() & self.op.val().get_bit(3) {
                self.init_q.d.next = self.init_keep.val();
            }
            self.phase_q.d.next = self.op.val().get_bits::<2>(6);
        }
        if self.reset.val() {
            self.bad_q.d.next = false;
        }

        self.bad.next = self.bad_q.q.val();
        self.empty.next = self.empty_q.q.val();
        self.only_ones.next = self.only_ones_q.q.val();
        self.pixel.next = self.pixel_q.q.val();
        self.column.next = self.column_q.q.val();
        self.ones.next = self.ones_q.q.val();
        self.loss.next = self.loss_q.q.val();
        self.bias.next = self.init_q.q.val() == self.init_bias.val();
        self.init.next = self.init_q.q.val();
        self.phase.next = self.phase_q.q.val();
        self.turn_g.next = self.zero.val();
        if self.pixel_q.q.val() {
            self.turn_g.next = self.one.val();
        }
    }
}
