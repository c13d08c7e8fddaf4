use anyhow::Result;
use ef_program::{ComputeDesc, Config, Descriptor, LoadDesc, StoreDesc, isa, regs};
use serde::Serialize;

/// What `ef_accelerator.json` holds.
#[derive(Serialize)]
pub struct Description {
    pub top: &'static str,
    pub interface_version: u32,
    pub config: Config,
    pub ports: Vec<Port>,
    pub registers: Vec<Register>,
    pub program: Program,
}

#[derive(Serialize)]
pub struct Port {
    pub name: String,
    pub bits: usize,
    pub direction: &'static str,
}

#[derive(Serialize)]
pub struct Register {
    pub name: &'static str,
    pub word_address: u32,
    pub access: &'static str,
    pub doc: &'static str,
}

/// Encodings of instructions and descriptors; see the documentation of `ef_program::isa`.
#[derive(Serialize)]
pub struct Program {
    pub instruction_bits: u32,
    pub opcodes: Vec<(&'static str, u64)>,
    pub opcode_bit: u32,
    pub engine_bit: u32,
    pub field_bit: u32,
    pub stream_bit: u32,
    pub streams: usize,
    pub most_loops: usize,
    pub engines: Vec<Engine>,
}

#[derive(Serialize)]
pub struct Engine {
    pub name: &'static str,
    pub number: usize,
    pub fields: Vec<Field>,
}

#[derive(Serialize)]
pub struct Field {
    pub number: usize,
    pub name: &'static str,
    pub bits: u32,
    pub doc: &'static str,
}

fn engine<D: Descriptor>(name: &'static str, engine: isa::Engine) -> Engine {
    let fields = D::FIELDS
        .iter()
        .enumerate()
        .map(|(number, f)| Field { number, name: f.name, bits: f.bits, doc: f.doc })
        .collect();
    Engine { name, number: engine as usize, fields }
}

/// Ports, parameters, register map and program encodings of a configuration.
pub fn describe(config: &Config) -> Result<Description> {
    let ports =
        ef_rtl::with_accelerator!(config, accelerator => ef_hdl_kit::ports(&accelerator)).unwrap_or_default();
    Ok(Description {
        top: ef_rtl::top::TOP,
        interface_version: regs::VERSION_VALUE,
        config: *config,
        ports: ports
            .into_iter()
            .map(|p| Port { name: p.name, bits: p.bits, direction: if p.input { "input" } else { "output" } })
            .collect(),
        registers: regs::ALL
            .iter()
            .map(|r| Register { name: r.name, word_address: r.address, access: r.access, doc: r.doc })
            .collect(),
        program: Program {
            instruction_bits: 64,
            opcodes: vec![
                ("END", isa::opcode::END),
                ("ADD", isa::opcode::ADD),
                ("ISSUE", isa::opcode::ISSUE),
                ("LOOP", isa::opcode::LOOP),
                ("NEXT", isa::opcode::NEXT),
                ("SET", isa::opcode::SET),
            ],
            opcode_bit: 60,
            engine_bit: 58,
            field_bit: 52,
            stream_bit: 32,
            streams: isa::STREAMS,
            most_loops: isa::MAX_LOOPS,
            engines: vec![
                engine::<LoadDesc>("load", isa::Engine::Load),
                engine::<ComputeDesc>("compute", isa::Engine::Compute),
                engine::<StoreDesc>("store", isa::Engine::Store),
            ],
        },
    })
}
