//! `block!`: what each of its forms does, in rust-hdl and in Verilog alike.
use anyhow::{Result, ensure};
use ef_hdl_kit::rand::Rng;
use ef_hdl_kit::{block, export, lockstep, ports, vec_of};
use rust_hdl::prelude::*;

block! {
    /// Every form of a group. And a second sentence.
    pub struct Forms<const N: usize>(limit: u64) -> Result<Self> {
        let last = limit - 1;
        ensure!(limit > 1, "a limit of {limit} is too low");
        in clock: Clock, in reset, clear, step: Bit, in x: [Bits<4>; 2],
        out count: Bits<8>, out held: Bits<4>, out newest: Bits<4>, out pulse full, odd: Bit,
        out all: Vec<Bits<4>> = vec_of(N),
        reg(reset) counter => count: Bits<8>,
        reg(clear) pulse seen => newest: Bits<4>,
        reg kept => held: Bits<4>,
        reg line: Vec<Bits<4>> = vec_of(N),
        net pulse sum: Bits<4>, net both: Bit,
        const one: Bits<8> = 1, const top: Bits<8> = last,
    }
}

impl<const N: usize> Logic for Forms<N> {
    #[hdl_gen]
    fn update(&mut self) {
        self.both.next = self.step.val() & self.x[0].val().get_bit(0);
        if self.step.val() {
            self.counter.d.next = self.counter.q.val() + self.one.val();
            self.seen.d.next = self.x[0].val();
            self.sum.next = self.x[1].val();
            self.full.next = self.counter.q.val() == self.top.val();
        }
        if self.both.val() {
            self.kept.d.next = self.x[0].val();
            self.odd.next = true;
        }
        for i in 0..2 {
            if self.step.val() {
                self.line[i].d.next = self.sum.val();
            }
            self.all[i].next = self.line[i].q.val();
        }
    }
}

#[test]
fn registers_hold_are_cleared_whatever_is_assigned_and_shown_and_pulses_fall_back() {
    let (mut count, mut held, mut newest, mut line) = (0u8, 0u64, 0u64, 0u64);
    let (mut full, mut cleared, mut first) = (0, 0, true);
    lockstep!(Forms::<2>::new(7).unwrap(), "", 1, 4000, |b, rng| {
        // what the edge before has done
        if !first {
            let (step, x) = (b.step.val(), [0, 1].map(|i| b.x[i].val()));
            let [x0, x1] = x.map(u64::from);
            count = if b.reset.val() { 0 } else { count.wrapping_add(step.into()) };
            newest = if step && !b.clear.val() { x0 } else { 0 };
            held = if step && x0 & 1 != 0 { x0 } else { held };
            line = if step { x1 } else { line };
            let shown: [u64; 4] =
                [b.count.val().into(), b.held.val().into(), b.newest.val().into(), b.all[1].val().into()];
            assert_eq!(shown, [count.into(), held, newest, line]);
            cleared += u32::from(b.reset.val() && step);
        }
        first = false;
        b.reset.next = rng.random_range(0..40) == 0;
        b.clear.next = rng.random_range(0..4) == 0;
        b.step.next = rng.random();
        for x in &mut b.x {
            x.next = rng.random_range(0..16u64).into();
        }
        full += u32::from(count == 6);
    });
    assert!(full > 20 && cleared > 20, "{full} times full, {cleared} times cleared against a step");
}

#[test]
fn a_block_is_made_with_its_parameters_or_says_why_not() {
    let error = Forms::<2>::new(1).map(drop).unwrap_err();
    assert_eq!(error.to_string(), "a limit of 1 is too low");
    let names: Vec<String> = ports(&Forms::<2>::new(3).unwrap()).into_iter().map(|port| port.name).collect();
    assert_eq!(names[..4], ["clock", "reset", "clear", "step"]);
}

#[test]
fn the_verilog_begins_with_the_name_and_the_first_sentence() {
    let verilog = export::verilog(&mut Forms::<2>::new(7).unwrap(), "forms").unwrap().source();
    assert!(verilog.starts_with("// Forms: Every form of a group\nmodule forms("), "{verilog}");
}

block! {
    /// A pin in both directions, which a part drives.
    pub struct Pin {
        in value, enable: Bit,
        inout pin: Bit,
        out level: Bit,
        driver: TristateBuffer<Bit>,
    }
}

impl Logic for Pin {
    #[hdl_gen]
    fn update(&mut self) {
        self.driver.write_data.next = self.value.val();
        self.driver.write_enable.next = self.enable.val();
        self.level.next = self.driver.read_data.val();
        Signal::<InOut, Bit>::link(&mut self.pin, &mut self.driver.bus);
    }
}

#[test]
fn a_pin_of_both_directions_is_one_in_the_verilog() {
    let verilog = export::verilog(&mut Pin::default(), "pin").unwrap().source();
    assert!(verilog.contains("inout wire  pin;"), "{verilog}");
}
