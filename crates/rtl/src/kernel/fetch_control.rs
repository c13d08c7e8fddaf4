//! When the stationary matrix of the next step is fetched.

use ef_hdl_kit::K;
use rust_hdl::prelude::*;

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
#[derive(LogicBlock)]
pub struct FetchControl<const T: usize> {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub valid: Signal<In, Bit>,
    pub take: Signal<Out, Bit>,
    pub empty: Signal<In, Bit>,
    pub pixel: Signal<In, Bit>,
    pub column: Signal<In, Bit>,
    pub bias: Signal<In, Bit>,
    pub swap: Signal<In, Bit>,
    pub stream_loss: Signal<In, Bit>,
    pub last_kc: Signal<In, Bit>,
    pub last_kr: Signal<In, Bit>,
    pub last_g: Signal<In, Bit>,
    pub advance_kc: Signal<Out, Bit>,
    pub advance_kr: Signal<Out, Bit>,
    pub advance_g: Signal<Out, Bit>,
    pub last_k: Signal<Out, Bit>,
    pub walk: Signal<Out, Bit>,
    pub walk_over: Signal<In, Bit>,
    pub read_bias: Signal<Out, Bit>,
    pub read: Signal<Out, Bit>,
    pub read_first: Signal<Out, Bit>,
    pub row: Signal<Out, Bits<3>>,
    pub fetch_pixel: Signal<Out, Bit>,
    pub fetch_column: Signal<Out, Bit>,
    pub fetched: Signal<Out, Bit>,
    pub fetched_last: Signal<Out, Bit>,
    state: DFF<FetchState>,
    is_pixel: DFF<Bit>,
    is_column: DFF<Bit>,
    count: DFF<Bits<4>>,
    full: DFF<Bit>,
    full_last: DFF<Bit>,
    taken: Signal<Local, Bit>,
    step_end: Signal<Local, Bit>,
    zero: K<4, 0>,
    one: K<4, 1>,
    rows: Constant<Bits<4>>,
    last_row: Constant<Bits<4>>,
    last_walk: Constant<Bits<4>>,
}

#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
enum FetchState {
    Idle,
    Bias,
    Wait,
    Walk,
    Fetch,
}

impl<const T: usize> Default for FetchControl<T> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            valid: Default::default(),
            take: Default::default(),
            empty: Default::default(),
            pixel: Default::default(),
            column: Default::default(),
            bias: Default::default(),
            swap: Default::default(),
            stream_loss: Default::default(),
            last_kc: Default::default(),
            last_kr: Default::default(),
            last_g: Default::default(),
            advance_kc: Default::default(),
            advance_kr: Default::default(),
            advance_g: Default::default(),
            last_k: Default::default(),
            walk: Default::default(),
            walk_over: Default::default(),
            read_bias: Default::default(),
            read: Default::default(),
            read_first: Default::default(),
            row: Default::default(),
            fetch_pixel: Default::default(),
            fetch_column: Default::default(),
            fetched: Default::default(),
            fetched_last: Default::default(),
            state: Default::default(),
            is_pixel: Default::default(),
            is_column: Default::default(),
            count: Default::default(),
            full: Default::default(),
            full_last: Default::default(),
            taken: Default::default(),
            step_end: Default::default(),
            zero: Default::default(),
            one: Default::default(),
            rows: Constant::new((T as u64).into()),
            last_row: Constant::new((T as u64 - 1).into()),
            last_walk: Constant::new((T as u64 + WALK_TAIL - 1).into()),
        }
    }
}

/// Cycles after the last `walk` until the lanes are complete when the second row is read.
pub const WALK_TAIL: u64 = 2;

impl<const T: usize> Logic for FetchControl<T> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, is_pixel, is_column, count, full, full_last);
        self.taken.next = false;
        self.step_end.next = false;
        self.walk.next = false;
        self.read_bias.next = false;
        self.read.next = false;
        self.read_first.next = false;
        self.count.d.next = self.zero.val();
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
        if self.reset.val() {
            self.state.d.next = FetchState::Idle;
            self.full.d.next = false;
        }
        self.take.next = self.taken.val();
        self.advance_kc.next = self.step_end.val();
        self.advance_kr.next = self.step_end.val() & self.last_kc.val();
        self.advance_g.next = self.step_end.val() & self.last_kc.val() & self.last_kr.val();
        self.last_k.next = self.last_kc.val() & self.last_kr.val();
        self.row.next = self.count.q.val().get_bits::<3>(0);
        self.fetch_pixel.next = self.is_pixel.q.val();
        self.fetch_column.next = self.is_column.q.val();
        self.fetched.next = self.full.q.val();
        self.fetched_last.next = self.full_last.q.val();
    }
}
