//! The address and rotation of a streamed vector.

use rust_hdl::prelude::*;

/// Adds the contributions of six loops to a base, in three registered steps.
///
/// ```text
///  c + r ---+
///  i + kc --+--> + --+
///  kr + g --+--> + --+--> + --> addr   (and the same, 3 bits wide, for rot)
///  base ----+
/// ```
///
/// `addr` and `rot` follow [`LATENCY`](Self::LATENCY) cycles after the inputs.
#[derive(LogicBlock, Default)]
pub struct StreamAddress {
    pub clock: Signal<In, Clock>,
    pub load: Signal<In, Bit>,
    pub base: Signal<In, Bits<16>>,
    pub base_rot: Signal<In, Bits<16>>,
    pub c: Signal<In, Bits<16>>,
    pub r: Signal<In, Bits<16>>,
    pub i: Signal<In, Bits<16>>,
    pub kc: Signal<In, Bits<16>>,
    pub kr: Signal<In, Bits<16>>,
    pub g: Signal<In, Bits<16>>,
    pub rot_c: Signal<In, Bits<3>>,
    pub rot_r: Signal<In, Bits<3>>,
    pub rot_i: Signal<In, Bits<3>>,
    pub rot_kc: Signal<In, Bits<3>>,
    pub rot_kr: Signal<In, Bits<3>>,
    pub rot_g: Signal<In, Bits<3>>,
    pub addr: Signal<Out, Bits<16>>,
    pub rot: Signal<Out, Bits<3>>,
    base_q: DFF<Bits<16>>,
    base_rot_q: DFF<Bits<3>>,
    pixel: DFF<Bits<16>>,
    image: DFF<Bits<16>>,
    kernel: DFF<Bits<16>>,
    origin: DFF<Bits<16>>,
    inner: DFF<Bits<16>>,
    outer: DFF<Bits<16>>,
    sum: DFF<Bits<16>>,
    rot_pixel: DFF<Bits<3>>,
    rot_image: DFF<Bits<3>>,
    rot_kernel: DFF<Bits<3>>,
    rot_origin: DFF<Bits<3>>,
    rot_inner: DFF<Bits<3>>,
    rot_outer: DFF<Bits<3>>,
    rot_sum: DFF<Bits<3>>,
}

impl StreamAddress {
    /// Cycles from the contributions to the address.
    pub const LATENCY: usize = 3;
}

impl Logic for StreamAddress {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, base_q, pixel, image, kernel, origin, inner, outer, sum);
        dff_setup!(self, clock, base_rot_q, rot_pixel, rot_image, rot_kernel, rot_origin);
        dff_setup!(self, clock, rot_inner, rot_outer, rot_sum);
        if self.load.val() {
            self.base_q.d.next = self.base.val();
            self.base_rot_q.d.next = self.base_rot.val().get_bits::<3>(0);
        }
        self.pixel.d.next = self.c.val() + self.r.val();
        self.image.d.next = self.i.val() + self.kc.val();
        self.kernel.d.next = self.kr.val() + self.g.val();
        self.origin.d.next = self.base_q.q.val();
        self.inner.d.next = self.pixel.q.val() + self.image.q.val();
        self.outer.d.next = self.kernel.q.val() + self.origin.q.val();
        self.sum.d.next = self.inner.q.val() + self.outer.q.val();
        self.addr.next = self.sum.q.val();

        self.rot_pixel.d.next = self.rot_c.val() + self.rot_r.val();
        self.rot_image.d.next = self.rot_i.val() + self.rot_kc.val();
        self.rot_kernel.d.next = self.rot_kr.val() + self.rot_g.val();
        self.rot_origin.d.next = self.base_rot_q.q.val();
        self.rot_inner.d.next = self.rot_pixel.q.val() + self.rot_image.q.val();
        self.rot_outer.d.next = self.rot_kernel.q.val() + self.rot_origin.q.val();
        self.rot_sum.d.next = self.rot_inner.q.val() + self.rot_outer.q.val();
        self.rot.next = self.rot_sum.q.val();
    }
}
