//! The numbers a network learns, and their optimiser state, on the host's side.

use crate::order::generator;
use ef_compiler::{ParameterKind, ParameterShape};
use ef_isa::vector::Optimiser;
use rand_chacha::rand_core::RngCore;

/// Weight `[M, N, kr, kc]` or, fully connected, `[M, N]`, and bias `[M]` of one layer; or what the optimiser keeps for them.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensors {
    /// `[outputs][inputs][kernel rows][kernel columns]`.
    pub weight: Vec<f32>,
    /// `[outputs]`; nothing if the layer has none.
    pub bias: Vec<f32>,
}

/// One layer: what it is, its parameters, and what the optimiser keeps for them.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerState {
    /// Name and extents.
    pub shape: ParameterShape,
    /// Weights and biases.
    pub values: Tensors,
    /// The tensors of [`Optimiser::state`], in its order.
    pub kept: Vec<Tensors>,
    /// Running means and, as the biases, running variances of a batch normalisation.
    pub running: Option<Tensors>,
}

/// Every layer with weights, in order.
pub type State = Vec<LayerState>;

impl Tensors {
    /// Zeros.
    pub fn zero(shape: &ParameterShape) -> Tensors {
        Tensors { weight: vec![0.0; shape.weights()], bias: vec![0.0; shape.biases()] }
    }

    /// Means 0 and variances 1, before the first step of a batch normalisation; nothing for other layers.
    pub fn running(shape: &ParameterShape) -> Option<Tensors> {
        let is = shape.kind == ParameterKind::BatchNorm;
        is.then(|| Tensors { weight: vec![0.0; shape.outputs], bias: vec![1.0; shape.outputs] })
    }
}

/// Weights drawn uniformly from +-sqrt(6 / fan-in) (He and others, 2015) where a ReLU follows, from +-sqrt(3 / fan-in) where none
/// does: signals keep their size from layer to layer. The last layer's are smaller by sqrt(10), so that a run begins near the loss of
/// guessing. The scales of a batch normalisation are 1. Biases and what the optimiser keeps are zero.
///
/// Depends on nothing but the shapes and the seed; every layer has a stream of its own.
pub fn initial(shapes: &[ParameterShape], optimiser: Optimiser, seed: u64) -> State {
    let layers = shapes.iter().enumerate().map(|(index, shape)| {
        let spread = match shape.relu {
            true => 6.0,
            false if index + 1 == shapes.len() => 0.3,
            false => 3.0,
        };
        let kept = optimiser.state().iter().map(|_| Tensors::zero(shape)).collect();
        let values = match shape.kind {
            ParameterKind::BatchNorm => {
                Tensors { weight: vec![1.0; shape.outputs], bias: vec![0.0; shape.outputs] }
            }
            _ => initial_values(shape, spread, index, seed),
        };
        LayerState { shape: shape.clone(), values, kept, running: Tensors::running(shape) }
    });
    layers.collect()
}

/// Weights within +-sqrt(spread / fan-in).
fn initial_values(shape: &ParameterShape, spread: f64, index: usize, seed: u64) -> Tensors {
    /// Streams from here on are not those of the epochs.
    const FIRST_STREAM: u64 = 1 << 32;
    let mut rng = generator(seed, FIRST_STREAM + index as u64);
    let bound = (spread * shape.outputs as f64 / shape.weights() as f64).sqrt();
    let mut values = Tensors::zero(shape);
    for weight in &mut values.weight {
        let unit = f64::from(rng.next_u32()) / f64::from(1u32 << 31) - 1.0;
        *weight = (bound * unit) as f32;
    }
    values
}

/// Where element `index` of a tensor is, as `[i, j, ..]`.
pub fn position(index: usize, extents: &[usize]) -> String {
    let mut rest = index;
    let mut coordinates: Vec<String> = extents
        .iter()
        .rev()
        .map(|extent| {
            let coordinate = rest % extent;
            rest /= extent;
            coordinate.to_string()
        })
        .collect();
    coordinates.reverse();
    format!("[{}]", coordinates.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(name: &str) -> ParameterShape {
        ParameterShape {
            name: name.into(),
            outputs: 4,
            inputs: 6,
            kernel: (3, 5),
            kind: ParameterKind::Conv,
            bias: true,
            relu: true,
        }
    }

    #[test]
    fn where_no_relu_follows_weights_are_smaller() {
        let first = |relu| {
            let first = ParameterShape { relu, ..shape("conv1") };
            initial(&[first, shape("conv2")], Optimiser::Sgd, 3)[0].values.weight[7]
        };
        assert!((first(true) / first(false) - 2f32.sqrt()).abs() < 1e-6);
    }

    #[test]
    fn weights_fill_the_he_interval_and_depend_on_the_seed_only() {
        let shapes = [shape("conv1"), shape("conv2")];
        let state = initial(&shapes, Optimiser::Sgd, 3);
        let bound = (6.0f32 / 90.0).sqrt();
        let weights = &state[0].values.weight;
        assert!(weights.iter().all(|w| w.abs() <= bound));
        assert!(weights.iter().any(|w| *w > 0.9 * bound) && weights.iter().any(|w| *w < -0.9 * bound));
        assert!(state[0].values.bias.iter().all(|b| *b == 0.0));
        assert_ne!(state[0].values, state[1].values);
        assert_eq!(state, initial(&shapes, Optimiser::Sgd, 3));
        assert_ne!(state, initial(&shapes, Optimiser::Sgd, 4));
        let adam = initial(&shapes, Optimiser::Adam, 3);
        assert!(adam.iter().zip(&state).all(|(a, b)| a.values == b.values && a.kept.len() == 2));
    }

    #[test]
    fn positions_count_the_last_extent_fastest() {
        assert_eq!(position(0, &[4, 6, 3, 5]), "[0,0,0,0]");
        assert_eq!(position(90 + 15 + 5 + 2, &[4, 6, 3, 5]), "[1,1,1,2]");
    }
}
