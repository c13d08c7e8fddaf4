//! The chip model driven by hand: rules that no controller of ours could break.

use crate::bench::{Drive, Pins, SdramBench, part};
use ef_board::SdramPart;
use ef_soc::sdram::SdramTiming;

const HZ: u64 = 100_000_000;
const IDLE: Pins = Pins {
    cke: true,
    cs_n: false,
    ras_n: true,
    cas_n: true,
    we_n: true,
    ba: 0,
    a: 0,
    dqm: 0,
    dq: 0,
    oe: false,
};
const ALL: u16 = 1 << 10;

fn activate(ba: u8, a: u16) -> Pins {
    Pins { ras_n: false, ba, a, ..IDLE }
}
fn read(ba: u8, a: u16) -> Pins {
    Pins { cas_n: false, ba, a, ..IDLE }
}
fn write(ba: u8, a: u16, dq: u16) -> Pins {
    Pins { cas_n: false, we_n: false, ba, a, dq, oe: true, ..IDLE }
}
fn data(dq: u16) -> Pins {
    Pins { dq, oe: true, ..IDLE }
}
fn precharge(ba: u8, a: u16) -> Pins {
    Pins { ras_n: false, we_n: false, ba, a, ..IDLE }
}
const REFRESH: Pins = Pins { ras_n: false, cas_n: false, ..IDLE };
fn mode(a: u16) -> Pins {
    Pins { ras_n: false, cas_n: false, we_n: false, a, ..IDLE }
}

/// A chip that has just got power, and as it is when a controller has set it up with burst length 2.
struct Chip {
    bench: SdramBench,
    last: Drive,
}

impl Chip {
    fn unpowered() -> Chip {
        let part = SdramPart { power_up_us: 1.0, ..part("mt48lc16m16a2") };
        // the bench has held the controller in reset, with CKE low, which the chip does not take for power
        Chip {
            bench: SdramBench::new(&SdramTiming::new(&part, HZ).unwrap(), &part, HZ),
            last: Drive::default(),
        }
    }

    fn ready() -> Chip {
        let mut chip = Chip::unpowered();
        chip.nops(110).then(precharge(0, ALL), 8).then(REFRESH, 8).then(REFRESH, 8).then(mode(0x21), 4);
        assert_eq!(chip.broken(), "");
        chip
    }

    /// A command and so many clocks without one: the next is `clocks` later.
    fn then(&mut self, pins: Pins, clocks: u32) -> &mut Chip {
        self.last = self.bench.pins(&pins);
        self.nops(clocks - 1)
    }

    fn nops(&mut self, clocks: u32) -> &mut Chip {
        for _ in 0..clocks {
            self.last = self.bench.pins(&IDLE);
        }
        self
    }

    /// Names of the broken rules, each once, in order.
    fn broken(&self) -> String {
        let texts = self.bench.violations();
        let mut rules: Vec<&str> = texts.iter().filter_map(|text| text.split(": ").nth(1)).collect();
        rules.dedup();
        rules.join(", ")
    }
}

/// The chip set up, then these commands, each with the clocks until the next.
fn broken(commands: &[(Pins, u32)]) -> String {
    let mut chip = Chip::ready();
    for (pins, clocks) in commands {
        chip.then(*pins, *clocks);
    }
    chip.broken()
}

#[test]
fn a_burst_comes_cas_latency_clocks_later_low_half_first_and_wraps() {
    let mut chip = Chip::ready();
    chip.then(activate(1, 5), 2).then(write(1, 8, 0x1111), 1).then(data(0x2222), 1);
    chip.then(read(1, 8), 1);
    assert_eq!(chip.last.bytes, 0);
    chip.nops(1);
    assert_eq!(chip.last, Drive { dq: 0x1111, bytes: 3 });
    chip.nops(1);
    assert_eq!(chip.last, Drive { dq: 0x2222, bytes: 3 });
    chip.nops(1);
    assert_eq!(chip.last.bytes, 0);
    chip.then(read(1, 9), 2);
    assert_eq!(chip.last.dq, 0x2222);
    chip.nops(1);
    assert_eq!(chip.last.dq, 0x1111);
    assert_eq!(chip.broken(), "");
}

#[test]
fn dqm_masks_written_bytes_at_once_and_read_bytes_two_clocks_later() {
    let mut chip = Chip::ready();
    chip.then(activate(0, 0), 2).then(write(0, 0, 0x1111), 1).then(data(0x2222), 1);
    chip.then(Pins { dqm: 2, ..write(0, 0, 0x3333) }, 1).then(Pins { dqm: 3, ..IDLE }, 3);
    chip.then(Pins { dqm: 1, ..read(0, 0) }, 2);
    assert_eq!(chip.last, Drive { dq: 0x1133, bytes: 2 });
    chip.nops(1);
    assert_eq!(chip.last, Drive { dq: 0x2222, bytes: 3 });
    assert_eq!(chip.broken(), "");
}

