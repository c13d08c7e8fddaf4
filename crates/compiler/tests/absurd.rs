//! Networks that are addressable but absurd: they are answered at once, and nothing of their size is allocated.

use ef_compiler::{Network, PixelFormat, Prepared, compile};
use ef_isa::config;
use std::time::{Duration, Instant};

/// A network of this input (channels, rows, columns) and these layers.
fn network([channels, rows, columns]: [usize; 3], layers: &str) -> Network {
    let text = format!(
        "name = \"n\"\n[input]\nchannels = {channels}\nrows = {rows}\ncolumns = {columns}\nscale_shift = 8\n{layers}"
    );
    Network::from_toml(&text).unwrap_or_else(|error| panic!("{error}"))
}

/// The answer to it, in batches of `batch`, from every configuration.
fn answers(input: [usize; 3], layers: &str, batch: usize) -> Vec<Result<usize, String>> {
    let network = network(input, layers);
    let answer = |config| {
        let begin = Instant::now();
        let plan = compile(&network, config, batch, PixelFormat::U8 { shift: 8 });
        assert!(begin.elapsed() < Duration::from_secs(5), "{input:?} {layers} took {:?}", begin.elapsed());
        plan.map(|plan| plan.train.len()).map_err(|error| error.to_string())
    };
    config::ALL.into_iter().map(answer).collect()
}

fn fc(outputs: usize) -> String {
    format!("[[layer]]\nkind = \"fc\"\noutputs = {outputs}\n")
}

fn conv(outputs: usize, kernel: usize, padding: usize) -> String {
    format!("[[layer]]\nkind = \"conv\"\noutputs = {outputs}\nkernel = {kernel}\npadding = {padding}\n")
}

#[test]
fn layers_of_absurd_sizes_are_refused_at_once_by_name() {
    for (input, layers) in [
        ([1, 1, 1], fc(100_000_000) + &fc(10)),
        ([1, 1, 1], fc(65_536) + &fc(65_000) + &fc(10)),
        ([4_000_000_000, 1, 1], fc(1)),
        ([1, 65_535, 65_535], fc(1)),
        ([1, 65_535, 1], conv(8192, 1, 0) + &conv(1, 1, 0) + &fc(10)),
        ([1, 1, 1], conv(4, 2, 16_000) + &conv(4, 2, 0) + &fc(1)),
        ([1, 2048, 2048], conv(64, 3, 1) + &conv(64, 3, 1) + &fc(10)),
    ] {
        for answer in answers(input, &layers, 2048) {
            let error = answer.expect_err(&layers);
            let named = ["conv1: ", "conv2: ", "fc1: ", "fc2: ", "words of memory"];
            assert!(named.iter().any(|name| error.contains(name)), "{error}");
        }
    }
}

#[test]
fn a_batch_of_any_size_is_answered() {
    let layers = conv(4, 3, 1) + &fc(3);
    for batch in [1 << 12, 1 << 16] {
        for answer in answers([1, 6, 6], &layers, batch) {
            answer.expect("a batch that can be addressed compiles");
        }
    }
    for batch in [1 << 32, 1 << 62, usize::MAX] {
        for answer in answers([1, 6, 6], &layers, batch) {
            let error = answer.expect_err("no address reaches so far");
            assert!(error.contains("words of memory"), "{error}");
        }
    }
}

#[test]
fn long_thin_maps_and_wide_layers_compile_or_are_refused_in_seconds() {
    for (input, layers, batch) in [
        ([1, 65_535, 1], conv(2, 1, 0) + &conv(2, 1, 0) + &fc(2), 1),
        ([1, 2, 1], fc(1024) + &fc(1024) + &fc(10), 256),
        ([1, 4, 4], conv(1024, 1, 0) + &conv(1024, 1, 0) + &fc(2), 16),
        ([1, 1, 8192], conv(1024, 1, 0) + &conv(16, 1, 0) + &fc(2), 1),
    ] {
        answers(input, &layers, batch);
    }
}

#[test]
fn images_of_millions_of_channels_are_laid_out_at_once() {
    let network = network([1 << 22, 8, 8], &(conv(4, 3, 1) + &fc(10)));
    for config in config::ALL {
        let begin = Instant::now();
        // every cut that is looked at counts the cycles in which the taps are gathered
        Prepared::new(&network, config, 5, PixelFormat::U8 { shift: 8 }).unwrap();
        assert!(begin.elapsed() < Duration::from_secs(1), "{} took {:?}", config.name, begin.elapsed());
    }
}
