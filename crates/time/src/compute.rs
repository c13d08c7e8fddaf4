//! [`Kernel`]: the compute engine. A command's times are known when it starts.

use ef_isa::ComputeDesc;
use ef_isa::compute::{ComputeOp, Init};
use ef_rtl::compute::{ComputeEngine, command, fetch_control, hazard_timer::REVISIT};

/// What a command leaves behind: when the fetcher of stationary matrices and the streamer of vectors have
/// finished their parts of it.
pub struct Kernel {
    lanes: u64,
    done_latency: u64,
    /// The last vector that was issued.
    stream_end: u64,
    /// When the last step started: from then on the shadow registers are free for the next matrix.
    last_step: u64,
    fetch_idle: u64,
    /// The last vector that was streamed from the loss buffer.
    loss_until: u64,
    phase: usize,
    phase_since: u64,
    pub phase_cycles: [u64; 3],
    pub kernel_cycles: [u64; 3],
}

/// When a command was done, and from when on the engine takes another.
pub struct Times {
    pub done: u64,
    pub ready: u64,
}

/// What a command is made of: steps, each with a stationary matrix, of some vectors.
struct Shape {
    steps: u64,
    vectors: u64,
}

impl Kernel {
    pub fn new(lanes: usize) -> Self {
        Kernel {
            lanes: lanes as u64,
            done_latency: done_latency(lanes),
            stream_end: 0,
            last_step: 0,
            fetch_idle: 0,
            loss_until: 0,
            phase: 0,
            phase_since: 0,
            phase_cycles: [0; 3],
            kernel_cycles: [0; 3],
        }
    }

    /// A command that starts at `start`.
    pub fn start(&mut self, desc: &ComputeDesc, start: u64) -> Times {
        let valid = start + command::VALID;
        let taken = valid.max(self.stream_end + 1);
        let fetch_taken = valid.max(self.fetch_idle);
        let ready = taken.max(fetch_taken) + 1;
        let op = ComputeOp::decode(desc.op);
        let shape = op.map(|op| self.shape(op, desc)).filter(|s| s.steps * s.vectors > 0);
        let (Some(op), Some(shape)) = (op, shape) else {
            self.stream_end = taken + 1;
            return Times { done: taken + 1 + self.done_latency, ready };
        };
        let walk = if op.pixel_mode { self.lanes + fetch_control::WALK_TAIL } else { 0 };
        // the first matrix
        let mut wait = fetch_taken + 1 + u64::from(op.init == Init::Bias && !op.pixel_mode);
        wait = wait.max(self.last_step + 1);
        if op.pixel_mode {
            wait = wait.max(self.loss_until + 1);
        }
        let mut fetch = wait + 1 + walk;
        // the first step
        let mut step = (taken + 1).max(fetch + 1);
        // in pixel mode a bias is what psum holds
        if op.init == Init::Keep || op.pixel_mode && op.init == Init::Bias {
            step = step.max(self.stream_end + REVISIT);
        }
        (fetch, step) = self.steps(&shape, walk, fetch, step);
        let last = step + shape.vectors - 1;
        self.last_step = step;
        self.fetch_idle = fetch + self.lanes;
        self.stream_end = last;
        if op.stream_loss {
            self.loss_until = last;
        }
        let phase = op.phase as usize;
        self.kernel_cycles[phase] += shape.steps * shape.vectors;
        self.enter(phase, taken + 1);
        Times { done: last + self.done_latency, ready }
    }

    /// The phase of the newest command is this one from `at` on.
    fn enter(&mut self, phase: usize, at: u64) {
        self.phase_cycles[self.phase] += at - self.phase_since;
        (self.phase, self.phase_since) = (phase, at);
    }

    /// Ends the count of the cycles.
    pub fn end(&mut self, at: u64) {
        self.enter(self.phase, at);
    }

    fn shape(&self, op: ComputeOp, desc: &ComputeDesc) -> Shape {
        let pixels = u64::from(desc.n_i) * u64::from(desc.n_r) * u64::from(desc.n_c);
        let kernel = u64::from(desc.n_g) * u64::from(desc.n_kr) * u64::from(desc.n_kc);
        if op.pixel_mode {
            Shape { steps: pixels.div_ceil(self.lanes), vectors: kernel + u64::from(op.ones) }
        } else {
            Shape { steps: kernel, vectors: pixels }
        }
    }

    /// First fetch and first vector of the last step, from those of the first.
    fn steps(&self, shape: &Shape, walk: u64, mut fetch: u64, mut step: u64) -> (u64, u64) {
        let mut left = shape.steps - 1;
        while left > 0 {
            let next_fetch = (fetch + self.lanes).max(step + 1) + 1 + walk;
            let next_step = (step + shape.vectors).max(next_fetch + 1).max(step + REVISIT);
            let gap = (next_step - step, next_fetch - fetch);
            (fetch, step) = (next_fetch, next_step);
            left -= 1;
            // as soon as fetch and stream advance by equal numbers of cycles per step, the last step can be
            // calculated
            if gap.0 == gap.1 {
                fetch += left * gap.1;
                step += left * gap.0;
                break;
            }
        }
        (fetch, step)
    }
}

/// [`ComputeEngine::DONE_LATENCY`] for a number of lanes.
fn done_latency(lanes: usize) -> u64 {
    let latency = match lanes {
        2 => ComputeEngine::<2, 1, 1, 1, 1>::DONE_LATENCY,
        4 => ComputeEngine::<4, 1, 1, 1, 1>::DONE_LATENCY,
        _ => ComputeEngine::<8, 1, 1, 1, 1>::DONE_LATENCY,
    };
    latency as u64
}
