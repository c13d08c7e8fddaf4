//! The worst errors of the arithmetic, as the tables of `docs/numerics-bounds.md`: four minutes of processor time.
//!
//! ```sh
//! cargo run --release -p ef-numerics --example bounds
//! ```

mod climb;
#[path = "../../tests/bits/definition.rs"]
mod definition;
#[path = "../../tests/bits/measure.rs"]
mod measure;
mod product;
mod special;
mod ties;

use climb::Case;
use definition::sum_bound;
use product::Aim;
use special::Worst;

fn main() {
    products();
    sums();
    special_functions();
    near_ties();
}

fn products() {
    ef_tools::say!("| | lacks at most | relative to the exact product |\n|---|---|---|");
    for (name, of, per_unit, truncated) in
        [("`P1 + M`", "its units", 256.0, false), ("`x`", "the window's", 1.0, true)]
    {
        let (units, [a, b]) = product::worst(Aim { truncated, relative: false });
        let (relative, [ra, rb]) = product::worst(Aim { truncated, relative: true });
        let relative = relative.log2();
        let units = units * per_unit;
        ef_tools::say!(
            "| {name} | {units:.6} of {of}, `{a:08x} * {b:08x}` | 2^{relative:.3}, `{ra:08x} * {rb:08x}` |"
        );
    }
}

fn sums() {
    ef_tools::say!("\n| lanes | bound | of the largest term | built | climbed to |\n|---|---|---|---|---|");
    // the worst product in every lane, and an addend of which every bit is dropped
    let (_, [a, b]) = product::worst(Aim { truncated: true, relative: false });
    for lanes in [2, 4, 8] {
        let field = (a >> 23) + (b >> 23) - 127 - 27;
        let built = Case { c: field << 23 | 0x7f_ffff, a: vec![a; lanes], b: vec![b; lanes] };
        let (bound, climbed) = (sum_bound(lanes), climb::worst(lanes));
        let relative = (bound * 2f64.powi(-26)).log2();
        let case = format!("c = {:08x}, {lanes} x {a:08x} * {b:08x}", built.c);
        let (built, climbed) = (built.error(), climbed.error());
        ef_tools::say!("| {lanes} | {bound:.6} | 2^{relative:.3} | {built:.6}, `{case}` | {climbed:.3} |");
        assert!(built <= bound && climbed <= bound);
    }
}

fn special_functions() {
    ef_tools::say!("\n| function | error | largest | at |\n|---|---|---|---|");
    let ulp = |worst: Worst| format!("{:.4} ulp | `{:08x}` |", worst.error, worst.at);
    ef_tools::say!("| `recip` | every significand | {}", ulp(special::worst_recip()));
    ef_tools::say!("| `rsqrt` | every significand and parity | {}", ulp(special::worst_rsqrt()));
    let [base, one, eight, all] = special::worst_exp();
    ef_tools::say!("| `exp` | of `2^(x k)` | {}", ulp(base));
    for (name, worst) in [("abs x < 1", one), ("abs x < 8", eight), ("over the domain", all)] {
        ef_tools::say!("| `exp` | relative to `e^x`, {name} | {:.3e} | `{:08x}` |", worst.error, worst.at);
    }
    let [all, near] = special::worst_ln();
    for (name, worst) in [("of max(1, abs ln x)", all), ("absolute, abs ln x < 0.5", near)] {
        ef_tools::say!("| `ln` | {name} | 2^{:.3} | `{:08x}` |", worst.error.log2(), worst.at);
    }
}

fn near_ties() {
    let scales = [1.0, 1e-2, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-30, 1e-37];
    let header: String = scales.iter().map(|scale| format!(" {scale:e} |")).collect();
    ef_tools::say!(
        "\n| windows with another choice, weights up to |{header}\n|---|{}",
        "---|".repeat(scales.len())
    );
    let row = |name: &str, share: &dyn Fn(f32) -> f64| {
        let cells: String = scales.iter().map(|&scale| format!(" {:.2} % |", share(scale))).collect();
        ef_tools::say!("| {name} |{cells}");
    };
    for bias in [0.0, 0.01, 1.0] {
        row(&format!("bias {bias}"), &|scale| ties::share(ties::fused, bias, scale));
    }
    row("bias 1, in IEEE FP32", &|scale| ties::share(ties::one_by_one, 1.0, scale));
}
