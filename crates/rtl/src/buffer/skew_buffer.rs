//! The feature, loss and weight buffers with the two read paths of the kernel.

use super::{Banks, Delay, Rotator, SkewAddress};
use ef_hdl_kit::{K, glue, vec_of};
use rust_hdl::prelude::*;

/// The three skewed buffers, read by two paths: the stream (feature or loss buffer) and the stationary matrix
/// (weight or loss buffer). The loss buffer serves one of them at a time, so two address rotators and two data
/// rotators are enough for three buffers.
///
/// ```text
///              rot, + addr        mux              RAM, DFF      mux        rotate
///  x_lane ---> SkewAddress --+--> [DFF] ---------> feature --+
///                            +--> |                          +--> [DFF] --> Rotator --> x[T]
///                            +--> [DFF] ---------> loss -----+     ^ 1.0
///  s_lane ---> SkewAddress --+--> |                          +--> [DFF] --> Rotator --> & s_keep --> s[T]
///                            +--> [DFF] ---------> weight ---+
/// ```
///
/// Lane n of a read with rotation `rot` is the word of bank (n + rot) mod T at address `lane[n] + addr`.
///
/// | port | width | |
/// |---|---|---|
/// | `feature_we`, `feature_waddr`, `feature_wdata[T]` | 1, 16, 32 | write port, bank order; likewise `loss_`, `weight_` |
/// | `x_lane[T]`, `x_addr`, `x_rot` | 16, 16, 3 | streamed read |
/// | `x_loss`, `x_ones` | 1 | from the loss buffer; a vector of 1.0 instead |
/// | `x[T]` | 32 | [`LATENCY`](Self::LATENCY) cycles later |
/// | `s_lane[T]`, `s_addr`, `s_rot` | 16, 16, 3 | stationary read |
/// | `s_loss` | 1 | a read of the loss buffer: takes its address port, so low while nothing is read |
/// | `s_keep[T]` | 1 | lanes that are not forced to 0 |
/// | `s[T]` | 32 | [`LATENCY`](Self::LATENCY) cycles later |
#[derive(LogicBlock)]
pub struct SkewBuffer<const T: usize, const FAW: usize, const LAW: usize, const WAW: usize> {
    pub clock: Signal<In, Clock>,
    pub feature_we: Signal<In, Bit>,
    pub feature_waddr: Signal<In, Bits<16>>,
    pub feature_wdata: Vec<Signal<In, Bits<32>>>,
    pub loss_we: Signal<In, Bit>,
    pub loss_waddr: Signal<In, Bits<16>>,
    pub loss_wdata: Vec<Signal<In, Bits<32>>>,
    pub weight_we: Signal<In, Bit>,
    pub weight_waddr: Signal<In, Bits<16>>,
    pub weight_wdata: Vec<Signal<In, Bits<32>>>,
    pub x_lane: Vec<Signal<In, Bits<16>>>,
    pub x_addr: Signal<In, Bits<16>>,
    pub x_rot: Signal<In, Bits<3>>,
    pub x_loss: Signal<In, Bit>,
    pub x_ones: Signal<In, Bit>,
    pub x: Vec<Signal<Out, Bits<32>>>,
    pub s_lane: Vec<Signal<In, Bits<16>>>,
    pub s_addr: Signal<In, Bits<16>>,
    pub s_rot: Signal<In, Bits<3>>,
    pub s_loss: Signal<In, Bit>,
    pub s_keep: Vec<Signal<In, Bit>>,
    pub s: Vec<Signal<Out, Bits<32>>>,
    feature: Banks<T, FAW>,
    loss: Banks<T, LAW>,
    weight: Banks<T, WAW>,
    x_address: SkewAddress<T>,
    s_address: SkewAddress<T>,
    x_loss_at_bank: Delay<Bit>,
    x_loss_at_data: Delay<Bit>,
    x_ones_at_data: Delay<Bit>,
    x_rot_at_data: Delay<Bits<3>>,
    s_loss_at_bank: Delay<Bit>,
    s_loss_at_data: Delay<Bit>,
    s_rot_at_data: Delay<Bits<3>>,
    s_keep_at_end: Vec<Delay<Bit>>,
    port: Vec<BankPorts>,
    x_rotate: Rotator<T, 32>,
    s_rotate: Rotator<T, 32>,
    s_gate: Vec<Gate>,
}

/// Bank addresses are registered once more on their way to the RAMs.
const TO_BANK: usize = SkewAddress::<2>::LATENCY;
const TO_DATA: usize = TO_BANK + 1 + Banks::<2, 1>::LATENCY;

