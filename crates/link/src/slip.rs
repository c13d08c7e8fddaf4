//! The delimiters of frames, those of SLIP (RFC 1055): whatever was lost or added, the receiver is in step again after the next [`END`].

use crate::frame::MAX_WORDS;

/// Ends a frame; sent before a frame as well, to end what noise may have begun.
pub const END: u8 = 0xc0;
/// Starts an escape of two bytes.
pub const ESC: u8 = 0xdb;
/// After [`ESC`]: a byte of the frame equal to [`END`].
pub const ESC_END: u8 = 0xdc;
/// After [`ESC`]: a byte of the frame equal to [`ESC`].
pub const ESC_ESC: u8 = 0xdd;

/// The bytes on the wire of a frame.
pub fn encode(frame: &[u8]) -> Vec<u8> {
    let mut wire = vec![END];
    for byte in frame {
        match *byte {
            END => wire.extend([ESC, ESC_END]),
            ESC => wire.extend([ESC, ESC_ESC]),
            other => wire.push(other),
        }
    }
    wire.push(END);
    wire
}

/// What stood between two ENDs.
#[derive(Debug, PartialEq, Eq)]
pub enum Delimited {
    /// The bytes of a frame, escapes undone.
    Frame(Vec<u8>),
    /// A wrong escape, or more bytes than the longest frame has.
    Malformed,
}

/// Finds frames in a stream of bytes.
#[derive(Debug, Default)]
pub struct Decoder {
    bytes: Vec<u8>,
    escaped: bool,
    malformed: bool,
}

impl Decoder {
    /// Takes a byte; gives what it ends, if that is not empty.
    pub fn push(&mut self, byte: u8) -> Option<Delimited> {
        let escaped = std::mem::take(&mut self.escaped);
        match (byte, escaped) {
            (END, _) => return self.end(escaped),
            (ESC, false) => self.escaped = true,
            (ESC_END, true) => self.data(END),
            (ESC_ESC, true) => self.data(ESC),
            (_, true) => self.malformed = true,
            (other, false) => self.data(other),
        }
        None
    }

    fn data(&mut self, byte: u8) {
        if self.bytes.len() == 4 * MAX_WORDS {
            self.malformed = true;
        } else {
            self.bytes.push(byte);
        }
    }

    fn end(&mut self, escaped: bool) -> Option<Delimited> {
        let bytes = std::mem::take(&mut self.bytes);
        if std::mem::take(&mut self.malformed) || escaped {
            Some(Delimited::Malformed)
        } else {
            (!bytes.is_empty()).then_some(Delimited::Frame(bytes))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(wire: &[u8]) -> Vec<Delimited> {
        let mut decoder = Decoder::default();
        wire.iter().filter_map(|byte| decoder.push(*byte)).collect()
    }

    #[test]
    fn every_byte_survives_and_empty_frames_are_nothing() {
        let frame: Vec<u8> = (0..=255).collect();
        let wire = [encode(&frame), encode(&[]), encode(&frame)].concat();
        assert_eq!(decode(&wire), [Delimited::Frame(frame.clone()), Delimited::Frame(frame)]);
    }

    #[test]
    fn after_a_wrong_escape_or_too_many_bytes_the_next_frame_is_whole() {
        let good = encode(&[1, END, 2]);
        let long = vec![7; 4 * MAX_WORDS + 1];
        for bad in [&[1, ESC, 2][..], &[1, ESC], &[ESC, ESC, ESC_END], &long] {
            let wire = [bad, &good].concat();
            assert_eq!(decode(&wire), [Delimited::Malformed, Delimited::Frame(vec![1, END, 2])], "{bad:?}");
        }
        assert_eq!(decode(&encode(&long[1..])).len(), 1);
    }
}
