//! Adam and AdamW.

use crate::vector::{Constant, Recipe, Sink, Source, Value};

/// Constants of a step: learning rate and epsilon with the bias correction folded in.
struct Rates {
    b1: Constant,
    rest1: Constant,
    b2: Constant,
    rest2: Constant,
    lr: Constant,
    eps: Constant,
    decay: Constant,
}

fn rates() -> Rates {
    let k = |n: u32| Constant::Literal(n);
    Rates { b1: k(1), rest1: k(2), b2: k(3), rest2: k(4), lr: k(5), eps: k(6), decay: k(7) }
}

fn moments(r: &mut Recipe, g: Value, late: Value, base: Value) {
    let k = rates();
    let (m, v) = (r.load(Source::B0), r.load(Source::B1));
    let (a, b) = (r.mul(k.b1, m), r.mul(k.rest1, late));
    let m = r.add(a, b);
    let square = r.mul(g, g);
    let (a, b) = (r.mul(k.b2, v), r.mul(k.rest2, square));
    let v = r.add(a, b);
    let inverse = r.rsqrt(v);
    let root = r.mul(v, inverse);
    let root = r.add(root, k.eps);
    let inverse = r.recip(root);
    let step = r.mul(k.lr, m);
    let step = r.mul(step, inverse);
    let weight = r.sub(base, step);
    r.out(Sink::X, weight);
    r.out(Sink::Y, m);
    r.out(Sink::Y, v);
}

/// Adam.
pub fn adam() -> Recipe {
    let k = rates();
    let mut r = Recipe::new("adam");
    let gradient = |r: &mut Recipe| {
        let (w, g) = (r.load(Source::A), r.load(Source::Psum));
        let decayed = r.mul(k.decay, w);
        r.add(g, decayed)
    };
    let (g, late) = (gradient(&mut r), gradient(&mut r));
    let base = r.load(Source::A);
    moments(&mut r, g, late, base);
    r
}

/// AdamW.
pub fn adamw() -> Recipe {
    let k = rates();
    let mut r = Recipe::new("adamw");
    let (g, late, w) = (r.load(Source::Psum), r.load(Source::Psum), r.load(Source::A));
    let base = r.mul(w, k.decay);
    moments(&mut r, g, late, base);
    r
}
