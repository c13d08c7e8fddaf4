//! One row of the array: T multipliers, one partial-sum memory.

use crate::arith::dot::{self, Dot};
use crate::compute::{Psum, RowStart, Stationary};
use ef_hdl_kit::{block, glue, vec_of};
use rust_hdl::prelude::*;

block! {
    /// Row m of the kernel: `psum[p] = dot(c, S[m], x)` with c = 0, the bias word, or `psum[p]`.
    ///
    /// ```text
    ///                 s[T], s_we      bias
    ///                    |              |
    ///  x[T] ------> Stationary --+   RowStart <---- Psum <-- raddr
    ///                  |   held  |      | c         ^  |
    ///                  |         +--> Dot<T> -------+  +--> sdata (store engine)
    ///                  v x_out          |           |
    ///               next row            overflow    waddr, we
    /// ```
    ///
    /// Everything a row receives it passes to the next one a cycle later (`*_out`), so no signal of the stream spans the array.
    /// With the vector at `x` in cycle t: `swap` at t-1, `init` at t, `raddr` at t - [`READ_AHEAD`](Self::READ_AHEAD),
    /// `waddr` and `we` at t + [`WRITE_BEHIND`](Self::WRITE_BEHIND), and `saturated_in` then too. The stationary row at `s`
    /// is taken with `s_we`, the bias word with `bias_we`, before the row's first `s_we`.
    pub struct Row<const T: usize, const PAW: usize> {
        in clock: Clock, in s, x: Vec<Bits<32>> = vec_of(T), in s_we, bias_we, swap, we, saturated_in: Bit,
        in bias: Bits<32>, in init: Bits<2>, in raddr, waddr, saddr: Bits<16>,
        out s_we_out, swap_out, we_out, saturated_out: Bit, out x_out: Vec<Bits<32>> = vec_of(T),
        out init_out: Bits<2>, out raddr_out, waddr_out: Bits<16>, out sdata: Bits<32>,
        chain: Chain,
        operands: Stationary<T>,
        start: RowStart,
        dot: Dot<T>,
        psum: Psum<PAW>,
    }
}

impl<const T: usize, const PAW: usize> Row<T, PAW> {
    /// Cycles by which `raddr` precedes the vector.
    pub const READ_AHEAD: usize = Psum::<1>::LATENCY;
    /// Cycles by which `waddr` and `we` follow the vector.
    pub const WRITE_BEHIND: usize = 1 + dot::LATENCY;
    /// A vector may read a partial sum this many cycles after the vector that last wrote it.
    pub const REVISIT: usize = Self::READ_AHEAD + Self::WRITE_BEHIND + 1;
}

glue! { [const T: usize, const PAW: usize] Row<T, PAW>; self => {
    wire!(self.chain <- self: clock, s_we, swap, init, raddr, we, waddr, saturated_in);
    wire!(self.chain.overflow, self.dot.overflow);
    wire!(self <- self.chain: s_we_out, swap_out, init_out, raddr_out, we_out, waddr_out, saturated_out);

    wire!(self.{operands, dot} <- self: clock);
    wire!(self.operands.s_we, self.s_we);
    wire!(self.operands.swap, self.chain.swap_out);
    for n in 0..T {
        wire!(self.operands <- self: s[n] = s[n], x[n] = x[n]);
        wire!(self.x_out[n], self.operands.x_out[n]);
        wire!(self.dot <- self.operands: a[n] = held[n], b[n] = x_out[n]);
    }

    wire!(self.start <- self: clock, bias, bias_we, s_we, swap, init);
    wire!(self.start.psum, self.psum.rdata);
    wire!(self.dot.c, self.start.c);

    wire!(self.psum <- self: clock, we, waddr, raddr, saddr);
    wire!(self.psum.wdata, self.dot.y);
    wire!(self.sdata, self.psum.sdata);
}}

block! {
    /// The registers between a row and the next one, except those of the vector itself.
    pub struct Chain {
        in clock: Clock, in s_we, swap, we, overflow, saturated_in: Bit, in init: Bits<2>,
        in raddr, waddr: Bits<16>,
        out s_we_out, swap_out, we_out, saturated_out: Bit, out init_out: Bits<2>,
        out raddr_out, waddr_out: Bits<16>,
        reg s_we_q => s_we_out, swap_q => swap_out, we_q => we_out, saturated_q => saturated_out: Bit,
        reg init_q => init_out: Bits<2>, reg raddr_q => raddr_out, waddr_q => waddr_out: Bits<16>,
    }
}

impl Logic for Chain {
    #[hdl_gen]
    fn update(&mut self) {
        self.s_we_q.d.next = self.s_we.val();
        self.swap_q.d.next = self.swap.val();
        self.init_q.d.next = self.init.val();
        self.raddr_q.d.next = self.raddr.val();
        self.we_q.d.next = self.we.val();
        self.waddr_q.d.next = self.waddr.val();
        self.saturated_q.d.next = self.saturated_in.val() | (self.overflow.val() & self.we.val());
    }
}
