//! One row of the array: T multipliers, one partial-sum memory.

use super::{Psum, RowStart, Stationary};
use crate::arith::dot::{self, Dot};
use ef_hdl_kit::{glue, vec_of};
use rust_hdl::prelude::*;

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
#[derive(LogicBlock)]
pub struct Row<const T: usize, const PAW: usize> {
    pub clock: Signal<In, Clock>,
    pub s: Vec<Signal<In, Bits<32>>>,
    pub s_we: Signal<In, Bit>,
    pub s_we_out: Signal<Out, Bit>,
    pub bias: Signal<In, Bits<32>>,
    pub bias_we: Signal<In, Bit>,
    pub x: Vec<Signal<In, Bits<32>>>,
    pub x_out: Vec<Signal<Out, Bits<32>>>,
    pub swap: Signal<In, Bit>,
    pub swap_out: Signal<Out, Bit>,
    pub init: Signal<In, Bits<2>>,
    pub init_out: Signal<Out, Bits<2>>,
    pub raddr: Signal<In, Bits<16>>,
    pub raddr_out: Signal<Out, Bits<16>>,
    pub we: Signal<In, Bit>,
    pub we_out: Signal<Out, Bit>,
    pub waddr: Signal<In, Bits<16>>,
    pub waddr_out: Signal<Out, Bits<16>>,
    pub saturated_in: Signal<In, Bit>,
    pub saturated_out: Signal<Out, Bit>,
    pub saddr: Signal<In, Bits<16>>,
    pub sdata: Signal<Out, Bits<32>>,
    chain: Chain,
    operands: Stationary<T>,
    start: RowStart,
    dot: Dot<T>,
    psum: Psum<PAW>,
}

impl<const T: usize, const PAW: usize> Row<T, PAW> {
    /// Cycles by which `raddr` precedes the vector.
    pub const READ_AHEAD: usize = Psum::<1>::LATENCY;
    /// Cycles by which `waddr` and `we` follow the vector.
    pub const WRITE_BEHIND: usize = 1 + dot::LATENCY;
    /// A vector may read a partial sum this many cycles after the vector that last wrote it.
    pub const REVISIT: usize = Self::READ_AHEAD + Self::WRITE_BEHIND + 1;
}

impl<const T: usize, const PAW: usize> Default for Row<T, PAW> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            s: vec_of(T),
            s_we: Default::default(),
            s_we_out: Default::default(),
            bias: Default::default(),
            bias_we: Default::default(),
            x: vec_of(T),
            x_out: vec_of(T),
            swap: Default::default(),
            swap_out: Default::default(),
            init: Default::default(),
            init_out: Default::default(),
            raddr: Default::default(),
            raddr_out: Default::default(),
            we: Default::default(),
            we_out: Default::default(),
            waddr: Default::default(),
            waddr_out: Default::default(),
            saturated_in: Default::default(),
            saturated_out: Default::default(),
            saddr: Default::default(),
            sdata: Default::default(),
            chain: Default::default(),
            operands: Default::default(),
            start: Default::default(),
            dot: Default::default(),
            psum: Default::default(),
        }
    }
}

glue! { [const T: usize, const PAW: usize] Row<T, PAW>; self => {
    wire!(self.chain.clock, self.clock);
    wire!(self.chain.s_we, self.s_we);
    wire!(self.chain.swap, self.swap);
    wire!(self.chain.init, self.init);
    wire!(self.chain.raddr, self.raddr);
    wire!(self.chain.we, self.we);
    wire!(self.chain.waddr, self.waddr);
    wire!(self.chain.saturated_in, self.saturated_in);
    wire!(self.chain.overflow, self.dot.overflow);
    wire!(self.s_we_out, self.chain.s_we_out);
    wire!(self.swap_out, self.chain.swap_out);
    wire!(self.init_out, self.chain.init_out);
    wire!(self.raddr_out, self.chain.raddr_out);
    wire!(self.we_out, self.chain.we_out);
    wire!(self.waddr_out, self.chain.waddr_out);
    wire!(self.saturated_out, self.chain.saturated_out);

    wire!(self.operands.clock, self.clock);
    wire!(self.operands.s_we, self.s_we);
    wire!(self.operands.swap, self.chain.swap_out);
    wire!(self.dot.clock, self.clock);
    for n in 0..T {
        wire!(self.operands.s[n], self.s[n]);
        wire!(self.operands.x[n], self.x[n]);
        wire!(self.x_out[n], self.operands.x_out[n]);
        wire!(self.dot.a[n], self.operands.held[n]);
        wire!(self.dot.b[n], self.operands.x_out[n]);
    }

    wire!(self.start.clock, self.clock);
    wire!(self.start.bias, self.bias);
    wire!(self.start.bias_we, self.bias_we);
    wire!(self.start.s_we, self.s_we);
    wire!(self.start.swap, self.swap);
    wire!(self.start.init, self.init);
    wire!(self.start.psum, self.psum.rdata);
    wire!(self.dot.c, self.start.c);

    wire!(self.psum.clock, self.clock);
    wire!(self.psum.we, self.we);
    wire!(self.psum.waddr, self.waddr);
    wire!(self.psum.wdata, self.dot.y);
    wire!(self.psum.raddr, self.raddr);
    wire!(self.psum.saddr, self.saddr);
    wire!(self.sdata, self.psum.sdata);
}}

/// The registers between a row and the next one, except those of the vector itself.
#[derive(LogicBlock, Default)]
pub struct Chain {
    pub clock: Signal<In, Clock>,
    pub s_we: Signal<In, Bit>,
    pub s_we_out: Signal<Out, Bit>,
    pub swap: Signal<In, Bit>,
    pub swap_out: Signal<Out, Bit>,
    pub init: Signal<In, Bits<2>>,
    pub init_out: Signal<Out, Bits<2>>,
    pub raddr: Signal<In, Bits<16>>,
    pub raddr_out: Signal<Out, Bits<16>>,
    pub we: Signal<In, Bit>,
    pub we_out: Signal<Out, Bit>,
    pub waddr: Signal<In, Bits<16>>,
    pub waddr_out: Signal<Out, Bits<16>>,
    pub overflow: Signal<In, Bit>,
    pub saturated_in: Signal<In, Bit>,
    pub saturated_out: Signal<Out, Bit>,
    s_we_q: DFF<Bit>,
    swap_q: DFF<Bit>,
    init_q: DFF<Bits<2>>,
    raddr_q: DFF<Bits<16>>,
    we_q: DFF<Bit>,
    waddr_q: DFF<Bits<16>>,
    saturated_q: DFF<Bit>,
}

impl Logic for Chain {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, s_we_q, swap_q, init_q, raddr_q, we_q, waddr_q, saturated_q);
        self.s_we_q.d.next = self.s_we.val();
        self.swap_q.d.next = self.swap.val();
        self.init_q.d.next = self.init.val();
        self.raddr_q.d.next = self.raddr.val();
        self.we_q.d.next = self.we.val();
        self.waddr_q.d.next = self.waddr.val();
        self.saturated_q.d.next = self.saturated_in.val() | (self.overflow.val() & self.we.val());
        self.s_we_out.next = self.s_we_q.q.val();
        self.swap_out.next = self.swap_q.q.val();
        self.init_out.next = self.init_q.q.val();
        self.raddr_out.next = self.raddr_q.q.val();
        self.we_out.next = self.we_q.q.val();
        self.waddr_out.next = self.waddr_q.q.val();
        self.saturated_out.next = self.saturated_q.q.val();
    }
}
