//! [`Softmax`]: softmax cross-entropy and its gradient.

pub mod class_walk;
pub mod exponents;
pub mod softmax_control;
pub mod softmax_steps;
pub mod softmax_totals;

use super::arithmetic::{ADD, MULTIPLY};
use super::hold::Hold;
use super::psum_port::element_latency;
use super::token_line::TokenLine;
use super::word_mux;
use crate::arith::sfu::{self, Sfu};
use crate::buffer::PulseDelay;
use class_walk::{ArgMax, ClassWalk};
use ef_hdl_kit::{block, glue};
use exponents::Exponents;
use rust_hdl::prelude::*;
use softmax_control::{SoftmaxControl, SoftmaxSum};
use softmax_steps::{SoftmaxFunction, SoftmaxSteps};
use softmax_totals::SoftmaxTotals;

/// Cycles from the argument of a special function to its value.
const FUNCTION: usize = sfu::LATENCY + 1;

// times after the reciprocal was asked for
const INVERSE_KNOWN: usize = FUNCTION;
const LOSS_BEGIN: usize = FUNCTION + 1;
const LOSS_KNOWN: usize = LOSS_BEGIN + ADD;
/// When the image's loss enters the adder. The gradients enter it in every other cycle, from `INVERSE_KNOWN + 1 + DIFFERENCE` on, so the
/// loss waits for a cycle between two of them.
const LOSS_ADD: usize = LOSS_KNOWN + 1 + (LOSS_KNOWN + INVERSE_KNOWN + 1 + DIFFERENCE + 1 + 1) % 2;
const LOSS_END: usize = LOSS_ADD + ADD;

// times after a class's exponential was asked for
const PROBABILITY: usize = exponents::LATENCY;
const DIFFERENCE: usize = PROBABILITY + MULTIPLY;
/// The multiplier is used twice per class: the second time in an odd cycle after the first.
const GRADIENT_HOLD: usize = (MULTIPLY + ADD + 1) % 2;
const GRADIENT: usize = DIFFERENCE + ADD + GRADIENT_HOLD;
const GRADIENT_KNOWN: usize = GRADIENT + MULTIPLY;

const _: () = assert!((GRADIENT - PROBABILITY) % 2 == 1);
const _: () = assert!((LOSS_ADD - (INVERSE_KNOWN + 1 + DIFFERENCE)) % 2 == 1);
const _: () = assert!(LOSS_BEGIN < INVERSE_KNOWN + 1 + DIFFERENCE);

/// Cycles per class in the gradient pass, in which the words of an image leave.
pub const CYCLES_PER_WORD: usize = 2;

/// When things happen, in cycles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// From `start` to the first word of the first image in the word buffer.
    pub first_word: usize,
    /// From the first word of an image to its first word of padding.
    pub padding: usize,
    /// From an image to the next.
    pub image: usize,
    /// From `start` to the end of `busy`, beyond the images.
    pub rest: usize,
}

/// The times of a SOFTMAX over so many classes (1 or more), for a latency of the partial sums: the states of [`SoftmaxControl`], one
/// after the other.
pub const fn times(psum_latency: usize, lanes: usize, classes: usize, gradient: bool) -> Times {
    let shift = 3 + classes + scanned(psum_latency);
    let sum = shift + 3 + classes + raised(psum_latency);
    let reciprocal = sum + 8 + (classes - 1) * (ADD + 1);
    let begin = reciprocal + INVERSE_KNOWN + 1;
    let (settle, known, words) = if gradient {
        (
            begin + CYCLES_PER_WORD * classes + 1,
            begin + CYCLES_PER_WORD * (classes - 1) + GRADIENT_KNOWN + 1,
            classes,
        )
    } else {
        (begin, 0, 0)
    };
    let loss = reciprocal + LOSS_END + 1;
    let quiet = if known > loss { known } else { loss };
    let pad = 1 + if settle > quiet { settle } else { quiet };
    Times {
        first_word: 1 + begin + GRADIENT_KNOWN + word_mux::LATENCY,
        padding: pad.saturating_sub(begin + GRADIENT_KNOWN),
        image: pad + words.next_multiple_of(lanes) - words + 2,
        rest: 1 + MULTIPLY + 1,
    }
}

/// From the address of a logit to its count in [`ArgMax`].
const fn scanned(psum_latency: usize) -> usize {
    element_latency(psum_latency) + 1
}

