use ef_isa::compute::Phase;

/// A convolution; a fully connected layer is one of 1 x 1 on a map of 1 x 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvLayer {
    /// What tables call it.
    pub name: String,
    /// M: output channels.
    pub outputs: usize,
    /// N: input channels.
    pub inputs: usize,
    /// R and C: the output map before pooling.
    pub rows: usize,
    /// Columns of the output map before pooling.
    pub cols: usize,
    /// The input map, without padding.
    pub in_rows: usize,
    /// Columns of the input map, without padding.
    pub in_cols: usize,
    /// K: rows and columns of the kernel.
    pub kernel: usize,
    /// S.
    pub stride: usize,
}

impl ConvLayer {
    /// Multiplications that one image needs in any one phase.
    pub fn macs(&self) -> u64 {
        [self.outputs, self.inputs, self.rows, self.cols, self.kernel, self.kernel]
            .into_iter()
            .map(|n| n as u64)
            .product()
    }

    /// What the kernel computes in `phase`. BP is a convolution too: of the losses, with M and N swapped and, however large the stride,
    /// with stride 1, because the losses lie apart.
    pub(crate) fn convolution(&self, phase: Phase) -> Convolution {
        let ConvLayer { outputs, inputs, rows, cols, in_rows, in_cols, kernel, stride, .. } = *self;
        match phase {
            Phase::Fp | Phase::Wu => Convolution { m: outputs, n: inputs, rows, cols, kernel, stride },
            Phase::Bp => {
                Convolution { m: inputs, n: outputs, rows: in_rows, cols: in_cols, kernel, stride: 1 }
            }
        }
    }
}

/// The convolution of a layer in a phase: M result channels, N streamed channels, the map that tiles cut.
#[derive(Clone, Copy)]
pub(crate) struct Convolution {
    pub m: usize,
    pub n: usize,
    pub rows: usize,
    pub cols: usize,
    pub kernel: usize,
    pub stride: usize,
}

impl Convolution {
    /// K^2.
    pub fn area(&self) -> usize {
        self.kernel * self.kernel
    }

    /// Tr_in * Tc_in: the pixels, padding included, that a tile of `rows` rows reads.
    pub fn in_pixels(&self, rows: usize) -> usize {
        let length = |outputs: usize| (outputs - 1) * self.stride + self.kernel;
        length(rows) * length(self.cols)
    }
}

/// The phases of layer `number` of a network: the first one has no BP.
pub fn phases(number: usize) -> &'static [Phase] {
    if number == 0 { &[Phase::Fp, Phase::Wu] } else { &[Phase::Fp, Phase::Bp, Phase::Wu] }
}