impl<const T: usize, const FAW: usize, const LAW: usize, const WAW: usize> SkewBuffer<T, FAW, LAW, WAW> {
    /// Cycles from a read's inputs to its data.
    pub const LATENCY: usize = TO_DATA + 1 + Rotator::<2, 32>::LATENCY;
}

impl<const T: usize, const FAW: usize, const LAW: usize, const WAW: usize> Default
    for SkewBuffer<T, FAW, LAW, WAW>
{
    fn default() -> Self {
        Self {
            clock: Default::default(),
            feature_we: Default::default(),
            feature_waddr: Default::default(),
            feature_wdata: vec_of(T),
            loss_we: Default::default(),
            loss_waddr: Default::default(),
            loss_wdata: vec_of(T),
            weight_we: Default::default(),
            weight_waddr: Default::default(),
            weight_wdata: vec_of(T),
            x_lane: vec_of(T),
            x_addr: Default::default(),
            x_rot: Default::default(),
            x_loss: Default::default(),
            x_ones: Default::default(),
            x: vec_of(T),
            s_lane: vec_of(T),
            s_addr: Default::default(),
            s_rot: Default::default(),
            s_loss: Default::default(),
            s_keep: vec_of(T),
            s: vec_of(T),
            feature: Default::default(),
            loss: Default::default(),
            weight: Default::default(),
            x_address: Default::default(),
            s_address: Default::default(),
            x_loss_at_bank: Delay::new(TO_BANK),
            x_loss_at_data: Delay::new(TO_DATA - TO_BANK),
            x_ones_at_data: Delay::new(TO_DATA),
            x_rot_at_data: Delay::new(TO_DATA + 1),
            s_loss_at_bank: Delay::new(TO_BANK),
            s_loss_at_data: Delay::new(TO_DATA - TO_BANK),
            s_rot_at_data: Delay::new(TO_DATA + 1),
            s_keep_at_end: (0..T).map(|_| Delay::new(Self::LATENCY)).collect(),
            port: vec_of(T),
            x_rotate: Default::default(),
            s_rotate: Default::default(),
            s_gate: vec_of(T),
        }
    }
}

glue! { [const T: usize, const FAW: usize, const LAW: usize, const WAW: usize] SkewBuffer<T, FAW, LAW, WAW>; self => {
    wire!(self.feature.clock, self.clock);
    wire!(self.feature.we, self.feature_we);
    wire!(self.feature.waddr, self.feature_waddr);
    wire!(self.loss.clock, self.clock);
    wire!(self.loss.we, self.loss_we);
    wire!(self.loss.waddr, self.loss_waddr);
    wire!(self.weight.clock, self.clock);
    wire!(self.weight.we, self.weight_we);
    wire!(self.weight.waddr, self.weight_waddr);

    wire!(self.x_address.clock, self.clock);
    wire!(self.x_address.addr, self.x_addr);
    wire!(self.x_address.rot, self.x_rot);
    wire!(self.s_address.clock, self.clock);
    wire!(self.s_address.addr, self.s_addr);
    wire!(self.s_address.rot, self.s_rot);

    wire!(self.x_loss_at_bank.clock, self.clock);
    wire!(self.x_loss_at_bank.d, self.x_loss);
    wire!(self.x_loss_at_data.clock, self.clock);
    wire!(self.x_loss_at_data.d, self.x_loss_at_bank.q);
    wire!(self.x_ones_at_data.clock, self.clock);
    wire!(self.x_ones_at_data.d, self.x_ones);
    wire!(self.x_rot_at_data.clock, self.clock);
    wire!(self.x_rot_at_data.d, self.x_rot);
    wire!(self.s_loss_at_bank.clock, self.clock);
    wire!(self.s_loss_at_bank.d, self.s_loss);
    wire!(self.s_loss_at_data.clock, self.clock);
    wire!(self.s_loss_at_data.d, self.s_loss_at_bank.q);
    wire!(self.s_rot_at_data.clock, self.clock);
    wire!(self.s_rot_at_data.d, self.s_rot);

    wire!(self.x_rotate.clock, self.clock);
    wire!(self.x_rotate.rot, self.x_rot_at_data.q);
    wire!(self.s_rotate.clock, self.clock);
    wire!(self.s_rotate.rot, self.s_rot_at_data.q);

    for b in 0..T {
        wire!(self.feature.wdata[b], self.feature_wdata[b]);
        wire!(self.loss.wdata[b], self.loss_wdata[b]);
        wire!(self.weight.wdata[b], self.weight_wdata[b]);
        wire!(self.x_address.lane[b], self.x_lane[b]);
        wire!(self.s_address.lane[b], self.s_lane[b]);

        wire!(self.port[b].clock, self.clock);
        wire!(self.port[b].x_addr, self.x_address.bank[b]);
        wire!(self.port[b].s_addr, self.s_address.bank[b]);
        wire!(self.port[b].s_addr_loss, self.s_loss_at_bank.q);
        wire!(self.port[b].x_data_loss, self.x_loss_at_data.q);
        wire!(self.port[b].x_data_ones, self.x_ones_at_data.q);
        wire!(self.port[b].s_data_loss, self.s_loss_at_data.q);
        wire!(self.feature.raddr[b], self.port[b].feature_addr);
        wire!(self.loss.raddr[b], self.port[b].loss_addr);
        wire!(self.weight.raddr[b], self.port[b].weight_addr);
        wire!(self.port[b].feature, self.feature.rdata[b]);
        wire!(self.port[b].loss, self.loss.rdata[b]);
        wire!(self.port[b].weight, self.weight.rdata[b]);

        wire!(self.x_rotate.x[b], self.port[b].x);
        wire!(self.s_rotate.x[b], self.port[b].s);
        wire!(self.x[b], self.x_rotate.y[b]);
        wire!(self.s_keep_at_end[b].clock, self.clock);
        wire!(self.s_keep_at_end[b].d, self.s_keep[b]);
        wire!(self.s_gate[b].keep, self.s_keep_at_end[b].q);
        wire!(self.s_gate[b].x, self.s_rotate.y[b]);
        wire!(self.s[b], self.s_gate[b].y);
    }
}}

