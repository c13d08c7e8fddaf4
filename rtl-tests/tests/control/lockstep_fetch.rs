//! What fetches and executes a program against its Verilog, module by module; and the whole controller.
use super::program::{FIELDS, random};
use ef_hdl_kit::lockstep;
use ef_hdl_kit::rand::Rng;
use ef_isa::instr::{self, Engine, Instr};
use ef_isa::{Config, config, regs};
use ef_rtl::control::Controller;
use ef_rtl::control::arrivals::Arrivals;
use ef_rtl::control::execute::Execute;
use ef_rtl::control::fetch::Fetch;
use ef_rtl::control::field_state::FieldState;
use ef_rtl::control::keep::Keep;
use ef_rtl::control::loops::LoopStack;
use ef_rtl::control::predecode::Predecode;
use ef_rtl::control::prefetch::{Prefetch, ReadAhead};
use ef_rtl::control::program_buffer::ProgramBuffer;
use ef_rtl::control::refill::Refill;
use ef_rtl_tests::{Chance, Memory, Pace, drive, group, read_port};

group! {
    "";

    /// A stack of eight counters.
    loop_stack[run 4000]: LoopStack::default() => |run| {
        let mut model: Vec<(u64, u64)> = Vec::new();
        let (mut cycle, mut asked) = (0, 0);
        run.check(|b, rng| {
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
            let (start, jumps, place) = (rng.below(1 << 24), rng.below(4), rng.below(8));
            asked = place as usize;
            b.select.next = place.into();
            b.start.next = start.into();
            b.jumps.next = jumps.into();
            b.reset.next = rng.one_in(1000);
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
    };

    /// While programs run that no test has written.
    fetch[run 5000]: Fetch::<7>::default() => |run| {
        const LENGTH: usize = 900;
        let mut memory = Memory::new(2 * LENGTH + 100, Pace::even(0.7));
        let mut settled = false;
        run.check(|b, rng| {
            // a reset comes only while nothing is under way
            b.reset.next = !settled || b.idle.val() && rng.one_in(20);
            settled = true;
            if b.reset.next {
                // one that may end anywhere, or straight code that runs past its end
                memory.words = program(rng, LENGTH + 50);
                drive!(b, rng; below(100): program_address);
                b.program_length.next = (LENGTH as u64).into();
                if rng.random() {
                    let straight = instr::to_words(&every_field(rng)[..80]);
                    memory.words[..straight.len()].copy_from_slice(&straight);
                    b.program_address.next = 0.into();
                    b.program_length.next = (1 + rng.below(80)).into();
                }
            }
            read_port!(b, memory, rng; cmd_valid, cmd_ready, cmd_addr, cmd_len, word_valid, word);
            drive!(b, rng; not_one_in(20): run; not_one_in(5): push_room);
        });
        assert!(memory.bursts.len() > 50, "{} bursts", memory.bursts.len());
    };
    prefetch[run 4000]: Prefetch::<7>::default() => |run| {
        const LENGTH: usize = 900;
        let mut memory = Memory::new(2 * LENGTH, Pace::even(0.8));
        let (mut pc, mut cycle, mut jumped) = (0u64, 0, 0);
        run.check(|b, rng| {
            if cycle == 0 {
                memory.words = program(rng, LENGTH);
                b.program_length.next = (LENGTH as u64).into();
            }
            b.reset.next = cycle == 0;
            cycle += 1;
            read_port!(b, memory, rng; cmd_valid, cmd_ready, cmd_addr, cmd_len, word_valid, word);
            // `pc` stays for two cycles after a jump
            jumped = if jumped > 0 { jumped - 1 } else { 0 };
            b.jump.next = jumped == 0 && pc > 0 && rng.one_in(60);
            let may_take = jumped == 0 && !b.jump.next && b.instruction_valid.val();
            b.instruction_take.next = may_take && rng.not_one_in(4);
            if b.jump.next {
                (pc, jumped) = (rng.below(pc), 3);
            } else if b.instruction_take.next {
                pc += 1;
            }
            b.pc.next = pc.into();
            drive!(b, rng; not_one_in(50): run; one_in(40): loop_push, loop_pop; one_in(200): halt);
            b.loop_start.next = pc.into();
            b.loop_selected.next = (pc & 0xffff).into();
        });
        assert!(memory.bursts.len() > 30, "{} bursts", memory.bursts.len());
    };
    keep[3000]: Keep::<7>::default() => |b, rng| {
        drive!(b, rng; one_in(500): reset; one_in(12): push, pop; below(400): pc, selected, start);
    };
    refill[4000]: Refill::<7>::default() => |b, rng| {
        drive!(b, rng; one_in(300): reset; not_one_in(10): run, few; one_in(30): halt, jump;
               any(): program_address;
               below(300): pc, keep, got; count(400): program_length; one_in(3): cmd_ready);
    };
    arrivals[3000]: Arrivals::default() => |b, rng| {
        drive!(b, rng; one_in(200): reset; one_in(12): more; below(33): count; any(): pc; one_in(60): far;
               one_in(2): word_valid);
        b.word_valid.next &= !b.idle.val();
    };
    program_buffer[1000]: ProgramBuffer::<4>::default() => |b, rng| {
        drive!(b, rng; any(): write_low, write_high, write_address, word, read_address);
    };
    read_ahead[3000]: ReadAhead::default() => |b, rng| {
        drive!(b, rng; one_in(300): reset; one_in(40): jump; one_in(150): far; below(12): pc, got;
               one_in(3): took);
    };
    predecode[comb 1000]: Predecode::default() => |b, rng| {
        let word = instruction(rng);
        b.low.next = (word & 0xffff_ffff).into();
        b.high.next = (word >> 32).into();
    };
    execute[4000]: Execute::default() => |b, rng| {
        drive!(b, rng; one_in(60): reset; not_one_in(10): run; below(200): program_length, loop_top;
               any(): data, instruction_valid; not_one_in(4): room, loop_again;
               one_in(8): loop_empty, loop_full);
        // stream, operation, engine and field
        let operation = if rng.one_in(20) { rng.below(8) } else { [1, 2, 3, 4, 5][rng.random_range(0..5)] };
        b.kind.next = (rng.below(8) << 12 | operation << 8 | rng.below(3) << 6 | rng.below(64)).into();
    };
    field_state[3000]: FieldState::default() => |b, rng| {
        drive!(b, rng; one_in(300): reset; not_one_in(4): in_valid; one_in(4): in_issue;
               any(): in_set, in_data;
               below(3): in_engine; below(2): in_stream, in_field; one_in(10): halted);
    };
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
    instr::to_words(&instructions)
}

/// While legal programs run that set every field: the host says where the program is, starts it, looks at
/// registers, and now and then stops, clears or starts again.
#[test]
fn controller() {
    let config = Config { fetch_aw: 7, ..config::SIM_2X2 };
    let mut memory = Memory::new(4096, Pace::even(0.9));
    let (mut sent, mut length) = (0, 0);
    lockstep!(Controller::<7>::new(&config), "", 10, 3500, |b, rng| {
        if length == 0 {
            let program = every_field(rng);
            length = program.len() as u64;
            memory.words[..2 * program.len()].copy_from_slice(&instr::to_words(&program));
        }
        let taken = b.req_valid.val() && b.req_ready.val();
        sent += u32::from(taken);
        if taken || sent == 0 {
            let write = match sent {
                0 => Some((regs::PROGRAM_ADDRESS, 0)),
                1 => Some((regs::PROGRAM_LENGTH, length)),
                2 => Some((regs::CONTROL, regs::control::START.into())),
                _ if !b.busy.val() && rng.one_in(4) => Some((regs::CONTROL, regs::control::START.into())),
                _ if rng.one_in(150) => Some((regs::CONTROL, rng.below(8))),
                _ if rng.one_in(5) => {
                    Some((regs::LEARNING_RATE + rng.below(4) as u32, rng.any() & 0xffff_ffff))
                }
                _ => None,
            };
            let (address, data) = write.unwrap_or((rng.below(0x48) as u32, 0));
            b.req_write.next = write.is_some();
            b.req_addr.next = u64::from(address).into();
            b.req_data.next = data.into();
        }
        b.req_valid.next = true;
        read_port!(b, memory, rng; fetch_cmd_valid, fetch_cmd_ready, fetch_cmd_addr, fetch_cmd_len,
                   fetch_data_valid, fetch_data);
        drive!(b, rng; not_one_in(3): resp_ready, load_ready, compute_ready, store_ready;
               one_in(600): store_bad;
               one_in(2): load_done, compute_done, store_done; one_in(5): overflow_set;
               any(): stream_active, wait_hazard, word_read, burst_written, loss_sum, overflow_tag);
        b.memory_idle.next = memory.idle() && rng.not_one_in(30);
    });
    assert!(memory.bursts.len() > 10, "{} bursts", memory.bursts.len());
}

/// A legal program whose commands give every field of every descriptor a value.
fn every_field(rng: &mut impl Rng) -> Vec<u64> {
    let mut program = Vec::new();
    for engine in Engine::ALL {
        let fields = 0..FIELDS[engine as usize].len() as u8;
        program.extend(fields.map(|field| Instr::Set { engine, stream: 0, field, value: rng.random() }));
        program.push(Instr::Issue { engine, wait: 0, signal: 0 });
    }
    program.extend(random(rng, 250, 20));
    program.into_iter().map(Instr::encode).collect()
}
