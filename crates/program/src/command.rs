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
