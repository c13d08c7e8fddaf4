//! The stream cells: each against its Verilog and, at the same time, against a queue, under random stalls:
//! words stay in order, and pass at one per clock.

use ef_hdl_kit::rand::Rng;
use ef_rtl::stream::{Fifo, Skid};
use ef_rtl_tests::group;
use std::collections::VecDeque;

/// The neighbours of a stream cell, and what must hold between them.
#[derive(Default)]
struct Neighbours {
    /// Words put in and not yet taken out.
    inside: VecDeque<u64>,
    offered: Option<u64>,
    /// A word the consumer has seen and not taken.
    shown: Option<u64>,
    /// How often the producer offers and the consumer is ready, of 8; changes now and then.
    odds: (u32, u32),
    most_inside: usize,
    taken: usize,
    /// Longest run of cycles in which a word came out.
    longest_burst: usize,
    burst: usize,
}

/// What the neighbours drive in one cycle.
struct Drive {
    reset: bool,
    put: Option<u64>,
    take: bool,
}

impl Neighbours {
    /// One cycle, given the cell's outputs, which do not depend on its inputs of the same cycle.
    fn cycle(&mut self, rng: &mut impl Rng, width: u32, in_ready: bool, out: Option<u64>) -> Drive {
        if rng.random_range(0..64) == 0 {
            self.odds = [(8, 8), (8, 8), (4, 4), (8, 2), (2, 8)][rng.random_range(0..5)];
        }
        if let Some(shown) = self.shown {
            assert_eq!(out, Some(shown), "an offered word was withdrawn or changed");
        }
        if rng.random_range(0..400) == 0 {
            *self = Neighbours {
                odds: self.odds,
                most_inside: self.most_inside,
                taken: self.taken,
                longest_burst: self.longest_burst,
                ..Default::default()
            };
            return Drive { reset: true, put: None, take: false };
        }
        let take = rng.random_range(0..8) < self.odds.1;
        self.shown = out.filter(|_| !take);
        let taken = out.filter(|_| take);
        if let Some(word) = taken {
            assert_eq!(self.inside.pop_front(), Some(word), "a word was lost, repeated or reordered");
            self.taken += 1;
        }
        if self.offered.is_none() && rng.random_range(0..8) < self.odds.0 {
            self.offered = Some(rng.random::<u64>() >> (64 - width));
        }
        let put = self.offered;
        if in_ready && let Some(word) = self.offered.take() {
            self.inside.push_back(word);
        }
        self.burst = if taken.is_some() { self.burst + 1 } else { 0 };
        self.longest_burst = self.longest_burst.max(self.burst);
        self.most_inside = self.most_inside.max(self.inside.len());
        Drive { reset: false, put, take }
    }
}

/// Runs a cell between random neighbours; `words` it must be able to hold, `width` bits each.
macro_rules! check {
    ($run:ident, $words:expr, $width:expr) => {{
        let mut neighbours = Neighbours::default();
        let mut settled = false;
        $run.check(|b, rng| {
            let out = b.out_valid.val().then(|| u64::from(b.out_data.val()));
            if settled {
                let drive = neighbours.cycle(rng, $width, b.in_ready.val(), out);
                b.reset.next = drive.reset;
                b.in_valid.next = drive.put.is_some();
                b.in_data.next = drive.put.unwrap_or_else(|| rng.random::<u64>() >> (64 - $width)).into();
                b.out_ready.next = drive.take;
            }
            settled = true;
        });
        assert_eq!(neighbours.most_inside, $words, "words held");
        assert!(neighbours.taken > 2000 && neighbours.longest_burst > 20, "one word per clock");
    }};
}
group! {
    "";

    skid_of_32_bits[run 8000]: Skid::<32>::default() => |run| check!(run, 2, 32);
    skid_of_1_bit[run 8000]: Skid::<1>::default() => |run| check!(run, 2, 1);
    fifo_of_16_words[run 8000]: Fifo::<32, 4>::default() => |run| check!(run, 16, 32);
    fifo_of_4_words[run 8000]: Fifo::<7, 2>::default() => |run| check!(run, 4, 7);
    fifo_of_8_words[run 8000]: Fifo::<20, 3>::default() => |run| check!(run, 8, 20);
}
