//! What a row adds its products to.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// Chooses the addend of a row: 0, the bias word, or the partial sum; and keeps the bias word of the command that
    /// streams while that of the next command arrives.
    ///
    /// ```text
    ///  bias --bias_we--> [fetched] --s_we--> [shadow] --swap--> [active] --+
    ///                                                             0 -------+--> [DFF] --> c
    ///  psum ---------------------------------------------------------------+
    ///                                                            init ----^
    /// ```
    ///
    /// The bias takes the same two steps as the stationary words, so a command's bias is fetched while the previous command streams.
    /// `swap` comes one cycle before the first vector of a step, `init` (an `Init` of `ef_isa`) and `psum` with each vector.
    pub struct RowStart {
        in clock: Clock, in bias, psum: Bits<32>, in bias_we, s_we, swap: Bit,
        in init: Bits<2>,
        out c: Bits<32>,
        reg fetched, shadow, active: Bits<32>, reg pulse addend => c: Bits<32>,
    }
}

impl Logic for RowStart {
    #[hdl_gen]
    fn update(&mut self) {
        if self.bias_we.val() {
            self.fetched.d.next = self.bias.val();
        }
        if self.s_we.val() {
            self.shadow.d.next = self.fetched.q.val();
        }
        if self.swap.val() {
            self.active.d.next = self.shadow.q.val();
        }
        if self.init.val().get_bit(0) {
            self.addend.d.next = self.active.q.val();
        }
        if self.init.val().get_bit(1) {
            self.addend.d.next = self.psum.val();
        }
    }
}
