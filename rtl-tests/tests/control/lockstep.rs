//! Modules against their Verilog, with random inputs: queues, tokens, registers, counters, the way to memory.
use ef_hdl_kit::rand::Rng;
use ef_isa::{Descriptor, StoreDesc, config};
use ef_rtl::control::counters::{Counters, EventCounter, Events};
use ef_rtl::control::descriptor::{DescriptorField, DescriptorFile};
use ef_rtl::control::dispatch::Dispatch;
use ef_rtl::control::host_port::HostPort;
use ef_rtl::control::overflow::OverflowBits;
use ef_rtl::control::pack::Pack4;
use ef_rtl::control::queue::{CommandQueue, EntryHead, QueueState};
use ef_rtl::control::read_mux::{Mux4, ReadMux};
use ef_rtl::control::registers::{InstructionWord, Registers};
use ef_rtl::control::run_control::RunControl;
use ef_rtl::control::signals::SignalOrder;
use ef_rtl::control::tokens::{TokenCounter, Tokens};
use ef_rtl::control::write_registers::WriteRegisters;
use ef_rtl::memory::Arbiter;
use ef_rtl::memory::arbiter::{Quiet, WordsUnderWay};
use ef_rtl::memory::merge::CommandMerge;
use ef_rtl::memory::owners::ReadOwners;
use ef_rtl_tests::{Chance, drive, group};

/// Fields of the descriptor whose queue is tested.
const FIELDS: u64 = StoreDesc::FIELDS.len() as u64;

