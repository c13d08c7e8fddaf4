//! Network files, and the compiler behind them.

use crate::{Target, mutate};
use ef_compiler::{Network, PixelFormat, Prepared, compile};
use ef_isa::config;
use ef_runtime::networks::{NetworkFile, bundled};
use rand::Rng;
use rand::seq::IndexedRandom;

/// One of each layer, small.
const SMALL: &str = "name = \"small\"\n[input]\nchannels = 2\nrows = 9\ncolumns = 7\nscale_shift = 8\n[[layer]]\nkind = \"conv\"\noutputs = 5\nkernel = 3\npadding = [1, 1, 2, 0]\n\
                     [[layer]]\nkind = \"relu\"\n[[layer]]\nkind = \"conv\"\noutputs = 5\nkernel = [3, 1]\npadding = [1, 0]\nbias = false\n\
                     [[layer]]\nkind = \"add\"\nfrom = \"conv1\"\n[[layer]]\nkind = \"max_pool\"\n[[layer]]\nkind = \"conv\"\noutputs = 6\nkernel = 2\ndilation = [1, 2]\n[[layer]]\nkind = \"fc\"\noutputs = 4\n\
                     [[layer]]\nkind = \"relu\"\n[[layer]]\nkind = \"fc\"\noutputs = 3\n[[layer]]\nkind = \"softmax_cross_entropy\"\n";

/// The layers that are stages of their own beside these, strides and a branch.
const BLOCK: &str = "name = \"block\"\noptimiser = \"adam\"\n[input]\nchannels = 2\nrows = 8\ncolumns = 6\nscale_shift = 8\n[[layer]]\nkind = \"conv\"\noutputs = 5\nkernel = 3\n\
                     padding = 1\n[[layer]]\nkind = \"batch_norm\"\nmomentum = 0.2\nepsilon = 0.001\n[[layer]]\nkind = \"leaky_relu\"\nslope = 0.1\n[[layer]]\nkind = \"conv\"\n\
                     outputs = 5\ngroups = 5\nkernel = 3\npadding = 1\nstride = 2\n[[layer]]\nkind = \"batch_norm\"\nfrozen = true\n[[layer]]\nkind = \"conv\"\noutputs = 5\n\
                     kernel = 1\nstride = 2\ninput = \"bn1\"\n[[layer]]\nkind = \"add\"\nfrom = \"bn2\"\n[[layer]]\nkind = \"relu6\"\n[[layer]]\nkind = \"average_pool\"\n\
                     kernel = [2, 1]\n[[layer]]\nkind = \"global_average_pool\"\n[[layer]]\nkind = \"fc\"\noutputs = 3\n";

/// Words of memory of the largest step that is compiled: larger ones take longer than a case may.
const COMPILED_WORDS: u64 = 1 << 18;

/// A network file, after two bytes that choose the configuration and the batch.
pub fn target() -> Target {
    Target {
        name: "network",
        about: "network TOML, then compiled for a configuration and a batch",
        input: Box::new(|rng| {
            // the others take a compiler longer than a case may
            let texts = ["digits", "mnist", "cifar10"].map(|name| bundled(name).expect("it is bundled"));
            let small = [SMALL, BLOCK];
            let texts: &[&str] = if rng.random_ratio(1, 16) { &texts } else { &small };
            let text = texts.choose(rng).expect("there are networks");
            [vec![rng.random(), rng.random()], mutate::text(rng, text)].concat()
        }),
        parse: Box::new(parse),
        // a schedule of the longest kind, and its program
        memory: 1 << 30,
    }
}

fn parse(input: &[u8]) -> bool {
    let [choice, batch, text @ ..] = input else { return false };
    let text = String::from_utf8_lossy(text);
    let network = match Network::from_toml(&text) {
        Ok(network) => network,
        Err(error) => {
            assert!(
                !error.to_string().contains(char::is_control),
                "a message commands the terminal: {error:?}"
            );
            return false;
        }
    };
    NetworkFile::parse(&text, "here").expect("the same parser");
    let config = config::ALL[usize::from(*choice) % config::ALL.len()];
    let batch = match batch {
        0..32 => 1usize << batch,
        small => usize::from(small % 9),
    };
    let pixels = PixelFormat::U8 { shift: 8 };
    match Prepared::new(&network, config, batch, pixels) {
        // a step of many commands takes its time
        Ok(prepared) if prepared.map.data_words > COMPILED_WORDS => return true,
        Ok(_) => {}
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return true;
        }
    }
    match compile(&network, config, batch, pixels) {
        Ok(plan) => assert!(!plan.train.is_empty() && plan.map.memory_words <= u64::from(u32::MAX)),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    true
}
