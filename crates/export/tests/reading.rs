//! Tools read what was exported, from any folder, with the commands that stand in its `README.md`.

use ef_board::Board;
use ef_export::Multipliers;
use ef_isa::config;
use ef_isa::config::SIM_2X2;
use ef_tools::Tool;
use std::fmt::Write;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// A program of this name in `dir` that starts `tool`.
fn link(dir: &Path, name: &str, tool: &Tool) {
    let command = tool.command();
    let variable = |(key, value): (&std::ffi::OsStr, Option<&std::ffi::OsStr>)| {
        format!("export {}='{}'\n", key.display(), value.unwrap_or_default().display())
    };
    let mut script = String::from("#!/bin/sh\n");
    script.extend(command.get_envs().map(variable));
    write!(script, "exec '{}'", command.get_program().display()).unwrap();
    script.extend(command.get_args().map(|arg| format!(" '{}'", arg.display())));
    script += " \"$@\"\n";
    fs::write(dir.join(name), script).unwrap();
    fs::set_permissions(dir.join(name), fs::Permissions::from_mode(0o755)).unwrap();
}

/// A folder that the pinned Yosys can read under its whole name: it has a /tmp of its own.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

/// Runs the commands of a README that read the lists, in a folder that has nothing to do with `out`.
fn read_from_elsewhere(out: &Path) {
    let elsewhere = tempfile::tempdir().unwrap();
    let programs = tempfile::tempdir().unwrap();
    let tools = [
        ("verilator", ef_tools::verilator()),
        ("iverilog", ef_tools::iverilog()),
        ("yosys", ef_tools::yosys()),
    ];
    let path = format!("{}:{}", programs.path().display(), std::env::var("PATH").unwrap());
    let readme = fs::read_to_string(out.join("README.md")).unwrap();
    for (name, tool) in tools {
        let line = readme.lines().find(|line| line.starts_with(name) && line.contains("$DIR"));
        let line = line.unwrap_or_else(|| panic!("README.md has no command of {name}"));
        match tool {
            Ok(tool) => link(programs.path(), name, &tool),
            Err(error) if name == "iverilog" => {
                println!("SKIPPED: {error}");
                continue;
            }
            Err(error) => panic!("{error:#}"),
        }
        let run = Command::new("sh")
            .args(["-c", line])
            .env("DIR", out)
            .env("PATH", &path)
            .current_dir(elsewhere.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stdout) + String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{line}\n{said}");
    }
}

#[test]
fn the_accelerators_lists_are_read_from_another_folder() {
    let dir = folder();
    let out = dir.path().join("rtl");
    ef_export::export(&SIM_2X2, &out, false).unwrap();
    read_from_elsewhere(&out);
}

#[test]
fn a_boards_top_with_chip_and_wrapper_is_read_from_another_folder_and_has_its_constraints() {
    let dir = folder();
    let out = dir.path().join("board");
    let mut board = Board::named("ulx3s-12f").unwrap();
    board.accelerator = &SIM_2X2;
    let files = ef_export::export_board(&board, &out).unwrap();
    for file in &files {
        assert!(out.join(file).is_file(), "{}", file.display());
    }
    let text = |name: &str| fs::read_to_string(out.join(name)).unwrap();
    assert_eq!(text("pins.lpf"), board.pins.lpf());
    assert!(text("board.v").contains("module board(") && text("chip.v").contains("EHXPLLL"));
    assert!(!text("chip_portable.v").contains("EHXPLLL"));
    let readme = text("README.md");
    for part in
        ["yosys -q -l yosys.log -s synth.ys", "nextpnr-ecp5 --12k", "--lpf pins.lpf", "--bit ulx3s-12f.bit"]
    {
        assert!(readme.contains(part), "no `{part}` in\n{readme}");
    }
    read_from_elsewhere(&out);
}

#[test]
fn the_multipliers_of_every_configuration_are_counted_and_stand_on_the_page() {
    let mut table = String::from(
        "| configuration | 18 x 18 multiplications | MULT18X18D (ECP5) | DSP48E1 (Xilinx 7 series) |\n|---|---|---|---|\n",
    );
    for config in config::ALL {
        let Multipliers { count, mult18x18d, dsp48e1 } =
            Multipliers::of(&ef_rtl::top::modules(config).unwrap());
        // what docs/boards.md says
        assert_eq!(count, 2 * config.lanes * config.lanes + 15, "{}", config.name);
        writeln!(table, "| `{}` | {count} | {mult18x18d} | {dsp48e1} |", config.name).unwrap();
    }
    ef_tools::page_block(
        "docs/host-port.md",
        "EF_UPDATE_DOCS=1 cargo test -p ef-export --test reading",
        &table,
    )
    .unwrap();
}
