//! Every module against its Verilog, with random inputs and stalls.
use ef_hdl_kit::lockstep;
use ef_hdl_kit::rand::Rng;
use ef_program::isa::{self, Engine, Instr};
use ef_program::{Config, StoreDesc, config};
use ef_rtl::control::{
    Controller, counters::Counters, fetch::Fetch, loops::LoopStack, overflow::OverflowBits,
    queue::CommandQueue, registers::Registers, run_control::RunControl, tokens::Tokens,
};
use ef_rtl::memory::Arbiter;
use ef_rtl_tests::memory_port::{Burst, Driven, MemoryPort};

fn word(rng: &mut impl Rng) -> u64 {
    rng.random::<u32>().into()
}

#[test]
fn tokens_count_up_to_255_and_never_below_0() {
    let mut counts = [0u32; 9];
    let mut phase = 0;
    lockstep!(Tokens::default(), "", 1, 6000, |b, rng| {
        for (pair, count) in counts.iter().enumerate() {
            let diagonal = pair % 4 == 0;
            // outputs are those of the cycle before: there is none at first
            assert_eq!(b.some[pair].val(), phase > 0 && (diagonal || *count > 0), "counter {pair}");
        }
        phase += 1;
        // long stretches of filling and of draining reach both ends
        let filling = phase / 700 % 2 == 0;
        for (pair, count) in counts.iter_mut().enumerate() {
            let put = rng.random_bool(if filling { 0.9 } else { 0.1 });
            let take = rng.random_bool(if filling { 0.1 } else { 0.9 });
            b.put[pair].next = put;
            b.take[pair].next = take;
            match (put, take) {
                (true, false) => *count = (*count + 1).min(255),
                (false, true) => *count = count.saturating_sub(1),
                _ => {}
            }
        }
        let reset = phase % 2000 == 1999;
        b.reset.next = reset;
        if reset {
            counts = [0; 9];
        }
    });
}

#[test]
fn the_loop_stack_is_a_stack_of_eight_counters() {
    let mut model: Vec<(u64, u64)> = Vec::new();
    let (mut cycle, mut asked) = (0, 0);
    lockstep!(LoopStack::default(), "", 2, 6000, |b, rng| {
        assert_eq!(b.empty.val(), cycle > 0 && model.is_empty());
        cycle += 1;
        assert_eq!(b.full.val(), model.len() == 8);
        if let Some((start, jumps)) = model.last() {
            assert_eq!(u64::from(b.top_start.val()), *start);
            assert_eq!(b.again.val(), *jumps > 0);
        }
        if let Some((start, _)) = model.iter().rev().nth(asked) {
            assert_eq!(u64::from(b.selected.val()), start & 0xffff);
        }
        let start: u64 = rng.random_range(0..1 << 24);
        let jumps = rng.random_range(0..4);
        let place = rng.random_range(0..8);
        asked = place;
        b.select.next = (place as u64).into();
        b.start.next = start.into();
        b.jumps.next = jumps.into();
        b.reset.next = rng.random_bool(0.001);
        (b.push.next, b.counted.next, b.pop.next) = (false, false, false);
        if b.reset.next {
            model.clear();
        } else if model.len() < 8 && rng.random_bool(0.4) {
            b.push.next = true;
            model.push((start, jumps));
        } else if let Some((_, left)) = model.last_mut().filter(|_| rng.random_bool(0.8)) {
            if *left > 0 {
                *left -= 1;
                b.counted.next = true;
            } else {
                model.pop();
                b.pop.next = true;
            }
        }
    });
}

#[test]
fn a_command_queue_equals_its_verilog() {
    lockstep!(CommandQueue::<StoreDesc>::default(), "", 3, 6000, |b, rng| {
        b.reset.next = rng.random_bool(0.003);
        b.flush.next = rng.random_bool(0.01);
        b.push_valid.next = b.push_room.val() && rng.random_bool(0.7);
        b.push_issue.next = rng.random_bool(0.3);
        b.push_field.next = rng.random_range(0..20u64).into();
        b.push_data.next = word(rng).into();
        for i in 0..3 {
            b.some[i].next = rng.random_bool(0.7);
        }
        b.ready.next = rng.random_bool(0.6);
        b.done.next = rng.random_bool(0.3);
    });
}

fn instruction(rng: &mut impl Rng) -> u64 {
    let engine = Engine::ALL[rng.random_range(0..3)];
    let stream = rng.random_range(0..2);
    match rng.random_range(0..100) {
        0..20 => Instr::Set { engine, stream, field: rng.random_range(0..18), value: rng.random() }.encode(),
        20..45 => {
            Instr::Add { engine, stream, field: rng.random_range(0..18), increment: rng.random() }.encode()
        }
        45..70 => {
            Instr::Issue { engine, wait: rng.random_range(0..8), signal: rng.random_range(0..8) }.encode()
        }
        70..84 => Instr::Loop { count: rng.random_range(1..4) }.encode(),
        84..98 => Instr::Next.encode(),
        98 => Instr::End.encode(),
        _ => rng.random(),
    }
}

