use super::personalise::{Setup, run};
use super::report::Report;
use super::{picture, setup, table};
use crate::{Cli, Verb};
use clap::Parser;
use ef_runtime::data::{DataSpec, Dataset};
use ef_runtime::view::View;

/// A short story: a third of the digits, and fewer epochs of the adaptation.
fn short() -> Report {
    let digits = DataSpec::Digits.load(10).unwrap();
    let digits = Dataset { train: digits.train.first(480), test: digits.test.first(96), ..digits };
    let setup = Setup { degrees: 40.0, images: 96, epochs: 6, seed: 1, rtl: false };
    run(&digits, &setup, &mut View::silent()).unwrap()
}

#[test]
fn a_network_adapts_to_turned_digits_and_frozen_layers_stay_as_they_are() {
    let report = short();
    assert!(report.before.turned + 0.15 < report.before.undistorted, "{:?}", report.before);
    let changed: Vec<Vec<String>> = report.variants.iter().map(|v| v.changed.clone()).collect();
    assert_eq!(changed, [vec!["conv1", "conv2", "fc1"], vec!["conv2", "fc1"], vec!["fc1"]]);
    for variant in &report.variants {
        assert!(variant.accuracy.turned > report.before.turned + 0.1, "{}", variant.name);
    }
    let costs: Vec<_> = report.variants.iter().map(|variant| variant.predicted).collect();
    for (more, less) in costs.iter().zip(&costs[1..]) {
        assert!(less.cycles_per_image < more.cycles_per_image, "{costs:?}");
        assert!(less.dram_words_per_image < more.dram_words_per_image, "{costs:?}");
    }
    let (text, svg) = (table::table(&report), picture::picture(&report).unwrap());
    for variant in &report.variants {
        assert!(text.contains(&variant.name) && svg.contains(&variant.name));
    }
}

#[test]
fn what_is_not_possible_is_answered_with_what_is() {
    let parse = |arguments: &str| {
        let words = ["cargo xtask", "example"].into_iter().chain(arguments.split(' '));
        Cli::try_parse_from(words).map(|cli| cli.verb)
    };
    let error = parse("nothing").err().unwrap().to_string();
    assert!(error.contains("nothing") && error.contains("possible values: personalise"), "{error}");
    for (arguments, answer) in [
        ("personalise --images 0", "--images 0: 1 to 1438 are possible"),
        ("personalise --images 1439", "--images 1439: 1 to 1438 are possible"),
        ("personalise --degrees -181", "--degrees -181: -180 to 180 are possible"),
        ("personalise --degrees NaN", "--degrees NaN: -180 to 180 are possible"),
    ] {
        let Verb::Example(args) = parse(arguments).unwrap() else { panic!("another verb") };
        assert_eq!(setup(&args, 1438).err().unwrap().to_string(), answer);
    }
}
