//! Clocks, reset and pads: each against its Verilog and, at the same time, against what it is for.

use ef_hdl_kit::rand::Rng;
use ef_rtl_tests::{Chance, drive, group};
use ef_soc::clocking::{
    ClockGenerator, Debounce, PLL_SIM_LOCK_EDGES, PadKind, PllKind, ReleaseTimer, ResetFlop, ResetSequencer,
    SdramCells, pads_verilog, pll_verilog,
};

group! {
    &(pll_verilog(PllKind::Sim) + pads_verilog(PadKind::Portable));

    /// A level passes after it has been held, and a glitch never.
    debounce[run 20000]: Debounce::<4>::default() => |run| {
        const HOLD: u32 = 1 << 4;
        // the input as the two synchronising flip-flops see it, newest first
        let mut seen = [false; 2];
        let (mut level, mut held, mut changes, mut glitches) = (false, 0, 0, 0);
        let (mut raw, mut left) = (false, 0);
        run.check(|b, rng| {
            // what the edge before has done
            let input = seen[1];
            seen = [raw, seen[0]];
            if input == level {
                glitches += u32::from(held > 0);
                held = 0;
            } else {
                held += 1;
                if held == HOLD {
                    (level, held, changes) = (input, 0, changes + 1);
                }
            }
            assert_eq!(b.level.val(), level);
            if left == 0 {
                raw = !raw;
                left = rng.random_range(1..2 * HOLD);
            }
            left -= 1;
            b.raw.next = raw;
        });
        assert!(changes > 100 && glitches > 100, "{changes} changes, {glitches} glitches");
    };
    /// The chip starts in reset and leaves it when everything has been good for long enough.
    reset_sequencer[run 30000]: ResetSequencer::<5>::default() => |run| {
        const QUIET: u64 = 1 << 5;
        // how long the PLL has been locked, and the button has kept its level, in cycles
        let (mut locked_for, mut button_for, mut cycle) = (0u64, 0u64, 0u64);
        let (mut locked, mut button) = (false, false);
        let mut releases = 0;
        let mut was_reset = true;
        run.check(|b, rng| {
            // after the very first edge of a design, outputs have not been evaluated yet
            if cycle > 0 {
                let reset = b.reset.val();
                if locked && locked_for > QUIET + 4 && !button && button_for > 2 * QUIET + 8 {
                    assert!(!reset, "cycle {cycle}: no cause for a reset");
                }
                if cycle < QUIET || (!locked && locked_for > 4) || (button && button_for > QUIET + 8) {
                    assert!(reset, "cycle {cycle}: must be in reset");
                }
                releases += u32::from(was_reset && !reset);
                was_reset = reset;
            }
            cycle += 1;
            locked_for += 1;
            button_for += 1;
            if rng.one_in(if locked { 800 } else { 60 }) {
                (locked, locked_for) = (!locked, 0);
            }
            if rng.one_in(if button { 60 } else { 300 }) {
                (button, button_for) = (!button, 0);
            }
            b.locked.next = locked;
            b.button.next = button;
        });
        assert!(releases > 10, "{releases}");
    };
    /// It is high before the first edge.
    reset_flop[run 200]: ResetFlop::default() => |run| {
        let mut first = true;
        run.check(|b, rng| {
            if first {
                assert!(rust_hdl::prelude::simulate(b, 10));
                assert!(b.q.val());
                first = false;
            }
            b.d.next = rng.random();
        });
    };
    /// It locks, and gives the SDRAM an edge in mid-cycle.
    clock_generator[run 100]: ClockGenerator::default() => |run| {
        let mut cycle = 0;
        run.check(|b, _| {
            assert_eq!(b.locked.val(), cycle >= PLL_SIM_LOCK_EDGES);
            if cycle > 0 {
                // the clock was high last
                assert!(b.core_clock.val().clk && !b.sdram_clock.val().clk);
            }
            cycle += 1;
        });
    };
    /// They delay by one cycle, and start deselected.
    sdram_cells[run 5000]: SdramCells::default() => |run| {
        let mut before: Option<[u64; 4]> = None;
        run.check(|b, rng| {
            match before {
                None => {
                    assert!(rust_hdl::prelude::simulate(b, 10));
                    assert!(b.sdram_cs_n.val() && b.sdram_dq_oe.val() == 0);
                }
                Some([command, out, oe, input]) => {
                    let pins = [
                        u64::from(b.sdram_cke.val()),
                        u64::from(b.sdram_cs_n.val()),
                        u64::from(b.sdram_ras_n.val()),
                        u64::from(b.sdram_cas_n.val()),
                        u64::from(b.sdram_we_n.val()),
                    ];
                    let pins = pins.iter().enumerate().map(|(i, bit)| bit << i).sum::<u64>()
                        | u64::from(b.sdram_ba.val()) << 5
                        | u64::from(b.sdram_a.val()) << 7
                        | u64::from(b.sdram_dqm.val()) << 20;
                    assert_eq!(pins, command);
                    assert_eq!(u64::from(b.sdram_dq_out.val()), out);
                    assert_eq!(u64::from(b.sdram_dq_oe.val()), oe * 0xffff);
                    assert_eq!(u64::from(b.dq_in.val()), input);
                }
            }
            let command = rng.random_range(0..1u64 << 22);
            let [out, input] = [0; 2].map(|_| u64::from(rng.random::<u16>()));
            let oe: bool = rng.random();
            let bit = |i: u32| command >> i & 1 == 1;
            b.cke.next = bit(0);
            b.cs_n.next = bit(1);
            b.ras_n.next = bit(2);
            b.cas_n.next = bit(3);
            b.we_n.next = bit(4);
            b.ba.next = (command >> 5 & 3).into();
            b.a.next = (command >> 7 & 0x1fff).into();
            b.dqm.next = (command >> 20 & 3).into();
            b.dq_out.next = out.into();
            b.dq_oe.next = oe;
            b.sdram_dq_in.next = input.into();
            b.sdram_clock.next = rng.random::<bool>().into();
            before = Some([command, out, u64::from(oe), input]);
        });
    };
    /// It holds while there is a cause, and for a while after.
    release_timer[1000]: ReleaseTimer::<4>::default() => |b, rng| {
        drive!(b, rng; one_in(40): button; not_one_in(80): locked);
    };
}
