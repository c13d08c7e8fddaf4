//! Gradients of whole networks on the golden model against an independent autograd library (candle, in float64).
//!
//! With momentum 0 and weight decay 0 the velocities after one step are the gradients.

mod agree;
mod case;
mod follows;
mod random;
mod with_candle;

use agree::agrees;
use case::network;
use ef_isa::config::{FP32_8X8, SIM_2X2, SIM_4X4};

const DIGITS: &[&str] =
    &["conv 8 3 1", "relu", "max_pool", "conv 16 3 1", "relu", "max_pool", "fc 10", "softmax_cross_entropy"];

#[test]
fn digits_network_gradients_agree_on_every_configuration() {
    for config in [&SIM_2X2, &SIM_4X4, &FP32_8X8] {
        agrees(&network("digits", (1, 8, 8), DIGITS), 5, config);
    }
    agrees(&network("digits", (1, 8, 8), DIGITS), 32, &FP32_8X8);
}

#[test]
fn fully_connected_networks_agree() {
    agrees(&network("mlp", (1, 7, 5), &["fc 19", "relu", "fc 11", "relu", "fc 3"]), 9, &FP32_8X8);
    agrees(&network("linear", (2, 3, 3), &["fc 5"]), 1, &SIM_2X2);
}

#[test]
fn odd_maps_and_odd_channel_counts_agree() {
    let layers = ["conv 5 3 1", "max_pool", "relu", "conv 11 3 0", "relu", "conv 3 1 0", "max_pool", "fc 4"];
    agrees(&network("odd", (3, 13, 11), &layers), 3, &FP32_8X8);
    agrees(&network("odd", (3, 13, 11), &layers), 3, &SIM_4X4);
}

#[test]
fn kernels_of_5_and_wide_padding_agree() {
    let layers =
        ["conv 6 5 2", "relu", "conv 9 5 2", "relu", "max_pool", "conv 7 1 1", "relu", "conv 4 3 2", "fc 6"];
    agrees(&network("five", (2, 9, 10), &layers), 4, &FP32_8X8);
}

#[test]
fn tiles_of_nothing_but_padding_agree() {
    for [first, second] in [["conv 3 1 9", "conv 2 3 1"], ["conv 3 3 1", "conv 2 1 9"]] {
        agrees(&network("wide", (2, 5, 6), &[first, "relu", second, "fc 4"]), 3, &SIM_2X2);
    }
}

#[test]
fn smoothed_labels_agree_in_training_and_are_plain_in_evaluation() {
    for (classes, smoothing) in [(10, "0.1"), (3, "0.9"), (1, "0.5"), (41, "0.25")] {
        let (fc, loss) = (format!("fc {classes}"), format!("softmax_cross_entropy {smoothing}"));
        let layers = ["conv 4 3 1", "relu", "max_pool", &fc, &loss];
        for config in [&SIM_2X2, &FP32_8X8] {
            agrees(&network("smoothed", (1, 6, 6), &layers), 11, config);
        }
    }
}

#[test]
fn residual_connections_agree() {
    // around one convolution and around two; the map of conv1 twice; pooling behind a sum; channels that fill no group
    let layers = [
        "conv 11 3 1",
        "relu",
        "conv 11 3 1",
        "add conv1",
        "relu",
        "conv 5 3 1",
        "relu",
        "conv 11 [1,3] [0,1]",
        "add conv1",
        "relu",
        "max_pool",
        "conv 11 3 1",
        "add conv4",
        "conv 3 2 0",
        "fc 6",
    ];
    for config in [&SIM_2X2, &SIM_4X4, &FP32_8X8] {
        agrees(&network("residual", (2, 9, 10), &layers), 5, config);
    }
}

#[test]
fn maps_larger_than_a_buffer_are_tiled_by_rows() {
    let layers = [
        "conv 16 3 1",
        "relu",
        "conv 16 3 1",
        "relu",
        "max_pool",
        "conv 32 3 1",
        "relu",
        "max_pool",
        "conv 9 3 1",
        "relu",
        "max_pool",
        "fc 10",
    ];
    agrees(&network("rows", (3, 32, 32), &layers), 2, &FP32_8X8);
}

