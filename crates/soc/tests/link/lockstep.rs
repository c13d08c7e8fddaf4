//! The other blocks and the whole against their Verilog.

use crate::line::line;
use ef_hdl_kit::Lockstep;
use ef_hdl_kit::rand::Rng;
use ef_link::frame::{CRC_POLYNOMIAL, CRC_START, Frame, Op, REPLY};
use ef_link::slip;
use ef_rtl_tests::{Chance, drive, group};
use ef_soc::link::crc::Crc;
use ef_soc::link::executor::{Executor, ExecutorSteps, RequestKind};
use ef_soc::link::memory_word::MemoryWord;
use ef_soc::link::receiver::FrameReceiver;
use ef_soc::link::request_ram::RequestRam;
use ef_soc::link::sender::FrameSender;
use ef_soc::link::session::Session;
use ef_soc::link::{HostLink, LinkSettings};
use std::collections::VecDeque;

group! {
    "";

    /// It is that of the polynomial.
    crc[run 8000]: Crc::default() => |run| {
        let mut expected = CRC_START;
        let mut bytes = 0;
        let mut settled = false;
        run.check(|b, rng| {
            if settled && !b.busy.val() {
                assert_eq!(u64::from(b.value.val()), u64::from(expected), "after {bytes} bytes");
            }
            let start = !settled || rng.one_in(200);
            let valid = !start && (!b.busy.val()) && rng.random();
            let data: u8 = rng.random();
            b.start.next = start;
            b.valid.next = valid;
            b.data.next = u64::from(data).into();
            if start {
                expected = CRC_START;
            } else if valid {
                bytes += 1;
                expected ^= u32::from(data);
                for _ in 0..8 {
                    expected = expected >> 1 ^ if expected & 1 != 0 { CRC_POLYNOMIAL } else { 0 };
                }
            }
            settled = true;
        });
        assert!(bytes > 300);
    };
    /// It reports good frames and drops others.
    frame_receiver[run 15000]: FrameReceiver::default() => |run| {
        let mut wire: VecDeque<(u8, bool)> = VecDeque::new();
        let (mut good, mut dropped, mut frames) = (0, 0, 0);
        let (mut cycle, mut last) =
            (0u64, Frame { op: 0, sequence: 0, count: 0, session: 0, word2: 0, payload: vec![] });
        run.check(|b, rng| {
            dropped += u32::from(b.dropped.val());
            if b.good.val() {
                good += 1;
                let Frame { op, sequence, count, session, word2, payload } = &last;
                let header = [b.op.val(), b.number.val()].map(|x| u64::from(x) as u8);
                assert_eq!(header, [*op, *sequence]);
                assert_eq!(op & REPLY, 0, "a reply is no request");
                assert_eq!(u64::from(b.count.val()), u64::from(*count));
                assert_eq!(
                    (u64::from(b.session.val()), u64::from(b.address.val())),
                    ((*session).into(), (*word2).into())
                );
                assert_eq!(u64::from(b.length.val()), payload.len() as u64 + 1);
            }
            cycle += 1;
            let send = cycle > 3 && cycle % 10 == 0;
            if send && wire.is_empty() {
                frames += 1;
                let payload: Vec<u32> = (0..rng.random_range(0..6)).map(|_| rng.random()).collect();
                let reply = if rng.one_in(4) { REPLY } else { 0 };
                last = Frame {
                    op: rng.random::<u8>() >> 1 | reply,
                    sequence: rng.random(),
                    count: rng.random(),
                    session: rng.random(),
                    word2: rng.random(),
                    payload,
                };
                let mut bytes = last.bytes();
                match rng.random_range(0..4) {
                    0 => bytes[5] ^= 4,
                    1 => bytes.truncate(rng.random_range(1..12)),
                    _ => {}
                }
                wire.extend(bytes.into_iter().map(|byte| (byte, false)).chain([(0, true)]));
            }
            let next = if send { wire.pop_front() } else { None };
            b.reset.next = cycle < 3;
            b.listen.next = true;
            b.valid.next = matches!(next, Some((_, false)));
            b.finish.next = matches!(next, Some((_, true)));
            b.wrong.next = false;
            b.data.next = u64::from(next.map_or(0, |(byte, _)| byte)).into();
        });
        assert!(good > 20 && dropped > 10 && good + dropped + 2 > frames, "{good} {dropped} {frames}");
    };
    session[3000]: Session::default() => |b, rng| {
        drive!(b, rng; one_in(100): reset; below(7): op; below(2): number; below(3): count, length, session;
               below(12): address; any(): busy, record; below(8): status);
        b.memory_words.next = 10.into();
    };
    memory_word[2000; constant("cmd_len", "the link moves single words")]: MemoryWord::default() => |b, rng| {
        drive!(b, rng; one_in(100): reset; any(): start, write, address, data, cmd_ready, wdata_ready,
               rdata_valid, rdata);
        b.start.next &= !b.busy.val();
    };
    request_ram[2000]: RequestRam::default() => |b, rng| {
        drive!(b, rng; any(): received, received_word, stored, stored_word, replying;
               below(8): received_index, index, reply_index);
    };
    executor[run 12000]: Executor::default() => |run| {
        let mut request = (0u64, 0u64, 0u64);
        run.check(|b, rng| {
            drive!(b, rng; one_in(2000): reset; one_in(8): good; below(8): verdict; not_one_in(8): proceed;
                   any(): fetched, req_ready, resp_valid, resp_data, memory_busy, memory_read;
                   one_in(20): sent);
            b.good.next &= b.listen.val();
            if b.good.next {
                request = (1 + rng.below(5), 1 + rng.below(8), rng.below(0x1000));
            }
            let (op, count, address) = request;
            (b.op.next, b.count.next, b.address.next) = (op.into(), count.into(), address.into());
            b.memory_words.next = 1000.into();
        });
    };
    request_kind[800]: RequestKind::default() => |b, rng| {
        drive!(b, rng; below(6): op; below(8): count, at; any(): address, mask);
    };
    executor_steps[12000]: ExecutorSteps::default() => |b, rng| {
        drive!(b, rng; one_in(2000): reset; one_in(8): good; below(8): verdict; not_one_in(8): proceed;
               any(): fetched, req_ready, resp_valid, resp_data, memory_busy, memory_read, memory_words;
               one_in(20): sent);
        if b.good.next && b.listen.val() {
            drive!(b, rng; one_in(4): hello; one_in(2): writes, memory; any(): count, address);
        }
        drive!(b, rng; one_in(3): last; below(8): following);
    };
    frame_sender[run 12000]: FrameSender::default() => |run| {
        let mut left = 0;
        run.check(|b, rng| {
            drive!(b, rng; one_in(4000): reset; one_in(4): ready);
            left = if left == 0 { 3000 } else { left - 1 };
            b.send.next = left == 2990;
            b.op.next = (left / 3000 + 5).into();
            b.number.next = 7.into();
            b.words.next = 5.into();
            b.status.next = 0.into();
            b.fetched.next = (u64::from(b.index.val()) * 0x5_c0db).into();
        });
    };
}

