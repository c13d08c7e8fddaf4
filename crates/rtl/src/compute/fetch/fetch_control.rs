//! When the stationary matrix of the next step is fetched.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// Fetches one stationary matrix after the other, each into the shadow registers that the step before has freed.
    ///
    /// ```text
    ///           +--> BIAS --+               (channel mode with a bias vector)
    ///  IDLE ----+-----------+--> WAIT --+--> FETCH, T cycles --+--> next step: WAIT
    ///   ^                        pixel: |     ^                |
    ///   |                               +--> WALK, T+2 cycles  +--> last step: IDLE
    ///   +------------------------------------------------------+
    /// ```
    ///
    /// WAIT ends when the step fetched before has started (`swap`), and for a command in pixel mode not while the streamer
    /// reads the loss buffer. `fetched` rises one cycle after the first row is read: the rows of the array follow each other by
    /// a cycle, as the rows of the matrix do, so the step may start at once.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `valid`, `take` | 1 | a command is there; it is taken in this cycle |
    /// | `empty`, `pixel`, `column`, `bias` | 1 | the command, see `OpDecode` |
    /// | `swap` | 1 | the streamer starts the step that was fetched |
    /// | `stream_loss` | 1 | the streamer reads the loss buffer |
    /// | `last_*`, `advance_*` | 1 | loops kc, kr, g of channel mode |
    /// | `walk`, `walk_over` | 1 | step the pixel walk; the last pixel was reached |
    /// | `read_bias` | 1 | read the bias vector |
    /// | `read`, `read_first`, `row` | 1, 1, 3 | read this row of the matrix; it is row 0 |
    /// | `fetch_pixel`, `fetch_column` | 1 | of the command |
    /// | `fetched`, `fetched_last` | 1 | see `StreamControl` |
    pub struct FetchControl<const T: usize> {
        in clock: Clock,
        in reset, valid, empty, pixel, column, bias, swap, stream_loss, last_kc, last_kr, last_g: Bit,
        in walk_over: Bit,
        out take, advance_kc, advance_kr, advance_g, last_k, fetch_pixel, fetch_column, fetched: Bit,
        out fetched_last: Bit, out row: Bits<3>, out pulse walk, read_bias, read, read_first: Bit,
        reg(reset) state: FetchState, reg(reset) full => fetched: Bit,
        reg is_pixel => fetch_pixel, is_column => fetch_column, full_last => fetched_last: Bit,
        reg pulse count: Bits<4>,
        net pulse taken, step_end: Bit,
        const zero: Bits<4> = 0, const one: Bits<4> = 1, const rows: Bits<4> = T as u64,
        const last_row: Bits<4> = T as u64 - 1, const last_walk: Bits<4> = T as u64 + WALK_TAIL - 1,
    }
}

#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
enum FetchState {
    Idle,
    Bias,
    Wait,
    Walk,
    Fetch,
}

/// Cycles after the last `walk` until the lanes are complete when the second row is read.
pub const WALK_TAIL: u64 = 2;

impl<const T: usize> Logic for FetchControl<T> {
    #[hdl_gen]
    fn update(&mut self) {
        if self.swap.val() {
            self.full.d.next = false;
        }
        match self.state.q.val() {
            FetchState::Idle => {
                if self.valid.val() {
                    self.taken.next = true;
                    self.is_pixel.d.next = self.pixel.val();
                    self.is_column.d.next = self.column.val();
                    if !self.empty.val() {
                        self.state.d.next = FetchState::Wait;
                        if self.bias.val() {
                            self.state.d.next = FetchState::Bias;
                        }
                    }
                }
            }
            FetchState::Bias => {
                self.read_bias.next = true;
                self.state.d.next = FetchState::Wait;
            }
            FetchState::Wait => {
                if !self.full.q.val() {
                    if !self.is_pixel.q.val() {
                        self.state.d.next = FetchState::Fetch;
                    } else if !self.stream_loss.val() {
                        self.state.d.next = FetchState::Walk;
                    }
                }
            }
            FetchState::Walk => {
                self.walk.next = self.count.q.val() < self.rows.val();
                self.count.d.next = self.count.q.val() + self.one.val();
                if self.count.q.val() == self.last_walk.val() {
                    self.count.d.next = self.zero.val();
                    self.state.d.next = FetchState::Fetch;
                }
            }
            FetchState::Fetch => {
                self.read.next = true;
                self.count.d.next = self.count.q.val() + self.one.val();
                if self.count.q.val() == self.zero.val() {
                    self.read_first.next = true;
                    self.full.d.next = true;
                    self.full_last.d.next = self.walk_over.val();
                }
                if self.count.q.val() == self.last_row.val() {
                    self.count.d.next = self.zero.val();
                    self.step_end.next = !self.is_pixel.q.val();
                    self.state.d.next = FetchState::Wait;
                    if self.is_pixel.q.val() {
                        if self.walk_over.val() {
                            self.state.d.next = FetchState::Idle;
                        }
                    } else if self.last_kc.val() & self.last_kr.val() & self.last_g.val() {
                        self.state.d.next = FetchState::Idle;
                    }
                }
            }
            _ => {
                self.state.d.next = FetchState::Idle;
            }
        }
        self.take.next = self.taken.val();
        self.advance_kc.next = self.step_end.val();
        self.advance_kr.next = self.step_end.val() & self.last_kc.val();
        self.advance_g.next = self.step_end.val() & self.last_kc.val() & self.last_kr.val();
        self.last_k.next = self.last_kc.val() & self.last_kr.val();
        self.row.next = self.count.q.val().get_bits::<3>(0);
    }
}
