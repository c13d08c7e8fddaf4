//! Stages: a conv or fc layer with the sum, the ReLU and the pooling that follow it, as one operation of the graph.

use crate::Axis;
use ef_isa::layout;

/// What a stage does each of whose outputs is made of one input channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ByChannel {
    /// A depthwise convolution.
    Depthwise,
    /// Means of windows that cover the map.
    Average,
    /// An activation that the way out of the partial sums does not know: word by word.
    Activation(Activation),
    /// Batch normalisation: a scale and a shift, which follow from statistics.
    Norm(Norm),
}

/// An activation in place of ReLU.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Activation {
    /// x where it is positive, else x times the slope.
    LeakyRelu(f32),
    /// From 0 to 6.
    Relu6,
}

/// Values of a batch normalisation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Norm {
    /// Share of a batch in the running statistics.
    pub momentum: f32,
    /// What is added to a variance.
    pub epsilon: f32,
}

/// One layer with weights, conv, fc or batch_norm, or an average pooling, with its ReLU and pooling: reads tensor `input`, adds tensor `shortcut` if there is one, writes tensor `output`.
///
/// A fully connected layer is a 1 x 1 convolution on a 1 x 1 map whose channels are the map before it in memory order. A convolution on
/// the images gathers its taps while loading: it is a 1 x 1 convolution over taps. A depthwise convolution, or a batch normalisation, has
/// diagonal matrices.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// Name of its layer with weights: `conv1`, `fc1`.
    pub name: String,
    /// Its number among the layers with weights; an average pooling is none.
    pub layer: Option<usize>,
    /// Its weights and biases stay as they are, or it has none: it has no WU.
    pub frozen: bool,
    /// The bit of the OVERFLOW register.
    pub tag: u32,
    /// Tensor that it reads, a number of [`crate::Graph::tensors`].
    pub input: usize,
    /// Tensor that it writes.
    pub output: usize,
    /// Its input are raw images, whose taps are gathered.
    pub gathered: bool,
    /// Each output channel is made of its own input channel alone, through matrices that are diagonal.
    pub by_channel: Option<ByChannel>,
    /// Fully connected on a map: channels, rows, columns before flattening.
    pub flattened: Option<(usize, usize, usize)>,
    /// Input channels (of the convolution as written), rows, columns.
    pub inputs: usize,
    /// Rows of the input map, without padding.
    pub in_rows: usize,
    /// Columns of the input map, without padding.
    pub in_cols: usize,
    /// How its kernel lies on the map, along rows and along columns.
    pub axes: [Axis; 2],
    /// It has a bias for each output channel; if not, the words of the biases stay zero.
    pub bias: bool,
    /// Output channels.
    pub outputs: usize,
    /// Output map before pooling, without a last row or column that no pooling window takes.
    pub rows: usize,
    /// Columns of the output map, before pooling, as `rows`.
    pub cols: usize,
    /// Rows and columns from one loss to the next in BP and WU, 1 elsewhere: a convolution with a stride is there one without, most of whose losses are
    /// zero ([`Stage::spread_out`]).
    pub spread: [usize; 2],
    /// Columns of the output whose taps lie together in DRAM: all, but where an image is too wide for the scratch (`strips.rs`).
    pub strip: usize,
    /// The tensor that is added to what it makes, before ReLU and pooling.
    pub shortcut: Option<usize>,
    /// A ReLU follows.
    pub relu: bool,
    /// A 2 x 2 max pooling follows.
    pub pool: bool,
    pub(crate) lanes: usize,
}

