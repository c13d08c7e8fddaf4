//! [`LinkError`]: why a request has no result.

use crate::frame::{MAX_PAYLOAD, Status};
use ef_program::DeviceError;
use std::io;
use std::time::Duration;

/// Why a request has no result.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    #[error(
        "{port}: no answer to {request}, sent {attempts} times in {time:?}: is the board powered and configured, and its link at the same baud rate? \
         Whether the board has executed the request is not known"
    )]
    Unanswered { port: String, request: String, attempts: u32, time: Duration },
    #[error(
        "{port}: the port is gone, and for {time:?} it could not be opened again: is the board plugged in?"
    )]
    Lost { port: String, source: io::Error, time: Duration },
    #[error("{port}: cannot open: {problem}")]
    Open { port: String, problem: String },
    #[error("{port}: the board refused {request}: {}", meaning(*status))]
    Refused { port: String, request: String, status: Status },
    #[error(
        "{port}: the board speaks version {theirs} of the link, this program version {ours}: load a bitstream of this version of ef-train"
    )]
    Version { port: String, theirs: u32, ours: u32 },
    #[error("{port}: {problem}")]
    Unknown { port: String, problem: String },
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
