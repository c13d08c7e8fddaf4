//! The memory behind the engine's write port.

use ef_hdl_kit::rand::Rng;
use std::collections::VecDeque;

/// How often the memory takes commands and words, of 8.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    pub command: u32,
    pub word: u32,
    /// Bursts it takes before it wants the words of the first.
    pub ahead: usize,
}

impl Pace {
    pub const FULL: Pace = Pace { command: 8, word: 8, ahead: 2 };
}

pub struct Memory {
    pub words: Vec<u32>,
    pub pace: Pace,
    /// Address and remaining length of the bursts taken.
    bursts: VecDeque<(u32, u32)>,
    offered_command: Option<(u32, u32)>,
    offered_word: Option<u32>,
    /// Cycles in which a word came, and those since the first that came.
    pub busy_cycles: u64,
    pub open_cycles: u64,
    pub last_open: u64,
}

impl Memory {
    pub fn new(words: usize) -> Memory {
        Memory {
            words: vec![0; words],
            pace: Pace::FULL,
            bursts: VecDeque::new(),
            offered_command: None,
            offered_word: None,
            busy_cycles: 0,
            open_cycles: 0,
            last_open: 0,
        }
    }

    /// Neither a burst nor an offer is open.
    pub fn is_clean(&self) -> bool {
        self.bursts.is_empty() && self.offered_command.is_none() && self.offered_word.is_none()
    }

    pub fn restart_count(&mut self) {
        (self.busy_cycles, self.open_cycles, self.last_open) = (0, 0, 0);
    }

    /// One cycle: what the engine offers; returns whether the command and the word are taken.
    pub fn cycle(
        &mut self,
        command: Option<(u32, u32)>,
        word: Option<u32>,
        rng: &mut impl Rng,
    ) -> (bool, bool) {
        if let Some(offered) = self.offered_command {
            assert_eq!(command, Some(offered), "an offered command was withdrawn or changed");
        }
        if let Some(offered) = self.offered_word {
            assert_eq!(word, Some(offered), "an offered word was withdrawn or changed");
        }
        let mut roll = |odds: u32| rng.random_range(0..8) < odds;
        let take_command = self.bursts.len() < self.pace.ahead && roll(self.pace.command);
        let take_word = roll(self.pace.word) && !self.bursts.is_empty();
        if self.busy_cycles > 0 {
            self.open_cycles += 1;
        }
        if let (Some(word), true) = (word, take_word) {
            self.busy_cycles += 1;
            self.last_open = self.open_cycles;
            let (address, left) = &mut self.bursts[0];
            assert!((*address as usize) < self.words.len(), "address {address:#x} is out of range");
            self.words[*address as usize] = word;
            (*address, *left) = (*address + 1, *left - 1);
            if *left == 0 {
                self.bursts.pop_front();
            }
        }
        if let (Some((address, length)), true) = (command, take_command) {
            assert_ne!(length, 0, "an empty burst");
            self.bursts.push_back((address, length));
        }
        self.offered_command = command.filter(|_| !take_command);
        self.offered_word = word.filter(|_| !take_word);
        (take_command, take_word)
    }
}
