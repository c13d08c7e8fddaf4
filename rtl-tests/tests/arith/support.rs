//! What the tests of the arithmetic units share: operands that reach the corners, and pipeline checkers.

use ef_hdl_kit::Vsim;
use ef_hdl_kit::rand::Rng;
use ef_hdl_kit::vsim::PortId;
use ef_rtl_tests::Chance;
use rust_hdl::prelude::Bits;
use std::collections::VecDeque;
use std::fmt::Debug;

/// A pair: unrelated, of neighbouring exponents, or nearly equal up to the sign.
pub fn any_pair(rng: &mut impl Rng) -> (u32, u32) {
    match rng.random_range(0..5) {
        0 | 1 => (rng.word(), rng.word()),
        2 => (rng.near(127, 14), rng.near(127, 14)),
        3 => (rng.near(10, 12), rng.near(245, 12)),
        _ => {
            let a = rng.word();
            let bit = 1 << rng.random_range(0..32);
            (a, a ^ 0x8000_0000 ^ if rng.random() { bit } else { 0 })
        }
    }
}

/// Operands of one dot product: any bits, a common range of exponents, cancellation, or the longest sums.
pub fn operands<const T: usize>(rng: &mut impl Rng) -> ([u32; T], [u32; T], u32) {
    let spread = rng.random_range(0..20);
    let (middle, addend) = match rng.random_range(0..4) {
        // products near underflow, near overflow, and in the middle of the range
        0 => (64, 1),
        1 => (190, 254),
        _ => (127, 127),
    };
    let kind = rng.random_range(0..6);
    let mut word = |middle| match kind {
        0 => rng.word(),
        _ if rng.random_range(0..16) == 0 => 0,
        _ => rng.near(middle, spread),
    };
    let mut a: [u32; T] = std::array::from_fn(|_| word(middle));
    let mut b: [u32; T] = std::array::from_fn(|_| word(middle));
    let mut c = word(addend);
    if kind == 1 {
        // pairs that cancel, exactly or in all but the last bits, and no addend or one as small as what is left
        for i in (1..T).step_by(2) {
            a[i] = a[i - 1] ^ 0x8000_0000;
            b[i] = b[i - 1] ^ rng.random_range(0..3);
        }
        c = if rng.random() { 0 } else { rng.near(middle.saturating_sub(24).max(1), 4) };
    } else if kind == 2 {
        // the addend cancels a single product
        a[1..].fill(0);
        c = ef_numerics::mul(a[0], b[0]).0 ^ 0x8000_0000;
    } else if kind == 3 {
        // the longest sums: every significand close to 2, one sign, one exponent
        let sign = rng.random::<u32>() & 0x8000_0000;
        let mut full = || 0x3fff_ffff - (rng.random::<u32>() & 0xff);
        a = std::array::from_fn(|_| full() | sign);
        b = std::array::from_fn(|_| full());
        c = full() | sign;
    }
    (a, b, c)
}

/// Checks outputs of a rust-hdl block against results that are due later.
pub struct Due<T> {
    latency: usize,
    queue: VecDeque<T>,
}

impl<T: PartialEq + Debug> Due<T> {
    pub fn new(latency: usize) -> Self {
        Due { latency, queue: VecDeque::new() }
    }

    /// Compares what is at the outputs with the result due now; remembers that of the operands that enter now.
    pub fn check(&mut self, entering: T, now: T) {
        self.queue.push_back(entering);
        if self.queue.len() > self.latency {
            assert_eq!(self.queue.pop_front(), Some(now));
        }
    }
}

/// The outputs `y` and `overflow` of a unit.
pub fn result(y: Bits<32>, overflow: bool) -> (u32, bool) {
    (u64::from(y) as u32, overflow)
}

/// Streams vectors through a Verilated pipeline and compares what leaves it `latency` clocks later.
pub struct Pipe {
    sim: Vsim,
    inputs: Vec<PortId>,
    outputs: Vec<PortId>,
    latency: usize,
    expected: VecDeque<(Vec<u32>, Vec<u32>)>,
    pub checked: usize,
}

impl Pipe {
    pub fn new(sim: Vsim, inputs: &[&str], outputs: &[&str], latency: usize) -> Self {
        let ids = |names: &[&str]| names.iter().map(|name| sim.port(name)).collect();
        let (inputs, outputs) = (ids(inputs), ids(outputs));
        Pipe { sim, inputs, outputs, latency, expected: VecDeque::new(), checked: 0 }
    }

    /// One clock with these inputs; checks the vector that comes out.
    pub fn push(&mut self, inputs: &[u32], expected: &[u32]) {
        for (id, value) in self.inputs.iter().zip(inputs) {
            self.sim.set_id(*id, (*value).into());
        }
        self.expected.push_back((inputs.to_vec(), expected.to_vec()));
        self.sim.tick();
        if self.expected.len() >= self.latency.max(1) {
            let (inputs, expected) = self.expected.pop_front().unwrap();
            let got: Vec<u32> = self.outputs.iter().map(|id| self.sim.get_id(*id) as u32).collect();
            assert!(
                got == expected,
                "vector {}: inputs {inputs:x?}: expected {expected:x?}, got {got:x?}",
                self.checked
            );
            self.checked += 1;
        }
    }
}
