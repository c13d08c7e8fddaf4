use ef_hdl_kit::export::Verilog;
use ef_isa::{ComputeDesc, Config, Descriptor, LoadDesc, StoreDesc, instr, regs};
use serde::Serialize;

/// What `ef_accelerator.json` holds.
#[derive(Serialize)]
pub struct Description {
    /// Name of the top module.
    pub top: &'static str,
    /// What the VERSION register reads.
    pub interface_version: u32,
    /// Lanes and depths of the buffers.
    pub config: Config,
    /// Multipliers, for the choice of an FPGA.
    pub multipliers: Multipliers,
    /// Ports of the top module.
    pub ports: Vec<Port>,
    /// The register map.
    pub registers: Vec<Register>,
    /// How programs are encoded.
    pub program: Program,
}

/// The multipliers of 18 x 18 bits without sign, and what blocks of an FPGA they take.
#[derive(Serialize)]
pub struct Multipliers {
    /// Multipliers of 18 x 18 bits.
    pub count: usize,
    /// Of an ECP5: one each.
    pub mult18x18d: usize,
    /// Of a Xilinx 7 series: 25 x 18 bits with sign, so 17 without on one side, and two for each multiplier.
    pub dsp48e1: usize,
}

impl Multipliers {
    /// Those of an exported accelerator.
    pub fn of(verilog: &Verilog) -> Self {
        let count = verilog.instances("ef_mult18");
        Multipliers { count, mult18x18d: count, dsp48e1: 2 * count }
    }
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

/// Encodings of instructions and descriptors; see the documentation of `ef_isa::instr`.
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

fn engine<D: Descriptor>(name: &'static str, engine: instr::Engine) -> Engine {
    let fields = D::FIELDS
        .iter()
        .enumerate()
        .map(|(number, f)| Field { number, name: f.name, bits: f.bits, doc: f.doc })
        .collect();
    Engine { name, number: engine as usize, fields }
}

/// Ports, parameters, multipliers, register map and program encodings of a configuration, which was exported as `verilog`.
pub fn describe(config: &Config, verilog: &Verilog) -> Description {
    let ports =
        ef_rtl::with_accelerator!(config, accelerator => ef_hdl_kit::ports(&accelerator)).unwrap_or_default();
    Description {
        top: ef_rtl::top::TOP,
        interface_version: regs::VERSION_VALUE,
        config: *config,
        multipliers: Multipliers::of(verilog),
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
                ("END", instr::opcode::END),
                ("ADD", instr::opcode::ADD),
                ("ISSUE", instr::opcode::ISSUE),
                ("LOOP", instr::opcode::LOOP),
                ("NEXT", instr::opcode::NEXT),
                ("SET", instr::opcode::SET),
            ],
            opcode_bit: instr::place::OPCODE as u32,
            engine_bit: instr::place::ENGINE as u32,
            field_bit: instr::place::FIELD as u32,
            stream_bit: instr::place::STREAM as u32,
            streams: instr::STREAMS,
            most_loops: instr::MAX_LOOPS,
            engines: vec![
                engine::<LoadDesc>("load", instr::Engine::Load),
                engine::<ComputeDesc>("compute", instr::Engine::Compute),
                engine::<StoreDesc>("store", instr::Engine::Store),
            ],
        },
    }
}