/// The '1X' CNN of EF-Train on CIFAR-10 images.
#[test]
fn the_1x_network_agrees() {
    let layers = [
        "conv 16 3 1",
        "relu",
        "conv 16 3 1",
        "relu",
        "max_pool",
        "conv 32 3 1",
        "relu",
        "conv 32 3 1",
        "relu",
        "max_pool",
        "conv 64 3 1",
        "relu",
        "conv 64 3 1",
        "relu",
        "max_pool",
        "fc 10",
    ];
    agrees(&network("1x", (3, 32, 32), &layers), 2, &FP32_8X8);
}

#[test]
fn a_first_layer_with_pooling_agrees_on_every_configuration() {
    let layers = ["conv 8 3 1", "relu", "max_pool", "conv 8 3 1", "relu", "max_pool", "fc 10"];
    for config in ef_isa::config::ALL {
        for batch in [1, 2, 5] {
            agrees(&network("pooled", (3, 32, 32), &layers), batch, config);
        }
    }
}

#[test]
fn batch_normalisation_agrees() {
    let layers =
        ["conv 11 3 1", "batch_norm", "relu", "max_pool", "conv 5 3 1", "batch_norm 0.3 0.001", "fc 4"];
    for config in [&SIM_2X2, &SIM_4X4, &FP32_8X8] {
        agrees(&network("normalised", (2, 7, 6), &layers), 5, config);
    }
    // a map larger than the operand RAM; sums of maps; of fully connected layers, with 1 x 1 maps
    let residual = [
        "conv 9 3 1",
        "batch_norm",
        "relu",
        "conv 9 3 1",
        "batch_norm",
        "add bn1",
        "relu",
        "max_pool",
        "fc 7 false",
        "batch_norm",
        "relu",
        "fc 3",
    ];
    agrees(&network("residual", (1, 33, 31), &residual), 12, &FP32_8X8);
    agrees(&network("residual", (1, 9, 8), &residual), 17, &SIM_2X2);
}

#[test]
fn frozen_batch_normalisation_agrees() {
    let layers = [
        "conv 11 3 1",
        "batch_norm 0.1 1e-5 true",
        "relu",
        "max_pool",
        "conv 5 3 1",
        "batch_norm 0.1 1e-5 true",
        "relu",
        "fc 4",
    ];
    for config in [&SIM_2X2, &FP32_8X8] {
        agrees(&network("frozen", (2, 7, 6), &layers), 5, config);
    }
}

#[test]
fn depthwise_convolutions_agree() {
    let square = "conv 11 3 1 1 1 true 11";
    let wide = "conv 6 [2,5] [1,0,2,3] 1 [2,1] false 6";
    let layers =
        ["conv 11 3 1", "relu", square, "batch_norm", "relu", "conv 6 1", "max_pool", wide, "relu", "fc 4"];
    for config in [&SIM_2X2, &SIM_4X4, &FP32_8X8] {
        agrees(&network("depthwise", (2, 9, 10), &layers), 4, config);
    }
    // a map that is added elsewhere, and a sum behind a depthwise convolution
    let residual = [
        "conv 11 3 1",
        "relu",
        square,
        "relu",
        "conv 11 1",
        "add conv1",
        "relu",
        square,
        "add conv2",
        "max_pool",
        "fc 3",
    ];
    agrees(&network("inverted", (2, 9, 10), &residual), 4, &SIM_4X4);
}

#[test]
fn average_pooling_agrees() {
    let layers = [
        "conv 11 3 1",
        "relu",
        "average_pool 2",
        "conv 5 3 1",
        "batch_norm",
        "relu",
        "average_pool [3,1]",
        "relu",
        "global_average_pool",
        "fc 4",
    ];
    for config in [&SIM_2X2, &SIM_4X4, &FP32_8X8] {
        agrees(&network("averages", (2, 12, 10), &layers), 5, config);
    }
    // a window larger than the feature buffer
    agrees(
        &network("large", (1, 61, 39), &["conv 3 3 1", "relu", "global_average_pool", "fc 2"]),
        2,
        &SIM_4X4,
    );
    // a pooling behind it, two in a row, and the map that is averaged is added elsewhere
    let layers = [
        "conv 9 3 1",
        "relu",
        "conv 9 3 1",
        "add conv1",
        "relu",
        "average_pool [1,2]",
        "average_pool [2,1]",
        "max_pool",
        "conv 7 1",
        "global_average_pool",
        "fc 3",
    ];
    for config in [&SIM_2X2, &FP32_8X8] {
        agrees(&network("averages", (1, 8, 12), &layers), 17, config);
    }
}

