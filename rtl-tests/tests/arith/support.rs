//! What the tests of the arithmetic units share: operands that reach the corners, and a pipeline checker.

use ef_hdl_kit::Vsim;
use ef_hdl_kit::rand::Rng;
use ef_hdl_kit::vsim::PortId;
use std::collections::VecDeque;

/// Zeros, denormals, extremes, ones, ties, and field 255, which is an ordinary binade here.
pub const SPECIAL: [u32; 20] = [
    0x0000_0000,
    0x8000_0000,
    0x0000_0001,
    0x807f_ffff,
    0x0080_0000,
    0x8080_0000,
    0x00ff_ffff,
    0x3f80_0000,
    0xbf80_0000,
    0x3f7f_ffff,
    0x3f80_0001,
    0x7f00_0000,
    0x7f7f_ffff,
    0xff7f_ffff,
    0x7f80_0000,
    0xff80_0000,
    0x7fff_ffff,
    0xffff_ffff,
    0x4b80_0000,
    0x3380_0000,
];

/// A word whose exponent field is within `spread` of `middle`.
pub fn near(rng: &mut impl Rng, middle: u32, spread: u32) -> u32 {
    let field = (middle + rng.random_range(0..=2 * spread)).saturating_sub(spread).min(255);
    rng.random::<u32>() & 0x807f_ffff | field << 23
}

/// Mostly any bit pattern, sometimes a special one, sometimes one with a short significand (ties, exact results).
pub fn any_word(rng: &mut impl Rng) -> u32 {
    match rng.random_range(0..8) {
        0 => SPECIAL[rng.random_range(0..SPECIAL.len())],
        1 => rng.random::<u32>() & 0xfff8_0000,
        2 => rng.random::<u32>() | 0x007f_fff0,
        _ => rng.random(),
    }
}

/// A pair: unrelated, of neighbouring exponents, or nearly equal up to the sign.
pub fn any_pair(rng: &mut impl Rng) -> (u32, u32) {
    match rng.random_range(0..5) {
        0 | 1 => (any_word(rng), any_word(rng)),
        2 => (near(rng, 127, 14), near(rng, 127, 14)),
        3 => (near(rng, 10, 12), near(rng, 245, 12)),
        _ => {
            let a = any_word(rng);
            let bit = 1 << rng.random_range(0..32);
            (a, a ^ 0x8000_0000 ^ if rng.random() { bit } else { 0 })
        }
    }
}

/// Streams vectors through a Verilated pipeline and compares what leaves it `latency` clocks later.
pub struct Pipe {
    pub sim: Vsim,
    inputs: Vec<PortId>,
    outputs: Vec<PortId>,
    latency: usize,
    expected: VecDeque<(Vec<u64>, Vec<u64>)>,
    pub checked: usize,
}

impl Pipe {
    pub fn new(sim: Vsim, inputs: &[&str], outputs: &[&str], latency: usize) -> Self {
        let ids = |names: &[&str]| names.iter().map(|name| sim.port(name)).collect();
        let (inputs, outputs) = (ids(inputs), ids(outputs));
        Pipe { sim, inputs, outputs, latency, expected: VecDeque::new(), checked: 0 }
    }

    /// One clock with these inputs; checks the vector that comes out.
    pub fn push(&mut self, inputs: Vec<u64>, expected: Vec<u64>) {
        for (id, value) in self.inputs.iter().zip(&inputs) {
            self.sim.set_id(*id, *value);
        }
        self.expected.push_back((inputs, expected));
        self.sim.tick();
        if self.expected.len() >= self.latency.max(1) {
            let (inputs, expected) = self.expected.pop_front().unwrap();
            let got: Vec<u64> = self.outputs.iter().map(|id| self.sim.get_id(*id)).collect();
            assert!(
                got == expected,
                "vector {}: inputs {inputs:x?}: expected {expected:x?}, got {got:x?}",
                self.checked
            );
            self.checked += 1;
        }
    }
}
