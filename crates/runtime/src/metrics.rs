//! What is recorded of a run: JSON lines while it goes on, a CSV file whenever it is saved.

use crate::atomic;
use crate::counters::Counters;
use crate::loaded::Outcome;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt::Display;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// File name of the records in a run folder, a JSON object per line.
pub const JSON_LINES: &str = "metrics.jsonl";
/// File name of the table in a run folder.
pub const CSV: &str = "metrics.csv";

/// One training step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepRecord {
    /// From 1.
    pub epoch: u32,
    /// From 1, over all epochs.
    pub step: u64,
    /// Images of the batch.
    pub images: usize,
    /// Of this step.
    pub learning_rate: f32,
    /// Mean over the batch, before the step's update.
    pub loss: f32,
    /// Images classified right, before the step's update.
    pub correct: u32,
    /// Bit i: a result in layer i was saturated.
    pub overflow: u32,
    /// Weights were compared with the golden model's.
    pub verified: bool,
    /// Multiplications that the network needs for the step.
    pub useful_macs: u64,
    /// What the accelerator has counted.
    #[serde(flatten)]
    pub counters: Counters,
    /// Cycles in which the SDRAM had work, and in which it moved data; only a simulated board says them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdram_busy: Option<u64>,
    /// Cycles in which the SDRAM moved data.
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
    /// From 1.
    pub epoch: u32,
    /// The epoch's last step.
    pub step: u64,
    /// Mean over the epoch's training images, each before the update of its step.
    pub train_loss: f64,
    /// Share of them that was classified right, 0 to 1.
    pub train_accuracy: f64,
    /// Mean over the held-out images, after the epoch.
    pub test_loss: f64,
    /// Share of them that was classified right, 0 to 1.
    pub test_accuracy: f64,
    /// Host time since the run began.
    pub seconds: f64,
    /// What the person was warned of after the test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
}

/// A line of `metrics.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Record {
    /// A step.
    Step(StepRecord),
    /// The end of an epoch.
    Epoch(EpochRecord),
}

impl StepRecord {
    /// The record of a step; `seconds` is the host time since the run began.
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
    /// Of the whole run, also before it was resumed.
    pub steps: Vec<StepRecord>,
    /// Of the whole run, also before it was resumed.
    pub epochs: Vec<EpochRecord>,
}

impl Metrics {
    /// Starts the record of a run in `folder` with `records`, those of the steps before it was resumed.
    ///
    /// # Errors
    /// If `metrics.jsonl` cannot be written.
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

    /// Records a step.
    ///
    /// # Errors
    /// If `metrics.jsonl` cannot be written.
    pub fn push_step(&mut self, record: StepRecord) -> Result<()> {
        self.append(&Record::Step(record.clone()))?;
        self.steps.push(record);
        Ok(())
    }

    /// Records an epoch.
    ///
    /// # Errors
    /// If `metrics.jsonl` cannot be written.
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
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn save_csv(&self) -> Result<()> {
        atomic::write(&self.folder.join(CSV), &self.csv()?)
    }

    fn csv(&self) -> Result<Vec<u8>> {
        let mut table = csv::Writer::from_writer(vec![]);
        for step in &self.steps {
            table.serialize(row(step, self.epochs.iter().find(|epoch| epoch.step == step.step)))?;
        }
        if !self.steps.is_empty() {
            return Ok(table.into_inner()?);
        }
        // the writer names the columns with the first row: of a row of zeros only the names stay
        table.serialize((Learned::default(), Counters::default(), Measured::default()))?;
        let mut text = table.into_inner()?;
        text.truncate(1 + text.iter().position(|byte| *byte == b'\n').context("no line of names")?);
        Ok(text)
    }
}

