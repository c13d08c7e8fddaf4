//! Tokens: which command waits for which, from what they read and write.
//!
//! Each engine executes in order, so "wait for command j of engine F" means "for everything F did up to j".
//! A command waits only for what its engine does not already know to be over, directly or through a third engine.

use crate::access::{Access, accesses};
use ef_program::{Command, Synced};

/// What an engine knows of the others: the index of the last command known to be over, plus one.
type Known = [usize; 3];

/// Adds tokens so that the engines, running concurrently, give the result of program order.
pub fn synchronise(lanes: usize, commands: &[Command]) -> Vec<Synced> {
    let mut out: Vec<Synced> =
        commands.iter().map(|c| Synced { command: c.clone(), wait: 0, signal: 0 }).collect();
    // per engine: its commands so far, with what they touch
    let mut history: [Vec<(usize, Vec<Access>)>; 3] = Default::default();
    let mut known: [Known; 3] = Default::default();
    let mut known_when_done: Vec<Known> = Vec::with_capacity(commands.len());
    for (i, command) in commands.iter().enumerate() {
        let engine = command.engine() as usize;
        let mine = accesses(command, lanes);
        for other in (0..3).filter(|o| *o != engine) {
            let conflict = history[other]
                .iter()
                .rev()
                .take_while(|(j, _)| *j >= known[engine][other])
                .find(|(_, theirs)| theirs.iter().any(|a| mine.iter().any(|b| a.conflicts(b))));
            if let Some(&(j, _)) = conflict {
                out[i].wait |= 1 << other;
                out[j].signal |= 1 << engine;
                known[engine][other] = j + 1;
                for third in 0..3 {
                    known[engine][third] = known[engine][third].max(known_when_done[j][third]);
                }
            }
        }
        history[engine].push((i, mine));
        known_when_done.push(known[engine]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use ef_program::load::{LoadOp, VectorBuffer};
    use ef_program::{ComputeDesc, LoadDesc};

    fn load(base: u32) -> Command {
        let op = LoadOp::zero(VectorBuffer::Feature).encode();
        Command::Load(LoadDesc { op, base, n0: 4, ..Default::default() })
    }

    fn compute(x_base: u32, p_base: u32) -> Command {
        let one =
            ComputeDesc { n_g: 1, n_kr: 1, n_kc: 1, n_i: 1, n_r: 1, n_c: 4, x_c: 1, ..Default::default() };
        Command::Compute(ComputeDesc { x_base, p_base, ..one })
    }

    #[test]
    fn a_reader_waits_for_its_writer_once_and_a_later_writer_for_the_reader() {
        let commands = vec![load(0), compute(0, 0), compute(0, 8), load(4), load(0)];
        let synced = synchronise(2, &commands);
        let tokens: Vec<_> = synced.iter().map(|s| (s.wait, s.signal)).collect();
        assert_eq!(tokens, [(0, 0b010), (0b001, 0), (0, 0b001), (0, 0), (0b010, 0)]);
    }
}
