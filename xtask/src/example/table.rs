//! The table of an example.

use super::report::{Accuracy, Cost, Report, RtlStep};
use ef_runtime::summary::grouped;

const HEADS: [&str; 8] =
    ["", "undistorted", "turned", "parameters", "cycles/image", "DRAM words/image", "us/image", "adaptation"];

const RTL_HEADS: [&str; 6] = ["", "cycles/image", "predicted", "error", "DRAM words/image", "predicted"];

/// What a person reads.
pub fn table(report: &Report) -> String {
    let mut lines = vec![row(&HEADS.map(String::from), &HEADS)];
    lines.push(row(&[vec!["before".into()], accuracy(report.before)].concat(), &HEADS));
    for variant in &report.variants {
        let Cost { cycles_per_image, dram_words_per_image, microseconds_per_image } = variant.predicted;
        let of_a_step = [
            grouped(variant.trained_parameters as u64),
            whole(cycles_per_image),
            whole(dram_words_per_image),
            microseconds_per_image.map_or("-".into(), |time| format!("{time:.1}")),
            format!("{:.1} ms", 1e3 * variant.adaptation_seconds),
        ];
        lines.push(row(
            &[vec![variant.name.clone()], accuracy(variant.accuracy), of_a_step.into()].concat(),
            &HEADS,
        ));
    }
    [introduction(report), lines, simulated(report)].concat().join("\n")
}

/// What the table is about.
fn introduction(report: &Report) -> Vec<String> {
    let (before, after) = (&report.pretraining, &report.adaptation);
    vec![
        format!(
            "network {}, seed {}; pre-trained with {} undistorted digits in {} epochs",
            report.network, report.seed, before.images, before.epochs
        ),
        format!(
            "adapted with {} digits turned by {} degrees, each seen {} times, in {} steps of {} images",
            after.images, report.degrees, after.epochs, after.steps, report.batch
        ),
        format!(
            "accuracy on {} held-out images, undistorted and turned; trained on the golden model, which has the bits of the RTL",
            report.test_images
        ),
        format!(
            "a step of the adaptation on {}, predicted by the model of time with the {}; time at {} MHz, the recorded median",
            report.config, report.memory, report.clock_mhz
        ),
        String::new(),
    ]
}

/// The steps on the RTL, or how to see them.
fn simulated(report: &Report) -> Vec<String> {
    let steps = report.variants.iter().filter_map(|variant| Some((variant, variant.rtl.as_ref()?)));
    let mut memory = None;
    let rows = steps.map(|(variant, RtlStep { memory: name, simulated, predicted })| {
        memory = Some(name);
        let error = predicted.cycles_per_image / simulated.cycles_per_image - 1.0;
        let cells = [
            variant.name.clone(),
            whole(simulated.cycles_per_image),
            whole(predicted.cycles_per_image),
            format!("{:+.2} %", 100.0 * error),
            whole(simulated.dram_words_per_image),
            whole(predicted.dram_words_per_image),
        ];
        row(&cells, &RTL_HEADS)
    });
    let rows: Vec<String> = rows.collect();
    let Some(memory) = memory else {
        return vec![
            String::new(),
            "no step was simulated on the RTL (--no-rtl): cycles and words are predicted".into(),
        ];
    };
    let what = format!(
        "the first step simulated on the RTL with a {memory}; its weights are the golden model's bit for bit"
    );
    [vec![String::new(), what, String::new(), row(&RTL_HEADS.map(String::from), &RTL_HEADS)], rows].concat()
}

fn accuracy(accuracy: Accuracy) -> Vec<String> {
    [accuracy.undistorted, accuracy.turned].map(|share| format!("{:.2} %", 100.0 * share)).into()
}

fn whole(value: f64) -> String {
    grouped(value.round() as u64)
}

/// The first column is to the left.
fn row(cells: &[String], heads: &[&str]) -> String {
    let cells = cells.iter().zip(heads).enumerate().map(|(column, (cell, head))| match column {
        0 => format!("{cell:20}"),
        _ => format!("{cell:>width$}", width = head.len().max(9)),
    });
    cells.collect::<Vec<String>>().join("  ").trim_end().into()
}
