//! Files that are something else than data, recognised by how they start.

use anyhow::{Result, bail};

/// Refuses what no data file can be, and says what it is and what to do. `bytes` are packed or unpacked.
pub fn refuse(name: &str, bytes: &[u8]) -> Result<()> {
    match kind(bytes) {
        Some(kind) => bail!("{name} is {kind}"),
        None => Ok(()),
    }
}

fn kind(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [] => Some("empty; download it again"),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => Some("a zip archive; unpack it (unzip)"),
        [0x80, 2..=5, ..] => {
            Some("a Python pickle, which is not read; download the binary version of the data")
        }
        _ if bytes.get(257..262) == Some(b"ustar") => Some("a tar archive; unpack it (tar xf)"),
        _ if bytes.starts_with(b"version https://git-lfs") => Some(
            "a Git LFS pointer, not the data; run `git lfs pull` where it comes from, or download the data",
        ),
        _ if is_web_page(bytes) => {
            Some("a web page, probably the server's error page instead of the data; download it again")
        }
        _ => None,
    }
}

fn is_web_page(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    ["<!doctype", "<html", "<head", "<?xml"]
        .iter()
        .any(|start| text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_data_is_named() {
        let mut tar = vec![0; 512];
        tar[257..262].copy_from_slice(b"ustar");
        let cases: [(&[u8], &str); 11] = [
            (b"", "empty"),
            (b"<!DOCTYPE html><p>404", "web page"),
            (b"\r\n\t <HTML>", "web page"),
            (b"\xef\xbb\xbf<?xml version='1.0'?>", "web page"),
            (b"<head>", "web page"),
            (b"PK\x03\x04rest", "zip"),
            (b"PK\x05\x06", "zip"),
            (&tar, "tar archive"),
            (b"version https://git-lfs.github.com/spec/v1\noid", "git lfs pull"),
            (b"\x80\x02}q\x01", "pickle"),
            (b"\x80\x04\x95", "pickle"),
        ];
        for (bytes, what) in cases {
            let error = refuse("file-x", bytes).unwrap_err().to_string();
            assert!(error.starts_with("file-x is ") && error.contains(what), "{error}");
        }
    }

    #[test]
    fn data_is_not_taken_for_something_else() {
        for bytes in [[0, 0, 8, 3].as_slice(), &[9, b'<', b'h', 0], &[6, 0x80, 2], b"PKx", &[0x1f, 0x8b]] {
            refuse("file-x", bytes).unwrap();
        }
    }
}
