//! GATHER, ZERO and unpacking in the engine: how long they take, and that an image may be gathered in pieces.

use crate::bench::LoadBench;
use crate::commands::taps;
use crate::engine::{compare, cycles_of, fill, issue, pair};
use ef_hdl_kit::rand::Rng;
use ef_isa::load::{LoadOp, VectorBuffer, WordBuffer};
use ef_isa::{Config, LoadDesc, config};
use ef_rtl::load::{gather_cycles, pixel_cycles, unpack_cycles, zero_cycles};
use ef_rtl_tests::{Pace, seeded};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

const CONFIGS: [&Config; 3] = [&config::SIM_2X2, &config::SIM_4X4, &config::FP32_8X8];

/// Rows, columns and channels of an image of bytes at DRAM word 100, and the convolution that reads it.
#[derive(Clone, Copy, Debug)]
struct Conv {
    channels: u32,
    map: (u32, u32),
    kernel: (u32, u32),
    stride: u32,
    pad: u32,
    out: (u32, u32),
}

/// A part of the output columns and of the channels.
#[derive(Clone, Copy, Debug)]
struct Piece {
    channels: (u32, u32),
    cols: (u32, u32),
}

impl Conv {
    fn whole(&self) -> Piece {
        Piece { channels: (0, self.channels), cols: (0, self.out.1) }
    }

    /// Loads the columns and channels of the image that a piece needs to the beginning of the scratch, and gathers it.
    fn commands(&self, piece: Piece, lanes: u32, src: u32) -> [LoadDesc; 2] {
        let (rows, cols) = self.map;
        let row_words = cols.div_ceil(4);
        let (from, to) = piece.cols;
        // the first and the last column under the kernel
        let reach = |column: u32, kc: u32| (column * self.stride + kc).saturating_sub(self.pad).min(cols - 1);
        let first = reach(from, 0) / 4;
        let last = reach(to - 1, self.kernel.1 - 1) / 4 + 1;
        let width = 4 * (last - first);
        let channels = piece.channels.1 - piece.channels.0;
        let load = LoadDesc {
            op: LoadOp { unpack: true, shift: 8, ..LoadOp::words(WordBuffer::Scratch) }.encode(),
            base: src,
            dram: 100 + piece.channels.0 * rows * row_words + first,
            run: last - first,
            n_run0: rows,
            d_run0: row_words,
            n_run1: channels,
            d_run1: rows * row_words,
            ..LoadDesc::default()
        };
        let pixels = self.out.0 * self.out.1;
        let groups_before = piece.channels.0 * self.kernel.0 * self.kernel.1 / lanes;
        let signed = |value: i64| u32::from(value as i16 as u16);
        let left = i64::from(from * self.stride) - i64::from(self.pad) - i64::from(4 * first);
        let gather = LoadDesc {
            op: LoadOp::gather().encode(),
            base: groups_before * pixels + from,
            phase: from % lanes,
            n0: to - from,
            n1: self.out.0,
            a0: 1,
            a1: self.out.1,
            a2: pixels,
            p0: 1,
            p1: self.out.1 % lanes,
            g_ch: channels,
            g_kr: self.kernel.0,
            g_kc: self.kernel.1,
            g_row: signed(-i64::from(self.pad)),
            g_col: signed(left),
            g_sr: self.stride,
            g_sc: self.stride,
            g_h: rows,
            g_w: width.min(cols - 4 * first),
            g_row_stride: width,
            g_ch_stride: rows * width,
            g_src: src,
            ..LoadDesc::default()
        };
        [load, gather]
    }
}

#[test]
fn pieces_of_columns_and_channels_make_the_whole() {
    let mut rng = seeded(31);
    for config in CONFIGS {
        let lanes = config.lanes as u32;
        let mut bench = LoadBench::new(config);
        // taps of so many channels are whole vectors
        for (kernel, step) in [((2, 4), 1), ((3, 3), lanes), ((8, 2), 1), ((1, 11), lanes)] {
            for stride in 1..=4 {
                let conv = Conv {
                    channels: step + rng.random_range(1..=2),
                    map: (4, rng.random_range(5..=8)),
                    kernel,
                    stride,
                    pad: rng.random_range(0..3),
                    out: (2, rng.random_range(3..=5)),
                };
                let (mut expected, mut world) = pair(config, Pace::FULL, &mut rng);
                world.memory.pace = Pace { command: 0.6, word: 0.75, latency: 9, ahead: 16 };
                world.start = 0.5;
                let mut model = expected.clone();
                for command in conv.commands(conv.whole(), lanes, 0) {
                    expected.load(&command).unwrap();
                }
                let cut = rng.random_range(1..conv.out.1);
                for channels in [(0, step), (step, conv.channels)] {
                    for cols in [(cut, conv.out.1), (0, cut)] {
                        let piece = Piece { channels, cols };
                        for command in conv.commands(piece, lanes, 4 * rng.random_range(0..4)) {
                            assert!(issue(&mut model, &mut world, &command), "{conv:?} {piece:?}");
                        }
                    }
                }
                assert!(model.feature.data == expected.feature.data, "{lanes} lanes, cut {cut}: {conv:?}");
                bench.engine.reset();
                bench.run(&mut world, &mut rng).unwrap();
                compare(&model, &world).unwrap();
            }
        }
    }
}

