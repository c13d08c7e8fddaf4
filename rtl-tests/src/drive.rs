//! Random values for the inputs of a block in lockstep with its Verilog.

use rust_hdl::prelude::*;

/// An input, or an array of inputs.
pub trait Input {
    /// Sets each input to a value of its own, of which it takes the low bits.
    fn give(&mut self, value: &mut dyn FnMut() -> u64);
}

impl Input for Signal<In, Bit> {
    fn give(&mut self, value: &mut dyn FnMut() -> u64) {
        self.next = value() & 1 != 0;
    }
}

impl<const N: usize> Input for Signal<In, Bits<N>> {
    fn give(&mut self, value: &mut dyn FnMut() -> u64) {
        let mask = if N < 64 { (1 << N) - 1 } else { u64::MAX };
        self.next = (value() & mask).into();
    }
}

impl<I: Input> Input for Vec<I> {
    fn give(&mut self, value: &mut dyn FnMut() -> u64) {
        self.iter_mut().for_each(|input| input.give(value));
    }
}

impl<I: Input, const N: usize> Input for [I; N] {
    fn give(&mut self, value: &mut dyn FnMut() -> u64) {
        self.iter_mut().for_each(|input| input.give(value));
    }
}

/// Sets inputs of a block to random values: a function of [`Chance`](crate::Chance), and the inputs that get
/// a value of it each, as in `drive!(b, rng; one_in(9): reset, start; below(4): count; any(): field, data)`.
#[macro_export]
macro_rules! drive {
    ($b:ident, $rng:ident; $($draw:ident $arguments:tt: $($port:ident),+);+ $(;)?) => {{
        $($($crate::Input::give(&mut $b.$port, &mut || $crate::drive!(@draw $rng, $draw $arguments));)+)+
    }};
    (@draw $rng:ident, $draw:ident ($($argument:expr),*)) => {
        u64::from($crate::Chance::$draw(&mut *$rng $(, $argument)*))
    };
}
