//! What is a network, and what is refused, and how.

use super::*;

const HEAD: &str = "name = \"n\"\n[input]\nchannels = 1\nrows = 8\ncolumns = 8\n";

fn error(layers: &str) -> String {
    Network::from_toml(&format!("{HEAD}{layers}")).unwrap_err().to_string()
}

#[test]
fn shapes_that_do_not_chain_are_named_with_their_layer() {
    let conv = "[[layer]]\nkind = \"conv\"\noutputs = 4\nkernel = 9\n";
    assert!(error(conv).contains("layer 1 (conv): kernel 9 is larger than the map it reads, 8 rows"));
    let pools = "[[layer]]\nkind = \"conv\"\noutputs = 4\nkernel = 8\n[[layer]]\nkind = \"max_pool\"\n";
    assert!(error(pools).contains("layer 2 (max_pool): a 2 x 2 window does not fit into a 1 x 1 map"));
}

#[test]
fn misplaced_layers_are_refused() {
    assert!(error("[[layer]]\nkind = \"relu\"\n").contains("must follow a conv or fc layer"));
    assert!(error("").contains("no layers"));
    let loss_first = "[[layer]]\nkind = \"softmax_cross_entropy\"\n[[layer]]\nkind = \"fc\"\noutputs = 2\n";
    assert!(error(loss_first).contains("must be the last layer"));
    let no_fc = "[[layer]]\nkind = \"conv\"\noutputs = 4\nkernel = 3\n";
    assert!(error(no_fc).contains("end the network with fc"));
}

/// A network whose layers `conv`, `relu`, `max_pool`, `fc` and the loss have these keys more.
fn with_keys(keys: [&str; 5]) -> String {
    let [conv, relu, pool, fc, loss] = keys.map(|key| format!("{key}\n"));
    format!(
        "[[layer]]\nkind = \"conv\"\noutputs = 4\nkernel = 3\n{conv}[[layer]]\nkind = \"relu\"\n{relu}\
         [[layer]]\nkind = \"max_pool\"\n{pool}[[layer]]\nkind = \"fc\"\noutputs = 2\n{fc}\
         [[layer]]\nkind = \"softmax_cross_entropy\"\n{loss}"
    )
}

#[test]
fn only_an_earlier_map_of_the_same_shape_is_added_right_behind_a_convolution() {
    let conv = |outputs: usize| {
        format!("[[layer]]\nkind = \"conv\"\noutputs = {outputs}\nkernel = 3\npadding = 1\n")
    };
    let add = |from: &str| format!("[[layer]]\nkind = \"add\"\nfrom = \"{from}\"\n");
    let (relu, fc) = ("[[layer]]\nkind = \"relu\"\n", "[[layer]]\nkind = \"fc\"\noutputs = 2\n");
    let whole = [&conv(4), relu, &conv(4), &add("conv1"), relu, fc].concat();
    assert_eq!(Network::from_toml(&format!("{HEAD}{whole}")).unwrap().parameters().len(), 3);
    let wide = "[[layer]]\nkind = \"conv\"\noutputs = 4\nkernel = 8\npadding = 7\n";
    for (layers, says) in [
        ([conv(4), conv(5), add("conv1")], "the map of conv1 is 4 x 8 x 8, the layer before makes 5 x 8 x 8"),
        (
            [conv(4), conv(4), add("conv2")],
            "no layer \"conv2\" before it; maps of its shape, 4 x 8 x 8: conv1",
        ),
        ([conv(4), conv(5), add("fc1")], "maps of its shape, 5 x 8 x 8: none"),
        ([conv(4), conv(4) + relu, add("conv1")], "must follow a conv or batch_norm layer right away"),
        ([conv(4), fc.into(), add("conv1")], "must follow a conv or batch_norm layer right away"),
        ([conv(4) + fc, wide.into(), add("conv1")], "the map of conv1 goes into an fc layer"),
    ] {
        let error = error(&[layers.concat(), fc.into()].concat());
        assert!(error.contains("(add): ") && error.contains(says), "{error}");
    }
}