/// Every kind of request, over the wire.
#[test]
fn host_link() {
    let settings = LinkSettings { clock_hz: 87_000_000, baud: 10_000_000, memory_words: 100 };
    let requests = [
        (Op::Hello, 0, 0, 0, vec![]),
        (Op::WriteMemory, 1, 2, 10, vec![0xdbc0_0001, 2]),
        (Op::ReadMemory, 2, 2, 10, vec![]),
        (Op::WriteRegisters, 3, 2, 0x0141, vec![3, 4]),
        (Op::ReadRegisters, 4, 2, 0x41, vec![]),
    ];
    let wires = requests.map(|(op, sequence, count, word2, payload)| {
        let frame = Frame { op: op as u8, sequence, count, session: 9, word2, payload };
        slip::encode(&frame.bytes())
    });
    // and one that was damaged on its way
    let mut damaged = wires[0].clone();
    damaged[3] ^= 0x10;
    let wires = [&wires[..], &[damaged]].concat();
    // bytes start 90 cycles apart, requests 6000
    let (mut cycle, mut replies, mut accesses, mut words) = (0u64, 0, 0, 0);
    let (mut asks, mut commands) = (false, false);
    let run = Lockstep::new(HostLink::new(&settings).unwrap()).seed(13).cycles(32_500);
    let run = run.constant("cmd_len", "the link moves single words");
    run.clock(|b, level| b.clock.next = level.into()).check(|b, rng| {
        let (number, at) = (cycle.saturating_sub(100) / 6000, cycle.saturating_sub(100) % 6000);
        let wire = &wires[number as usize];
        b.rx.next = cycle < 100 || at >= wire.len() as u64 * 90 || line(wire, 90.0, at);
        b.reset.next = cycle < 5;
        cycle += 1;
        replies += u32::from(b.activity.val());
        accesses += u32::from(b.req_valid.val() && !asks);
        words += u32::from(b.cmd_valid.val() && !commands);
        (asks, commands) = (b.req_valid.val(), b.cmd_valid.val());
        drive!(b, rng; any(): req_ready, resp_valid, resp_data, cmd_ready, wdata_ready, rdata_valid, rdata);
        b.accelerator_busy.next = false;
    });
    assert_eq!((replies, accesses, words), (5, 4, 4));
}

#[test]
fn a_baud_rate_that_the_clock_cannot_make_is_refused() {
    let settings = LinkSettings { clock_hz: 25_000_000, baud: 4_000_000, memory_words: 1 };
    let error = HostLink::new(&settings).err().unwrap().to_string();
    assert!(error.contains("4000000 baud") && error.contains("3125000 baud are possible"), "{error}");
}
