//! [`Sfu`]: the special function unit.

mod functions;
pub mod sfu_finish;
pub mod sfu_interpolate;
pub mod sfu_reduce;
pub mod sig_product_exact;

use ef_hdl_kit::block;
pub use functions::{EXP, LN, RECIP, RSQRT, SCALE_OFFSET};
use rust_hdl::prelude::*;
use sfu_finish::SfuFinish;
use sfu_interpolate::SfuInterpolate;
use sfu_reduce::SfuReduce;

/// Clock edges from argument to result, for every function.
pub const LATENCY: usize = sfu_reduce::LATENCY + sfu_interpolate::LATENCY + sfu_finish::LATENCY;

const _: () = assert!(sfu_interpolate::LATENCY == 6, "the delay lines of `Sfu` have this length");

block! {
    /// `1 / x`, `1 / sqrt(|x|)`, `e^x` or `ln |x|`, chosen word by word: bit for bit `ef_numerics::sfu::evaluate`.
    ///
    /// ```text
    ///  edge        1 .. 7              8 .. 13              14 .. 28
    ///  x 32 --[ SfuReduce ]-- point --[ SfuInterpolate ]--[ SfuFinish ]-- y 32
    ///  op 2 --[           ]-- op -----[                ]  [           ]-- overflow
    ///         [           ]-- scale, sign, cases -- delay [           ]
    /// ```
    ///
    /// `op` is [`RECIP`], [`RSQRT`], [`EXP`] or [`LN`]. Free-running: one result per clock, no stall and no valid bit,
    /// [`LATENCY`] 28. Eleven DSP blocks and two block RAMs. `overflow` marks a saturated `y`, such as `1 / 0`.
    ///
    /// ```
    /// use ef_rtl::arith::sfu::{LATENCY, RECIP, Sfu};
    /// use rust_hdl::prelude::*;
    ///
    /// let mut unit = Sfu::default();
    /// unit.connect_all();
    /// unit.x.next = u64::from(4.0f32.to_bits()).into();
    /// unit.op.next = RECIP.into();
    /// for _ in 0..LATENCY {
    ///     for level in [false, true] {
    ///         unit.clock.next = level.into();
    ///         assert!(simulate(&mut unit, 100));
    ///     }
    /// }
    /// assert_eq!(unit.y.val(), u64::from(0.25f32.to_bits()));
    /// ```
    pub struct Sfu {
        /// Clock.
        in clock: Clock,
        /// Argument, FP32.
        in x: Bits<32>,
        /// Which function.
        in op: Bits<2>,
        /// Result, FP32.
        out y: Bits<32>,
        /// The result is a saturated one.
        out overflow: Bit,
        reduce: SfuReduce,
        interpolate: SfuInterpolate,
        finish: SfuFinish,
        reg scale: [Bits<9>; 6],
        /// Shift registers: bit 5 is in step with the interpolated value.
        reg is_ln: Bits<6>,
        reg negative, saturate, vanish: Bits<6>,
        const ln: Bits<2> = LN,
    }
}

impl Logic for Sfu {
    #[hdl_gen]
    fn update(&mut self) {
        self.reduce.clock.next = self.clock.val();
        self.reduce.x.next = self.x.val();
        self.reduce.op.next = self.op.val();
        self.interpolate.clock.next = self.clock.val();
        self.interpolate.op.next = self.reduce.op_out.val();
        self.interpolate.point.next = self.reduce.point.val();
        self.scale[0].d.next = self.reduce.scale.val();
        for i in 1..6 {
            self.scale[i].d.next = self.scale[i - 1].q.val();
        }
        self.is_ln.d.next =
            (self.is_ln.q.val() << 1) | bit_cast::<6, 1>((self.reduce.op_out.val() == self.ln.val()).into());
        self.negative.d.next =
            (self.negative.q.val() << 1) | bit_cast::<6, 1>(self.reduce.negative.val().into());
        self.saturate.d.next =
            (self.saturate.q.val() << 1) | bit_cast::<6, 1>(self.reduce.saturate.val().into());
        self.vanish.d.next = (self.vanish.q.val() << 1) | bit_cast::<6, 1>(self.reduce.vanish.val().into());
        self.finish.clock.next = self.clock.val();
        self.finish.value.next = self.interpolate.value.val();
        self.finish.is_ln.next = self.is_ln.q.val().get_bit(5);
        self.finish.scale.next = self.scale[5].q.val();
        self.finish.negative.next = self.negative.q.val().get_bit(5);
        self.finish.saturate.next = self.saturate.q.val().get_bit(5);
        self.finish.vanish.next = self.vanish.q.val().get_bit(5);
        self.y.next = self.finish.y.val();
        self.overflow.next = self.finish.overflow.val();
    }
}