#[test]
fn a_batch_normalisation_follows_what_it_normalises_and_names_its_map() {
    let conv = "[[layer]]\nkind = \"conv\"\noutputs = 4\nkernel = 3\npadding = 1\n";
    let norm = "[[layer]]\nkind = \"batch_norm\"\n";
    let (relu, fc) = ("[[layer]]\nkind = \"relu\"\n", "[[layer]]\nkind = \"fc\"\noutputs = 2\n");
    let add = |from: &str| format!("[[layer]]\nkind = \"add\"\nfrom = \"{from}\"\n");
    let whole = [conv, norm, relu, conv, norm, &add("bn1"), relu, fc, norm, relu, fc].concat();
    let network = Network::from_toml(&format!("{HEAD}{whole}")).unwrap();
    let shapes = network.parameters();
    let names: Vec<&str> = shapes.iter().map(|shape| shape.name.as_str()).collect();
    assert_eq!(names, ["conv1", "bn1", "conv2", "bn2", "fc1", "bn3", "fc2"]);
    assert_eq!((shapes[1].extents(), shapes[1].relu, shapes[0].relu), (vec![4], true, false));
    let refused = |layers: &[&str], says: &str| {
        let error = error(&layers.concat());
        assert!(error.contains(says), "{error}");
    };
    refused(&[norm, fc], "layer 1 (batch_norm): must follow a conv or fc layer right away");
    refused(&[conv, relu, norm, fc], "layer 3 (batch_norm): must follow a conv or fc layer right away");
    refused(&[conv, norm, norm, fc], "layer 3 (batch_norm): must follow");
    // what is normalised is no map of its own
    refused(&[conv, norm, conv, &add("conv1"), fc], "maps of its shape, 4 x 8 x 8: bn1");
    refused(&[conv, fc, norm], "the loss needs one number per class straight from an fc layer");
    for (key, says) in [
        ("momentum = 0", "momentum is 0; above 0 and at most 1"),
        ("momentum = 1.5", "momentum is 1.5"),
        ("momentum = nan", "momentum is NaN"),
        ("epsilon = 0", "epsilon is 0; 1e-10 to 1"),
        ("epsilon = inf", "epsilon is inf"),
        ("eps = 1", "unknown key `eps`"),
    ] {
        refused(&[conv, norm, key, "\n", fc], says);
    }
}

#[test]
fn a_convolution_has_one_group_or_one_for_each_channel() {
    let conv = |outputs: usize, groups: usize| {
        format!(
            "[[layer]]\nkind = \"conv\"\noutputs = {outputs}\ngroups = {groups}\nkernel = 3\npadding = 1\n"
        )
    };
    let fc = "[[layer]]\nkind = \"fc\"\noutputs = 2\n";
    let whole = [conv(4, 1), conv(4, 4), fc.into()].concat();
    let network = Network::from_toml(&format!("{HEAD}{whole}")).unwrap();
    assert_eq!(network.parameters()[1].extents(), [4, 1, 3, 3]);
    for (layers, says) in [
        ([conv(4, 1), conv(4, 2)], "layer 2 (conv): groups is 2, with 4 inputs and 4 outputs"),
        ([conv(4, 1), conv(8, 4)], "groups is 4, with 4 inputs and 8 outputs"),
        ([conv(4, 1), conv(4, 0)], "groups is 0"),
        ([conv(4, 2), conv(4, 1)], "groups is 2, with 1 inputs"),
    ] {
        let error = error(&[layers.concat(), fc.into()].concat());
        assert!(error.contains(says), "{error}");
    }
    let head = HEAD.replace("channels = 1", "channels = 4");
    let first = Network::from_toml(&format!("{head}{}{fc}", conv(4, 4))).unwrap_err().to_string();
    assert!(first.contains("on the images") && first.contains("only 1 is possible"), "{first}");
    // a depthwise convolution makes no logits
    let last = Network::from_toml(&format!(
        "{head}{}{}",
        conv(4, 1),
        conv(4, 4).replace("kernel = 3\npadding = 1", "kernel = 8")
    ));
    assert!(last.unwrap_err().to_string().contains("end the network with fc"));
}

#[test]
fn windows_of_means_cover_the_map() {
    let conv = "[[layer]]\nkind = \"conv\"\noutputs = 4\nkernel = 3\n";
    let pool = |keys: &str| format!("[[layer]]\nkind = \"average_pool\"\n{keys}\n");
    let (global, fc) =
        ("[[layer]]\nkind = \"global_average_pool\"\n", "[[layer]]\nkind = \"fc\"\noutputs = 2\n");
    for keys in ["kernel = 2", "kernel = [3, 1]\nstride = [3, 1]", "kernel = [6, 6]"] {
        let whole = [conv, &pool(keys), global, fc].concat();
        let network = Network::from_toml(&format!("{HEAD}{whole}")).unwrap();
        assert_eq!(network.parameters().last().unwrap().extents(), [2, 4]);
    }
    for (layers, says) in [
        ([conv, &pool("kernel = 4"), fc], "windows of 4 rows do not cover a map of 6 rows"),
        ([conv, &pool("kernel = [2, 0]"), fc], "windows of 0 columns"),
        ([conv, &pool("kernel = 3\nstride = 2"), fc], "stride is 2 x 2; only the kernel's, 3 x 3"),
        ([conv, &pool(""), fc], "kernel"),
        ([global, conv, fc], "layer 1 (global_average_pool): must follow another layer"),
        ([conv, global, &pool("kernel = 1\nsize = 2")], "unknown key `size`"),
    ] {
        let error = error(&layers.concat());
        assert!(error.contains(says), "{error}");
    }
    // the map behind it has no name
    let norm =
        "[[layer]]\nkind = \"conv\"\noutputs = 4\nkernel = 1\n[[layer]]\nkind = \"add\"\nfrom = \"conv1\"\n";
    assert!(error(&[conv, &pool("kernel = 2"), norm, fc].concat()).contains("the map of conv1 is 4 x 6 x 6"));
}

