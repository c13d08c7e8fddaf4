//! The blocks between the pins and the bytes of frames, against their Verilog and against software.

use ef_hdl_kit::Vsim;
use ef_hdl_kit::rand::Rng;
use ef_link::slip::{self, Decoder, Delimited, END, ESC, ESC_END, ESC_ESC};
use ef_rtl_tests::{Chance, drive, group, seeded};
use ef_soc::link::bit_timer::{BitTimer, HALF};
use ef_soc::link::slip_decoder::SlipDecoder;
use ef_soc::link::slip_encoder::SlipEncoder;
use ef_soc::link::uart_rx::UartRx;
use ef_soc::link::uart_tx::UartTx;
use std::collections::VecDeque;

/// `step` of 8.7 cycles per bit.
const STEP: u64 = (10 << 20) / 87;

/// A byte of which many are delimiters.
fn byte(rng: &mut impl Rng) -> u8 {
    if rng.random() { rng.random() } else { [END, ESC, ESC_END, ESC_ESC][rng.random_range(0..4)] }
}

/// The level of a line in a cycle, for bytes that start every `period` cycles.
pub fn line(bytes: &[u8], period: f64, cycle: u64) -> bool {
    let (number, cycle) = ((cycle as f64 / period) as usize, cycle as f64 % period);
    match (cycle / 8.7) as usize {
        0 => false,
        bit @ 1..=8 => bytes[number % bytes.len()] >> (bit - 1) & 1 != 0,
        _ => true,
    }
}

group! {
    "";

    /// It keeps the mean of its rate.
    bit_timer[run 20000]: BitTimer::<HALF>::default() => |run| {
        let (mut cycles, mut ticks) = (0u64, 0u64);
        run.check(|b, _rng| {
            let restart = cycles < 2;
            b.restart.next = restart;
            b.step.next = STEP.into();
            ticks += u64::from(b.tick.val());
            cycles += 1;
            assert!(ticks.abs_diff((cycles * STEP) >> 20) <= 1, "{ticks} in {cycles} cycles");
        });
    };
    /// It receives what is on the line despite glitches.
    uart_rx[run 20000]: UartRx::default() => |run| {
        let bytes: Vec<u8> = (0..=255).map(|i: u8| i.wrapping_mul(37)).collect();
        let mut received = Vec::new();
        let mut cycle = 0;
        run.check(|b, rng| {
            cycle += 1;
            b.reset.next = cycle < 3;
            b.step.next = STEP.into();
            // one wrong sample now and then, seldom twice in three
            b.rx.next = (cycle < 20 || line(&bytes, 90.0, cycle - 20))
                ^ (rng.one_in(500) && cycle % 10 == 0);
            if b.valid.val() {
                received.push(u64::from(b.data.val()) as u8);
            }
        });
        let right = received.iter().zip(bytes.iter().cycle()).filter(|(a, b)| a == b).count();
        assert!(right == received.len() && right > 200, "{right} of {}", received.len());
    };
    /// It sends bytes that another receives.
    uart_tx[run 20000]: UartTx::default() => |run| {
        let (mut sent, mut received) = (Vec::new(), Vec::new());
        let (mut cycle, mut start, mut low, mut shift) = (0u64, None, false, 0u8);
        let mut offer = None;
        run.check(|b, rng| {
            // outputs are of the cycle before; `ready` there took what was offered there
            if b.ready.val()
                && let Some(taken) = offer.take()
            {
                sent.push(taken);
            }
            match start {
                None if !b.tx.val() && cycle > 5 => start = Some(cycle),
                Some(at) if (cycle - at) * 10 % 87 / 10 == 4 => {
                    let bit = (cycle - at) * 10 / 87;
                    match bit {
                        0 => low = !b.tx.val(),
                        1..=8 => shift = shift >> 1 | if b.tx.val() { 0x80 } else { 0 },
                        _ => {
                            assert!(low && b.tx.val(), "start and stop bit");
                            received.push(shift);
                            start = None;
                        }
                    }
                }
                _ => {}
            }
            if offer.is_none() && rng.one_in(60) {
                offer = Some(byte(rng));
            }
            b.reset.next = cycle < 3;
            b.step.next = STEP.into();
            if cycle < 3 {
                offer = None;
            }
            b.valid.next = offer.is_some();
            b.data.next = u64::from(offer.unwrap_or(0x55)).into();
            cycle += 1;
        });
        assert!(sent.starts_with(&received) && received.len() > 100 && sent.len() - received.len() < 3);
    };
    /// It finds the frames that the software finds.
    slip_decoder[run 10000]: SlipDecoder::default() => |run| {
        let (mut expected, mut seen) = (Vec::new(), Vec::new());
        let mut software = Decoder::default();
        let (mut bytes, mut bad) = (Vec::new(), false);
        let mut first = true;
        run.check(|b, rng| {
            if b.valid.val() {
                bytes.push(u64::from(b.data.val()) as u8);
            }
            bad |= b.wrong.val();
            if b.finish.val() {
                let bytes = std::mem::take(&mut bytes);
                match std::mem::take(&mut bad) {
                    true => seen.push(Delimited::Malformed),
                    false if bytes.is_empty() => {}
                    false => seen.push(Delimited::Frame(bytes)),
                }
            }
            let next = (!first && rng.one_in(3)).then(|| byte(rng));
            b.reset.next = std::mem::take(&mut first);
            b.in_valid.next = next.is_some();
            b.in_data.next = u64::from(next.unwrap_or(END)).into();
            expected.extend(next.and_then(|byte| software.push(byte)));
        });
        seen.truncate(expected.len());
        assert!(seen.len() > 300 && expected[..seen.len()] == seen);
        assert!(seen.iter().filter(|d| **d == Delimited::Malformed).count() > 50);
    };
    slip_encoder[2000]: SlipEncoder::default() => |b, rng| {
        drive!(b, rng; one_in(50): reset; any(): in_valid, in_end, ready);
        b.in_data.next = u64::from(byte(rng)).into();
    };
}

#[test]
fn an_encoder_makes_the_bytes_that_the_software_makes() {
    let mut sim = Vsim::of(&mut SlipEncoder::default(), "top").unwrap();
    let mut rng = seeded(5);
    for _ in 0..300 {
        let frame: Vec<u8> = (0..rng.random_range(1..20)).map(|_| byte(&mut rng)).collect();
        let mut symbols: VecDeque<_> = frame.iter().map(|byte| Some(*byte)).collect();
        symbols.push_front(None);
        symbols.push_back(None);
        let mut wire = Vec::new();
        while let Some(symbol) = symbols.front() {
            let ready = rng.random();
            sim.set("in_valid", 1);
            sim.set("in_end", symbol.is_none().into());
            sim.set("in_data", symbol.unwrap_or_else(|| byte(&mut rng)).into());
            sim.set("ready", u64::from(ready));
            sim.eval();
            if ready && sim.get("valid") != 0 {
                wire.push(sim.get("data") as u8);
            }
            let taken = sim.get("in_ready") != 0;
            sim.tick();
            if taken {
                symbols.pop_front();
            }
        }
        assert_eq!(wire, slip::encode(&frame));
    }
}
