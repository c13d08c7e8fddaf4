//! The feature, loss and weight buffers with the two read paths of the kernel.

use super::{Banks, Delay, Rotator, SkewAddress};
use ef_hdl_kit::{block, glue, vec_of};
use rust_hdl::prelude::*;

block! {
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
    pub struct SkewBuffer<const T: usize, const FAW: usize, const LAW: usize, const WAW: usize> {
        in clock: Clock, in feature_we, loss_we, weight_we, x_loss, x_ones, s_loss: Bit,
        in feature_waddr, loss_waddr, weight_waddr, x_addr, s_addr: Bits<16>,
        in feature_wdata, loss_wdata, weight_wdata: Vec<Bits<32>> = vec_of(T),
        in x_lane, s_lane: Vec<Bits<16>> = vec_of(T), in x_rot, s_rot: Bits<3>,
        in s_keep: Vec<Bit> = vec_of(T),
        out x, s: Vec<Bits<32>> = vec_of(T),
        feature: Banks<T, FAW>,
        loss: Banks<T, LAW>,
        weight: Banks<T, WAW>,
        x_address, s_address: SkewAddress<T>,
        x_loss_at_bank: Delay<Bit> = Delay::new(TO_BANK),
        x_loss_at_data: Delay<Bit> = Delay::new(TO_DATA - TO_BANK),
        x_ones_at_data: Delay<Bit> = Delay::new(TO_DATA),
        x_rot_at_data: Delay<Bits<3>> = Delay::new(TO_DATA + 1),
        s_loss_at_bank: Delay<Bit> = Delay::new(TO_BANK),
        s_loss_at_data: Delay<Bit> = Delay::new(TO_DATA - TO_BANK),
        s_rot_at_data: Delay<Bits<3>> = Delay::new(TO_DATA + 1),
        s_keep_at_end: Vec<Delay<Bit>> = (0..T).map(|_| Delay::new(Self::LATENCY)).collect(),
        port: Vec<BankPorts> = vec_of(T),
        x_rotate, s_rotate: Rotator<T, 32>,
        s_gate: Vec<Gate> = vec_of(T),
    }
}

const TO_BANK: usize = SkewAddress::<2>::LATENCY;
/// Bank addresses are registered once more on their way to the RAMs.
const TO_DATA: usize = TO_BANK + 1 + Banks::<2, 1>::LATENCY;

impl<const T: usize, const FAW: usize, const LAW: usize, const WAW: usize> SkewBuffer<T, FAW, LAW, WAW> {
    /// Cycles from a read's inputs to its data.
    pub const LATENCY: usize = TO_DATA + 1 + Rotator::<2, 32>::LATENCY;
}

glue! { [const T: usize, const FAW: usize, const LAW: usize, const WAW: usize] SkewBuffer<T, FAW, LAW, WAW>; self => {
    wire!(self.{feature, loss, weight} <- self: clock);
    wire!(self.feature <- self: we = feature_we, waddr = feature_waddr);
    wire!(self.loss <- self: we = loss_we, waddr = loss_waddr);
    wire!(self.weight <- self: we = weight_we, waddr = weight_waddr);

    wire!(self.{x_address, s_address} <- self: clock);
    wire!(self.x_address <- self: addr = x_addr, rot = x_rot);
    wire!(self.s_address <- self: addr = s_addr, rot = s_rot);

    wire!(self.{x_loss_at_bank, x_loss_at_data, x_ones_at_data, x_rot_at_data} <- self: clock);
    wire!(self.{s_loss_at_bank, s_loss_at_data, s_rot_at_data} <- self: clock);
    wire!(self.x_loss_at_bank.d, self.x_loss);
    wire!(self.x_loss_at_data.d, self.x_loss_at_bank.q);
    wire!(self.x_ones_at_data.d, self.x_ones);
    wire!(self.x_rot_at_data.d, self.x_rot);
    wire!(self.s_loss_at_bank.d, self.s_loss);
    wire!(self.s_loss_at_data.d, self.s_loss_at_bank.q);
    wire!(self.s_rot_at_data.d, self.s_rot);

    wire!(self.{x_rotate, s_rotate} <- self: clock);
    wire!(self.x_rotate.rot, self.x_rot_at_data.q);
    wire!(self.s_rotate.rot, self.s_rot_at_data.q);

    for b in 0..T {
        wire!(self.feature.wdata[b], self.feature_wdata[b]);
        wire!(self.loss.wdata[b], self.loss_wdata[b]);
        wire!(self.weight.wdata[b], self.weight_wdata[b]);
        wire!(self.x_address.lane[b], self.x_lane[b]);
        wire!(self.s_address.lane[b], self.s_lane[b]);

        wire!(self.port[b].clock, self.clock);
        wire!(self.port[b] <- self: x_addr = x_address.bank[b], s_addr = s_address.bank[b]);
        wire!(self.port[b] <- self: s_addr_loss = s_loss_at_bank.q, x_data_loss = x_loss_at_data.q);
        wire!(self.port[b] <- self: x_data_ones = x_ones_at_data.q, s_data_loss = s_loss_at_data.q);
        wire!(self.port[b] <- self: feature = feature.rdata[b], loss = loss.rdata[b]);
        wire!(self.port[b] <- self: weight = weight.rdata[b]);
        wire!(self.feature.raddr[b], self.port[b].feature_addr);
        wire!(self.loss.raddr[b], self.port[b].loss_addr);
        wire!(self.weight.raddr[b], self.port[b].weight_addr);

        wire!(self.x_rotate.x[b], self.port[b].x);
        wire!(self.s_rotate.x[b], self.port[b].s);
        wire!(self <- self: x[b] = x_rotate.y[b], s[b] = s_gate[b].y);
        wire!(self.s_keep_at_end[b].clock, self.clock);
        wire!(self.s_keep_at_end[b].d, self.s_keep[b]);
        wire!(self.s_gate[b] <- self: keep = s_keep_at_end[b].q, x = s_rotate.y[b]);
    }
}}

block! {
    /// Bank b of the three buffers: which path reads it, and what each path takes.
    pub struct BankPorts {
        in clock: Clock, in x_addr, s_addr: Bits<16>,
        in s_addr_loss, x_data_loss, x_data_ones, s_data_loss: Bit, in feature, loss, weight: Bits<32>,
        out feature_addr, loss_addr, weight_addr: Bits<16>, out x, s: Bits<32>,
        reg feature_at => feature_addr, loss_at => loss_addr, weight_at => weight_addr: Bits<16>,
        reg x_word => x, s_word => s: Bits<32>,
        const fp_one: Bits<32> = 0x3f80_0000,
    }
}

impl Logic for BankPorts {
    #[hdl_gen]
    fn update(&mut self) {
        self.feature_at.d.next = self.x_addr.val();
        self.weight_at.d.next = self.s_addr.val();
        self.loss_at.d.next = self.x_addr.val();
        if self.s_addr_loss.val() {
            self.loss_at.d.next = self.s_addr.val();
        }

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
    }
}

block! {
    /// `y` = `x`, or 0.
    pub struct Gate {
        in keep: Bit, in x: Bits<32>,
        out pulse y: Bits<32>,
    }
}

impl Logic for Gate {
    #[hdl_gen]
    fn update(&mut self) {
        if self.keep.val() {
            self.y.next = self.x.val();
        }
    }
}
