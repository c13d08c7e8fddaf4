//! Stages: a conv or fc layer with the ReLU and the pooling that follow it, as one pass of the accelerator.

use crate::{CompileError, Layer, Network};
use ef_program::{Config, layout};

/// One conv or fc layer with its ReLU and pooling.
///
/// A fully connected layer is a 1 x 1 convolution on a 1 x 1 map whose channels are the map before it in memory
/// order. The first stage gathers its taps while loading: it is a 1 x 1 convolution over taps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    pub name: String,
    /// Number among the layers with weights: names the bit of the OVERFLOW register.
    pub tag: u32,
    /// First stage: input comes from raw images through the tap gathering.
    pub gathered: bool,
    /// Fully connected on a map: channels, rows, columns before flattening.
    pub flattened: Option<(usize, usize, usize)>,
    /// Input channels (of the convolution as written), rows, columns.
    pub inputs: usize,
    pub in_rows: usize,
    pub in_cols: usize,
    pub kernel: (usize, usize),
    pub padding: usize,
    pub outputs: usize,
    /// Output map before pooling.
    pub rows: usize,
    pub cols: usize,
    pub relu: bool,
    pub pool: bool,
    lanes: usize,
}

impl Stage {
    /// Channel groups that the kernel reduces over: groups of input channels, or of taps.
    pub fn in_groups(&self) -> usize {
        match self.flattened {
            Some((channels, rows, cols)) => layout::groups(channels, self.lanes) * rows * cols,
            None if self.gathered => layout::groups(self.inputs * self.kernel.0 * self.kernel.1, self.lanes),
            None => layout::groups(self.inputs, self.lanes),
        }
    }
    pub fn out_groups(&self) -> usize {
        layout::groups(self.outputs, self.lanes)
    }
    /// Kernel steps per group: 1 x 1 where taps are gathered.
    pub fn steps(&self) -> (usize, usize) {
        if self.gathered { (1, 1) } else { self.kernel }
    }
    pub fn area(&self) -> usize {
        self.steps().0 * self.steps().1
    }
    /// Output map after pooling: what leaves the chip.
    pub fn out_rows(&self) -> usize {
        if self.pool { self.rows / 2 } else { self.rows }
    }
    pub fn out_cols(&self) -> usize {
        if self.pool { self.cols / 2 } else { self.cols }
    }
    /// Masks or indices are kept for BP.
    pub fn coded(&self) -> bool {
        self.relu || self.pool
    }
    /// Words of one row of codes.
    pub fn code_row(&self) -> usize {
        if self.coded() { layout::code_row_words(self.out_cols(), self.lanes, self.pool) } else { 0 }
    }
    /// Words of one weight block.
    pub fn block_words(&self) -> usize {
        layout::weight_block_words(self.in_groups(), self.area(), self.lanes)
    }
    /// Words of one image's output map.
    pub fn out_words(&self) -> usize {
        self.out_groups() * self.out_rows() * self.out_cols() * self.lanes
    }
    /// Words of one image's codes.
    pub fn code_words(&self) -> usize {
        self.out_groups() * self.out_rows() * self.code_row()
    }
    /// Multiplications of FP for one image, without padding of channels.
    pub fn macs(&self) -> u64 {
        (self.inputs * self.kernel.0 * self.kernel.1 * self.outputs * self.rows * self.cols) as u64
    }

    /// Word of weight (m, n, kr, kc) in the layer's parameters; n counts as in [`crate::ParameterShape`].
    pub fn weight_index(&self, m: usize, n: usize, kr: usize, kc: usize) -> usize {
        let t = self.lanes;
        let (n, step) = match self.flattened {
            Some((_, rows, cols)) => {
                let (channel, pixel) = (n / (rows * cols), n % (rows * cols));
                ((channel / t * rows * cols + pixel) * t + channel % t, 0)
            }
            None if self.gathered => ((n * self.kernel.0 + kr) * self.kernel.1 + kc, 0),
            None => (n, kr * self.kernel.1 + kc),
        };
        m / t * self.block_words() + ((n / t * self.area() + step) * t + m % t) * t + n % t
    }

    /// Word of bias m in the layer's parameters.
    pub fn bias_index(&self, m: usize) -> usize {
        let t = self.lanes;
        m / t * self.block_words() + self.block_words() - t + m % t
    }
}

/// The stages of a network.
pub(crate) fn stages(network: &Network, config: &Config) -> Result<Vec<Stage>, CompileError> {
    let shapes = network.shapes().unwrap_or_default();
    let parameters = network.parameters();
    if parameters.len() > 32 {
        return Err(CompileError::TooManyLayers { layers: parameters.len() });
    }
    let mut names = parameters.into_iter();
    let mut stages: Vec<Stage> = Vec::new();
    for (layer, &(channels, rows, cols)) in network.layers.iter().zip(&shapes) {
        let tag = stages.len() as u32;
        let gathered = stages.is_empty();
        match *layer {
            Layer::Conv { stride: 2.., .. } => return Err(CompileError::Stride),
            Layer::Conv { outputs, kernel, padding, .. } => stages.push(Stage {
                name: names.next().map(|p| p.name).unwrap_or_default(),
                tag,
                gathered,
                flattened: None,
                inputs: channels,
                in_rows: rows,
                in_cols: cols,
                kernel: (kernel, kernel),
                padding,
                outputs,
                rows: rows + 2 * padding - kernel + 1,
                cols: cols + 2 * padding - kernel + 1,
                relu: false,
                pool: false,
                lanes: config.lanes,
            }),
            Layer::Fc { outputs } => {
                let name = names.next().map(|p| p.name).unwrap_or_default();
                // as the first stage: one kernel as large as the image
                let (inputs, in_rows, in_cols, flattened) = if gathered {
                    (channels, rows, cols, None)
                } else {
                    (channels * rows * cols, 1, 1, Some((channels, rows, cols)))
                };
                stages.push(Stage {
                    name,
                    tag,
                    gathered,
                    flattened,
                    inputs,
                    in_rows,
                    in_cols,
                    kernel: (in_rows, in_cols),
                    padding: 0,
                    outputs,
                    rows: 1,
                    cols: 1,
                    relu: false,
                    pool: false,
                    lanes: config.lanes,
                });
            }
            Layer::Relu {} | Layer::MaxPool { .. } => {
                let stage = stages.last_mut().expect("the network was checked");
                stage.relu |= matches!(layer, Layer::Relu {});
                stage.pool |= matches!(layer, Layer::MaxPool { .. });
            }
            Layer::SoftmaxCrossEntropy {} => {}
        }
    }
    Ok(stages)
}
