//! The clock that a board's recorded bitstream runs at.

use anyhow::{Context, Result};

/// MHz of the median seed in `docs/bitstreams/BOARD.md`.
pub fn recorded(board: &str) -> Result<f64> {
    let file = format!("docs/bitstreams/{board}.md");
    let path = ef_tools::workspace_root().context("this is no checkout of ef-train")?.join(&file);
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    median(&text).with_context(|| {
        format!(
            "{file} names no median: record one with cargo xtask synth --board {board} --seeds 3 --record"
        )
    })
}

fn median(text: &str) -> Option<f64> {
    text.split("median ").nth(1)?.split([',', ' ']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_the_median_of_the_recorded_seeds() {
        assert_eq!(median("3 seeds: worst 92.23, median 98.39, best 103.57 MHz"), Some(98.39));
        assert_eq!(median("a single seed"), None);
        assert!(recorded("ulx3s-85f").unwrap() > 50.0);
        assert!(recorded("none").unwrap_err().to_string().contains("none.md"));
    }
}
