//! The handwritten digits that ship with the project; see `data/README.md` for source and licence.

use super::{Dataset, Images, Shape, file, labels, split};
use anyhow::{Context, Result, ensure};

const NAME: &str = "digits.csv.gz (bundled)";
const SHAPE: Shape = Shape { channels: 1, rows: 8, columns: 8 };
/// More bytes than the file unpacks to.
const LIMIT: u64 = 1 << 20;

pub fn load(classes: usize) -> Result<Dataset> {
    let bytes = file::content(NAME, include_bytes!("../../data/digits.csv.gz"), |_| Some(LIMIT))?;
    let images = parse(std::str::from_utf8(&bytes).context(NAME)?, classes)?;
    let (train, test) = split::hold_out(&images);
    Ok(Dataset { shape: SHAPE, train, test, notes: vec![] })
}

/// Lines of 64 pixels and a label.
fn parse(text: &str, classes: usize) -> Result<Images> {
    let mut images = Images::default();
    for (record, line) in text.lines().enumerate() {
        let fields: Vec<u8> =
            line.split(',').map(|field| field.trim().parse::<u8>()).collect::<Result<_, _>>().with_context(
                || format!("{NAME}: record {record} holds something that is no number 0..=255"),
            )?;
        let count = fields.len();
        ensure!(count == SHAPE.pixels() + 1, "{NAME}: record {record} has {count} fields instead of 65");
        let (label, pixels) = fields.split_last().expect("checked above");
        images.push(pixels, *label);
    }
    labels::check(NAME, &images, labels::range(&images.labels), classes)?;
    Ok(images)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_digits_are_1797_images_of_all_ten_classes() {
        let digits = load(10).unwrap();
        assert_eq!(digits.train.len() + digits.test.len(), 1797);
        for images in [&digits.train, &digits.test] {
            for class in 0..10 {
                assert!((0..images.len()).any(|i| images.get(i).1 == class));
            }
        }
        assert!((0..digits.train.len()).all(|i| digits.train.get(i).0.iter().all(|p| *p <= 16)));
    }

    #[test]
    fn a_damaged_record_is_named() {
        let error = format!("{:#}", parse("1,2,3\n", 10).unwrap_err());
        assert!(error.contains("record 0 has 3 fields"), "{error}");
        let error = format!("{:#}", parse("1,x\n", 10).unwrap_err());
        assert!(error.contains("record 0"), "{error}");
    }

    #[test]
    fn a_network_with_too_few_outputs_is_refused() {
        let error = format!("{:#}", load(9).unwrap_err());
        assert!(error.contains("label 9") && error.contains("9 outputs"), "{error}");
    }
}
