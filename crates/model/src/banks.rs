use crate::ModelError;

/// T banks of words: a vector written at address `a` with phase `p` has lane n in bank (n + p) mod T.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Banks {
    /// What errors call it.
    pub name: &'static str,
    /// T.
    pub lanes: usize,
    /// `data[address * lanes + bank]`
    pub data: Vec<u32>,
}

impl Banks {
    /// Banks with 2^`address_width` vectors of `lanes` words, all 0.
    pub fn new(name: &'static str, lanes: usize, address_width: usize) -> Self {
        Banks { name, lanes, data: vec![0; lanes << address_width] }
    }

    /// How many vectors there are.
    pub fn depth(&self) -> usize {
        self.data.len() / self.lanes
    }

    /// The address as an index, if it is in range.
    ///
    /// # Errors
    /// If the low 16 bits of `address` are beyond the last vector.
    pub fn check(&self, address: u32) -> Result<usize, ModelError> {
        let depth = self.depth();
        let address = address & 0xffff;
        if (address as usize) < depth {
            Ok(address as usize)
        } else {
            Err(ModelError::OutOfRange { buffer: self.name, address: address.into(), depth })
        }
    }

    /// Writes a vector of T words.
    ///
    /// # Errors
    /// As [`Banks::check`].
    pub fn write(&mut self, address: u32, phase: u32, vector: &[u32]) -> Result<(), ModelError> {
        let base = self.check(address)? * self.lanes;
        for (lane, word) in vector.iter().enumerate() {
            self.data[base + (lane + phase as usize) % self.lanes] = *word;
        }
        Ok(())
    }

    /// All lanes from one address.
    ///
    /// # Errors
    /// As [`Banks::check`].
    pub fn read(&self, address: u32, rotation: u32, out: &mut [u32]) -> Result<(), ModelError> {
        let base = self.check(address)? * self.lanes;
        for (lane, word) in out.iter_mut().enumerate() {
            *word = self.data[base + (lane + rotation as usize) % self.lanes];
        }
        Ok(())
    }

    /// One lane from an address of its own.
    ///
    /// # Errors
    /// As [`Banks::check`].
    pub fn read_lane(&self, address: u32, rotation: u32, lane: usize) -> Result<u32, ModelError> {
        let base = self.check(address)? * self.lanes;
        Ok(self.data[base + (lane + rotation as usize) % self.lanes])
    }
}
