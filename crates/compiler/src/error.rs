/// What is wrong with a network description.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    #[error(transparent)]
    Toml(#[from] ef_toml::Error),
    #[error("input: {0}")]
    Input(String),
    #[error("layer {index} ({kind}): {what}")]
    Layer { index: usize, kind: &'static str, what: String },
    #[error("the network has no layers; it needs at least one conv or fc layer, then softmax_cross_entropy")]
    Empty,
}

/// Why a valid network does not become a program on this configuration.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    #[error("the batch is empty: ask for at least 1 image")]
    EmptyBatch,
    #[error(transparent)]
    TooLarge(Box<TooLarge>),
    #[error("the network has {layers} layers with weights, the OVERFLOW register names 32")]
    TooManyLayers { layers: usize },
    #[error("a step needs {commands} loads, computations and stores or more, {possible} are possible")]
    TooLong { commands: u64, possible: u64 },
    #[error(
        "the network needs {words} words of memory for a batch of {batch}; 32-bit word addresses reach 4294967295"
    )]
    Memory { words: u128, batch: usize },
}

/// A piece of a layer that no cut makes small enough for a buffer.
#[derive(Debug, thiserror::Error)]
#[error(
    "{layer}: its smallest tile needs {needed} {unit}, the {buffer} of {config} holds {capacity} (`{parameter}`)"
)]
pub struct TooLarge {
    pub layer: String,
    pub needed: usize,
    pub unit: &'static str,
    pub buffer: &'static str,
    pub capacity: usize,
    pub config: &'static str,
    pub parameter: &'static str,
}
