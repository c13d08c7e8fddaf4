/// What is wrong with a network description.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// No TOML, or a key or value that no network has.
    #[error(transparent)]
    Toml(#[from] ef_toml::Error),
    /// The table `input` is wrong: how.
    #[error("input: {0}")]
    Input(String),
    /// A layer is wrong, or does not take the map before it.
    #[error("layer {index} ({kind}): {what}")]
    Layer {
        /// Position in the list of layers, from 1 on.
        index: usize,
        /// Its key `kind`.
        kind: &'static str,
        /// What is wrong.
        what: String,
    },
    /// A branch that leads nowhere.
    #[error("nothing reads the map of {0}: name it as the `from` of an add, or as the `input` of a conv")]
    Unread(String),
    /// There is nothing to train.
    #[error("every layer is frozen: leave `frozen = true` out of at least one conv or fc layer")]
    Frozen,
    /// A layer to freeze that the network has not.
    #[error("no layer with weights is called `{name}`; there are {possible}")]
    NoSuchLayer {
        /// What was asked for.
        name: String,
        /// The layers that have weights.
        possible: String,
    },
    /// No layer has weights.
    #[error("the network has no layers; it needs at least one conv or fc layer, then softmax_cross_entropy")]
    Empty,
}

/// Why a valid network does not become a program on this configuration.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// A batch of no images.
    #[error("the batch is empty: ask for at least 1 image")]
    EmptyBatch,
    /// A piece of a layer that no cut makes small enough for a buffer.
    #[error(transparent)]
    TooLarge(Box<TooLarge>),
    /// A step of more commands than the compiler makes.
    #[error("a step needs {commands} loads, computations and stores or more, {possible} are possible")]
    TooLong {
        /// Commands of all engines, at least.
        commands: u64,
        /// The most.
        possible: u64,
    },
    /// More memory than addresses reach.
    #[error(
        "the network needs {words} words of memory for a batch of {batch}; 32-bit word addresses reach 4294967295"
    )]
    Memory {
        /// Words of 32 bits.
        words: u128,
        /// Images of a step.
        batch: usize,
    },
}

/// A piece of a layer that no cut makes small enough for a buffer.
#[derive(Debug, thiserror::Error)]
#[error(
    "{layer}: its smallest tile needs {needed} {unit}, the {buffer} of {config} holds {capacity} (`{parameter}`)"
)]
pub struct TooLarge {
    /// Name of the layer: `conv1`, `fc1`.
    pub layer: String,
    /// What its smallest piece takes, in units.
    pub needed: usize,
    /// What is counted: `words`, `vectors`.
    pub unit: &'static str,
    /// Name of the buffer.
    pub buffer: &'static str,
    /// What the buffer holds, in units.
    pub capacity: usize,
    /// Name of the configuration.
    pub config: &'static str,
    /// The field of [`ef_isa::Config`] that says so.
    pub parameter: &'static str,
}
