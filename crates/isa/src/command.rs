use crate::{ComputeDesc, Engine, LoadDesc, StoreDesc};

/// One issued command: a descriptor and with it the engine that executes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// For the load engine.
    Load(LoadDesc),
    /// For the compute engine.
    Compute(ComputeDesc),
    /// For the store engine.
    Store(StoreDesc),
}

impl Command {
    /// The engine that executes it.
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
    /// What is done.
    pub command: Command,
    /// The engines from which a token is taken before the command starts: bit f for engine f.
    pub wait: u8,
    /// The engines to which a token is given when the command is done: bit f for engine f.
    pub signal: u8,
}
