//! What a descriptor asks for.

use ef_hdl_kit::block;
use ef_isa::compute::{ComputeOp, Init};
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
        in clock: Clock, in reset, capture: Bit, in op, n_g, n_kr, n_kc, n_i, n_r, n_c: Bits<16>,
        out bad, empty, only_ones, pixel, column, ones, loss, bias: Bit, out init, phase: Bits<2>,
        out pulse turn_g: Bits<16>,
        reg(reset) pulse bad_q => bad: Bit,
        reg empty_q => empty, only_ones_q => only_ones, pixel_q => pixel, column_q => column: Bit,
        reg ones_q => ones, loss_q => loss: Bit, reg init_q => init, phase_q => phase: Bits<2>,
        net is_pixel, undefined, no_steps, no_pixels: Bit, net new_init, new_phase: Bits<2>,
        const zero: Bits<16> = 0, const one: Bits<16> = 1,
        const bit_pixel: Bits<4> = ComputeOp::PIXEL_MODE as u64, const bit_loss: Bits<4> = ComputeOp::STREAM_LOSS as u64,
        const bit_column: Bits<4> = ComputeOp::COLUMN as u64, const bit_init: Bits<4> = ComputeOp::INIT as u64,
        const bit_ones: Bits<4> = ComputeOp::ONES as u64, const bit_phase: Bits<4> = ComputeOp::PHASE as u64,
        const init_bias: Bits<2> = Init::Bias as u64, const init_keep: Bits<2> = Init::Keep as u64,
    }
}

impl Logic for OpDecode {
    #[hdl_gen]
    fn update(&mut self) {
        self.is_pixel.next = self.op.val().get_bit(self.bit_pixel.val().index());
        self.new_init.next = self.op.val().get_bits::<2>(self.bit_init.val().index());
        self.new_phase.next = self.op.val().get_bits::<2>(self.bit_phase.val().index());
        self.undefined.next = self.new_init.val().all() | self.new_phase.val().all();
        self.no_steps.next = (self.n_g.val() == self.zero.val())
            | (self.n_kr.val() == self.zero.val())
            | (self.n_kc.val() == self.zero.val());
        self.no_pixels.next = (self.n_i.val() == self.zero.val())
            | (self.n_r.val() == self.zero.val())
            | (self.n_c.val() == self.zero.val());

        if self.capture.val() {
            self.bad_q.d.next = self.undefined.val();
            self.only_ones_q.d.next = self.no_steps.val();
            self.empty_q.d.next = self.undefined.val()
                | self.no_pixels.val()
                | (self.no_steps.val()
                    & !(self.is_pixel.val() & self.op.val().get_bit(self.bit_ones.val().index())));
            self.pixel_q.d.next = self.is_pixel.val();
            self.loss_q.d.next = self.op.val().get_bit(self.bit_loss.val().index()) & !self.is_pixel.val();
            self.column_q.d.next = self.op.val().get_bit(self.bit_column.val().index());
            self.ones_q.d.next = self.op.val().get_bit(self.bit_ones.val().index());
            self.init_q.d.next = self.new_init.val();
            if self.is_pixel.val() & self.new_init.val().get_bit(0) {
                self.init_q.d.next = self.init_keep.val();
            }
            self.phase_q.d.next = self.new_phase.val();
        }

        self.bias.next = self.init_q.q.val() == self.init_bias.val();
        if self.pixel_q.q.val() {
            self.turn_g.next = self.one.val();
        }
    }
}
