//! Does a cut fit the buffers, and if not, which one is too small.

use super::builder::Builder;
use crate::CompileError;
use crate::error::TooLarge;

/// Name, address width, configuration parameter and unit of a buffer.
type Buffer = (&'static str, usize, &'static str, &'static str);
type Fits = Result<(), CompileError>;

impl Builder<'_> {
    fn fits(&self, layer: &str, what: &str, needed: usize, (buffer, aw, parameter, unit): Buffer) -> Fits {
        let capacity = 1 << aw;
        if needed <= capacity {
            return Ok(());
        }
        Err(CompileError::TooLarge(Box::new(TooLarge {
            layer: layer.into(),
            what: what.into(),
            needed,
            unit,
            buffer,
            capacity,
            config: self.config.name,
            parameter,
        })))
    }

    pub fn fits_operand(&self, layer: &str, what: &str, needed: usize) -> Fits {
        self.fits(layer, what, needed, ("operand buffer", self.config.operand_aw, "operand_aw", "words"))
    }
    pub fn fits_feature(&self, layer: &str, what: &str, needed: usize) -> Fits {
        self.fits(layer, what, needed, ("feature buffer", self.config.feature_aw, "feature_aw", "vectors"))
    }
    pub fn fits_loss(&self, layer: &str, what: &str, needed: usize) -> Fits {
        self.fits(layer, what, needed, ("loss buffer", self.config.loss_aw, "loss_aw", "vectors"))
    }
    pub fn fits_weight(&self, layer: &str, what: &str, needed: usize) -> Fits {
        self.fits(layer, what, needed, ("weight buffer", self.config.weight_aw, "weight_aw", "vectors"))
    }
    pub fn fits_psum(&self, layer: &str, what: &str, needed: usize) -> Fits {
        self.fits(layer, what, needed, ("partial-sum buffer", self.config.psum_aw, "psum_aw", "vectors"))
    }
    pub fn fits_code(&self, layer: &str, needed: usize) -> Fits {
        self.fits(layer, "the masks of a tile", needed, ("code RAM", self.config.code_aw, "code_aw", "words"))
    }
    pub fn fits_scratch(&self, layer: &str, needed: usize) -> Fits {
        let scratch = ("scratch", self.config.scratch_aw, "scratch_aw", "words");
        self.fits(layer, "the image rows under a tile", needed, scratch)
    }
}
