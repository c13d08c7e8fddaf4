//! [`LinkError`]: why a request has no result.

use crate::frame::{MAX_PAYLOAD, Status};
use ef_isa::DeviceError;
use std::io;
use std::time::Duration;

/// Why a request has no result.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The board has not answered a request, however often it was sent.
    #[error(
        "{port}: no answer to {request}, sent {attempts} times in {time:?}: is the board powered and configured, and its link at the same baud rate? \
         Whether the board has executed the request is not known"
    )]
    Unanswered {
        /// The port's name, here and below.
        port: String,
        /// Operation, words and address.
        request: String,
        /// Times that it was sent.
        attempts: u32,
        /// From the first of them until now.
        time: Duration,
    },
    /// The port broke and could not be opened again.
    #[error(
        "{port}: the port is gone, and for {time:?} it could not be opened again: is the board plugged in?"
    )]
    Lost {
        /// The port's name.
        port: String,
        /// Of the last attempt to open it.
        source: io::Error,
        /// How long that was tried.
        time: Duration,
    },
    /// The port cannot be opened.
    #[error("{port}: cannot open: {problem}")]
    Open {
        /// The port's name.
        port: String,
        /// Why, and what to do.
        problem: String,
    },
    /// The board has answered that it does not execute a request.
    #[error("{port}: the board refused {request}: {}", meaning(*status))]
    Refused {
        /// The port's name.
        port: String,
        /// Operation, words and address.
        request: String,
        /// Why.
        status: Status,
    },
    /// The board's link is of another version.
    #[error(
        "{port}: the board speaks version {theirs} of the link, this program version {ours}: load a bitstream of this version of ef-train"
    )]
    Version {
        /// The port's name.
        port: String,
        /// Version of the board.
        theirs: u32,
        /// Version of this program.
        ours: u32,
    },
    /// The accelerator is none that this program knows.
    #[error("{port}: {problem}")]
    Unknown {
        /// The port's name.
        port: String,
        /// What it is, and what to do.
        problem: String,
    },
    /// No port is surely the board's: which ports there are, and what to do.
    #[error("{0}")]
    NotFound(String),
}

fn meaning(status: Status) -> String {
    match status {
        Status::Ok => "it did not".into(),
        Status::NoSession => {
            "it was reset since the session began, so its memory and program are lost: start again".into()
        }
        Status::WrongSession => {
            "another program has taken the board over: end one of the two and start again".into()
        }
        Status::BadOp => {
            "it does not know this operation: load a bitstream of this version of ef-train".into()
        }
        Status::BadLength => format!("a request moves 1 to {MAX_PAYLOAD} words"),
        Status::BadAddress => "this is beyond the end of its memory".into(),
        Status::Busy => {
            "its memory belongs to the accelerator while a program runs: wait for its end or clear it".into()
        }
        Status::MemoryTimeout => "its memory does not answer: reset the board".into(),
    }
}

impl From<LinkError> for DeviceError {
    fn from(error: LinkError) -> Self {
        DeviceError::Other(error.into())
    }
}
