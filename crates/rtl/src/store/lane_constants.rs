//! [`LaneConstants`]: numbers that follow from the number of lanes.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// What other modules need to know about T, as constant outputs: rust-hdl has no constant with a const generic in its value that
    /// also has a default.
    pub struct LaneConstants<const T: usize> {
        assert!(matches!(T, 2 | 4 | 8), "vectors have 2, 4 or 8 lanes");
        let t = T as u64;
        /// T - 1: the last beat of a vector, the last lane.
        out last: Bits<3>,
        /// The last beat of a window of four vectors that become one.
        out last_pooled: Bits<3>,
        /// T.
        out lanes: Bits<4>,
        /// Width of a mask code, T; modulo 32, as is the next.
        out mask_width: Bits<5>,
        /// Width of a pooled code, 4T.
        out pool_width: Bits<5>,
        const t_last: Bits<3> = t - 1, const t_last_pooled: Bits<3> = t.max(4) - 1, const t_lanes: Bits<4> = t,
        const t_mask_width: Bits<5> = t, const t_pool_width: Bits<5> = 4 * t % 32,
    }
}

impl<const T: usize> Logic for LaneConstants<T> {
    #[hdl_gen]
    fn update(&mut self) {
        self.last.next = self.t_last.val();
        self.last_pooled.next = self.t_last_pooled.val();
        self.lanes.next = self.t_lanes.val();
        self.mask_width.next = self.t_mask_width.val();
        self.pool_width.next = self.t_pool_width.val();
    }
}
