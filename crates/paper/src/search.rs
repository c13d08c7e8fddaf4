use crate::{ConvLayer, Machine, Tile, cycles, phases};
use ef_isa::compute::Phase;

/// A tile for a phase of a layer, and the cycles of a batch with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// FP, BP or WU.
    pub phase: Phase,
    /// The tile with the fewest cycles.
    pub tile: Tile,
    /// Of the whole batch.
    pub cycles: u64,
}

/// Words of the banks of the on-chip buffers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buffers {
    /// One of Tn banks of the input map.
    pub input: usize,
    /// One of Tm banks of the output map.
    pub output: usize,
    /// One of Tm x Tn banks of the weights.
    pub weights: usize,
}

impl Buffers {
    /// The rows of a tile of `layer` fit.
    fn hold_rows(&self, layer: &ConvLayer, phase: Phase, rows: usize) -> bool {
        let convolution = layer.convolution(phase);
        convolution.in_pixels(rows) <= self.input && rows * convolution.cols <= self.output
    }

    /// The most result channels, a multiple of Tm, whose weights fit; 0 if not even Tm do.
    fn outputs(&self, machine: &Machine, layer: &ConvLayer, phase: Phase) -> usize {
        let convolution = layer.convolution(phase);
        let block = convolution.n.div_ceil(machine.lanes) * convolution.area();
        self.weights / block * machine.lanes
    }
}

/// The best Tr and M_on for a phase of a layer, whatever the on-chip memory: M_on a multiple of Tm, the smallest of equals.
pub fn best(machine: &Machine, layer: &ConvLayer, phase: Phase, batch: usize) -> Choice {
    let convolution = layer.convolution(phase);
    let blocks = 1..=convolution.m.div_ceil(machine.lanes);
    let choices = blocks.flat_map(|m| with_rows(machine, layer, phase, m * machine.lanes, batch));
    choices.min_by_key(|choice| choice.cycles).expect("a layer has rows and channels")
}

/// The paper's rule for given buffers: one M_on for the network, the most with which FP of every layer fits; less in a phase that needs
/// less to fit. Then the best Tr that fits is searched per layer and phase. Per layer, its phases.
///
/// `None` if a layer does not fit with a single row, or with Tm channels.
pub fn by_rule(
    machine: &Machine,
    buffers: &Buffers,
    layers: &[ConvLayer],
    batch: usize,
) -> Option<Vec<Vec<Choice>>> {
    let common = layers.iter().map(|layer| buffers.outputs(machine, layer, Phase::Fp)).min()?;
    let choose = |layer: &ConvLayer, phase: Phase| {
        let on_chip = common.min(buffers.outputs(machine, layer, phase));
        let all = layer.convolution(phase).m.next_multiple_of(machine.lanes);
        if on_chip == 0 {
            return None;
        }
        with_rows(machine, layer, phase, on_chip.min(all), batch)
            .filter(|choice| buffers.hold_rows(layer, phase, choice.tile.rows))
            .min_by_key(|choice| choice.cycles)
    };
    let layers = layers.iter().enumerate();
    layers.map(|(number, layer)| phases(number).iter().map(|phase| choose(layer, *phase)).collect()).collect()
}

/// Every Tr with one M_on.
fn with_rows(
    machine: &Machine,
    layer: &ConvLayer,
    phase: Phase,
    on_chip: usize,
    batch: usize,
) -> impl Iterator<Item = Choice> {
    (1..=layer.convolution(phase).rows).map(move |rows| {
        let tile = Tile { rows, on_chip };
        Choice { phase, tile, cycles: cycles(machine, layer, phase, tile, batch) }
    })
}
