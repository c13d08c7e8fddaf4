//! Lists a program: `cargo run -p ef-compiler --example listing -- NETWORK.toml CONFIG BATCH`.
use ef_compiler::{Network, PixelFormat, compile};
use ef_isa::{Config, Instr};
use std::fmt::Write as _;
use std::io::Write as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let network = Network::from_toml(&std::fs::read_to_string(&args[1])?)?;
    let config = Config::named(&args[2])?;
    let plan = compile(&network, config, args[3].parse()?, PixelFormat::U8 { shift: 4 })?;
    let (mut depth, mut text) = (0, String::new());
    for (pc, word) in plan.train.iter().enumerate() {
        let instr = Instr::decode(*word).ok_or("not an instruction")?;
        if instr == Instr::Next {
            depth -= 1;
        }
        writeln!(text, "{pc:5} {:indent$}{instr:x?}", "", indent = 2 * depth)?;
        if matches!(instr, Instr::Loop { .. }) {
            depth += 1;
        }
    }
    // a reader that went away has seen enough
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(())
}
