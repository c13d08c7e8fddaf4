//! An engine in Verilator: its command port.

use anyhow::Result;
use ef_hdl_kit::Vsim;
use ef_hdl_kit::vsim::PortId;
use ef_isa::Descriptor;

/// An engine and the port at which it gets its commands; what else it has is the bench's.
pub struct Engine {
    /// The whole engine.
    pub sim: Vsim,
    start: PortId,
    ready: PortId,
    done: PortId,
    bad: PortId,
    field: Vec<PortId>,
    starting: bool,
}

impl Engine {
    /// The engine after a reset.
    ///
    /// # Panics
    /// If its Verilog does not compile, or has no command port.
    pub fn new(sim: Result<Vsim>) -> Engine {
        let sim = sim.expect("the engine's Verilog compiles without a warning");
        let [start, ready, done, bad] = ["start", "ready", "done", "bad"].map(|name| sim.port(name));
        let count = sim.ports().iter().filter(|port| port.name.starts_with("field$")).count();
        let field = array(&sim, "field", count);
        let mut engine = Engine { sim, start, ready, done, bad, field, starting: false };
        engine.reset();
        engine
    }

    /// A reset of one cycle.
    pub fn reset(&mut self) {
        self.sim.set("reset", 1);
        self.tick();
        self.sim.set("reset", 0);
        self.sim.eval();
    }

    /// The ports of an array.
    pub fn ports(&self, name: &str, count: usize) -> Vec<PortId> {
        array(&self.sim, name, count)
    }

    /// An output of one bit.
    pub fn is(&self, name: &str) -> bool {
        self.sim.get(name) != 0
    }

    /// The engine takes a command in this cycle.
    pub fn ready(&self) -> bool {
        self.sim.get_id(self.ready) != 0
    }

    /// A command is done.
    pub fn done(&self) -> bool {
        self.sim.get_id(self.done) != 0
    }

    /// The command was undefined.
    pub fn bad(&self) -> bool {
        self.sim.get_id(self.bad) != 0
    }

    /// Gives a command, which the engine takes at the coming clock edge.
    pub fn start<D: Descriptor>(&mut self, command: &D) {
        for (i, port) in self.field.iter().enumerate() {
            self.sim.set_id(*port, command.get(i).into());
        }
        self.sim.set_id(self.start, 1);
        self.starting = true;
    }

    /// A clock edge. The descriptor is valid in the cycle of the start only.
    pub fn tick(&mut self) {
        self.sim.tick();
        if std::mem::take(&mut self.starting) {
            self.sim.set_id(self.start, 0);
            for port in &self.field {
                self.sim.set_id(*port, 0xa5a5_a5a5);
            }
        }
        self.sim.eval();
    }
}

fn array(sim: &Vsim, name: &str, count: usize) -> Vec<PortId> {
    (0..count).map(|i| sim.port(&format!("{name}${i}"))).collect()
}
