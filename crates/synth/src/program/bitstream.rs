//! The IDCODE inside a bitstream.

use anyhow::{Context, Result, bail, ensure};

const PREAMBLE: [u8; 4] = [0xff, 0xff, 0xbd, 0xb3];
const DUMMY: u8 = 0xff;
const RESET_CRC: u8 = 0x3b;
const VERIFY_ID: u8 = 0xe2;

/// What the FPGA must answer for this ECP5 bitstream to be accepted.
///
/// A bitstream is a comment, a preamble and commands of a byte with three bytes of operand each; the first that has data checks the IDCODE.
///
/// # Errors
/// If it is none, or checks no IDCODE.
pub fn idcode(bitstream: &[u8]) -> Result<u32> {
    let start = bitstream
        .windows(4)
        .position(|bytes| bytes == PREAMBLE)
        .context("this is no ECP5 bitstream: it has no preamble")?;
    let mut rest = &bitstream[start + PREAMBLE.len()..];
    loop {
        match rest.first() {
            Some(&DUMMY) => rest = &rest[1..],
            Some(&RESET_CRC) if rest.len() > 4 => rest = &rest[4..],
            Some(&VERIFY_ID) => {
                ensure!(rest.len() >= 8, "this bitstream ends early");
                return Ok(u32::from_be_bytes([rest[4], rest[5], rest[6], rest[7]]));
            }
            _ => bail!("this bitstream does not check the IDCODE of the FPGA"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first bytes of what ecppack writes for an LFE5U-12F.
    const START: [u8; 30] = [
        0xff, 0x00, b'P', b'a', b'r', b't', 0x00, 0xff, 0xff, 0xff, 0xbd, 0xb3, 0xff, 0xff, 0xff, 0xff, 0x3b,
        0, 0, 0, 0xe2, 0, 0, 0, 0x21, 0x11, 0x10, 0x43, 0x22, 0,
    ];

    #[test]
    fn the_idcode_is_found_behind_comment_and_preamble() {
        assert_eq!(idcode(&START).unwrap(), 0x2111_1043);
    }

    #[test]
    fn other_files_and_torn_ones_are_refused() {
        for (bytes, part) in
            [(&START[..6], "no preamble"), (&START[..26], "ends early"), (&START[..14], "does not check")]
        {
            let error = idcode(bytes).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