/// From the address of a logit to its exponential.
const fn raised(psum_latency: usize) -> usize {
    element_latency(psum_latency) + ADD + FUNCTION
}

block! {
    /// SOFTMAX over up to 2^EAW classes per image: loss, hits, and the gradient of the logits.
    ///
    /// ```text
    ///  [ SoftmaxControl ] leads through the passes of an image, tokens keep the time of every step:
    ///
    ///  [ ClassWalk ] ~~> element --> [ ArgMax ]                                           scan
    ///  [ ClassWalk ] ~~> element --(- max)--> x --[ exp ]--> [ Exponents 2^EAW ]          shift
    ///  [ Exponents ] --(+ sum)--> sum --[ recip ]--> inverse, --[ ln ]--(- x_label)--(+ LOSS_SUM)
    ///  [ Exponents ] --(* inverse)--(- 1 if label)--(* INV_BATCH)--> word                 gradient
    /// ```
    /// The first three passes take 1, 1 and ADD + 1 cycles per class, the gradient 2, and each image some 120 more.
    /// An image has at most 2^EAW classes: more wrap and give nonsense.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `start` | 1 | pulse; `p_base` ... `gradient` and `inv_batch` stay valid until `busy` falls |
    /// | `clear` | 1 | stop; the totals stay |
    /// | `clear_totals` | 1 | `loss_sum`, `mean_loss` and `correct` become 0 |
    /// | `stall` | 1 | begin no gradient |
    /// | `operand_address`, `operand` | 16, 32 | labels, to and from [`OperandRam`](super::operand_ram::OperandRam) |
    /// | `psum_address`, `psum_lane`, `element` | 16, 3, 32 | logits, to and from [`PsumPort`](super::psum_port::PsumPort) |
    /// | `add` ... `mul_b`, `sum`, `product` | | to and from [`Arithmetic`](super::arithmetic::Arithmetic) |
    /// | `push`, `word` | 1, 32 | the gradients, each image padded to a multiple of T |
    /// | `loss_sum`, `mean_loss`, `correct` | 32 | totals |
    /// | `busy` | 1 | from the cycle after `start` until the mean is known |
    ///
    /// ```
    /// use ef_rtl::store::softmax::Softmax;
    /// # ef_hdl_kit::export::verilog(&mut Softmax::<4, 6, 3>::default(), "softmax").unwrap();
    /// ```
    pub struct Softmax<const T: usize, const EAW: usize, const LAT: usize> {
        in clock: Clock, in clear, clear_totals, start, gradient, stall: Bit,
        in p_base, p_g, n_i, n_c, o_w: Bits<16>, in inv_batch, operand, element, sum, product: Bits<32>,
        out operand_address, psum_address: Bits<16>, out psum_lane: Bits<3>,
        out add, subtract, multiply, push, busy: Bit,
        out add_a, add_b, mul_a, mul_b, word, loss_sum, mean_loss, correct: Bits<32>,
        control: SoftmaxControl<T>,
        summing: SoftmaxSum,
        walk: ClassWalk<T>,
        max: ArgMax,
        exponents: Exponents<EAW>,
        totals: SoftmaxTotals,
        steps: SoftmaxSteps,
        argument: SoftmaxFunction,
        special: Sfu,
        scan: TokenLine = TokenLine::new(Self::SCANNED),
        shift: TokenLine = TokenLine::new(Self::RAISED),
        grow: PulseDelay<ADD>,
        inverse: TokenLine = TokenLine::new(LOSS_END),
        gradients: TokenLine = TokenLine::new(GRADIENT_KNOWN),
        mean: PulseDelay<MULTIPLY>,
        difference: Hold<Bits<32>> = Hold::new(GRADIENT_HOLD),
    }
}

impl<const T: usize, const EAW: usize, const LAT: usize> Softmax<T, EAW, LAT> {
    // times after a logit was asked for
    const LOGIT: usize = element_latency(LAT);
    const SCANNED: usize = scanned(LAT);
    const SHIFTED: usize = Self::LOGIT + ADD;
    const RAISED: usize = raised(LAT);
}

