//! [`Report`]: what the test found, for a person and as JSON.

use super::Options;
use ef_board::Board;
use serde::Serialize;

/// The whole test.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Back end: `board` or `chip`.
    pub backend: String,
    /// Name of the board's file.
    pub board: String,
    /// The part that the bitstream was built for.
    pub sdram: String,
    /// Words of its memory.
    pub memory_words: u64,
    /// Decides the patterns and which words were tested.
    pub seed: u64,
    /// Failed if a stage has failed.
    pub verdict: Verdict,
    /// In the order in which they ran.
    pub stages: Vec<Stage>,
    /// One sentence.
    pub conclusion: String,
    /// What to do next.
    pub advice: String,
}

/// What became of a stage, or of the test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing is wrong.
    Passed,
    /// Something is wrong.
    Failed,
    /// A stage before it has failed.
    NotRun,
    /// Ended by Ctrl-C.
    Interrupted,
}

/// One of its stages.
#[derive(Clone, Debug, Serialize)]
pub struct Stage {
    /// `data lines`, `address lines`, `random patterns` or `refresh`.
    pub name: &'static str,
    /// What became of it.
    pub verdict: Verdict,
    /// What was tested, in words.
    pub tested: String,
    /// Words of memory that were tested.
    pub words: u64,
    /// In the host's time.
    pub seconds: f64,
    /// What is wrong; empty if nothing is.
    pub findings: Vec<Finding>,
}

/// Something wrong.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// What is wrong.
    pub kind: Kind,
    /// A line, and sometimes more lines with the words that are concerned.
    pub text: String,
    /// The wires that are concerned, by the names of the board's files.
    pub nets: Vec<String>,
    /// Addresses of words; the first ones, if there are many.
    pub addresses: Vec<u32>,
    /// Files of `boards/sdram` that describe what was found.
    pub parts: Vec<String>,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// No data line is right.
    NoAnswer,
    /// One halfword of every word is wrong.
    HalfWrong,
    /// A data line always has one level.
    DataStuck,
    /// Two data lines are connected.
    DataShorted,
    /// A data line is wrong sometimes.
    DataUnreliable,
    /// The SDRAM has another size than the bitstream was built for.
    OtherPart,
    /// An address line has no effect.
    AddressDead,
    /// Two address lines are connected.
    AddressShorted,
    /// An address line is wrong sometimes.
    AddressUnreliable,
    /// Words read wrong at once.
    WrongWords,
    /// A large share of the words is lost with time.
    Forgets,
    /// Few words are lost with time.
    WeakCells,
}

impl Kind {
    /// The stages after it would only see it again.
    fn blocks(self) -> bool {
        !matches!(self, Kind::WrongWords | Kind::Forgets | Kind::WeakCells)
    }

    /// What it says of the memory, and what to do about it.
    fn advice(self, board: &str, parts: &[String]) -> (&'static str, String) {
        match self {
            Kind::OtherPart if parts.is_empty() => (
                "The board carries another SDRAM than its bitstream was built for",
                "read the part's name off the chip; docs/sdram.md says what the controller can drive".into(),
            ),
            Kind::OtherPart => (
                "The board carries another SDRAM than its bitstream was built for",
                format!(
                    "read the part's name off the chip, build for it with \
                     `cargo xtask synth --board {board} --sdram PART` (PART: {}), load it with `cargo xtask program --board {board}`, and test again with --sdram PART",
                    parts.join(", ")
                ),
            ),
            Kind::NoAnswer | Kind::HalfWrong | Kind::DataUnreliable | Kind::AddressUnreliable => (
                "The SDRAM is not read as it was written",
                format!(
                    "compare the chip's name with the part above; if it is another, build for it with \
                     `cargo xtask synth --board {board} --sdram PART`; if not, try sdram_phase_degrees \
                     30 degrees to either side (docs/boards.md)"
                ),
            ),
            Kind::DataStuck | Kind::DataShorted | Kind::AddressDead | Kind::AddressShorted => (
                "A wire between FPGA and SDRAM is broken",
                "switch the board off and on and test again; if the same wire is named, look at the solder \
                 joints of its pins"
                    .into(),
            ),
            Kind::WrongWords => (
                "The SDRAM has wrong words",
                format!(
                    "test again: if the same words are wrong, the chip has broken cells; if others, its \
                     data is read at a bad time: build for the part on the board \
                     (`cargo xtask synth --board {board} --sdram PART`), or see docs/boards.md on \
                     sdram_phase_degrees"
                ),
            ),
            Kind::Forgets => (
                "The SDRAM forgets what it holds",
                format!(
                    "its rows are not refreshed in time: build for the part on the board \
                     (`cargo xtask synth --board {board} --sdram PART`) and test again"
                ),
            ),
            Kind::WeakCells => (
                "The SDRAM has weak cells",
                "test again with more --words and --seconds; if the same words are named, the chip has broken \
                 cells"
                    .into(),
            ),
        }
    }
}

