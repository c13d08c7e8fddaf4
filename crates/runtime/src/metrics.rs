//! What is recorded of a run: JSON lines while it goes on, a CSV file whenever it is saved.

use crate::accelerator::Outcome;
use crate::atomic;
use crate::counters::Counters;
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

pub const JSON_LINES: &str = "metrics.jsonl";
pub const CSV: &str = "metrics.csv";

/// One training step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepRecord {
    pub epoch: u32,
    /// From 1, over all epochs.
    pub step: u64,
    pub images: usize,
    pub learning_rate: f32,
    /// Mean over the batch, before the step's update.
    pub loss: f32,
    pub correct: u32,
    /// Bit i: a result in layer i was saturated.
    pub overflow: u32,
    /// Weights were compared with the golden model's.
    pub verified: bool,
    pub useful_macs: u64,
    #[serde(flatten)]
    pub counters: Counters,
    /// Cycles in which the SDRAM had work, and in which it moved data; only a simulated board says them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdram_busy: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdram_data: Option<u64>,
    /// Host time the device took.
    pub device_seconds: f64,
    /// Host time since the run began.
    pub seconds: f64,
}

/// One epoch, after its test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    pub epoch: u32,
    /// The epoch's last step.
    pub step: u64,
    pub train_loss: f64,
    pub train_accuracy: f64,
    pub test_loss: f64,
    pub test_accuracy: f64,
    pub seconds: f64,
    /// What the person was warned of after the test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
}

/// A line of `metrics.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Record {
    Step(StepRecord),
    Epoch(EpochRecord),
}

impl StepRecord {
    pub fn new(
        (epoch, step): (u32, u64),
        learning_rate: f32,
        outcome: &Outcome,
        verified: bool,
        seconds: f64,
    ) -> StepRecord {
        StepRecord {
            epoch,
            step,
            images: outcome.images,
            learning_rate,
            loss: outcome.loss,
            correct: outcome.correct,
            overflow: outcome.overflow,
            verified,
            useful_macs: outcome.useful_macs,
            counters: outcome.counters,
            sdram_busy: outcome.memory_use.map(|memory| memory.busy_cycles),
            sdram_data: outcome.memory_use.map(|memory| memory.data_cycles),
            device_seconds: outcome.elapsed.as_secs_f64(),
            seconds,
        }
    }
}

/// Records of a run, in memory and in its folder.
pub struct Metrics {
    folder: PathBuf,
    log: File,
    pub steps: Vec<StepRecord>,
    pub epochs: Vec<EpochRecord>,
}

impl Metrics {
    /// Starts the record of a run in `folder` with `records`, those of the steps before it was resumed.
    pub fn start(folder: &Path, records: Vec<Record>) -> Result<Metrics> {
        let path = folder.join(JSON_LINES);
        let lines: Vec<String> = records.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
        let text = lines.iter().fold(String::new(), |text, line| text + line + "\n");
        atomic::write(&path, text.as_bytes())?;
        let log = OpenOptions::new().append(true).open(&path).map_err(|e| atomic::explain(&path, e))?;
        let mut metrics = Metrics { folder: folder.into(), log, steps: vec![], epochs: vec![] };
        for record in records {
            match record {
                Record::Step(step) => metrics.steps.push(step),
                Record::Epoch(epoch) => metrics.epochs.push(epoch),
            }
        }
        Ok(metrics)
    }

    pub fn push_step(&mut self, record: StepRecord) -> Result<()> {
        self.append(&Record::Step(record.clone()))?;
        self.steps.push(record);
        Ok(())
    }

    pub fn push_epoch(&mut self, record: EpochRecord) -> Result<()> {
        self.append(&Record::Epoch(record.clone()))?;
        self.epochs.push(record);
        Ok(())
    }

    fn append(&mut self, record: &Record) -> Result<()> {
        let line = serde_json::to_string(record)? + "\n";
        self.log.write_all(line.as_bytes()).map_err(|e| atomic::explain(&self.folder.join(JSON_LINES), e))
    }

    /// Writes `metrics.csv`: a row per step, with the test's results in the row of an epoch's last step.
    pub fn save_csv(&self) -> Result<()> {
        atomic::write(&self.folder.join(CSV), self.csv().as_bytes())
    }

    fn csv(&self) -> String {
        let mut text = format!(
            "epoch,step,images,learning_rate,loss,accuracy,test_loss,test_accuracy,overflow,verified,useful_macs,{},sdram_busy,sdram_data,device_seconds,seconds\n",
            Counters::NAMES.join(",")
        );
        for s in &self.steps {
            let tested = self.epochs.iter().find(|epoch| epoch.step == s.step);
            let accuracy = f64::from(s.correct) / s.images.max(1) as f64;
            let counters: Vec<String> = s.counters.values().iter().map(u64::to_string).collect();
            writeln!(
                text,
                "{},{},{},{},{},{accuracy},{},{},{},{},{},{},{},{},{},{}",
                s.epoch,
                s.step,
                s.images,
                s.learning_rate,
                s.loss,
                or_nothing(tested.map(|epoch| epoch.test_loss)),
                or_nothing(tested.map(|epoch| epoch.test_accuracy)),
                s.overflow,
                s.verified,
                s.useful_macs,
                counters.join(","),
                or_nothing(s.sdram_busy),
                or_nothing(s.sdram_data),
                s.device_seconds,
                s.seconds
            )
            .expect("a string has room");
        }
        text
    }
}

fn or_nothing(value: Option<impl ToString>) -> String {
    value.map_or(String::new(), |value| value.to_string())
}

/// The records in a run's folder up to `step`, without those of the test of epoch `epoch` and later.
///
/// A run that was killed may have recorded steps after its last checkpoint; its last line may be cut short.
pub fn records_before(folder: &Path, step: u64, epoch: u32) -> Vec<Record> {
    let text = std::fs::read_to_string(folder.join(JSON_LINES)).unwrap_or_default();
    text.lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter(|record| match record {
            Record::Step(record) => record.step <= step,
            Record::Epoch(record) => record.epoch < epoch,
        })
        .collect()
}
