//! [`Gather`]: the taps of every output pixel out of the scratch RAM.

use super::tap_walker::TapWalker;
use ef_hdl_kit::glue;
use rust_hdl::prelude::*;

/// Taps read per cycle.
pub const TAPS_PER_CYCLE: u64 = 1;

/// Scratch RAM of 2^SAW words and the taps read from it: for each of `n1 x n0` output pixels the words of all (channel, kernel
/// row, kernel column), kernel column fastest, zero where the tap lies outside the image.
///
/// ```text
///              +-----------+ address   +-----+
///  start, ---->| TapWalker |---------->| RAM |--[ ]--\
///  geometry    | (r, c, ch,| row, col  +-----+        [and]--> tap
///              |  kr, kc)  |--> inside? --[ ]--[ ]---/
///              +-----------+ --> ends ----[ ]--[ ]----------> tap_close
/// ```
///
/// One tap per clock, without back-pressure. The first tap comes [`LATENCY`](Self::LATENCY) cycles after `start`.
///
/// | port | width | |
/// |---|---|---|
/// | `we`, `waddr`, `wdata` | 1, 16, 32 | write port of the scratch RAM |
/// | `start` | 1 | takes all inputs below |
/// | `n0`, `n1` | 16 | output columns, rows |
/// | `channels`, `kernel_rows`, `kernel_cols` | 16 | taps of one pixel |
/// | `row`, `col` | 16, signed | image row and column of tap (0, 0) of output pixel (0, 0) |
/// | `height`, `width` | 16 | of the image |
/// | `source`, `row_stride`, `channel_stride` | 16 | where the image lies in the scratch RAM |
/// | `tap_valid`, `tap` | 1, 32 | the taps |
/// | `tap_close` | 1 | with the last tap of a pixel |
/// | `idle` | 1 | no tap will come any more |
#[derive(LogicBlock, Default)]
pub struct Gather<const SAW: usize> {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub we: Signal<In, Bit>,
    pub waddr: Signal<In, Bits<16>>,
    pub wdata: Signal<In, Bits<32>>,
    pub start: Signal<In, Bit>,
    pub n0: Signal<In, Bits<16>>,
    pub n1: Signal<In, Bits<16>>,
    pub channels: Signal<In, Bits<16>>,
    pub kernel_rows: Signal<In, Bits<16>>,
    pub kernel_cols: Signal<In, Bits<16>>,
    pub row: Signal<In, Bits<16>>,
    pub col: Signal<In, Bits<16>>,
    pub height: Signal<In, Bits<16>>,
    pub width: Signal<In, Bits<16>>,
    pub source: Signal<In, Bits<16>>,
    pub row_stride: Signal<In, Bits<16>>,
    pub channel_stride: Signal<In, Bits<16>>,
    pub tap_valid: Signal<Out, Bit>,
    pub tap: Signal<Out, Bits<32>>,
    pub tap_close: Signal<Out, Bit>,
    pub idle: Signal<Out, Bit>,
    walker: TapWalker,
    scratch: ScratchReader<SAW>,
}

impl<const SAW: usize> Gather<SAW> {
    /// Cycles from `start` to the first tap.
    pub const LATENCY: usize = 20;
}