#[test]
fn a_branch_reads_an_earlier_map_and_leads_somewhere() {
    let conv = |keys: &str| format!("[[layer]]\nkind = \"conv\"\noutputs = 4\nkernel = 1\n{keys}\n");
    let (plain, fc) = (conv(""), "[[layer]]\nkind = \"fc\"\noutputs = 2\n");
    let branch = |name: &str| conv(&format!("stride = 2\ninput = \"{name}\""));
    let add = |from: &str| format!("[[layer]]\nkind = \"add\"\nfrom = \"{from}\"\n");
    let main = conv("stride = 2");
    let whole = [&plain, &main, &branch("conv1"), &add("conv2"), fc].concat();
    let network = Network::from_toml(&format!("{HEAD}{whole}")).unwrap();
    assert_eq!(network.parameters()[3].extents(), [2, 4 * 4 * 4]);
    let means = "[[layer]]\nkind = \"global_average_pool\"\n";
    for (layers, says) in [
        (
            vec![branch("conv1"), fc.into()],
            "layer 1 (conv): input is \"conv1\"; the first layer reads the images",
        ),
        (
            vec![plain.clone(), main.clone(), branch("conv3"), fc.into()],
            "maps before it that a conv can read: conv1, conv2",
        ),
        (vec![plain.clone(), main.clone(), branch("conv1"), fc.into()], "nothing reads the map of conv2"),
        (
            vec![plain.clone(), main.clone(), branch("conv1"), add("conv1"), fc.into()],
            "the map of conv1 is 4 x 8 x 8",
        ),
        (
            vec![plain.clone(), means.into(), branch("conv1"), fc.into()],
            "nothing would read the means before it",
        ),
        (
            vec![plain.clone(), fc.into(), branch("conv1"), fc.into()],
            "maps before it that a conv can read: fc1",
        ),
        (vec![plain.clone(), conv("input = 3"), fc.into()], "layer 2 (conv), key `input`"),
    ] {
        let error = error(&layers.concat());
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn a_layer_has_one_activation() {
    let conv = "[[layer]]\nkind = \"conv\"\noutputs = 4\nkernel = 3\n";
    let kind = |kind: &str| format!("[[layer]]\nkind = \"{kind}\"\n");
    let fc = "[[layer]]\nkind = \"fc\"\noutputs = 2\n";
    for first in ["relu", "leaky_relu", "relu6"] {
        let whole = [conv, &kind(first), &kind("max_pool"), fc].concat();
        let network = Network::from_toml(&format!("{HEAD}{whole}")).unwrap();
        assert!(network.parameters()[0].relu);
        for second in ["relu", "leaky_relu", "relu6"] {
            let twice = error(&[conv, &kind(first), &kind("max_pool"), &kind(second), fc].concat());
            assert!(
                twice.contains(&format!("layer 4 ({second}): the layer before already has its")),
                "{twice}"
            );
        }
        assert!(error(&[&kind(first), conv, fc].concat()).contains("must follow a conv or fc layer"));
    }
    for slope in ["-0.1", "1.5", "nan"] {
        let error = error(&[conv, &kind("leaky_relu"), "slope = ", slope, "\n", fc].concat());
        assert!(error.contains("slope is") && error.contains("0 to 1 is possible"), "{error}");
    }
}

#[test]
fn a_label_keeps_a_part_of_itself() {
    let network = |smoothing: &str| {
        let layers = with_keys(["", "", "", "", &format!("label_smoothing = {smoothing}")]);
        Network::from_toml(&format!("{HEAD}{layers}")).map_err(|error| error.to_string())
    };
    assert_eq!(network("0.25").unwrap().label_smoothing(), 0.25);
    for wrong in ["1.0", "-0.1", "nan", "inf"] {
        let error = network(wrong).unwrap_err();
        assert!(error.contains("layer 5 (softmax_cross_entropy): label_smoothing is "), "{error}");
        assert!(error.contains("at least 0 and below 1"), "{error}");
    }
}

#[test]
fn a_key_that_a_layer_has_not_is_refused_whatever_the_layer() {
    let kinds = ["conv", "relu", "max_pool", "fc", "softmax_cross_entropy"];
    for (number, kind) in kinds.into_iter().enumerate() {
        let mut keys = [""; 5];
        keys[number] = "stranger = 1";
        let error = error(&with_keys(keys));
        let parts = [format!("layer {} ({kind}): ", number + 1), "unknown key `stranger`".into()];
        assert!(parts.iter().all(|part| error.contains(part)), "{error}");
    }
    let error = error(&with_keys(["", "", "kernal = 3", "", ""]));
    assert!(error.contains("layer 3 (max_pool): unknown key `kernal`; did you mean `kernel`?"), "{error}");
}

#[test]
fn an_unknown_key_outside_the_layers_is_refused_too() {
    let layers = with_keys([""; 5]);
    let top = Network::from_toml(&format!("titel = 1\n{HEAD}{layers}")).unwrap_err().to_string();
    assert!(top.contains("line 1: unknown key `titel`"), "{top}");
    let input = error(&format!("row = 3\n{layers}"));
    assert!(input.contains("key `input`: unknown key `row`; did you mean `rows`?"), "{input}");
}

#[test]
fn the_window_of_max_pool_may_be_written_but_not_changed() {
    let plain = Network::from_toml(&format!("{HEAD}{}", with_keys([""; 5]))).unwrap();
    let written = with_keys(["", "", "kernel = 2\nstride = 2", "", ""]);
    assert_eq!(Network::from_toml(&format!("{HEAD}{written}")).unwrap(), plain);
    for key in ["kernel = 3", "stride = 1", "kernel = [2, 2]"] {
        let error = error(&with_keys(["", "", key, "", ""]));
        let name = key.split(' ').next().unwrap();
        assert!(error.contains(&format!("layer 3 (max_pool), key `{name}`: ")), "{error}");
        assert!(error.contains("2 x 2") && error.contains("only 2 is possible"), "{error}");
    }
}

#[test]
fn a_wrong_type_is_named_with_line_layer_and_key_and_is_not_called_invalid_toml() {
    let error = |keys: &str| error(&format!("[[layer]]\nkind = \"conv\"\noutputs = 4\n{keys}\n"));
    for (keys, line, key, says) in [
        ("kernel = \"3\"", 9, "kernel", "a whole number, or two in a list, [rows, columns], is needed"),
        ("kernel = [3]", 9, "kernel", "[rows, columns], is needed"),
        ("kernel = [3, -1]", 9, "kernel", "[rows, columns], is needed"),
        ("kernel = 3\npadding = [1, 2, 3]", 10, "padding", "[top, bottom, left, right] is needed"),
        ("kernel = 3\nstride = [1, 2, 1, 2]", 10, "stride", "[rows, columns], is needed"),
    ] {
        let error = error(keys);
        let begin = format!("line {line}, layer 1 (conv), key `{key}`");
        assert!(error.starts_with(&begin) && error.contains(says), "{error}");
    }
}

#[test]
fn a_name_that_is_no_file_name_is_refused() {
    let named = |name: &str| {
        let text = format!("{HEAD}{}", with_keys([""; 5])).replace("\"n\"", &format!("{name:?}"));
        Network::from_toml(&text).map_err(|error| error.to_string())
    };
    for name in ["net", "LeNet-5_v1.2", &"x".repeat(64)] {
        assert_eq!(named(name).unwrap().name, name);
    }
    for name in ["", "my/net", "..", ".net", "/tmp/net", "a\\b", "a b", "\t", "<svg>", "né", &"x".repeat(65)]
    {
        let error = named(name).unwrap_err();
        assert!(error.contains("key `name`") && error.contains("letters, digits"), "{error}");
    }
}

#[test]
fn numbers_of_any_size_are_answered_and_never_computed_with() {
    let text = format!("{HEAD}{}", with_keys(["padding = 0", "", "", "", ""]));
    let mut refused = 0;
    for key in
        ["channels = 1", "rows = 8", "columns = 8", "outputs = 4", "kernel = 3", "padding = 0", "outputs = 2"]
    {
        for shift in 8..63 {
            for number in [(1u64 << shift) - 1, 1 << shift, (1 << shift) + 1, i64::MAX as u64] {
                let name = key.split(' ').next().unwrap();
                let changed = text.replacen(key, &format!("{name} = {number}"), 1);
                if let Err(error) = Network::from_toml(&changed) {
                    let error = error.to_string();
                    let parts = [&number.to_string(), "map", "4294967296 words"];
                    assert!(parts.iter().any(|part| error.contains(part)), "{error}");
                    refused += 1;
                }
            }
        }
    }
    assert!(refused > 1000, "{refused}");
    let large = text.replacen("outputs = 4", "outputs = 9223372036854775807", 1);
    let error = Network::from_toml(&large).unwrap_err().to_string();
    assert!(
        error.contains(
            "layer 1 (conv): outputs x inputs x kernel x kernel = 9223372036854775807 x 1 x 3 x 3 weights"
        ) && error.contains("4294967296 words"),
        "{error}"
    );
}