group! {
    "";

    token_counter[600]: TokenCounter::default() => |b, rng| {
        drive!(b, rng; one_in(40): reset; any(): put, take);
    };
    /// They count up to 255 and never below 0.
    tokens[run 4500;
        constant("some$0", "an engine does not wait for itself");
        constant("some$4", "nor does the second");
        constant("some$8", "nor does the third")
    ]: Tokens::default() => |run| {
        let mut counts = [0u32; 9];
        let mut phase = 0;
        run.check(|b, rng| {
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
            b.reset.next = phase % 2000 == 1999;
            if b.reset.next {
                counts = [0; 9];
            }
        });
    };
    command_queue[4000]: CommandQueue::<StoreDesc>::default() => |b, rng| {
        drive!(b, rng; one_in(300): reset; one_in(100): flush; one_in(3): push_issue, done;
               below(FIELDS): push_field;
               any(): push_data, ready; not_one_in(3): some, push_valid);
        b.push_valid.next &= b.push_room.val();
    };
    entry_head[comb 300]: EntryHead::default() => |b, rng| {
        drive!(b, rng; any(): push_issue, push_field, kind);
    };
    queue_state[comb 100]: QueueState::default() => |b, rng| drive!(b, rng; any(): empty, start, none);
    dispatch[2000]: Dispatch::default() => |b, rng| {
        drive!(b, rng; one_in(300): reset; one_in(60): flush; any(): entry_issue, entry_data, engine_ready;
               not_one_in(4): entry_valid, room, some; one_in(2): push_valid);
        b.push_valid.next &= b.push_room.val();
    };
    descriptor_field[600]: DescriptorField::<5>::new(3) => |b, rng| {
        drive!(b, rng; one_in(60): reset; any(): write, word; below(5): index);
    };
    descriptor_file[2000]: DescriptorFile::<StoreDesc>::default() => |b, rng| {
        drive!(b, rng; one_in(500): reset; not_one_in(4): write; any(): word; below(FIELDS): index);
    };
    signal_order[1500]: SignalOrder::default() => |b, rng| {
        drive!(b, rng; one_in(200): reset; any(): mask; one_in(3): done; not_one_in(3): accept);
        b.accept.next &= b.room.val();
    };

    host_port[2000]: HostPort::default() => |b, rng| {
        drive!(b, rng; one_in(500): reset; not_one_in(3): req_valid;
               any(): req_write, resp_ready, req_data, value;
               below(0x48): req_addr);
    };
    mux4[200]: Mux4::default() => |b, rng| drive!(b, rng; any(): select, word);
    read_mux[400]: ReadMux::default() => |b, rng| drive!(b, rng; any(): select0, select1, select2, word);
    write_registers[3000]: WriteRegisters::default() => |b, rng| {
        drive!(b, rng; one_in(500): reset; not_one_in(3): write; any(): data; below(0x18): address);
    };
    pack4[comb 100]: Pack4::default() => |b, rng| drive!(b, rng; any(): bits);
    instruction_word[comb 100]: InstructionWord::default() => |b, rng| drive!(b, rng; any(): number);
    registers[2500]: Registers::new(&config::FP32_8X8) => |b, rng| {
        drive!(b, rng; one_in(500): reset; not_one_in(3): req_valid; any(): req_write, req_data, resp_ready;
               below(0x48): req_addr; any(): busy, done, error, stopped, overflow, pc, loss_sum, mean_loss,
               correct;
               any(): errors, count);
    };
    run_control[5000]: RunControl::default() => |b, rng| {
        drive!(b, rng; one_in(1000): reset; one_in(10): start; one_in(50): stop; one_in(100): clear, bad;
               one_in(3): finished; not_one_in(5): queue_idle; not_one_in(20): memory_idle, fetch_idle;
               one_in(100): bad_instruction, bad_loop, program_end);
    };
    event_counter[500]: EventCounter::default() => |b, rng| {
        drive!(b, rng; one_in(60): clear; any(): happened);
    };
    events[comb 500]: Events::default() => |b, rng| {
        drive!(b, rng; any(): busy, stream_active, wait_stationary, wait_hazard, compute_ready, load_active,
               store_active;
               any(): word_read, word_written, burst_read, burst_written, word_fetched, burst_fetched;
               below(3): phase);
    };
    counters[1500]: Counters::default() => |b, rng| {
        drive!(b, rng; one_in(500): clear; not_one_in(10): busy; below(3): phase;
               any(): stream_active, wait_stationary, wait_hazard, compute_ready, load_active, store_active;
               any(): word_read, word_written, burst_read, burst_written, word_fetched, burst_fetched);
    };
    /// They stick until cleared.
    overflow_bits[run 2500]: OverflowBits::default() => |run| {
        let mut seen = [0u32; 2];
        run.check(|b, rng| {
            // the bits of a cycle show two cycles later
            assert_eq!(u64::from(b.bits.val()), u64::from(seen[0]));
            seen[0] = seen[1];
            for i in 0..2 {
                let (set, tag) = (rng.one_in(20), rng.below(32));
                b.overflow_set[i].next = set;
                b.overflow_tag[i].next = tag.into();
                seen[1] |= u32::from(set) << tag;
            }
            b.clear.next = rng.one_in(100);
            if b.clear.next {
                seen = [0; 2];
            }
        });
    };

    words_under_way[1500]: WordsUnderWay::default() => |b, rng| {
        drive!(b, rng; one_in(200): reset; one_in(20): more; below(5): len; any(): word_valid, word_ready);
        b.word_valid.next &= !b.none.val();
    };
    quiet[300]: Quiet::default() => |b, rng| {
        drive!(b, rng; one_in(6): load_valid, store_valid, fetch_valid, cmd_valid;
               not_one_in(6): reads_none, writes_none);
    };
    command_merge[2000]: CommandMerge::default() => |b, rng| {
        drive!(b, rng; one_in(300): reset; one_in(3): load_valid, store_valid, fetch_valid;
               not_one_in(4): room;
               any(): load_addr, load_len, store_addr, store_len, fetch_addr, fetch_len, urgent, cmd_ready);
    };
    read_owners[2500]: ReadOwners::default() => |b, rng| {
        drive!(b, rng; one_in(600): reset; one_in(3): more; any(): more_fetch;
               not_one_in(4): word_valid, load_ready);
        b.more_len.next = (1 + rng.below(4)).into();
        b.more.next &= b.room.val();
    };
    arbiter[2500]: Arbiter::default() => |b, rng| {
        drive!(b, rng; one_in(300): reset; one_in(3): load_cmd_valid, store_cmd_valid, fetch_cmd_valid;
               any(): load_cmd_addr, store_cmd_addr, fetch_cmd_addr, store_data, rdata, fetch_urgent;
               not_one_in(3): load_data_ready, store_data_valid, cmd_ready, wdata_ready, rdata_valid);
        for len in [&mut b.load_cmd_len, &mut b.store_cmd_len, &mut b.fetch_cmd_len] {
            len.next = (1 + rng.below(4)).into();
        }
    };
}