#[test]
fn strides_behind_the_first_layer_agree() {
    let layers =
        ["conv 9 3 1", "relu", "conv 11 3 1 2", "relu", "conv 5 1 0 2", "batch_norm", "relu", "fc 4"];
    for config in [&SIM_2X2, &SIM_4X4, &FP32_8X8] {
        agrees(&network("strides", (2, 12, 11), &layers), 5, config);
    }
    // unequal ones, more than the kernel, that do not divide; dilation; depthwise; a sum; a first layer with both
    let layers = [
        "conv 9 5 2 2",
        "relu",
        "conv 7 [2,3] [0,1] [3,1] [1,2]",
        "relu",
        "conv 7 3 2 [1,4] 1 false 7",
        "relu",
        "conv 6 [1,3] [0,2] [2,1]",
        "conv 6 1",
        "add conv4",
        "relu",
        "fc 3",
    ];
    for config in [&SIM_2X2, &FP32_8X8] {
        agrees(&network("strides", (1, 31, 28), &layers), 4, config);
    }
}

#[test]
fn branches_agree() {
    // ResNet's block: two convolutions beside one of 1 x 1, all with strides; its map is read twice and added
    let block = [
        "conv 9 3 1",
        "batch_norm",
        "relu",
        "conv 13 3 1 2 1 false",
        "batch_norm",
        "relu",
        "conv 13 3 1 1 1 false",
        "batch_norm",
        "conv 13 1 0 2 1 true 1 bn1",
        "add bn3",
        "relu",
        "conv 13 3 1",
        "relu",
        "conv 13 3 1",
        "add conv4",
        "relu",
        "global_average_pool",
        "fc 4",
    ];
    for config in [&SIM_2X2, &SIM_4X4, &FP32_8X8] {
        agrees(&network("branches", (2, 8, 7), &block), 6, config);
    }
    // three readers of a map; maps with ReLU and pooling that are only added
    let many = [
        "conv 5 3 1",
        "relu",
        "conv 5 3 1",
        "relu",
        "max_pool",
        "conv 5 [3,1] [1,0] 2 1 true 1 conv1",
        "relu",
        "conv 5 3 1",
        "add conv2",
        "relu",
        "conv 5 1 0 2 1 false 1 conv1",
        "add conv4",
        "relu",
        "fc 3",
    ];
    for config in [&SIM_2X2, &FP32_8X8] {
        agrees(&network("readers", (1, 8, 8), &many), 5, config);
    }
}

#[test]
fn other_activations_agree() {
    let layers = [
        "conv 11 3 1",
        "leaky_relu 0.2",
        "max_pool",
        "conv 11 3 1",
        "batch_norm",
        "add conv1",
        "relu6",
        "conv 5 3 1 2",
        "max_pool",
        "conv 5 1",
        "leaky_relu",
        "conv 5 1 0 1 1 true 1 conv3",
        "add conv4",
        "leaky_relu 0",
        "global_average_pool",
        "fc 9",
        "relu6",
        "fc 4",
    ];
    let layers: Vec<&str> = layers.into_iter().filter(|layer| *layer != "max_pool").collect();
    for config in [&SIM_2X2, &SIM_4X4, &FP32_8X8] {
        agrees(&network("activations", (2, 9, 8), &layers), 5, config);
    }
    let pooled = [
        "conv 6 3 1",
        "leaky_relu 0.3",
        "max_pool",
        "conv 7 3 1",
        "max_pool",
        "relu6",
        "fc 5",
        "leaky_relu",
        "fc 3",
    ];
    for config in [&SIM_2X2, &FP32_8X8] {
        agrees(&network("pooled", (1, 11, 10), &pooled), 7, config);
    }
}
