//! The rows of `bench --paper`: a pass of a network here, and the same phases in EF-Train's model.

use crate::plan::{PassReport, PlanReport};
use ef_compiler::{Part, Stage};
use ef_paper::{ConvLayer, Machine, best, phases};
use serde::Serialize;

/// A pass with one memory; cycles and words are of the whole batch. Of layer and phase `all`, the whole step.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    pub network: String,
    pub layer: String,
    pub phase: String,
    pub memory: String,
    pub predicted_cycles: u64,
    /// Of the RTL, where it was simulated.
    pub simulated_cycles: Option<u64>,
    /// Predicted by simulated cycles, less 1.
    pub error: Option<f64>,
    /// The best Tr and M_on of EF-Train's model, with its own memory.
    pub eftrain_cycles: u64,
    /// Predicted cycles by EF-Train's.
    pub ratio: f64,
    pub busy_lanes: f64,
    /// Share of the multiplications that the lanes could have done which the network needs.
    pub useful: f64,
    pub dram_words: u64,
}

/// A network, or its convolutions, with one memory.
#[derive(Clone, Debug, Serialize)]
pub struct NetworkRow {
    pub network: String,
    pub memory: String,
    pub batch: usize,
    pub cycles_per_image: f64,
    pub eftrain_cycles_per_image: f64,
    pub ratio: f64,
    pub useful: f64,
    pub gflops: f64,
}

/// The layers of a network as EF-Train's model takes them, which computes whole maps.
pub fn layers(stages: &[Stage]) -> Vec<ConvLayer> {
    let layer = |stage: &Stage| ConvLayer {
        name: stage.name.clone(),
        outputs: stage.outputs,
        inputs: if stage.by_channel.is_some() { 1 } else { stage.inputs },
        rows: stage.written().0,
        cols: stage.written().1,
        in_rows: stage.in_rows,
        in_cols: stage.in_cols,
        // of the paper's networks both are the same along rows and columns
        kernel: stage.axes[0].kernel,
        stride: stage.axes[0].stride,
    };
    stages.iter().map(layer).collect()
}

/// EF-Train's cycles for what a pass does.
pub fn eftrain(machine: &Machine, layers: &[ConvLayer], parts: &[Part], batch: usize) -> u64 {
    parts.iter().map(|(layer, phase)| best(machine, &layers[*layer], *phase, batch).cycles).sum()
}

/// A row per pass.
pub fn rows(report: &PlanReport, memory: &str, machine: &Machine, layers: &[ConvLayer]) -> Vec<Row> {
    let row = |pass: &PassReport| {
        let eftrain_cycles = eftrain(machine, layers, &pass.parts, report.batch);
        Row {
            network: report.network.clone(),
            layer: pass.layer.clone(),
            phase: pass.phase.clone(),
            memory: memory.into(),
            predicted_cycles: pass.cycles,
            simulated_cycles: None,
            error: None,
            eftrain_cycles,
            ratio: pass.cycles as f64 / eftrain_cycles as f64,
            busy_lanes: pass.busy_lanes,
            useful: pass.useful_macs,
            dram_words: pass.dram_words,
        }
    };
    report.layers.iter().map(row).collect()
}

/// The sum of the rows of `layers`, which may be some of a network's; `first` is the network's first one. `mhz` is the clock.
pub fn network_row(
    name: &str,
    rows: &[Row],
    layers: &[ConvLayer],
    batch: usize,
    lanes: usize,
    mhz: f64,
) -> NetworkRow {
    let all = |row: &Row| row.layer.split(" + ").all(|name| layers.iter().any(|layer| layer.name == name));
    let own = || rows.iter().filter(|row| all(row));
    let images = batch as f64;
    let cycles = own().map(|row| row.predicted_cycles).sum::<u64>() as f64 / images;
    let eftrain = own().map(|row| row.eftrain_cycles).sum::<u64>() as f64 / images;
    // layers are a network's from its first one on
    let macs: u64 = layers.iter().enumerate().map(|(i, layer)| phases(i).len() as u64 * layer.macs()).sum();
    NetworkRow {
        network: name.into(),
        memory: rows.first().map(|row| row.memory.clone()).unwrap_or_default(),
        batch,
        cycles_per_image: cycles,
        eftrain_cycles_per_image: eftrain,
        ratio: cycles / eftrain,
        useful: macs as f64 / (lanes as f64 * cycles),
        // a multiplication and an addition
        gflops: 2.0 * macs as f64 * mhz * 1e6 / cycles / 1e9,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Behind, Planned};
    use ef_compiler::Graph;
    use ef_isa::config::{FP32_8X8, SIM_4X4};
    use ef_runtime::networks::{BUNDLED, NetworkFile};
    use ef_runtime::summary::grouped;

    fn layers_of(network: &str) -> Vec<ConvLayer> {
        let file = NetworkFile::load(network).unwrap();
        layers(&Graph::new(&file.network, &FP32_8X8).stages)
    }

    #[test]
    fn the_first_line_of_a_network_says_how_many_multiplications_it_needs() {
        for (name, toml) in BUNDLED {
            let file = NetworkFile::load(name).unwrap();
            let stages = Graph::new(&file.network, &FP32_8X8).stages;
            // convolutions and fully connected layers, with what no pooling window takes
            let whole = |stage: &Stage| {
                let ((rows, cols), left) = (stage.written(), (stage.rows * stage.cols) as u64);
                if stage.norm().is_some() { 0 } else { stage.macs() / left * (rows * cols) as u64 }
            };
            let macs: u64 = stages.iter().map(whole).sum();
            let says = format!(" {} multiplications.", grouped(macs));
            assert!(toml.lines().next().unwrap().ends_with(&says), "{name}{says}");
        }
    }

    #[test]
    fn the_bundled_networks_take_what_the_papers_do_in_its_model() {
        let eftrain = |network: &str| {
            let layers = layers_of(network);
            let each = layers.iter().enumerate().flat_map(|(number, layer)| {
                phases(number).iter().map(move |phase| best(&Machine::LANES_64, layer, *phase, 128).cycles)
            });
            (each.sum::<u64>() as f64 / 128.0).round()
        };
        assert_eq!((eftrain("one-x"), eftrain("lenet-10")), (875_882.0, 1_536_177.0));
    }

    #[test]
    fn both_alexnets_have_the_maps_of_the_paper() {
        for name in ["alexnet", "alexnet-224"] {
            let rows: Vec<usize> = layers_of(name).iter().map(|layer| layer.rows).collect();
            assert_eq!(rows, [55, 27, 13, 13, 13, 1, 1, 1], "{name}");
        }
    }

    #[test]
    fn a_network_is_the_sum_of_its_rows() {
        let network = NetworkFile::load("digits").unwrap().network;
        let behind = Behind::simulated(&Default::default()).unwrap();
        let planned = Planned::new(&network, &SIM_4X4, 4, &behind).unwrap();
        let layers = layers_of("digits");
        let machine = Machine { lanes: 4, ..Machine::LANES_64 };
        let rows = rows(&planned.report, "memory", &machine, &layers);
        let all = network_row("digits", &rows, &layers, 4, 16, 100.0);
        assert_eq!(all.cycles_per_image, planned.report.cycles_per_image);
        assert_eq!(all.ratio, all.cycles_per_image / all.eftrain_cycles_per_image);
        // 16 lanes, two operations each
        assert!((all.gflops - 3.2 * all.useful).abs() < 1e-9);
        let convolutions = network_row("digits", &rows, &layers[..2], 4, 16, 100.0);
        assert!(convolutions.cycles_per_image < all.cycles_per_image);
    }
}
