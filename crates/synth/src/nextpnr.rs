//! What nextpnr reports about one run.

use crate::report::{Clock, SeedResult, Step, Use};
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// A finished place-and-route run.
#[derive(Debug)]
pub struct Routed {
    pub seed: u64,
    pub clocks: BTreeMap<String, Clock>,
    pub utilisation: BTreeMap<String, Use>,
    pub critical_path: Vec<Step>,
}

#[derive(Deserialize)]
struct File {
    fmax: BTreeMap<String, Fmax>,
    utilization: BTreeMap<String, Use>,
    critical_paths: Vec<Critical>,
}

#[derive(Deserialize)]
struct Fmax {
    achieved: f64,
    constraint: f64,
}

#[derive(Deserialize)]
struct Critical {
    from: String,
    to: String,
    path: Vec<Piece>,
}

#[derive(Deserialize)]
struct Piece {
    delay: f64,
    to: Port,
    net: Option<String>,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Port {
    cell: String,
    port: String,
}

/// nextpnr keeps periods in whole picoseconds, so its targets are a little off.
const SAME: f64 = 0.001;

impl Routed {
    /// Reads a report of nextpnr.
    ///
    /// # Errors
    /// If it is not as expected, or no clock has the design's target: then its timing was not judged.
    pub fn read(path: &Path, seed: u64, clock_mhz: f64) -> Result<Routed> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Routed::parse(&text, seed, clock_mhz).context("in the report of nextpnr")
    }

    fn parse(text: &str, seed: u64, clock_mhz: f64) -> Result<Routed> {
        let file: File = serde_json::from_str(text)?;
        let is_target = |mhz: f64| (mhz / clock_mhz - 1.0).abs() < SAME;
        let clock = |fmax: &Fmax| Clock {
            fmax_mhz: hundredths(fmax.achieved),
            target_mhz: if is_target(fmax.constraint) { clock_mhz } else { hundredths(fmax.constraint) },
        };
        let clocks: BTreeMap<String, Clock> =
            file.fmax.iter().map(|(net, fmax)| (plain(net).into(), clock(fmax))).collect();
        ensure!(
            file.fmax.values().any(|fmax| is_target(fmax.constraint)),
            "no clock has the target of {clock_mhz} MHz, there are {clocks:?}: is the oscillator constrained in the LPF?"
        );
        let slowest = file.fmax.iter().min_by(|a, b| clock(a.1).ratio().total_cmp(&clock(b.1).ratio()));
        let edge = slowest.map(|(net, _)| format!("posedge {net}"));
        let limiting = file.critical_paths.into_iter().find(|path| {
            edge.as_ref()
                .is_some_and(|edge| path.from.ends_with(edge.as_str()) && path.to.ends_with(edge.as_str()))
        });
        let critical_path = limiting.map_or_else(Vec::new, |path| path.path.into_iter().map(step).collect());
        Ok(Routed { seed, clocks, utilisation: file.utilization, critical_path })
    }

    /// The clock nearest to its target, or furthest below it.
    pub fn limiting(&self) -> Clock {
        let slowest = self.clocks.values().min_by(|a, b| a.ratio().total_cmp(&b.ratio()));
        *slowest.expect("a report without a clock is refused")
    }

    pub fn result(&self) -> SeedResult {
        let Clock { fmax_mhz, .. } = self.limiting();
        SeedResult { seed: self.seed, fmax_mhz, met: self.limiting().met() }
    }

    /// Cells of that kind.
    pub fn used(&self, kind: &str) -> Use {
        self.utilisation.get(kind).copied().unwrap_or_default()
    }
}

fn step(piece: Piece) -> Step {
    let Piece { delay, to, net, kind } = piece;
    Step {
        kind,
        delay_ns: hundredths(delay),
        to: format!("{}.{}", plain(&to.cell), to.port),
        net: net.map(|net| plain(&net).to_string()),
    }
}

/// A net's name without the prefix that nextpnr gives to global nets.
fn plain(name: &str) -> &str {
    name.strip_prefix("$glbnet$").unwrap_or(name)
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = r#"{
        "critical_paths": [
            {"from": "<async>", "to": "<async>", "path": []},
            {"from": "posedge $glbnet$chip.clock", "to": "posedge $glbnet$chip.clock", "path": [
                {"delay": 0.5249, "from": {"cell": "a", "loc": [1, 2], "port": "CLK"}, "to": {"cell": "a", "loc": [1, 2], "port": "Q"},
                 "type": "clk-to-q"},
                {"delay": 9.1, "from": {"cell": "a", "loc": [1, 2], "port": "Q"}, "net": "chip.sum", "sources": [],
                 "to": {"cell": "b", "loc": [1, 2], "port": "DI"}, "type": "routing"}
            ]}
        ],
        "fmax": {
            "$glbnet$chip.clock": {"achieved": 88.8888, "constraint": 90.0009},
            "slow": {"achieved": 30.0, "constraint": 25.0}
        },
        "utilization": {"TRELLIS_FF": {"available": 24288, "used": 79}}
    }"#;

    #[test]
    fn the_clock_below_its_target_limits_and_shows_its_path() {
        let routed = Routed::parse(REPORT, 7, 90.0).unwrap();
        assert_eq!(routed.clocks["chip.clock"], Clock { fmax_mhz: 88.89, target_mhz: 90.0 });
        assert_eq!(routed.result(), SeedResult { seed: 7, fmax_mhz: 88.89, met: false });
        assert!(routed.clocks["slow"].met());
        assert_eq!(routed.used("TRELLIS_FF"), Use { used: 79, available: 24288 });
        let steps: Vec<(&str, f64)> =
            routed.critical_path.iter().map(|s| (s.to.as_str(), s.delay_ns)).collect();
        assert_eq!(steps, [("a.Q", 0.52), ("b.DI", 9.1)]);
    }

    #[test]
    fn a_design_whose_clock_is_not_constrained_is_refused() {
        let error = Routed::parse(REPORT, 1, 100.0).unwrap_err().to_string();
        assert!(error.contains("no clock has the target of 100 MHz"), "{error}");
    }
}
