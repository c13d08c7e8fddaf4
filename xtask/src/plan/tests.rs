use super::*;
use ef_isa::compute::Phase;
use serde_json::Value;

fn plan(network: &str, config: &'static Config, batch: usize) -> Planned {
    let network = NetworkFile::load(network).unwrap().network;
    Planned::new(&network, config, batch, &behind()).unwrap()
}

fn behind() -> Behind {
    Behind::simulated(&Default::default()).unwrap()
}

/// The keys of an object, sorted.
fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn plan_json_has_the_keys_that_are_promised_and_no_others() {
    let json = serde_json::to_value(&plan("digits", &config::SIM_4X4, 2).report).unwrap();
    let mut promised = [
        "network",
        "config",
        "batch",
        "memory_bytes",
        "program_words",
        "cycles_per_image",
        "bound_cycles_per_image",
        "dram_words_per_image",
        "layers",
    ];
    promised.sort();
    assert_eq!(keys(&json), promised);
    let mut promised =
        ["layer", "phase", "cycles", "bound", "busy_lanes", "useful_macs", "dram_words", "tile"];
    promised.sort();
    for pass in json["layers"].as_array().unwrap() {
        assert_eq!(keys(pass), promised);
    }
}

#[test]
fn the_passes_add_up_to_the_step() {
    for (config, batch) in [(&config::SIM_2X2, 3), (&config::FP32_8X8, 16)] {
        let planned = plan("digits", config, batch);
        let report = &planned.report;
        assert_eq!(report.layers.iter().map(|pass| pass.cycles).sum::<u64>(), planned.cycles);
        assert_eq!(report.per_image(|pass| pass.cycles), report.cycles_per_image);
        assert_eq!(report.per_image(|pass| pass.dram_words), report.dram_words_per_image);
        assert_eq!(report.per_image(|pass| pass.bound), report.bound_cycles_per_image);
        assert!(report.bound_cycles_per_image <= report.cycles_per_image);
        let parts: Vec<_> = report.layers.iter().flat_map(|pass| &pass.parts).collect();
        let count = |phase: Phase| parts.iter().filter(|part| part.1 == phase).count();
        assert_eq!([Phase::Fp, Phase::Bp, Phase::Wu].map(count), [3, 2, 3]);
        for pass in &report.layers {
            assert!(pass.useful_macs <= pass.busy_lanes && pass.busy_lanes <= 1.0, "{pass:?}");
        }
    }
}

#[test]
fn the_table_has_a_row_for_every_pass_and_the_sum() {
    let planned = plan("digits", &config::SIM_4X4, 2);
    let text = table::table(&planned.report, &behind());
    let rows: Vec<&str> = text.lines().skip(4).collect();
    assert_eq!(rows.len(), planned.report.layers.len() + 1);
    for (row, pass) in rows.iter().zip(&planned.report.layers) {
        assert!(row.starts_with(&pass.layer) && row.contains(&pass.phase), "{row}");
    }
    let sum = grouped(planned.report.cycles_per_image.round() as u64);
    assert!(rows.last().unwrap().contains(&sum), "{text}");
}

#[test]
fn every_picture_names_the_layers_and_what_is_drawn() {
    let planned = plan("digits", &config::SIM_4X4, 2);
    let pictures = pictures::all(&planned, &behind()).unwrap();
    for (name, svg) in &pictures {
        for layer in ["conv1", "conv2", "fc1"] {
            assert!(svg.contains(layer) || *name == "dram.svg", "{name} lacks {layer}");
        }
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{name}");
    }
    let picture = |wanted: &str| &pictures.iter().find(|(name, _)| *name == wanted).unwrap().1;
    assert!(picture("cycles.svg").contains("bound"));
    for kind in ["weights", "optimiser", "images", "maps", "losses", "codes", "program"] {
        assert!(picture("dram.svg").contains(kind), "{kind}");
    }
    for buffer in ["feature buffer", "loss buffer", "weight buffer", "partial sums", "operand buffer"] {
        assert!(picture("on-chip.svg").contains(buffer), "{buffer}");
    }
}

#[test]
fn what_lies_in_memory_lies_in_it_while_the_step_runs() {
    let planned = plan("digits", &config::SIM_2X2, 3);
    for block in &planned.dram {
        assert!(4 * (block.at + block.words) <= planned.report.memory_bytes, "{}", block.name);
        assert!(block.from < block.to && block.to <= planned.cycles, "{}", block.name);
    }
    for buffer in &planned.chip {
        assert!(!buffer.uses.is_empty(), "the {} is never used", buffer.name);
        for used in &buffer.uses {
            assert!(used.lo < used.hi && used.hi <= buffer.depth, "{used:?}");
            assert!(used.from < used.to && used.to <= planned.cycles, "{used:?}");
        }
    }
}

#[test]
fn a_memory_that_is_too_small_is_answered_with_the_largest_batch_that_fits() {
    let network = NetworkFile::load("digits").unwrap().network;
    let most = |words| join::most_images(&network, &config::FP32_8X8, 16, 100, words);
    let needed = plan("digits", &config::FP32_8X8, 5).program_at + 100;
    assert_eq!((most(needed), most(needed - 1), most(1000)), (Some(5), Some(4), None));
    let vgg = NetworkFile::load("vgg-16").unwrap().network;
    assert_eq!(join::most_images(&vgg, &config::FP32_8X8, 16, 0, (32 << 20) / 4), None);
}
