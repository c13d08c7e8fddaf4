use crate::{Machine, ModelError};
use ef_program::{Command, ComputeDesc, Descriptor, Engine, Instr, LoadDesc, StoreDesc, isa};

impl Machine {
    pub fn execute(&mut self, command: &Command) -> Result<(), ModelError> {
        match command {
            Command::Load(d) => self.load(d),
            Command::Compute(d) => self.compute(d),
            Command::Store(d) => self.store(d),
        }
    }
}

/// Runs a program: calls `issue` for every command in program order.
pub fn interpret(
    program: &[u64],
    mut issue: impl FnMut(&Command) -> Result<(), ModelError>,
) -> Result<(), ModelError> {
    let mut load = LoadDesc::default();
    let mut compute = ComputeDesc::default();
    let mut store = StoreDesc::default();
    let mut loops: Vec<(usize, u16)> = Vec::new();
    let mut pc = 0;
    loop {
        let bad = |what| ModelError::BadProgram { pc, what };
        let word = *program.get(pc).ok_or(bad("the program has no END"))?;
        let instr = Instr::decode(word).ok_or(bad("not an instruction"))?;
        let mut next = pc + 1;
        match instr {
            Instr::End => return Ok(()),
            Instr::Add { engine, field, increment } => {
                let field = usize::from(field);
                let fields = match engine {
                    Engine::Load => LoadDesc::FIELDS.len(),
                    Engine::Compute => ComputeDesc::FIELDS.len(),
                    Engine::Store => StoreDesc::FIELDS.len(),
                };
                if field >= fields {
                    return Err(bad("no such field"));
                }
                match engine {
                    Engine::Load => load.add(field, increment),
                    Engine::Compute => compute.add(field, increment),
                    Engine::Store => store.add(field, increment),
                }
            }
            Instr::Issue { engine, .. } => issue(&match engine {
                Engine::Load => Command::Load(load.clone()),
                Engine::Compute => Command::Compute(compute.clone()),
                Engine::Store => Command::Store(store.clone()),
            })?,
            Instr::Loop { count } => {
                if count == 0 {
                    return Err(bad("LOOP 0"));
                }
                if loops.len() == isa::MAX_LOOPS {
                    return Err(bad("LOOP nested too deep"));
                }
                loops.push((next, count));
            }
            Instr::Next => {
                let (start, remaining) = loops.last_mut().ok_or(bad("NEXT without LOOP"))?;
                *remaining -= 1;
                if *remaining == 0 {
                    loops.pop();
                } else {
                    next = *start;
                }
            }
        }
        pc = next;
    }
}
