//! What a descriptor asks for.

use ef_hdl_kit::block;
use ef_program::compute::{ComputeOp, Init};
use rust_hdl::prelude::*;

block! {
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
    pub struct OpDecode {
        in clock: Clock,
        in reset, capture: Bit,
        in op, n_g, n_kr, n_kc, n_i, n_r, n_c: Bits<16>,
        out bad, empty, only_ones, pixel, column, ones, loss, bias: Bit,
        out init, phase: Bits<2>,
        out turn_g: Bits<16>,
        reg bad_q, empty_q, only_ones_q, pixel_q, column_q, ones_q, loss_q: Bit,
        reg init_q, phase_q: Bits<2>,
        net is_pixel, undefined, no_steps, no_pixels: Bit,
        const zero: Bits<16> = 0, const one: Bits<16> = 1, const undefined_value: Bits<2> = 3,
        const init_bias: Bits<2> = Init::Bias as u64, const init_keep: Bits<2> = Init::Keep as u64,
    }
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