/// Bank b of the three buffers: which path reads it, and what each path takes.
#[derive(LogicBlock, Default)]
pub struct BankPorts {
    pub clock: Signal<In, Clock>,
    pub x_addr: Signal<In, Bits<16>>,
    pub s_addr: Signal<In, Bits<16>>,
    pub s_addr_loss: Signal<In, Bit>,
    pub feature_addr: Signal<Out, Bits<16>>,
    pub loss_addr: Signal<Out, Bits<16>>,
    pub weight_addr: Signal<Out, Bits<16>>,
    pub feature: Signal<In, Bits<32>>,
    pub loss: Signal<In, Bits<32>>,
    pub weight: Signal<In, Bits<32>>,
    pub x_data_loss: Signal<In, Bit>,
    pub x_data_ones: Signal<In, Bit>,
    pub s_data_loss: Signal<In, Bit>,
    pub x: Signal<Out, Bits<32>>,
    pub s: Signal<Out, Bits<32>>,
    feature_at: DFF<Bits<16>>,
    loss_at: DFF<Bits<16>>,
    weight_at: DFF<Bits<16>>,
    x_word: DFF<Bits<32>>,
    s_word: DFF<Bits<32>>,
    fp_one: K<32, 0x3f80_0000>,
}

impl Logic for BankPorts {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, feature_at, loss_at, weight_at, x_word, s_word);
        self.feature_at.d.next = self.x_addr.val();
        self.weight_at.d.next = self.s_addr.val();
        self.loss_at.d.next = self.x_addr.val();
        if self.s_addr_loss.val() {
            self.loss_at.d.next = self.s_addr.val();
        }
        self.feature_addr.next = self.feature_at.q.val();
        self.loss_addr.next = self.loss_at.q.val();
        self.weight_addr.next = self.weight_at.q.val();

        self.x_word.d.next = self.feature.val();
        if self.x_data_loss.val() {
            self.x_word.d.next = self.loss.val();
        }
        if self.x_data_ones.val() {
            self.x_word.d.next = self.fp_one.val();
        }
        self.s_word.d.next = self.weight.val();
        if self.s_data_loss.val() {
            self.s_word.d.next = self.loss.val();
        }
        self.x.next = self.x_word.q.val();
        self.s.next = self.s_word.q.val();
    }
}

/// `y` = `x`, or 0.
#[derive(LogicBlock, Default)]
pub struct Gate {
    pub keep: Signal<In, Bit>,
    pub x: Signal<In, Bits<32>>,
    pub y: Signal<Out, Bits<32>>,
    zero: K<32, 0>,
}

impl Logic for Gate {
    #[hdl_gen]
    fn update(&mut self) {
        self.y.next = self.zero.val();
        if self.keep.val() {
            self.y.next = self.x.val();
        }
    }
}