/// Every instruction of a program that no test has written.
fn program(rng: &mut impl Rng, length: usize) -> Vec<u32> {
    let instructions: Vec<u64> = (0..length).map(|_| instruction(rng)).collect();
    isa::to_words(&instructions)
}

#[test]
fn fetch_equals_its_verilog() {
    const LENGTH: usize = 900;
    let mut memory = MemoryPort::new(2 * LENGTH + 100, 0.7);
    let mut settled = false;
    lockstep!(Fetch::<7>::default(), "", 4, 8000, |b, rng| {
        let command = (settled && b.cmd_valid.val()).then(|| Burst {
            write: false,
            address: u64::from(b.cmd_addr.val()) as usize,
            len: u64::from(b.cmd_len.val()) as usize,
        });
        // a reset comes only while nothing is under way
        let idle = settled && b.idle.val();
        b.reset.next = !settled || idle && rng.random_bool(0.05);
        if b.reset.next {
            memory.words = program(rng, LENGTH + 50);
            b.program_address.next = rng.random_range(0..100u64).into();
            b.program_length.next = (LENGTH as u64).into();
        }
        settled = true;
        b.cmd_ready.next = memory.cmd_ready && command.is_some();
        b.word_valid.next = memory.rdata.is_some();
        b.word.next = u64::from(memory.rdata.unwrap_or(0)).into();
        memory.clock(Driven { command, wdata: None, rdata_ready: true }, rng);
        b.run.next = rng.random_bool(0.95);
        for i in 0..3 {
            b.push_room[i].next = rng.random_bool(0.8);
        }
    });
    assert!(memory.bursts.len() > 50, "{} bursts", memory.bursts.len());
}

#[test]
fn the_registers_equal_their_verilog() {
    lockstep!(Registers::new(&config::FP32_8X8), "", 5, 4000, |b, rng| {
        b.reset.next = rng.random_bool(0.002);
        b.req_valid.next = rng.random_bool(0.7);
        b.req_write.next = rng.random_bool(0.4);
        b.req_addr.next = rng.random_range(0..0x48u64).into();
        b.req_data.next = word(rng).into();
        b.resp_ready.next = rng.random_bool(0.5);
        (b.busy.next, b.done.next) = rng.random();
        (b.error.next, b.stopped.next) = rng.random();
        b.overflow.next = word(rng).into();
        b.pc.next = rng.random_range(0..1u64 << 24).into();
        b.loss_sum.next = word(rng).into();
        b.mean_loss.next = word(rng).into();
        b.correct.next = word(rng).into();
        for i in 0..4 {
            b.errors[i].next = rng.random();
        }
        for count in &mut b.count {
            count.next = word(rng).into();
        }
    });
}

#[test]
fn run_control_equals_its_verilog() {
    lockstep!(RunControl::default(), "", 6, 8000, |b, rng| {
        b.reset.next = rng.random_bool(0.001);
        b.start.next = rng.random_bool(0.1);
        b.stop.next = rng.random_bool(0.02);
        b.clear.next = rng.random_bool(0.01);
        b.finished.next = rng.random_bool(0.3);
        for i in 0..3 {
            b.queue_idle[i].next = rng.random_bool(0.8);
            b.bad[i].next = rng.random_bool(0.01);
        }
        b.memory_idle.next = rng.random_bool(0.95);
        b.fetch_idle.next = rng.random_bool(0.95);
        b.bad_instruction.next = rng.random_bool(0.01);
        b.bad_loop.next = rng.random_bool(0.01);
        b.program_end.next = rng.random_bool(0.01);
    });
}

#[test]
fn the_counters_equal_their_verilog() {
    lockstep!(Counters::default(), "", 7, 3000, |b, rng| {
        b.clear.next = rng.random_bool(0.002);
        b.busy.next = rng.random_bool(0.9);
        b.phase.next = rng.random_range(0..3u64).into();
        (b.stream_active.next, b.wait_stationary.next) = rng.random();
        (b.wait_hazard.next, b.compute_ready.next) = rng.random();
        (b.load_active.next, b.store_active.next) = rng.random();
        (b.word_read.next, b.word_written.next) = rng.random();
        (b.burst_read.next, b.burst_written.next) = rng.random();
        (b.word_fetched.next, b.burst_fetched.next) = rng.random();
    });
}

