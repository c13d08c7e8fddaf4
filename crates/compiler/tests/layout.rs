//! How host tensors lie in DRAM.

use ef_compiler::{Network, PixelFormat, compile};
use ef_isa::config::{FP32_8X8, SIM_4X4};

const NETWORK: &str = r#"
name = "layout"
[input]
channels = 3
rows = 7
columns = 6
[[layer]]
kind = "conv"
outputs = 10
kernel = 3
[[layer]]
kind = "relu"
[[layer]]
kind = "conv"
outputs = 5
kernel = 2
[[layer]]
kind = "fc"
outputs = 3
"#;

#[test]
fn parameters_unpack_to_what_was_packed_and_padding_is_zero() {
    let network = Network::from_toml(NETWORK).unwrap();
    for config in [&SIM_4X4, &FP32_8X8] {
        let plan = compile(&network, config, 2, PixelFormat::F32).unwrap();
        for layer in &plan.map.layers {
            let weight: Vec<f32> = (0..layer.shape.weights()).map(|i| i as f32 + 1.0).collect();
            let bias: Vec<f32> = (0..layer.shape.biases()).map(|i| -1.0 - i as f32).collect();
            let words = layer.pack(&weight, &bias);
            assert_eq!(words.len(), layer.words);
            assert_eq!(layer.unpack(&words), (weight.clone(), bias.clone()));
            // every value has a word of its own, so all other words are padding
            let zeros = words.iter().filter(|w| **w == 0).count();
            assert_eq!(zeros, layer.words - weight.len() - bias.len(), "{}", layer.name());
        }
    }
}

#[test]
fn parameter_and_image_addresses_do_not_depend_on_the_batch() {
    let network = Network::from_toml(NETWORK).unwrap();
    let place = |batch| {
        let map = compile(&network, &FP32_8X8, batch, PixelFormat::F32).unwrap().map;
        let layers: Vec<_> = map.layers.iter().map(|l| (l.weights, l.state.clone(), l.words)).collect();
        (layers, map.images)
    };
    assert_eq!(place(1), place(7));
}

#[test]
fn images_are_packed_row_by_row_with_all_channels_of_a_row_together() {
    let network = Network::from_toml(NETWORK).unwrap();
    let map = compile(&network, &FP32_8X8, 1, PixelFormat::U8 { shift: 8 }).unwrap().map;
    let pixels: Vec<u8> = (1..=3 * 7 * 6).map(|i| i as u8).collect();
    let words = map.pack_image(&pixels);
    assert_eq!(words.len(), 3 * 7 * 2);
    // pixel 43 is the first of the second channel
    assert_eq!(words[..3], [0x04030201, 0x0605, 0x2e2d2c2b]);

    let map = compile(&network, &FP32_8X8, 1, PixelFormat::F32).unwrap().map;
    let pixels: Vec<f32> = pixels.into_iter().map(f32::from).collect();
    let words = map.pack_image_f32(&pixels);
    assert_eq!(words.len(), pixels.len());
    assert_eq!(words[5..8], [6.0, 43.0, 44.0].map(f32::to_bits));
}

#[test]
fn images_of_a_fully_connected_layer_are_one_padded_vector() {
    let text = "name = \"flat\"\n[input]\nchannels = 1\nrows = 3\ncolumns = 3\n[[layer]]\nkind = \"fc\"\noutputs = 2\n";
    let map = compile(&Network::from_toml(text).unwrap(), &FP32_8X8, 1, PixelFormat::F32).unwrap().map;
    let pixels: Vec<f32> = (1..=9u8).map(f32::from).collect();
    let words = map.pack_image_f32(&pixels);
    assert_eq!(words[..9], pixels.iter().map(|p| p.to_bits()).collect::<Vec<_>>());
    assert_eq!(words[9..], [0; 7]);
}

#[test]
fn a_layer_that_fits_no_buffer_is_named_with_the_buffer_and_what_to_do() {
    let text = "name = \"wide\"\n[input]\nchannels = 1\nrows = 1\ncolumns = 1\n\
                [[layer]]\nkind = \"conv\"\noutputs = 4\nkernel = 1\n[[layer]]\nkind = \"fc\"\noutputs = 5000\n";
    let network = Network::from_toml(text).unwrap();
    let error = compile(&network, &SIM_4X4, 1, PixelFormat::F32).unwrap_err().to_string();
    assert!(
        error.starts_with("fc1: ") && error.contains("sim-4x4 holds") && error.contains("_aw"),
        "{error}"
    );
}