#[test]
fn commands_must_suit_the_state_of_the_bank() {
    let open = (activate(0, 0), 8);
    for (commands, rule) in [
        (&[(read(0, 0), 4)][..], "bank state"),
        (&[open, (read(1, 0), 4)], "bank state"),
        (&[open, (activate(0, 1), 4)], "bank state"),
        (&[open, (REFRESH, 8)], "bank state"),
        (&[open, (mode(0x21), 4)], "bank state"),
        (&[open, (precharge(1, 0), 3), (precharge(0, 0), 3), (REFRESH, 8)], ""),
        (&[open, (precharge(2, ALL), 3), (activate(0, 1), 3)], ""),
        (&[open, (read(0, ALL), 6), (read(0, 0), 4)], "bank state"),
        (&[open, (write(0, ALL, 1), 1), (data(2), 6), (activate(0, 1), 3)], ""),
        (&[open, (write(0, ALL, 1), 1), (data(2), 3), (activate(0, 1), 3)], "tRP"),
        (&[open, (read(0, ALL), 1), (read(0, 0), 4)], "interrupt"),
        (&[open, (read(0, 0), 1), (read(0, 8), 4)], ""),
        (&[open, (read(0, 0x200), 4)], "address"),
    ] {
        assert_eq!(broken(commands), rule, "{commands:x?}");
    }
}

#[test]
fn only_one_side_drives_the_data_pins() {
    let open = (activate(0, 0), 8);
    for (commands, rule) in [
        (&[open, (read(0, 0), 5), (write(0, 0, 1), 1), (data(2), 4)][..], ""),
        (&[open, (read(0, 0), 4), (write(0, 0, 1), 1), (data(2), 4)], "contention"),
        (&[open, (read(0, 0), 1), (data(2), 4)], "contention"),
        (&[open, (write(0, 0, 1), 1), (data(2), 1), (read(0, 0), 4)], ""),
        (&[open, (write(0, 0, 1), 4)], "data"),
        (&[open, (Pins { oe: false, ..write(0, 0, 1) }, 1), (data(2), 4)], "data"),
    ] {
        assert_eq!(broken(commands), rule, "{commands:x?}");
    }
}

#[test]
fn clock_enable_stays_high() {
    assert_eq!(broken(&[(Pins { cke: false, ..IDLE }, 4)]), "CKE");
    assert_eq!(broken(&[(Pins { cke: false, ..REFRESH }, 8)]), "CKE");
}

#[test]
fn a_row_is_not_open_for_longer_than_its_cells_hold() {
    let mut chip = Chip::ready();
    chip.then(activate(0, 0), 1);
    for _ in 0..15 {
        chip.nops(700);
    }
    assert!(chip.broken().contains("tRAS max"), "{}", chip.broken());
}

#[test]
fn refreshes_may_be_late_but_not_for_long() {
    let mut chip = Chip::ready();
    chip.nops(6900);
    assert_eq!(chip.broken(), "");
    chip.nops(200);
    assert_eq!(chip.broken(), "refresh");
}

#[test]
fn the_power_up_sequence_is_complete() {
    let sequence = [(precharge(0, ALL), 8), (REFRESH, 8), (REFRESH, 8), (mode(0x21), 4), (activate(0, 0), 4)];
    for missing in [None, Some(0), Some(1), Some(3)] {
        let mut chip = Chip::unpowered();
        chip.nops(110);
        for (i, (pins, clocks)) in sequence.iter().enumerate() {
            if Some(i) != missing {
                chip.then(*pins, *clocks);
            }
        }
        assert_eq!(chip.broken(), if missing.is_some() { "power-up" } else { "" }, "without {missing:?}");
    }
    let mut early = Chip::unpowered();
    early.nops(90).then(precharge(0, ALL), 2);
    assert_eq!(early.broken(), "power-up");
}

#[test]
fn the_mode_register_holds_what_the_chip_has() {
    for (value, rule) in [
        (0x21, ""),
        (0x37, ""),
        (0x11, "mode register, tCK"),
        (0x26, "mode register"),
        (0xa1, "mode register"),
        (0x221, "mode register"),
        (0x421, "mode register"),
    ] {
        assert_eq!(broken(&[(mode(value), 4)]), rule, "{value:x}");
    }
}