/// The first columns of `metrics.csv`; those of [`Counters`] and [`Measured`] follow.
#[derive(Default, Serialize)]
struct Learned {
    epoch: u32,
    step: u64,
    images: usize,
    learning_rate: Shown<f32>,
    loss: Shown<f32>,
    accuracy: Shown<f64>,
    test_loss: Option<Shown<f64>>,
    test_accuracy: Option<Shown<f64>>,
    overflow: u32,
    verified: bool,
    useful_macs: u64,
}

/// The last columns of `metrics.csv`.
#[derive(Default, Serialize)]
struct Measured {
    sdram_busy: Option<u64>,
    sdram_data: Option<u64>,
    device_seconds: Shown<f64>,
    seconds: Shown<f64>,
}

/// A number as Rust shows it: 1 and 0.00001, where the table's writer would say 1.0 and 1e-5.
#[derive(Default)]
struct Shown<T>(T);

impl<T: Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// The row of a step, and of the test after it.
fn row(s: &StepRecord, tested: Option<&EpochRecord>) -> (Learned, Counters, Measured) {
    let learned = Learned {
        epoch: s.epoch,
        step: s.step,
        images: s.images,
        learning_rate: Shown(s.learning_rate),
        loss: Shown(s.loss),
        accuracy: Shown(f64::from(s.correct) / s.images.max(1) as f64),
        test_loss: tested.map(|epoch| Shown(epoch.test_loss)),
        test_accuracy: tested.map(|epoch| Shown(epoch.test_accuracy)),
        overflow: s.overflow,
        verified: s.verified,
        useful_macs: s.useful_macs,
    };
    let StepRecord { sdram_busy, sdram_data, .. } = *s;
    let measured = Measured {
        sdram_busy,
        sdram_data,
        device_seconds: Shown(s.device_seconds),
        seconds: Shown(s.seconds),
    };
    (learned, s.counters, measured)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// `metrics.csv` of these records.
    fn table(records: Vec<Record>) -> String {
        let folder = tempfile::tempdir().unwrap();
        Metrics::start(folder.path(), records).unwrap().save_csv().unwrap();
        std::fs::read_to_string(folder.path().join(CSV)).unwrap()
    }

    const NAMES: &str = "epoch,step,images,learning_rate,loss,accuracy,test_loss,test_accuracy,overflow,verified,useful_macs,\
        cycles,cycles_fp,cycles_bp,cycles_wu,kernel_fp,kernel_bp,kernel_wu,stall_command,stall_stationary,stall_hazard,\
        load_busy,store_busy,words_read,words_written,bursts_read,bursts_written,words_fetched,bursts_fetched,\
        sdram_busy,sdram_data,device_seconds,seconds\n";

    #[test]
    fn the_table_has_a_row_per_step_and_the_test_in_the_row_of_the_last_step_before_it() {
        let outcome = Outcome { images: 16, correct: 16, loss: 1.5e-7, ..Outcome::default() };
        let first = StepRecord::new((1, 1), 0.02, &outcome, false, 2.0);
        let last =
            StepRecord { step: 2, verified: true, sdram_busy: Some(7), sdram_data: Some(5), ..first.clone() };
        let (train_loss, train_accuracy, warning) = (0.5, 0.5, Some("not in the table, is it?".into()));
        let epoch = EpochRecord {
            epoch: 1,
            step: 2,
            train_loss,
            train_accuracy,
            test_loss: 1e-20,
            test_accuracy: 0.75,
            seconds: 9.0,
            warning,
        };
        let zeros = [0; 18].map(|zero| zero.to_string()).join(",");
        assert_eq!(
            table(vec![Record::Step(first), Record::Step(last), Record::Epoch(epoch)]),
            format!(
                "{NAMES}\
                 1,1,16,0.02,0.00000015,1,,,0,false,0,{zeros},,,0,2\n\
                 1,2,16,0.02,0.00000015,1,0.00000000000000000001,0.75,0,true,0,{zeros},7,5,0,2\n"
            )
        );
    }

    #[test]
    fn the_table_of_a_run_without_a_step_names_the_columns() {
        assert_eq!(table(vec![]), NAMES);
    }
}
