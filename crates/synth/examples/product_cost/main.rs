//! What a better significand product would cost: LUTs and flip-flops of variants of `SigProduct` on an ECP5, from Yosys
//! alone (`docs/decisions/product-error.md`).
//!
//! `cargo run -p ef-synth --example product_cost` prints a table. A variant is the exported Verilog of the product with
//! some statements replaced; all keep the latency.
use anyhow::{Context, Result, ensure};
use ef_rtl::arith::mult18::{MultKind, mult18_verilog};
use ef_rtl::arith::sig_product::SigProduct;
use ef_synth::yosys;
use std::fs;

const TOP: &str = "product";
/// Products in the array of fp32-8x8.
const LANES: u64 = 64;

/// Where statements of the exported product begin, and what takes their place.
const DECLARATIONS: &str = "    // Stub signals\n";
const CROSSES: &str = "crosses_top$d = rotated";
const LOWEST: &str = "crosses_low$d = (";
/// The crosses come with a borrow, which is given back here; with the constant in them `M` is never negative, so that
/// the last addition needs no sign.
const SHARED: [(&str, &str); 2] = [
    ("middle$d = (", "middle$d = {crosses_top$q, crosses_low$q} - {8'hff, main$p_high[17:6]}; // "),
    ("if (middle$q[32'h13])", "if (0)"),
];

struct Variant {
    name: &'static str,
    /// What is declared and clocked besides.
    more: &'static str,
    /// The 20 bits of the crosses.
    crosses: &'static str,
}

const VARIANTS: [Variant; 3] = [
    Variant {
        name: "192 added",
        more: "",
        crosses: "{rotated$p_high[13:0] - {low$q, 6'd61}, rotated$p_low[17:12]}",
    },
    Variant {
        name: "148 and the leading bits added",
        more: include_str!("leading.v"),
        crosses: "{{rotated$p_high[13:0], rotated$p_low[17:14]} - {low$q, 5'd30, lead}, rotated$p_low[13:12]}",
    },
    Variant {
        name: "128 and all of the missing products added",
        more: include_str!("whole.v"),
        crosses: "{rotated$p_high[13:0], rotated$p_low[17:12]} - {low$q, 12'd3968} + missing[12:6]",
    },
];

fn main() -> Result<()> {
    let product = ef_hdl_kit::export::verilog(&mut SigProduct::default(), TOP)?;
    let source = product.source_with(mult18_verilog(MultKind::Ecp5));
    let [lut, ff] = cells(&source)?;
    ef_tools::say!("| product | LUT | FF | more LUT | in {LANES} lanes |\n|---|---|---|---|---|");
    ef_tools::say!("| as it is | {lut} | {ff} | | |");
    for variant in &VARIANTS {
        let [variant_lut, ff] = cells(&changed(&source, variant)?)?;
        let more = variant_lut as i64 - lut as i64;
        ef_tools::say!("| {} | {variant_lut} | {ff} | {more} | {} |", variant.name, more * LANES as i64);
    }
    Ok(())
}

/// The Verilog of a variant.
fn changed(source: &str, variant: &Variant) -> Result<String> {
    // what is left of a statement becomes a comment
    let crosses = format!("{{crosses_top$d, crosses_low$d}} = {}; // ", variant.crosses);
    let declarations = format!("{DECLARATIONS}{}", variant.more);
    let own = [(CROSSES, crosses.as_str()), (LOWEST, "// "), (DECLARATIONS, declarations.as_str())];
    own.into_iter().chain(SHARED).try_fold(source.to_string(), |text, (from, to)| {
        ensure!(text.contains(from), "the exported product has no `{}`", from.trim());
        // the top module comes first
        Ok(text.replacen(from, to, 1))
    })
}

/// LUTs, a carry cell being two, and flip-flops.
fn cells(source: &str) -> Result<[u64; 2]> {
    let folder = tempfile::tempdir()?;
    let mapping = yosys::mapping(TOP, "", false, ef_board::RESETS_FROM);
    let script = format!("read_verilog product.v\n{mapping}tee -q -o cells.json stat -json\n");
    for (name, text) in [("product.v", source), ("cells.ys", script.as_str()), yosys::CARRY] {
        fs::write(folder.path().join(name), text)?;
    }
    let mut command = ef_tools::yosys()?.command();
    let output = command.args(["-q", "-s", "cells.ys"]).current_dir(folder.path()).output()?;
    let counts = fs::read_to_string(folder.path().join("cells.json"))
        .with_context(|| format!("Yosys failed: {}", String::from_utf8_lossy(&output.stderr)))?;
    let counts: serde_json::Value = serde_json::from_str(&counts)?;
    let of = |kind: &str| counts["design"]["num_cells_by_type"][kind].as_u64().unwrap_or(0);
    ensure!(of("MULT18X18D") == 2, "a product has two multipliers, this one {}", of("MULT18X18D"));
    Ok([of("LUT4") + 2 * of("CCU2C"), of("TRELLIS_FF")])
}