#[test]
fn a_gather_takes_the_cycles_that_are_stated() {
    let mut runner = TestRunner::deterministic();
    for config in CONFIGS {
        let mut bench = LoadBench::new(config);
        let mut rng = seeded(32);
        let mut gathered = 0;
        for round in 0..60 {
            let mut command = taps().new_tree(&mut runner).unwrap().current().command(config);
            match round {
                0 => command.g_kc = 0,
                1 => command.n1 = 0,
                _ => {}
            }
            let (mut model, mut world) = pair(config, Pace::FULL, &mut rng);
            for filling in fill(config) {
                issue(&mut model, &mut world, &filling);
            }
            bench.engine.reset();
            bench.run(&mut world, &mut rng).unwrap();
            if issue(&mut model, &mut world, &command) {
                // the cycle of the start is one of those counted
                let cycles = bench.run(&mut world, &mut rng).unwrap() - 1;
                assert_eq!(cycles, gather_cycles(config.lanes, &command), "{command:?}");
                compare(&model, &world).unwrap();
                gathered += 1;
            }
        }
        assert!(gathered > 30, "{gathered} commands");
        for n0 in [0, 1, 5, 200] {
            let zero = LoadDesc { op: LoadOp::zero(VectorBuffer::Loss).encode(), n0, ..LoadDesc::default() };
            assert_eq!(cycles_of(&mut bench, &zero) - 1, zero_cycles(&zero), "{n0} vectors");
        }
    }
}

#[test]
fn several_taps_are_gathered_per_cycle() {
    // lanes, channels, kernel, taps per 100 cycles
    for (config, channels, kernel, rate) in [
        (&config::FP32_8X8, 1, (3, 3), 225),
        (&config::FP32_8X8, 3, (3, 3), 300),
        (&config::FP32_8X8, 1, (5, 5), 250),
        (&config::FP32_8X8, 3, (5, 5), 250),
        (&config::FP32_8X8, 3, (7, 7), 350),
        (&config::FP32_8X8, 3, (11, 11), 366),
        (&config::SIM_4X4, 3, (3, 3), 207),
        (&config::SIM_2X2, 3, (3, 3), 122),
    ] {
        let mut bench = LoadBench::new(config);
        let (kr, kc) = kernel;
        let command = LoadDesc {
            op: LoadOp::gather().encode(),
            n0: 3,
            n1: 2,
            a0: 1,
            a1: 3,
            a2: 6,
            p0: 1,
            g_ch: channels,
            g_kr: kr,
            g_kc: kc,
            g_col: 0xffff,
            g_sr: 2,
            g_sc: 2,
            g_h: 9,
            g_w: 16,
            g_row_stride: 16,
            g_ch_stride: 144,
            ..LoadDesc::default()
        };
        let taps = u64::from(channels * kr * kc);
        assert_eq!(
            100 * taps / pixel_cycles(config.lanes, &command),
            rate,
            "{channels} channels, {kernel:?}"
        );
        let cycles = cycles_of(&mut bench, &command) - 1;
        assert_eq!(cycles, gather_cycles(config.lanes, &command));
    }
}

#[test]
fn pixels_are_unpacked_as_fast_as_is_stated() {
    for config in CONFIGS {
        let mut bench = LoadBench::new(config);
        let words = |run| LoadDesc {
            op: LoadOp { unpack: true, ..LoadOp::words(WordBuffer::Scratch) }.encode(),
            run,
            n_run0: 1,
            n_run1: 1,
            ..LoadDesc::default()
        };
        let [few, many] = [20, 120].map(|run| cycles_of(&mut bench, &words(run)));
        assert_eq!(many - few, 100 * unpack_cycles(config.lanes), "{} lanes", config.lanes);
    }
}
