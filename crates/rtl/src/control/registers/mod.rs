//! The register file of the host port.
pub mod host_port;
pub mod pack;
pub mod read_mux;
pub mod write_registers;

use super::{
    counters::COUNTERS, host_port::HostPort, pack::Pack4, read_mux::ReadMux, write_registers::WriteRegisters,
};
use ef_hdl_kit::{block, glue, vec_of};
use ef_isa::regs::HYPERPARAMETERS;
use ef_isa::{Config, regs};
use rust_hdl::prelude::*;

block! {
    /// Every register of `ef_isa::regs` behind a request/response port.
    ///
    /// ```text
    ///  req_*  ->| HostPort |--write, address, data-->| WriteRegisters |--> start, stop, clear, hyper[4], program_*
    ///  resp_* <-|          |<--------------| ReadMux |<-- status, errors, overflow, pc, loss, count[], constants
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `req_valid`, `req_ready` | 1 | one request per handshake |
    /// | `req_write`, `req_addr`, `req_data` | 1, 8, 32 | `req_data` is for writes |
    /// | `resp_valid`, `resp_ready`, `resp_data` | 1, 1, 32 | reads only, in order |
    /// | `busy`, `done`, `error`, `stopped` | 1 | STATUS |
    /// | `errors` | 4 x 1 | ERRORS |
    /// | others | | the register or output of that name |
    ///
    /// A read sees every write accepted before it. Addresses that are not readable read 0.
    ///
    /// Of an accelerator of the configuration `config`.
    pub struct Registers(config: &Config) {
        let bytes = |depths: [usize; 4]| u64::from(u32::from_le_bytes(depths.map(|depth| depth as u8)));
        in clock: Clock, in reset, req_valid, req_write, resp_ready, busy, done, error, stopped: Bit,
        in req_addr: Bits<8>, in req_data, overflow, loss_sum, mean_loss, correct: Bits<32>,
        in errors: [Bit; 4], in pc: Bits<24>, in count: [Bits<32>; COUNTERS],
        out req_ready, resp_valid, start, stop, clear: Bit,
        out hyper: Vec<Bits<32>> = vec_of(HYPERPARAMETERS.len()), out resp_data, program_address: Bits<32>,
        out program_length: Bits<24>,
        host: HostPort,
        mux: ReadMux,
        writes: WriteRegisters,
        status_word, error_word: Pack4,
        pc_word, length_word: InstructionWord,
        const id: Bits<32> = u64::from(regs::ID_VALUE),
        const version: Bits<32> = u64::from(regs::VERSION_VALUE),
        const lanes: Bits<32> = config.lanes as u64,
        const depths0: Bits<32> =
            bytes([config.feature_aw, config.loss_aw, config.weight_aw, config.psum_aw]),
        const depths1: Bits<32> =
            bytes([config.operand_aw, config.scratch_aw, config.code_aw, config.fetch_aw]),
        const nothing: Bits<32> = 0,
    }
}

/// Index of a register in the read multiplexer.
const fn at(address: u32) -> usize {
    address as usize
}

glue! { Registers; self => {
    // the port
    wire!(self.{host, mux} <- self: clock);
    wire!(self.host <- self: reset, req_valid, req_write, req_addr, req_data, resp_ready);
    wire!(self <- self.host: req_ready, resp_valid, resp_data);
    wire!(self.host.value, self.mux.chosen);
    wire!(self.mux <- self.host: select0, select1, select2);
    // writes
    wire!(self.writes <- self: clock, reset);
    wire!(self.writes <- self.host: write, address, data);
    wire!(self <- self.writes: start, stop, clear, program_address, program_length);
    for i in 0..HYPERPARAMETERS.len() {
        wire!(self.hyper[i], self.writes.hyper[i]);
    }
    // bits to words
    wire!(self.status_word <- self: bits[0] = busy, bits[1] = done, bits[2] = error, bits[3] = stopped);
    for i in 0..4 {
        wire!(self.error_word.bits[i], self.errors[i]);
    }
    wire!(self.pc_word.number, self.pc);
    wire!(self.length_word.number, self.writes.program_length);
    // reads
    for address in 0..64 {
        match address as u32 {
            regs::ID => wire!(self.mux.word[address], self.id),
            regs::VERSION => wire!(self.mux.word[address], self.version),
            regs::LANES => wire!(self.mux.word[address], self.lanes),
            regs::DEPTHS0 => wire!(self.mux.word[address], self.depths0),
            regs::DEPTHS1 => wire!(self.mux.word[address], self.depths1),
            regs::STATUS => wire!(self.mux.word[address], self.status_word.word),
            regs::ERRORS => wire!(self.mux.word[address], self.error_word.word),
            regs::OVERFLOW => wire!(self.mux.word[address], self.overflow),
            regs::PC => wire!(self.mux.word[address], self.pc_word.word),
            // in the order of HYPERPARAMETERS
            regs::LEARNING_RATE..=regs::INV_BATCH => {
                wire!(self.mux.word[address], self.writes.hyper[address - at(regs::LEARNING_RATE)]);
            }
            regs::PROGRAM_ADDRESS => wire!(self.mux.word[address], self.writes.program_address),
            regs::PROGRAM_LENGTH => wire!(self.mux.word[address], self.length_word.word),
            regs::LOSS_SUM => wire!(self.mux.word[address], self.loss_sum),
            regs::MEAN_LOSS => wire!(self.mux.word[address], self.mean_loss),
            regs::CORRECT => wire!(self.mux.word[address], self.correct),
            regs::CYCLES..=regs::BURSTS_FETCHED => {
                wire!(self.mux.word[address], self.count[address - at(regs::CYCLES)]);
            }
            _ => wire!(self.mux.word[address], self.nothing),
        }
    }
}}

block! {
    /// Widens the number of an instruction, 24 bits, to the 32 bits of a register. Combinational.
    pub struct InstructionWord {
        in number: Bits<24>,
        out word: Bits<32>,
    }
}

impl Logic for InstructionWord {
    #[hdl_gen]
    fn update(&mut self) {
        self.word.next = bit_cast::<32, 24>(self.number.val());
    }
}
