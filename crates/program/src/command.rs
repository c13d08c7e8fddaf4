use crate::{ComputeDesc, Engine, LoadDesc, StoreDesc};

/// One issued command: a descriptor and with it the engine that executes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    Load(LoadDesc),
    Compute(ComputeDesc),
    Store(StoreDesc),
}

impl Command {
    pub fn engine(&self) -> Engine {
        match self {
            Command::Load(_) => Engine::Load,
            Command::Compute(_) => Engine::Compute,
            Command::Store(_) => Engine::Store,
        }
    }
}

/// A command with its tokens: bit f of `wait` takes one from engine f, bit f of `signal` gives one to engine f.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Synced {
    pub command: Command,
    pub wait: u8,
    pub signal: u8,
}
