//! The passes of a network: `cargo run -p ef-compiler --example passes -- FILE CONFIG BATCH`.
use ef_compiler::{Network, PixelFormat, Prepared};
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let network = Network::from_toml(&std::fs::read_to_string(&args[1]).unwrap()).unwrap();
    let config = ef_program::Config::named(&args[2]).unwrap();
    let batch = args[3].parse().unwrap();
    let shift = network.input.scale_shift.map_or(PixelFormat::F32, |shift| PixelFormat::U8 { shift });
    let begin = std::time::Instant::now();
    let prepared = Prepared::new(&network, config, batch, shift).unwrap();
    println!("{} words of memory", prepared.map.memory_words);
    let step = prepared.step(true).unwrap();
    println!("{} commands after {:?}", step.commands.len(), begin.elapsed());
    for p in &step.passes {
        let w = p.work;
        println!(
            "{:8} {:8} {:?} {:?} out {} in {} x{}: {} commands, {} cycles/image (kernel {}, loads {}, stores {})",
            prepared.graph.stages[p.stage].name,
            p.phase,
            p.cut.order,
            p.cut.size,
            p.cut.outs,
            p.cut.ins,
            p.cut.slots,
            p.commands.len(),
            p.cycles / batch as u64,
            w.kernel() / batch as u64,
            w.loads.words / batch as u64,
            w.stores.words / batch as u64
        );
    }
    let total: u64 = step.passes.iter().map(|p| p.cycles).sum();
    println!("{} cycles per image", total / batch as u64);
    let begin = std::time::Instant::now();
    let program = ef_compiler::encode(&step.commands);
    println!("{} instructions, encoded in {:?}", program.len(), begin.elapsed());
}
