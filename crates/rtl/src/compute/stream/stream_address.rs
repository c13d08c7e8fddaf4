//! The address and rotation of a streamed vector.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
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
    pub struct StreamAddress {
        in clock: Clock, in load: Bit, in base, base_rot, c, r, i, kc, kr, g: Bits<16>,
        in rot_c, rot_r, rot_i, rot_kc, rot_kr, rot_g: Bits<3>,
        out addr: Bits<16>, out rot: Bits<3>,
        reg base_q, pixel, image, kernel, origin, inner, outer, sum => addr: Bits<16>,
        reg base_rot_q, rot_pixel, rot_image, rot_kernel, rot_origin, rot_inner, rot_outer: Bits<3>,
        reg rot_sum => rot: Bits<3>,
    }
}

impl StreamAddress {
    /// Cycles from the contributions to the address.
    pub const LATENCY: usize = 3;
}

impl Logic for StreamAddress {
    #[hdl_gen]
    fn update(&mut self) {
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

        self.rot_pixel.d.next = self.rot_c.val() + self.rot_r.val();
        self.rot_image.d.next = self.rot_i.val() + self.rot_kc.val();
        self.rot_kernel.d.next = self.rot_kr.val() + self.rot_g.val();
        self.rot_origin.d.next = self.base_rot_q.q.val();
        self.rot_inner.d.next = self.rot_pixel.q.val() + self.rot_image.q.val();
        self.rot_outer.d.next = self.rot_kernel.q.val() + self.rot_origin.q.val();
        self.rot_sum.d.next = self.rot_inner.q.val() + self.rot_outer.q.val();
    }
}
