//! Labels and the outputs of the network that is to predict them.

use super::{Dataset, Images};
use anyhow::{Result, bail};

/// Smallest and largest label.
pub fn range<'a>(labels: impl IntoIterator<Item = &'a u8>) -> (u8, u8) {
    labels.into_iter().fold((u8::MAX, 0), |(min, max), label| (min.min(*label), max.max(*label)))
}

/// Refuses labels that are no class of the network, naming the file and the record. `range` is that of the whole data set.
pub fn check(name: &str, images: &Images, range: (u8, u8), classes: usize) -> Result<()> {
    let bad = images.labels.iter().enumerate().find(|(_, label)| usize::from(**label) >= classes);
    let Some((record, label)) = bad else { return Ok(()) };
    let (min, max) = range;
    let (outputs, shift) = match (min, max) {
        (0, _) => (usize::from(max) + 1, ""),
        _ => (usize::from(max), " (labels that start at 1 are then shifted down by one)"),
    };
    let last = classes.saturating_sub(1);
    bail!(
        "{name}: record {record} has label {label}, but the network has {classes} outputs (labels 0..={last}); \
         the labels are {min}..={max}: use a network with {outputs} outputs{shift}, or repair the file"
    );
}

/// Makes labels that start at 1 start at 0 if the network has as many outputs as the largest says, and notes it; then refuses
/// those that are no class of the network. `names` are those of the label files, for training and for test.
pub fn fit(dataset: &mut Dataset, names: [&str; 2], classes: usize) -> Result<()> {
    let (min, max) = range(dataset.train.labels.iter().chain(&dataset.test.labels));
    if min > 0 && usize::from(max) == classes {
        for images in [&mut dataset.train, &mut dataset.test] {
            images.labels.iter_mut().for_each(|label| *label -= 1);
        }
        dataset.notes.push(format!(
            "labels are {min}..={max}; 1 is subtracted from each: output 0 of the network stands for label 1"
        ));
        return Ok(());
    }
    check(names[0], &dataset.train, (min, max), classes)?;
    check(names[1], &dataset.test, (min, max), classes)
}

#[cfg(test)]
mod tests {
    use super::super::Shape;
    use super::*;

    fn dataset(train: &[u8], test: &[u8]) -> Dataset {
        let [train, test] = [train, test].map(|labels| {
            let mut images = Images::default();
            labels.iter().for_each(|label| images.push(&[0], *label));
            images
        });
        Dataset { shape: Shape { channels: 1, rows: 1, columns: 1 }, train, test, notes: vec![] }
    }

    #[test]
    fn labels_that_start_at_1_are_shifted_and_noted() {
        let mut data = dataset(&[1, 26, 3], &[2, 26]);
        fit(&mut data, ["a", "b"], 26).unwrap();
        assert_eq!((data.train.labels, data.test.labels), (vec![0, 25, 2], vec![1, 25]));
        assert!(data.notes[0].contains("labels are 1..=26"), "{:?}", data.notes);
    }

    #[test]
    fn labels_that_the_network_can_predict_stay() {
        for (train, test, classes) in [([0, 2], [1, 2], 3), ([1, 2], [1, 1], 3), ([1, 2], [0, 1], 3)] {
            let mut data = dataset(&train, &test);
            fit(&mut data, ["a", "b"], classes).unwrap();
            assert_eq!((data.train.labels, data.test.labels), (train.to_vec(), test.to_vec()));
            assert!(data.notes.is_empty());
        }
    }

    #[test]
    fn the_error_says_how_many_outputs_the_data_needs() {
        type Case<'a> = (&'a [u8], &'a [u8], usize, [&'a str; 3]);
        let cases: [Case; 3] = [
            (
                &[1, 26],
                &[5],
                10,
                ["a: record 1 has label 26", "1..=26: ", "26 outputs (labels that start at 1"],
            ),
            // a 0 in one part: nothing is shifted, and 27 outputs are needed
            (&[1, 26], &[0], 26, ["a: record 1 has label 26", "0..=26: ", "27 outputs,"]),
            (&[0, 1], &[2, 3], 3, ["b: record 1 has label 3", "(labels 0..=2)", "4 outputs,"]),
        ];
        for (train, test, classes, parts) in cases {
            let error = fit(&mut dataset(train, test), ["a", "b"], classes).unwrap_err().to_string();
            parts.iter().for_each(|part| assert!(error.contains(part), "`{part}` is missing in: {error}"));
        }
    }
}
