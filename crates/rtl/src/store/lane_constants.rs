//! [`LaneConstants`]: numbers that follow from the number of lanes.

use rust_hdl::prelude::*;

/// What other modules need to know about T, as constant outputs: rust-hdl has no constant with a const generic in its value that
/// also has a default.
#[derive(LogicBlock)]
pub struct LaneConstants<const T: usize> {
    /// T - 1: the last beat of a vector, the last lane.
    pub last: Signal<Out, Bits<3>>,
    /// The last beat of a window of four vectors that become one.
    pub last_pooled: Signal<Out, Bits<3>>,
    /// T.
    pub lanes: Signal<Out, Bits<4>>,
    /// Width of a mask code, T; modulo 32, as is the next.
    pub mask_width: Signal<Out, Bits<5>>,
    /// Width of a pooled code, 4T.
    pub pool_width: Signal<Out, Bits<5>>,
    t_last: Constant<Bits<3>>,
    t_last_pooled: Constant<Bits<3>>,
    t_lanes: Constant<Bits<4>>,
    t_mask_width: Constant<Bits<5>>,
    t_pool_width: Constant<Bits<5>>,
}

impl<const T: usize> Default for LaneConstants<T> {
    fn default() -> Self {
        assert!(matches!(T, 2 | 4 | 8), "vectors have 2, 4 or 8 lanes");
        let t = T as u64;
        Self {
            last: Default::default(),
            last_pooled: Default::default(),
            lanes: Default::default(),
            mask_width: Default::default(),
            pool_width: Default::default(),
            t_last: Constant::new((t - 1).into()),
            t_last_pooled: Constant::new((t.max(4) - 1).into()),
            t_lanes: Constant::new(t.into()),
            t_mask_width: Constant::new(t.into()),
            t_pool_width: Constant::new((4 * t % 32).into()),
        }
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