glue! { [const SAW: usize] Gather<SAW>; self => {
    wire!(self.walker.clock, self.clock);
    wire!(self.walker.reset, self.reset);
    wire!(self.walker.start, self.start);
    wire!(self.walker.n0, self.n0);
    wire!(self.walker.n1, self.n1);
    wire!(self.walker.channels, self.channels);
    wire!(self.walker.kernel_rows, self.kernel_rows);
    wire!(self.walker.kernel_cols, self.kernel_cols);
    wire!(self.walker.row, self.row);
    wire!(self.walker.col, self.col);
    wire!(self.walker.source, self.source);
    wire!(self.walker.row_stride, self.row_stride);
    wire!(self.walker.channel_stride, self.channel_stride);
    wire!(self.scratch.clock, self.clock);
    wire!(self.scratch.reset, self.reset);
    wire!(self.scratch.we, self.we);
    wire!(self.scratch.waddr, self.waddr);
    wire!(self.scratch.wdata, self.wdata);
    wire!(self.scratch.start, self.start);
    wire!(self.scratch.height, self.height);
    wire!(self.scratch.width, self.width);
    wire!(self.scratch.valid, self.walker.valid);
    wire!(self.scratch.address, self.walker.address);
    wire!(self.scratch.row, self.walker.tap_row);
    wire!(self.scratch.col, self.walker.tap_col);
    wire!(self.scratch.close, self.walker.pixel_end);
    wire!(self.scratch.pending, self.walker.busy);
    wire!(self.tap_valid, self.scratch.tap_valid);
    wire!(self.tap, self.scratch.tap);
    wire!(self.tap_close, self.scratch.tap_close);
    wire!(self.idle, self.scratch.idle);
}}

/// The scratch RAM and the bounds check beside its two read cycles.
#[derive(LogicBlock, Default)]
struct ScratchReader<const SAW: usize> {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub we: Signal<In, Bit>,
    pub waddr: Signal<In, Bits<16>>,
    pub wdata: Signal<In, Bits<32>>,
    pub start: Signal<In, Bit>,
    pub height: Signal<In, Bits<16>>,
    pub width: Signal<In, Bits<16>>,
    pub pending: Signal<In, Bit>,
    pub valid: Signal<In, Bit>,
    pub address: Signal<In, Bits<16>>,
    pub row: Signal<In, Bits<19>>,
    pub col: Signal<In, Bits<19>>,
    pub close: Signal<In, Bit>,
    pub tap_valid: Signal<Out, Bit>,
    pub tap: Signal<Out, Bits<32>>,
    pub tap_close: Signal<Out, Bit>,
    pub idle: Signal<Out, Bit>,
    ram: RAM<Bits<32>, SAW>,
    rows: DFF<Bits<16>>,
    cols: DFF<Bits<16>>,
    // beside the RAM's read register
    reading: DFF<Bit>,
    row_inside: DFF<Bit>,
    col_inside: DFF<Bit>,
    closes: DFF<Bit>,
    // beside the flip-flop behind it
    word: DFF<Bits<32>>,
    present: DFF<Bit>,
    in_image: DFF<Bit>,
    ends: DFF<Bit>,
}

impl<const SAW: usize> Logic for ScratchReader<SAW> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self, clock, rows, cols, reading, row_inside, col_inside, closes, word, present, in_image, ends
        );
        self.ram.write_clock.next = self.clock.val();
        self.ram.write_enable.next = self.we.val();
        self.ram.write_address.next = bit_cast::<SAW, 16>(self.waddr.val());
        self.ram.write_data.next = self.wdata.val();
        self.ram.read_clock.next = self.clock.val();
        self.ram.read_address.next = bit_cast::<SAW, 16>(self.address.val());
        if self.start.val() {
            self.rows.d.next = self.height.val();
            self.cols.d.next = self.width.val();
        }

        // a negative row or column is a huge one
        self.reading.d.next = self.valid.val();
        self.row_inside.d.next = self.row.val() < bit_cast::<19, 16>(self.rows.q.val());
        self.col_inside.d.next = self.col.val() < bit_cast::<19, 16>(self.cols.q.val());
        self.closes.d.next = self.close.val();

        self.word.d.next = self.ram.read_data.val();
        self.present.d.next = self.reading.q.val();
        self.in_image.d.next = self.row_inside.q.val() && self.col_inside.q.val();
        self.ends.d.next = self.closes.q.val();

        self.tap_valid.next = self.present.q.val();
        self.tap_close.next = self.ends.q.val();
        self.tap.next = 0.into();
        if self.in_image.q.val() {
            self.tap.next = self.word.q.val();
        }
        self.idle.next = !self.pending.val() && !self.reading.q.val() && !self.present.q.val();
        if self.reset.val() {
            self.reading.d.next = false;
            self.present.d.next = false;
        }
    }
}
