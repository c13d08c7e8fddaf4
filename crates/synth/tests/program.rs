//! Programming, with stand-ins for openFPGALoader and fujprog that print what the real ones print.

use ef_board::Board;
use ef_synth::program::{Places, Target, program};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// A computer with these programs and, if `plugged_in`, a ULX3S.
struct Computer {
    dir: tempfile::TempDir,
}

impl Computer {
    fn new(programs: &[(&str, &str)], plugged_in: bool) -> Computer {
        let dir = tempfile::tempdir().unwrap();
        let bin = dir.path().join("bin");
        fs::create_dir(&bin).unwrap();
        for (name, script) in programs {
            let text =
                format!("#!/bin/sh\necho \"$@\" >> {}\n{script}\n", dir.path().join("calls").display());
            fs::write(bin.join(name), text).unwrap();
            fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).unwrap();
        }
        let usb = dir.path().join("usb/1-1");
        fs::create_dir_all(&usb).unwrap();
        if plugged_in {
            fs::write(usb.join("idVendor"), "0403\n").unwrap();
            fs::write(usb.join("idProduct"), "6015\n").unwrap();
        }
        Computer { dir }
    }

    /// A bitstream for that IDCODE, as far as anybody looks at it.
    fn bitstream(&self, idcode: u32) -> PathBuf {
        let mut bytes = b"\xff\0Part\0\xff\xff\xff\xbd\xb3\xff\xff\xff\xff\x3b\0\0\0\xe2\0\0\0".to_vec();
        bytes.extend(idcode.to_be_bytes());
        let path = self.dir.path().join("chip.bit");
        fs::write(&path, bytes).unwrap();
        path
    }

    fn program(&self, board: &str, idcode: u32, target: Target) -> Result<String, String> {
        let places =
            Places { path: self.dir.path().join("bin").into(), usb_devices: self.dir.path().join("usb") };
        let result = program(&Board::named(board).unwrap(), &self.bitstream(idcode), target, &places);
        result.map(|()| self.calls()).map_err(|error| format!("{error:#}"))
    }

    fn calls(&self) -> String {
        fs::read_to_string(self.dir.path().join("calls")).unwrap_or_default()
    }
}

const ID_85F: u32 = 0x4111_3043;
const ID_12F: u32 = 0x2111_1043;

/// A loader that finds an 85F.
const GOOD: (&str, &str) = (
    "openFPGALoader",
    r"case $* in *--detect) printf 'index 0:\n\tidcode 0x41113043\n\tmanufacturer lattice\n\tfamily ECP5\n\tmodel  LFE5U-85\n\tirlength 8\n';; esac",
);

#[test]
fn a_good_board_is_detected_and_loaded() {
    let computer = Computer::new(&[GOOD], true);
    let calls = computer.program("ulx3s-85f", ID_85F, Target::Sram).unwrap();
    let lines: Vec<&str> = calls.lines().collect();
    assert_eq!(lines[0], "--board ulx3s --detect");
    assert!(lines[1].starts_with("--board ulx3s --write-sram ") && lines[1].ends_with("chip.bit"), "{calls}");
    assert_eq!(lines.len(), 2);
}

#[test]
fn flash_is_written_only_when_asked_for() {
    let open_loader = Computer::new(&[GOOD], true).program("ulx3s-85f", ID_85F, Target::Flash).unwrap();
    assert!(open_loader.contains("--write-flash") && !open_loader.contains("sram"), "{open_loader}");
    let fujprog =
        Computer::new(&[("fujprog", "")], true).program("ulx3s-85f", ID_85F, Target::Flash).unwrap();
    assert!(fujprog.starts_with("-j flash "), "{fujprog}");
}

#[test]
fn fujprog_is_used_if_it_is_all_there_is() {
    let calls = Computer::new(&[("fujprog", "")], true).program("ulx3s-85f", ID_85F, Target::Sram).unwrap();
    assert!(calls.starts_with("-j sram ") && calls.lines().count() == 1, "{calls}");
}

#[test]
fn a_missing_program_is_answered_with_the_command_that_installs_it() {
    let error = Computer::new(&[], true).program("ulx3s-85f", ID_85F, Target::Sram).unwrap_err();
    assert!(
        error.contains("apt-get install openfpgaloader") && error.contains("fujprog/releases"),
        "{error}"
    );
}

#[test]
fn no_board_is_noticed_before_any_program_runs() {
    let computer = Computer::new(&[GOOD], false);
    let error = computer.program("ulx3s-85f", ID_85F, Target::Sram).unwrap_err();
    assert!(error.contains("no USB device 0403:6015") && error.contains("US1"), "{error}");
    assert_eq!(computer.calls(), "");
}

#[test]
fn no_permission_is_answered_with_the_udev_rule() {
    let denied = "echo 'unable to open ftdi device: -4 (usb_open() failed)' >&2; echo 'JTAG init failed with: unable to open ftdi device' >&2; exit 1";
    for (name, script) in
        [("openFPGALoader", denied), ("fujprog", "echo 'Cannot find JTAG cable.' >&2; exit 1")]
    {
        let computer = Computer::new(&[(name, script)], true);
        let error = computer.program("ulx3s-85f", ID_85F, Target::Sram).unwrap_err();
        let rule = r#"SUBSYSTEMS=="usb", ATTRS{idVendor}=="0403", ATTRS{idProduct}=="6015", MODE="0660""#;
        assert!(error.contains(rule) && error.contains("udevadm control --reload-rules"), "{name}: {error}");
        assert_eq!(computer.calls().lines().count(), 1);
    }
}

#[test]
fn a_bitstream_for_another_board_is_refused_before_any_program_runs() {
    let computer = Computer::new(&[GOOD], true);
    let error = computer.program("ulx3s-85f", ID_12F, Target::Sram).unwrap_err();
    assert!(error.contains("0x21111043") && error.contains("the boards are ulx3s-12f"), "{error}");
    assert_eq!(computer.calls(), "");
}

#[test]
fn another_fpga_on_the_board_is_named_with_its_board_and_nothing_is_loaded() {
    let computer = Computer::new(&[GOOD], true);
    let error = computer.program("ulx3s-12f", ID_12F, Target::Sram).unwrap_err();
    assert!(error.contains("IDCODE 0x41113043") && error.contains("ulx3s-85f"), "{error}");
    assert_eq!(computer.calls().lines().count(), 1, "only detected");
}

#[test]
fn another_fpga_is_noticed_through_fujprog_too() {
    let script =
        "printf '\\nFound LFE5U-85F device, but the bitstream is for LFE5U-12F.\\n\\nFailed.\\n' >&2; exit 1";
    let error =
        Computer::new(&[("fujprog", script)], true).program("ulx3s-12f", ID_12F, Target::Sram).unwrap_err();
    assert!(error.contains("not the one that the bitstream is for"), "{error}");
    assert!(error.contains("Found LFE5U-85F device"), "{error}");
}

#[test]
fn a_missing_bitstream_is_answered_with_the_command_that_makes_it() {
    let computer = Computer::new(&[GOOD], true);
    let places = Places { path: "".into(), usb_devices: computer.dir.path().join("usb") };
    let board = Board::named("ulx3s-85f").unwrap();
    let error = format!(
        "{:#}",
        program(&board, &computer.dir.path().join("none.bit"), Target::Sram, &places).unwrap_err()
    );
    assert!(error.contains("cargo xtask synth --board ulx3s-85f"), "{error}");
}
