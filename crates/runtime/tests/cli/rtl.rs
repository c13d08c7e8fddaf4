//! Whole runs on the simulated RTL and on a whole simulated board.

use crate::common::{CliBench, stdout, succeeds};

#[test]
fn the_rtl_trains_with_the_bits_of_the_golden_model_and_counts_its_cycles() {
    let bench = CliBench::new();
    // two epochs, the last batch of each smaller than the others
    let rtl = ["--backend", "rtl", "--config", "sim-2x2", "--epochs", "2"];
    let output = succeeds(bench.train("rtl", &[&rtl[..], &["--verify"]].concat()));
    let summary = std::fs::read_to_string(bench.path("rtl/summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    assert_eq!((&summary["verified_steps"], &summary["steps"]), (&12.into(), &12.into()));
    let figure = |name: &str| summary[name].as_f64().unwrap_or_else(|| panic!("{name}: {summary}"));
    let phases = ["fp", "bp", "wu"].map(|phase| figure(&format!("cycles_per_image_{phase}")));
    assert!(phases.iter().all(|cycles| *cycles > 0.0));
    assert!((phases.iter().sum::<f64>() - figure("cycles_per_image")).abs() < 1.0, "{summary}");
    assert!(
        figure("useful_macs") > 0.0
            && figure("useful_macs") <= figure("busy_lanes")
            && figure("busy_lanes") <= 1.0
    );
    assert!(figure("sim_cycles_per_second") > 0.0 && figure("dram_words_per_image") > 0.0);
    for row in ["cycles per image", "by phase", "busy lanes", "simulated cycles per second", "12 of 12"] {
        assert!(stdout(&output).contains(row), "`{row}` is missing in {}", stdout(&output));
    }

    // the same bits, whatever the memory's timing, and on either side of a change of back end
    succeeds(
        bench.train(
            "slow",
            &[&rtl[..], &["--steps", "7", "--dram-width", "8", "--dram-latency", "40"]].concat(),
        ),
    );
    let cycles = |run: &str| {
        let text = std::fs::read_to_string(bench.path(run).join("metrics.jsonl")).unwrap();
        let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        first["cycles"].as_u64().unwrap()
    };
    assert!(cycles("slow") > cycles("rtl"));
    succeeds(bench.command(&["train", "--resume", "slow", "--backend", "model"]));
    assert_eq!(bench.state("slow"), bench.state("rtl"));
    succeeds(bench.train("model", &["--config", "sim-2x2", "--epochs", "2"]));
    assert_eq!(bench.state("model"), bench.state("rtl"));

    let output = succeeds(bench.command(&["eval", "rtl", "--backend", "rtl"]));
    let on_model = succeeds(bench.command(&["eval", "rtl", "--backend", "model"]));
    let accuracy = |text: String| text[text.find("accuracy").unwrap()..].to_string();
    assert_eq!(accuracy(stdout(&output)), accuracy(stdout(&on_model)));
}

#[test]
fn a_simulated_board_trains_with_the_bits_of_the_golden_model_and_tells_the_use_of_its_sdram() {
    let bench = CliBench::new();
    let chip =
        ["--backend", "chip", "--board", "ulx3s-12f", "--config", "sim-2x2", "--steps", "2", "--verify"];
    let output = succeeds(bench.train("chip", &chip));
    let read = |name: &str| std::fs::read_to_string(bench.path("chip").join(name)).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&read("summary.json")).unwrap();
    assert_eq!(summary["verified_steps"], 2);
    let figure = |name: &str| summary[name].as_f64().unwrap_or_else(|| panic!("{name}: {summary}"));
    let (efficiency, data) = (figure("sdram_efficiency"), figure("sdram_data"));
    assert!(0.0 < data && data < efficiency && efficiency < 1.0, "{summary}");
    // two cycles on the pins for a word
    let words = figure("dram_words_per_image") / figure("cycles_per_image");
    assert!((2.0 * words - data).abs() < 1e-9, "{summary}");
    let row = format!("SDRAM efficiency             {:.2} %", 100.0 * efficiency);
    assert!(stdout(&output).contains(&row), "`{row}` is missing in {}", stdout(&output));
    let csv = read("metrics.csv");
    let columns: Vec<usize> = csv.lines().map(|line| line.split(',').count()).collect();
    assert!(csv.contains(",sdram_busy,sdram_data,") && columns.iter().all(|count| *count == columns[0]));
}
