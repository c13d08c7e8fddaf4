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
    // the controller's state memory: [engine][stream][field]
    let mut state = [[[None::<u32>; 64]; isa::STREAMS]; 3];
    let mut loops: Vec<(usize, u16)> = Vec::new();
    let mut pc = 0;
    loop {
        let bad = |what| ModelError::BadProgram { pc, what };
        let word = *program.get(pc).ok_or(bad("the program has no END"))?;
        let instr = Instr::decode(word).ok_or(bad("not an instruction"))?;
        let mut next = pc + 1;
        match instr {
            Instr::End => return Ok(()),
            Instr::Set { engine, stream, field, value } => {
                let field = usize::from(field);
                let state =
                    state[engine as usize][usize::from(stream)].get_mut(field).ok_or(bad("no such field"))?;
                *state = Some(value);
                put(engine, field, value, &mut load, &mut compute, &mut store).ok_or(bad("no such field"))?;
            }
            Instr::Add { engine, stream, field, increment } => {
                let field = usize::from(field);
                let state =
                    state[engine as usize][usize::from(stream)].get_mut(field).ok_or(bad("no such field"))?;
                let value = state.ok_or(bad("ADD to a field that was never SET"))?.wrapping_add(increment);
                *state = Some(value);
                put(engine, field, value, &mut load, &mut compute, &mut store).ok_or(bad("no such field"))?;
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

fn put(
    engine: Engine,
    field: usize,
    value: u32,
    load: &mut LoadDesc,
    compute: &mut ComputeDesc,
    store: &mut StoreDesc,
) -> Option<()> {
    fn into<D: Descriptor>(descriptor: &mut D, field: usize, value: u32) -> Option<()> {
        (field < D::FIELDS.len()).then(|| descriptor.put(field, value))
    }
    match engine {
        Engine::Load => into(load, field, value),
        Engine::Compute => into(compute, field, value),
        Engine::Store => into(store, field, value),
    }
}
