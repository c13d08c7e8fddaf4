//! The accelerator in rust-hdl against its Verilog.
use super::bench::{COMPARED, HYPERPARAMETERS, golden};
use super::step;
use ef_hdl_kit::Lockstep;
use ef_hdl_kit::rand::Rng;
use ef_isa::config::SIM_2X2;
use ef_isa::{instr, regs};
use ef_rtl::top::AcceleratorSim2x2;
use ef_rtl_tests::{Burst, Driven, Memory, Pace, seeded};
use std::collections::VecDeque;

/// Cycles in which the program is selected, run, and its registers are read.
const CYCLES: u64 = 8000;

#[test]
fn the_accelerator_equals_its_verilog_during_a_training_step() {
    // the block is moved about by value, which is too much for the stack of a test's thread
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(training_step).unwrap();
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

fn training_step() {
    let program = step::program();
    let start = step::memory(&mut seeded(5));
    let expected = golden(&program, &start);
    let mut memory = Memory::new(step::MEMORY, Pace::even(0.8));
    memory.words = start;
    memory.words[step::PROGRAM_AT as usize..][..2 * program.len()]
        .copy_from_slice(&instr::to_words(&program));

    // what the host does: writes, then STATUS until done, then the registers
    let mut writes: VecDeque<(u32, u32)> =
        HYPERPARAMETERS.registers().map(|(register, value)| (register, value.to_bits())).into();
    writes.push_back((regs::PROGRAM_ADDRESS, step::PROGRAM_AT));
    writes.push_back((regs::PROGRAM_LENGTH, program.len() as u32));
    writes.push_back((regs::CONTROL, regs::control::START));
    let mut reads = VecDeque::from(COMPARED);
    let mut results = Vec::new();
    let (mut asked, mut done) = (false, false);

    let model = ef_rtl::top::model(&SIM_2X2).and_then(|model| model.build()).unwrap();
    let run = Lockstep::new(AcceleratorSim2x2::default()).shared(model, "").seed(6).cycles(CYCLES);
    let run = run.constant("rdata_ready", "no load of this program is slower than the memory");
    run.clock(|block, level| block.clock.next = level.into()).check(|b, rng| {
        // the memory port
        b.cmd_ready.next = memory.cmd_ready;
        b.wdata_ready.next = memory.wdata_ready;
        b.rdata_valid.next = memory.rdata.is_some();
        b.rdata.next = u64::from(memory.rdata.unwrap_or(0)).into();
        let number = |value: u64| value as usize;
        let driven = Driven {
            command: b.cmd_valid.val().then(|| Burst {
                write: b.cmd_write.val(),
                address: number(b.cmd_addr.val().into()),
                len: number(b.cmd_len.val().into()),
            }),
            wdata: b.wdata_valid.val().then(|| u64::from(b.wdata.val()) as u32),
            rdata_ready: b.rdata_ready.val(),
        };
        memory.clock(&driven, rng);
        // the host port: `req_ready` is a register, so it is known what is taken in this cycle
        b.req_valid.next = false;
        b.resp_ready.next = rng.random_bool(0.7);
        if b.req_ready.val()
            && let Some((address, data)) = writes.pop_front()
        {
            (b.req_valid.next, b.req_write.next) = (true, true);
            b.req_addr.next = u64::from(address).into();
            b.req_data.next = u64::from(data).into();
        } else if b.req_ready.val() && !asked && (!done || !reads.is_empty()) {
            (b.req_valid.next, b.req_write.next) = (true, false);
            let address = if done { reads[0] } else { regs::STATUS };
            b.req_addr.next = u64::from(address).into();
            asked = true;
        }
        if b.resp_valid.val() && b.resp_ready.next {
            let value = u64::from(b.resp_data.val()) as u32;
            asked = false;
            if done {
                reads.pop_front();
                results.push(value);
            }
            done |= value == regs::status::DONE;
            if done && reads.is_empty() {
                // an empty program, which is an error
                writes.extend([(regs::PROGRAM_LENGTH, 0), (regs::CONTROL, regs::control::START)]);
            }
        }
    });
    assert!(done && reads.is_empty(), "{CYCLES} cycles are enough for the whole test");
    assert_eq!(memory.words, expected.0, "rust-hdl's memory is the golden model's");
    assert_eq!(results, expected.1, "and so are the registers");
}
