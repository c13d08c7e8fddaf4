//! The outermost Verilog module: the nets of a board around the ports of the chip.

use crate::pins::{Direction, Pin, Pins};
use std::fmt::Write;

impl Pins {
    /// A module `name` with the board's nets as ports, around one instance of the module `chip`.
    ///
    /// It holds the tristate drivers, which rust-hdl has no place for: a bidirectional net `x` is the chip's `x_in`, `x_out` and `x_oe`, all as wide
    /// as the net. Everything else is wire; a pulled net ends here.
    ///
    /// ```text
    ///              +---------------- name ---------------+
    ///              |               +------ chip ------+  |
    ///  input  -----|-------------->| port             |  |
    ///              |               |             port |--|---> output
    ///              |     +-------->| x_in             |  |
    ///              |     |   <|----| x_out            |  |
    ///  inout  <----|-----+----+    | x_oe (per wire)  |  |
    ///              |               +------------------+  |
    ///              +-------------------------------------+
    /// ```
    pub fn wrapper(&self, name: &str, chip: &str) -> String {
        let nets: Vec<&str> = self.pins.keys().map(String::as_str).collect();
        let mut text = format!("module {name}({});\n", nets.join(", "));
        let mut body = String::new();
        let mut connections = Vec::new();
        for (net, pin) in &self.pins {
            let range = range(pin);
            let _ = writeln!(text, "    {} wire {range}{net};", keyword(pin.direction));
            let port = pin.port.as_ref().unwrap_or(net);
            match pin.direction {
                Direction::Pulled => {}
                Direction::Inout => {
                    for part in ["in", "out", "oe"] {
                        let _ = writeln!(text, "    wire {range}{net}_{part};");
                        connections.push(format!(".{port}_{part}({net}_{part})"));
                    }
                    let _ = writeln!(body, "    assign {net}_in = {net};");
                    for wire in (0..pin.sites().len())
                        .map(|i| if pin.is_bus() { format!("[{i}]") } else { String::new() })
                    {
                        let _ = writeln!(
                            body,
                            "    assign {net}{wire} = {net}_oe{wire} ? {net}_out{wire} : 1'bz;"
                        );
                    }
                }
                Direction::Input | Direction::Output => connections.push(format!(".{port}({net})")),
            }
        }
        let _ = writeln!(
            text,
            "{body}    {chip} inner(\n        {}\n    );\nendmodule",
            connections.join(",\n        ")
        );
        text
    }
}

fn keyword(direction: Direction) -> &'static str {
    match direction {
        Direction::Input | Direction::Pulled => "input",
        Direction::Output => "output",
        Direction::Inout => "inout",
    }
}

fn range(pin: &Pin) -> String {
    if pin.is_bus() { format!("[{}:0] ", pin.sites().len() - 1) } else { String::new() }
}