impl Stage {
    /// Rows and columns of the kernel.
    pub fn kernel(&self) -> (usize, usize) {
        (self.axes[0].kernel, self.axes[1].kernel)
    }
    /// How its shortcut is read: a 1 x 1 convolution with the identity as its weights.
    pub(crate) fn identity(&self) -> Option<Stage> {
        let spread = self.spread != [1; 2];
        let (in_rows, in_cols) = if spread { (self.out_rows(), self.out_cols()) } else { self.written() };
        let (rows, cols) = if spread { (in_rows, in_cols) } else { (self.rows, self.cols) };
        Some(Stage {
            input: self.shortcut?,
            inputs: self.outputs,
            in_rows,
            in_cols,
            rows,
            cols,
            spread: [1; 2],
            axes: [Axis::POINT; 2],
            strip: cols,
            by_channel: None,
            ..self.clone()
        })
    }
    /// The gradient of what the stage makes, as it lies in DRAM: without ReLU and pooling.
    pub(crate) fn plain(&self) -> Stage {
        let (rows, cols) = (self.out_rows(), self.out_cols());
        Stage {
            input: self.output,
            inputs: self.outputs,
            in_rows: rows,
            in_cols: cols,
            rows,
            cols,
            strip: cols,
            axes: [Axis::POINT; 2],
            spread: [1; 2],
            by_channel: None,
            gathered: false,
            flattened: None,
            shortcut: None,
            relu: false,
            pool: false,
            ..self.clone()
        }
    }
    /// The stage as BP and WU see it: of stride 1, with losses at every so many-th row and column of its output, and zeros between them. The images'
    /// taps are gathered with their strides, and means have no WU.
    pub(crate) fn spread_out(&self) -> Stage {
        let spread = self.axes.map(|axis| axis.stride);
        if self.gathered || self.averages() || spread == [1; 2] {
            return self.clone();
        }
        let (rows, cols) = (self.rows * spread[0], self.cols * spread[1]);
        let axes = self.axes.map(|axis| Axis { stride: 1, ..axis });
        Stage { axes, rows, cols, strip: cols, spread, ..self.clone() }
    }
    /// The values of a batch normalisation.
    pub fn norm(&self) -> Option<Norm> {
        match self.by_channel {
            Some(ByChannel::Norm(norm)) => Some(norm),
            _ => None,
        }
    }
    /// The values of a batch normalisation whose statistics are those of the batch, in training.
    pub(crate) fn measured(&self) -> Option<Norm> {
        self.norm().filter(|_| !self.frozen)
    }
    /// Adds a pooling to the stage. A last row or column that no pooling window reads is not computed.
    pub(crate) fn set_pool(&mut self) {
        self.pool = true;
        (self.rows, self.cols) = (self.rows / 2 * 2, self.cols / 2 * 2);
        self.strip = self.cols;
    }
    /// The images lie in strips of columns.
    pub fn striped(&self) -> bool {
        self.strip < self.cols
    }
    /// Whether its input are the images themselves, whose gradient is not computed.
    pub fn first(&self) -> bool {
        self.input == crate::graph::IMAGES
    }
    /// Channel groups that the kernel reduces over: groups of input channels, or of taps.
    pub fn in_groups(&self) -> usize {
        match self.flattened {
            Some((channels, rows, cols)) => layout::groups(channels, self.lanes) * rows * cols,
            None if self.gathered => layout::groups(self.inputs * self.taps(), self.lanes),
            None => layout::groups(self.inputs, self.lanes),
        }
    }
    /// A part of the input groups is a multiple of this number: 1, or, where taps are gathered, the fewest
    /// groups that hold the taps of whole channels without a gap.
    pub fn in_unit(&self) -> usize {
        if !self.gathered {
            return 1;
        }
        let taps = self.taps();
        let fills = |channels: &usize| (channels * taps).is_multiple_of(self.lanes);
        (1..=self.lanes).find(fills).map_or(1, |channels| channels * taps / self.lanes)
    }
    /// Groups of output channels.
    pub fn out_groups(&self) -> usize {
        layout::groups(self.outputs, self.lanes)
    }
    /// Taps of the kernel.
    pub fn taps(&self) -> usize {
        self.kernel().0 * self.kernel().1
    }
    /// How the kernel lies on what the feature buffer holds: gathered taps are points.
    pub(crate) fn loaded_axes(&self) -> [Axis; 2] {
        if self.gathered { [Axis::POINT; 2] } else { self.axes }
    }
    /// Kernel steps per group: 1 x 1 where taps are gathered.
    pub fn steps(&self) -> (usize, usize) {
        let [down, across] = self.loaded_axes();
        (down.kernel, across.kernel)
    }
    /// Kernel steps per group, rows times columns.
    pub fn area(&self) -> usize {
        self.steps().0 * self.steps().1
    }
    /// Output map after pooling: what leaves the chip.
    pub fn out_rows(&self) -> usize {
        self.rows / self.windows()[0]
    }
    /// Columns of the output map after pooling.
    pub fn out_cols(&self) -> usize {
        self.cols / self.windows()[1]
    }
    /// Masks or indices are kept for BP.
    pub fn coded(&self) -> bool {
        self.relu || self.pool
    }
    /// Words of one row of codes.
    pub fn code_row(&self) -> usize {
        if self.coded() { layout::code_row_words(self.out_cols(), self.lanes, self.pool) } else { 0 }
    }
    /// Columns of the map after pooling that one word of codes serves.
    pub fn codes_of_word(&self) -> usize {
        if self.coded() { 32 / layout::code_width(self.lanes, self.pool) } else { 1 }
    }
    /// The same, as columns before pooling.
    pub fn code_columns(&self) -> usize {
        self.codes_of_word() * self.windows()[1]
    }
    /// Rows and columns of the output map before pooling, with those that no pooling window takes.
    pub fn written(&self) -> (usize, usize) {
        (self.axes[0].outputs(self.in_rows), self.axes[1].outputs(self.in_cols))
    }
    /// Rows and columns of a pooling window, or of what has one loss; 1 without pooling.
    pub fn windows(&self) -> [usize; 2] {
        if self.pool { [2; 2] } else { self.spread }
    }
    /// Rows and columns of a pooling window; 1 without pooling.
    pub fn window(&self) -> usize {
        if self.pool { 2 } else { 1 }
    }
    /// Words of the parameters of one group of outputs. Of a stage that works by channel T for each tap, and T biases.
    pub fn block_words(&self) -> usize {
        match self.by_channel {
            Some(ByChannel::Average | ByChannel::Activation(_)) => 0,
            Some(_) => (self.area() + 1) * self.lanes,
            None => layout::weight_block_words(self.in_groups(), self.area(), self.lanes),
        }
    }
    /// The activation that it is.
    pub fn activation(&self) -> Option<Activation> {
        match self.by_channel {
            Some(ByChannel::Activation(activation)) => Some(activation),
            _ => None,
        }
    }
    /// Windows that cover the map, whose taps all have the same matrix.
    pub(crate) fn averages(&self) -> bool {
        self.by_channel == Some(ByChannel::Average)
    }
    /// Matrices for a pair of groups: one for each tap.
    pub(crate) fn matrices(&self) -> usize {
        if self.averages() { 1 } else { self.area() }
    }
    /// Words of one group's matrices and biases, of a stage that works by channel.
    pub(crate) fn expanded_words(&self) -> usize {
        layout::weight_block_words(1, self.matrices(), self.lanes)
    }
    /// Words of one image's output map.
    pub fn out_words(&self) -> usize {
        self.out_groups() * self.out_rows() * self.out_cols() * self.lanes
    }
    /// Words of one image's codes.
    pub fn code_words(&self) -> usize {
        self.out_groups() * self.out_rows() * self.code_row()
    }
    /// Multiplications of FP for one image, without padding of channels and what no pooling window takes.
    pub fn macs(&self) -> u64 {
        let inputs = match self.by_channel {
            Some(ByChannel::Average | ByChannel::Activation(_)) => 0,
            Some(_) => 1,
            None => self.inputs,
        };
        (inputs * self.taps() * self.outputs * self.rows * self.cols) as u64
    }

    /// Word of weight (m, n, kr, kc) in the layer's parameters; n counts as in [`crate::ParameterShape`].
    pub fn weight_index(&self, m: usize, n: usize, kr: usize, kc: usize) -> usize {
        let t = self.lanes;
        if self.by_channel.is_some() {
            return m / t * self.block_words() + (kr * self.kernel().1 + kc) * t + m % t;
        }
        let (n, step) = match self.flattened {
            Some((_, rows, cols)) => {
                let (channel, pixel) = (n / (rows * cols), n % (rows * cols));
                ((channel / t * rows * cols + pixel) * t + channel % t, 0)
            }
            None if self.gathered => (n * self.taps() + kr * self.kernel().1 + kc, 0),
            None => (n, kr * self.kernel().1 + kc),
        };
        m / t * self.block_words() + ((n / t * self.area() + step) * t + m % t) * t + n % t
    }

    /// Word of bias m in the layer's parameters.
    pub fn bias_index(&self, m: usize) -> usize {
        let t = self.lanes;
        m / t * self.block_words() + self.block_words() - t + m % t
    }
}
