//! The host at the register port of a bench.

use ef_hdl_kit::Vsim;

/// A bench whose model has a register port.
pub trait Host {
    /// The model.
    fn sim(&mut self) -> &mut Vsim;

    /// One clock cycle of everything.
    fn step(&mut self);

    /// For how many cycles the host leaves a response at the port.
    fn patience(&mut self) -> u32 {
        0
    }

    /// So many clock cycles.
    fn steps(&mut self, count: u32) {
        for _ in 0..count {
            self.step();
        }
    }

    /// Resets the model, without the rest of the bench.
    fn reset(&mut self) {
        self.sim().set("reset", 1);
        self.sim().ticks(4);
        self.sim().set("reset", 0);
    }

    /// Offers a request until it is taken.
    fn request(&mut self, write: bool, address: u32, data: u32) {
        let sim = self.sim();
        sim.set("req_valid", 1);
        sim.set("req_write", write.into());
        sim.set("req_addr", address.into());
        sim.set("req_data", data.into());
        while self.sim().get("req_ready") == 0 {
            self.step();
        }
        self.step();
        self.sim().set("req_valid", 0);
    }

    /// Writes a register.
    fn write(&mut self, address: u32, data: u32) {
        self.request(true, address, data);
    }

    /// Reads a register.
    ///
    /// # Panics
    /// If the response does not stay until it is taken.
    fn read(&mut self, address: u32) -> u32 {
        self.request(false, address, 0);
        while self.sim().get("resp_valid") == 0 {
            self.step();
        }
        let value = self.sim().get("resp_data");
        for _ in 0..self.patience() {
            self.step();
            let sim = self.sim();
            assert_eq!((sim.get("resp_valid"), sim.get("resp_data")), (1, value), "a response stays");
        }
        self.sim().set("resp_ready", 1);
        self.step();
        self.sim().set("resp_ready", 0);
        value as u32
    }
}