#[test]
fn overflow_bits_stick_until_cleared() {
    let mut seen = [0u32; 2];
    lockstep!(OverflowBits::default(), "", 8, 4000, |b, rng| {
        // the bits of a cycle show two cycles later
        assert_eq!(u64::from(b.bits.val()), u64::from(seen[0]));
        seen[0] = seen[1];
        for i in 0..2 {
            let (set, tag) = (rng.random_bool(0.05), rng.random_range(0..32u64));
            b.overflow_set[i].next = set;
            b.overflow_tag[i].next = tag.into();
            seen[1] |= u32::from(set) << tag;
        }
        b.clear.next = rng.random_bool(0.01);
        if b.clear.next {
            seen = [0; 2];
        }
    });
}

#[test]
fn the_arbiter_equals_its_verilog() {
    lockstep!(Arbiter::default(), "", 9, 4000, |b, rng| {
        b.reset.next = rng.random_bool(0.003);
        b.load_cmd_valid.next = rng.random_bool(0.3);
        b.load_cmd_addr.next = word(rng).into();
        b.load_cmd_len.next = rng.random_range(1..5u64).into();
        b.store_cmd_valid.next = rng.random_bool(0.3);
        b.store_cmd_addr.next = word(rng).into();
        b.store_cmd_len.next = rng.random_range(1..5u64).into();
        b.fetch_cmd_valid.next = rng.random_bool(0.3);
        b.fetch_cmd_addr.next = word(rng).into();
        b.fetch_cmd_len.next = rng.random_range(1..5u64).into();
        b.fetch_urgent.next = rng.random_bool(0.5);
        b.load_data_ready.next = rng.random_bool(0.7);
        b.store_data_valid.next = rng.random_bool(0.7);
        b.store_data.next = word(rng).into();
        b.cmd_ready.next = rng.random_bool(0.6);
        b.wdata_ready.next = rng.random_bool(0.6);
        b.rdata_valid.next = rng.random_bool(0.7);
        b.rdata.next = word(rng).into();
    });
}

#[test]
fn the_controller_equals_its_verilog_while_programs_run() {
    const LENGTH: u64 = 200;
    let config = Config { fetch_aw: 7, ..config::SIM_2X2 };
    let mut memory = MemoryPort::new(2 * LENGTH as usize, 0.8);
    // the host says where the program is, starts it, looks at registers, and now and then stops or clears
    let mut sent = 0u64;
    lockstep!(Controller::<7>::new(&config), "", 10, 6000, |b, rng| {
        if sent == 0 {
            memory.words = program(rng, LENGTH as usize);
        }
        let taken = b.req_valid.val() && b.req_ready.val();
        if taken {
            sent += 1;
        }
        if taken || sent == 0 {
            let (address, data) = match sent {
                0 => (0x14, 0),
                1 => (0x15, LENGTH),
                2 => (0x08, 1),
                _ if rng.random_bool(0.02) => (0x08, rng.random_range(1..8)),
                _ if rng.random_bool(0.2) => (rng.random_range(0x10..0x14), word(rng)),
                _ => (0xff, 0),
            };
            let write = address != 0xff;
            b.req_write.next = write;
            b.req_addr.next = if write { address } else { rng.random_range(0..0x48) }.into();
            b.req_data.next = data.into();
        }
        b.req_valid.next = true;
        b.resp_ready.next = rng.random_bool(0.6);
        let command = b.fetch_cmd_valid.val().then(|| Burst {
            write: false,
            address: u64::from(b.fetch_cmd_addr.val()) as usize,
            len: u64::from(b.fetch_cmd_len.val()) as usize,
        });
        b.fetch_cmd_ready.next = memory.cmd_ready && command.is_some();
        b.fetch_data_valid.next = memory.rdata.is_some();
        b.fetch_data.next = u64::from(memory.rdata.unwrap_or(0)).into();
        memory.clock(Driven { command, wdata: None, rdata_ready: true }, rng);
        (b.load_ready.next, b.compute_ready.next) = (rng.random_bool(0.4), rng.random_bool(0.4));
        b.store_ready.next = rng.random_bool(0.4);
        (b.load_done.next, b.compute_done.next) = (rng.random_bool(0.2), rng.random_bool(0.2));
        b.store_done.next = rng.random_bool(0.2);
        b.store_bad.next = rng.random_bool(0.001);
        b.memory_idle.next = memory.idle() && rng.random_bool(0.97);
        (b.stream_active.next, b.wait_hazard.next) = rng.random();
        (b.word_read.next, b.burst_written.next) = rng.random();
        b.loss_sum.next = word(rng).into();
    });
    assert!(memory.bursts.len() > 10, "{} bursts", memory.bursts.len());
}