glue! { [const T: usize, const EAW: usize, const LAT: usize] Softmax<T, EAW, LAT>; self => {
    // the order of things
    wire!(self.control <- self: clock, clear, start, p_base, n_i, n_c, o_w, gradient, stall);
    wire!(self.control <- self: walking = walk.busy, sum_next = summing.advance, sum_done = summing.done);
    wire!(self.summing <- self: clock, clear, start = control.sum_start, all_read = control.all_read);
    wire!(self.summing.added, self.grow.q);
    wire!(self.control <- self: inverse_known = inverse.tap[INVERSE_KNOWN], mean_known = mean.q);
    wire!(self.control.seen, self.max.seen);
    wire!(self.control.stored, self.exponents.stored);
    wire!(self.control.pipeline_busy, self.steps.pipeline_busy);
    wire!(self.operand_address, self.control.label_address);
    wire!(self.busy, self.control.busy);
    // tokens
    wire!(self.{scan, shift, grow, inverse, gradients, mean} <- self: clock);
    wire!(self.{scan, shift, inverse, gradients} <- self: clear);
    wire!(self.scan.token, self.steps.scan_issue);
    wire!(self.shift.token, self.steps.shift_issue);
    wire!(self.grow <- self: reset = clear, d = summing.add_next);
    wire!(self.inverse.token, self.control.reciprocal);
    wire!(self.gradients.token, self.control.gradient_read);
    wire!(self.mean <- self: reset = clear, d = control.mean);
    // logits
    wire!(self.{walk, max} <- self: clock);
    wire!(self.walk <- self: clear, p_g, n_c);
    wire!(self.walk.start, self.control.walk);
    wire!(self.walk.base, self.control.base);
    wire!(self <- self.walk: psum_address = address, psum_lane = lane);
    wire!(self.max <- self: restart = steps.scan_start, valid = scan.tap[Self::SCANNED], word = element);
    // exponentials
    wire!(self.{argument, special, exponents} <- self: clock);
    wire!(self.argument <- self: shifted = sum, total = totals.exponent_sum);
    wire!(self.argument <- self.control: reciprocal, logarithm);
    wire!(self.special <- self.argument: x, op);
    wire!(self.exponents <- self: restart = steps.shift_start, put = shift.tap[Self::RAISED]);
    wire!(self.exponents <- self: value = special.y, address = control.exponent_address);
    // totals
    wire!(self.totals <- self: clock, clear_totals, sum, product);
    wire!(self.totals <- self: restart = steps.shift_start, label = operand, best = max.index);
    wire!(self.totals <- self: shifted = shift.tap[Self::SHIFTED], grown = grow.q, special = special.y);
    wire!(self.totals <- self: difference = gradients.tap[DIFFERENCE], mean_known = mean.q);
    wire!(self.totals.take_first, self.summing.take_first);
    wire!(self.totals.exponent, self.exponents.exponent);
    wire!(self.totals <- self.inverse: inverse_known = tap[INVERSE_KNOWN], loss_known = tap[LOSS_KNOWN]);
    wire!(self.totals <- self.inverse: loss_end = tap[LOSS_END]);
    wire!(self <- self.totals: loss_sum, mean_loss, correct);
    // steps
    wire!(self.difference.clock, self.clock);
    wire!(self.difference.d, self.sum);
    wire!(self.steps <- self.control: walk, shifting, mean, pad);
    wire!(self.steps.issue, self.walk.issue);
    wire!(self.steps <- self.gradients: gradients_busy = busy, difference = tap[DIFFERENCE]);
    wire!(self.steps <- self.gradients: probability = tap[PROBABILITY], scale = tap[GRADIENT]);
    wire!(self.steps <- self.gradients: gradient_known = tap[GRADIENT_KNOWN]);
    wire!(self.steps <- self.inverse: loss_busy = busy, loss_begin = tap[LOSS_BEGIN]);
    wire!(self.steps <- self.inverse: loss_add = tap[LOSS_ADD]);
    wire!(self.steps <- self: shift = shift.tap[Self::LOGIT], grow = summing.add_next);
    wire!(self.steps <- self: logarithm = special.y, held_difference = difference.q);
    wire!(self.steps <- self: element, inv_batch, product);
    wire!(self.steps.largest, self.max.largest);
    wire!(self.steps <- self.totals: exponent_sum, x_label, loss_sum, loss, is_label, inverse);
    wire!(self.steps.exponent, self.exponents.exponent);
    wire!(self <- self.steps: add, add_a, add_b, subtract, multiply, mul_a, mul_b, push, word);
}}