impl Finding {
    pub(super) fn new(kind: Kind, text: String) -> Finding {
        Finding { kind, text, nets: Vec::new(), addresses: Vec::new(), parts: Vec::new() }
    }

    pub(super) fn nets(self, nets: impl IntoIterator<Item = String>) -> Finding {
        Finding { nets: nets.into_iter().collect(), ..self }
    }

    pub(super) fn addresses(self, addresses: impl IntoIterator<Item = u32>) -> Finding {
        Finding { addresses: addresses.into_iter().collect(), ..self }
    }
}

impl Stage {
    pub(super) fn new(tested: String, words: u64, findings: Vec<Finding>) -> Stage {
        let verdict = if findings.is_empty() { Verdict::Passed } else { Verdict::Failed };
        Stage { name: "", verdict, tested, words, seconds: 0.0, findings }
    }

    pub(super) fn not_run() -> Stage {
        Stage { verdict: Verdict::NotRun, ..Stage::new(String::new(), 0, Vec::new()) }
    }

    /// For a person.
    pub(super) fn lines(&self) -> Vec<String> {
        let Stage { name, tested, seconds, .. } = self;
        let first = match self.verdict {
            Verdict::NotRun => format!("{name}: not run, it would only see the same fault"),
            Verdict::Failed => format!("{name}: WRONG ({tested}, {seconds:.1} s)"),
            _ => format!("{name}: right ({tested}, {seconds:.1} s)"),
        };
        let findings = self.findings.iter().flat_map(|finding| finding.text.lines());
        [first].into_iter().chain(findings.map(|line| format!("  {line}"))).collect()
    }
}

impl Report {
    /// Before the first stage: as if interrupted.
    pub(super) fn new(board: &Board, options: &Options) -> Report {
        Report {
            backend: options.backend.to_string(),
            board: board.name.clone(),
            sdram: board.sdram.name.clone(),
            memory_words: board.sdram.bytes() / 4,
            seed: options.seed,
            verdict: Verdict::Interrupted,
            stages: Vec::new(),
            conclusion: "The memory was not tested to the end".into(),
            advice: "test again".into(),
        }
    }

    fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.stages.iter().flat_map(|stage| &stage.findings)
    }

    pub(super) fn is_blocked(&self) -> bool {
        self.findings().any(|finding| finding.kind.blocks())
    }

    /// After the last stage.
    pub(super) fn conclude(&mut self) {
        // another part explains everything else, and single words nothing; then what is found first
        let worst = self.findings().min_by_key(|finding| match finding.kind {
            Kind::OtherPart => 0,
            Kind::WrongWords | Kind::WeakCells => 2,
            _ => 1,
        });
        let (verdict, (conclusion, advice)) = match worst {
            Some(finding) => (Verdict::Failed, finding.kind.advice(&self.board, &finding.parts)),
            None => (Verdict::Passed, ("The memory passed", self.way_on())),
        };
        (self.verdict, self.conclusion, self.advice) = (verdict, conclusion.into(), advice);
    }

    /// For a person whose memory is right.
    fn way_on(&self) -> String {
        format!("go on with `cargo xtask train --backend {} --board {}`", self.backend, self.board)
    }
}
