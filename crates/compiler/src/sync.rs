//! Tokens: which command waits for which, from what they read and write.
//!
//! Each engine executes its commands in order. So a command that waits for command j of engine F waits for all
//! commands of F up to j.
//! A token is added only if the waiting engine cannot know yet that command j is over: neither from a token it
//! took before, nor from one of a third engine that had waited for j.

use ef_isa::Synced;
use ef_isa::{Accesses, accesses};
use std::collections::VecDeque;

/// What an engine knows of each other engine: 1 + the index of the last command that is certainly over; 0 if
/// none is.
type Known = [usize; 3];

/// A command of an engine: its index in the list, its accesses, and what its engine knows once it is over.
struct Past {
    index: usize,
    touches: Accesses,
    known: Known,
}

/// Gives the commands the tokens with which the engines, running concurrently, give the result of program order.
pub fn synchronise(lanes: usize, commands: &mut [Synced]) {
    // per engine: those of its commands that another engine may still have to wait for
    let mut history: [VecDeque<Past>; 3] = Default::default();
    let mut known: [Known; 3] = Default::default();
    for index in 0..commands.len() {
        let engine = commands[index].command.engine() as usize;
        let touches = accesses(&commands[index].command, lanes);
        for other in (0..3).filter(|o| *o != engine) {
            let unknown = history[other].iter().rev().take_while(|past| past.index >= known[engine][other]);
            let conflicts =
                |past: &&Past| past.touches.iter().any(|a| touches.iter().any(|b| a.conflicts(b)));
            if let Some(past) = unknown.into_iter().find(conflicts) {
                commands[index].wait |= 1 << other;
                commands[past.index].signal |= 1 << engine;
                known[engine][other] = past.index + 1;
                for (mine, theirs) in known[engine].iter_mut().zip(past.known) {
                    *mine = (*mine).max(theirs);
                }
            }
        }
        history[engine].push_back(Past { index, touches, known: known[engine] });
        for past in 0..3 {
            let others = (0..3).filter(|o| *o != past).map(|other| known[other][past]);
            let over = others.min().expect("there are two others");
            while history[past].front().is_some_and(|first| first.index < over) {
                history[past].pop_front();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ef_isa::load::{LoadOp, VectorBuffer};
    use ef_isa::{Command, ComputeDesc, LoadDesc};

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
        let commands = [load(0), compute(0, 0), compute(0, 8), load(4), load(0)];
        let mut synced = commands.map(|command| Synced { command, wait: 0, signal: 0 });
        synchronise(2, &mut synced);
        let tokens: Vec<_> = synced.iter().map(|s| (s.wait, s.signal)).collect();
        assert_eq!(tokens, [(0, 0b010), (0b001, 0), (0, 0b001), (0, 0), (0b010, 0)]);
    }
}
