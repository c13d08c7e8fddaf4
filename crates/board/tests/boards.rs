//! The board files of the workspace, and what is said about wrong ones.

use ef_board::{Board, Direction, PHASE_BITS, Pins, boards_dir};
use std::fs;
use std::path::{Path, PathBuf};

fn all() -> Vec<Board> {
    Board::names()
        .unwrap()
        .iter()
        .map(|name| Board::named(name).unwrap_or_else(|e| panic!("{e:#}")))
        .collect()
}

#[test]
fn every_board_reaches_its_clocks_exactly_with_every_sdram_part() {
    let boards = all();
    assert!(boards.len() >= 4);
    for board in boards {
        for part in ["is42s16160", "w9825g6kh", "mt48lc16m16a2", "as4c32m16"] {
            let board = board.clone().with_sdram(part).unwrap_or_else(|e| panic!("{}: {e:#}", board.name));
            assert!((board.pll().unwrap().core_mhz() - board.clocks.core_mhz).abs() < 1e-9);
            assert!(board.bit_step().unwrap() > 0);
        }
    }
}

#[test]
fn the_four_ulx3s_differ_in_device_and_idcode() {
    let mut ids: Vec<u32> =
        all().iter().filter(|b| b.name.starts_with("ulx3s-")).map(|b| b.device.idcode).collect();
    ids.sort_unstable();
    assert_eq!(ids, [0x2111_1043, 0x4111_1043, 0x4111_2043, 0x4111_3043]);
}

#[test]
fn constraints_files_are_current() {
    for board in all() {
        let path = boards_dir().unwrap().join("../constraints").join(format!("{}.lpf", board.pins.name));
        let lpf = board.pins.lpf();
        if std::env::var_os("EF_UPDATE_DOCS").is_some() {
            fs::write(&path, &lpf).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == lpf,
            "{} is not current: EF_UPDATE_DOCS=1 cargo test -p ef-board",
            path.display()
        );
    }
}

#[test]
fn the_constraints_name_every_ball_once_and_the_oscillator() {
    let board = Board::named("ulx3s-85f").unwrap();
    let lpf = board.pins.lpf();
    let balls: usize = board.pins.pins.values().map(|pin| pin.sites().len()).sum();
    assert_eq!(lpf.matches("LOCATE COMP").count(), balls);
    assert_eq!(lpf.matches("IOBUF PORT").count(), balls);
    for line in [
        "LOCATE COMP \"sdram_d[15]\" SITE \"J17\";",
        "IOBUF PORT \"btn_fire1\" PULLMODE=DOWN IO_TYPE=LVCMOS33;",
        "FREQUENCY PORT \"clk_25mhz\" 25 MHZ;",
    ] {
        assert!(lpf.contains(line), "{line}");
    }
}

/// Which net of the ULX3S's ESP32 is on which ball depends on the revision of the board, so nothing may drive one, and each must be pulled up.
#[test]
fn the_nets_of_the_esp32_are_pulled_up_and_never_driven_on_any_revision_of_the_ulx3s() {
    // wifi_gpio0 is on L2 up to 3.1.5 and on F1 from 3.1.6 on; the others are wifi_en and wifi_gpio22
    for board in all() {
        let pins = &board.pins;
        for site in ["L2", "F1", "J5"] {
            let (net, pin) = pins.pins.iter().find(|(_, pin)| pin.sites().contains(&site)).expect(site);
            assert_eq!((pin.direction, pin.pull.as_str()), (Direction::Pulled, "UP"), "{site}");
            let wrapper = pins.wrapper("board", "chip");
            assert!(wrapper.contains(&format!("input wire {net};")), "{wrapper}");
            assert!(pins.lpf().contains(&format!("IOBUF PORT \"{net}\" PULLMODE=UP IO_TYPE=LVCMOS33;\n")));
        }
    }
}

#[test]
fn the_wrapper_holds_tristates_and_renamed_ports_and_drives_no_pulled_net() {
    let text = r#"
        io_type = "LVCMOS33"
        sysconfig = {}
        [pins]
        osc = { direction = "input", port = "clock_in", site = "A1", pull = "NONE", clock_mhz = 25.0 }
        held = { direction = "pulled", sites = ["B1", "B2"], pull = "UP" }
        led = { direction = "output", sites = ["C1"], pull = "NONE" }
        d = { direction = "inout", port = "dq", sites = ["D1", "D2"], pull = "NONE" }
    "#;
    insta::assert_snapshot!(Pins::parse("p", text).unwrap().wrapper("board", "chip"), @r"
    module board(d, held, led, osc);
        inout wire [1:0] d;
        wire [1:0] d_in;
        wire [1:0] d_out;
        wire [1:0] d_oe;
        input wire [1:0] held;
        output wire [0:0] led;
        input wire osc;
        assign d_in = d;
        assign d[0] = d_oe[0] ? d_out[0] : 1'bz;
        assign d[1] = d_oe[1] ? d_out[1] : 1'bz;
        chip inner(
            .dq_in(d_in),
            .dq_out(d_out),
            .dq_oe(d_oe),
            .led(led),
            .clock_in(osc)
        );
    endmodule
    ");
}

/// A copy of the board files in which one text of one file is replaced.
fn changed(file: &str, from: &str, to: &str) -> (tempfile::TempDir, PathBuf) {
    let copy = tempfile::tempdir().unwrap();
    let source = boards_dir().unwrap();
    for folder in ["", "pins", "sdram", "floorplan"] {
        fs::create_dir_all(copy.path().join(folder)).unwrap();
        for entry in fs::read_dir(source.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                fs::copy(&path, copy.path().join(folder).join(path.file_name().unwrap())).unwrap();
            }
        }
    }
    let path = copy.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no `{from}`");
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
    (copy, path)
}

/// Copies of a table with a key more, one for each table in it at any depth, and where the key is.
fn with_a_stranger(table: &toml::Table) -> Vec<(String, toml::Table)> {
    let mut whole = table.clone();
    whole.insert("stranger".into(), 1.into());
    let mut copies = vec![("here".to_string(), whole)];
    for (key, value) in table {
        for (place, changed) in in_value(value) {
            let mut copy = table.clone();
            copy[key] = changed;
            copies.push((format!("{key} {place}"), copy));
        }
    }
    copies
}

fn in_value(value: &toml::Value) -> Vec<(String, toml::Value)> {
    match value {
        toml::Value::Table(table) => with_a_stranger(table).into_iter().map(|(p, t)| (p, t.into())).collect(),
        toml::Value::Array(list) => (0..list.len())
            .flat_map(|i| in_value(&list[i]).into_iter().map(move |(place, changed)| (i, place, changed)))
            .map(|(i, place, changed)| {
                let mut copy = list.clone();
                copy[i] = changed;
                (format!("{i} {place}"), copy.into())
            })
            .collect(),
        _ => Vec::new(),
    }
}

#[test]
fn an_unknown_key_in_any_table_of_any_file_is_named() {
    for file in ["ulx3s-85f.toml", "pins/ulx3s.toml", "sdram/is42s16160.toml", "floorplan/lfe5u-85f.toml"] {
        let (dir, path) = changed(file, "", "");
        let table = fs::read_to_string(&path).unwrap().parse().unwrap();
        for (place, copy) in with_a_stranger(&table) {
            fs::write(&path, toml::to_string(&copy).unwrap()).unwrap();
            let error = error_of(dir.path());
            let named = path.file_name().unwrap().to_string_lossy();
            assert!(error.contains("stranger") && error.contains(&*named), "{file}, {place}: {error}");
        }
    }
}

fn error_of(dir: &Path) -> String {
    format!("{:#}", Board::read(dir, "ulx3s-85f").unwrap_err())
}

#[test]
fn a_wrong_file_is_refused_with_its_name_the_field_and_what_is_possible() {
    let board = "ulx3s-85f.toml";
    let pins = "pins/ulx3s.toml";
    let plan = "floorplan/lfe5u-85f.toml";
    let sdram = "sdram/is42s16160.toml";
    for (file, from, to, parts) in [
        (board, "fp32-8x8", "fp32-9x9", ["accelerator", "sim-2x2"]),
        (board, "LFE5U-85F", "LFE5U-95F", ["LFE5U-95F", "LFE5U-85F"]),
        (board, "speed_grade = 6", "speed_grade = 5", ["speed_grade = 5", "6, 7 and 8"]),
        (board, "0x41113043", "0x41113044", ["idcode", "043"]),
        (board, "0x41113043", "large", ["idcode", "0x41113043"]),
        (board, "90.0", "500.0", ["clocks", "10 to 400 MHz"]),
        (board, "90.0", "200.0", ["clocks.core_mhz = 200", "at most"]),
        (board, "3000000", "30000000", ["link.baud = 30000000", "from 8584 to 11250000 baud"]),
        (board, "\"0403\"", "\"403\"", ["programmer.usb_vendor", "four hexadecimal digits"]),
        (board, "baud", "bauds", ["unknown key `bauds`", "did you mean `baud`?"]),
        (board, "3000000", "\"fast\"", ["line 20, key `link.baud`", "a whole number"]),
        (board, "[link]", "[link", ["line 19", "not valid TOML"]),
        (sdram, "t_rp_ns = 20", "t_rp_ns = inf", ["t_rp_ns = inf", "0 to 1000000"]),
        (sdram, "refresh_rows = 8192", "refresh_rows = 0", ["refresh_rows = 0", "1 or more"]),
        (pins, "COMPRESS_CONFIG", "COMPRES_CONFIG", ["`COMPRES_CONFIG`", "COMPRESS_CONFIG"]),
        (pins, "direction = \"input\"", "direction = \"in\"", ["pins.clk_25mhz.direction", "`input`"]),
        (board, "sdram = \"is42s16160\"", "sdram = \"none\"", ["SDRAM part `none`", "w9825g6kh"]),
        (board, "floorplan = \"lfe5u-85f\"", "floorplan = \"none\"", ["floorplan `none`", "lfe5u-85f"]),
        (plan, "y = 10, x = [40", "y = 34, x = [40", ["x = 40, y = 34", "twice"]),
        (plan, "y = 10, x = [40", "y = 10, x = [4294967295", ["x = 4294967295, y = 10", "up to 999"]),
        (plan, "store = {", "stores = {", ["stores", "store"]),
        (pins, "\"R1\"", "\"G2\"", ["ball G2", "clk_25mhz"]),
        (pins, "site = \"R1\", ", "", ["pins.btn_fire1", "either `site` or `sites`"]),
        (pins, ", clock_mhz = 25.0", "", ["clock_mhz", "exactly one"]),
        (pins, "drive = 4 }", "drive = 5 }", ["pins.ftdi_rxd", "4, 8, 12 and 16 mA"]),
        (pins, "pulled\"", "pulled\", drive = 4", ["pins.esp32_f1", "only an output"]),
        (pins, "pulled\"", "pulled\", port = \"led\"", ["pins.esp32_f1", "no `port`"]),
        (pins, "\"F1\", pull = \"UP\"", "\"F1\", pull = \"NONE\"", ["pins.esp32_f1", "UP or DOWN"]),
        (pins, "pull = \"DOWN\"", "pull = \"LEFT\"", ["pins.btn_fire1", "UP, DOWN or NONE"]),
    ] {
        let (dir, path) = changed(file, from, to);
        let error = error_of(dir.path());
        for part in parts {
            assert!(error.contains(part), "{from} -> {to}: `{error}` does not say `{part}`");
        }
        let named = path.file_name().unwrap().to_string_lossy();
        assert!(error.contains(&*named) || to.contains("none"), "`{error}` does not name {named}");
    }
}

#[test]
fn any_baud_rate_that_the_fractional_bit_timer_keeps_is_taken() {
    let step = |baud: &str| {
        let (dir, _) = changed("ulx3s-85f.toml", "3000000", baud);
        Board::read(dir.path(), "ulx3s-85f").and_then(|board| board.bit_step())
    };
    // 10.5 and 8.5 cycles of 90 MHz per bit, 781.25 and 9375
    for baud in ["8571428", "10588235", "11250000", "115200", "9600", "8584"] {
        let error =
            step(baud).unwrap() as f64 * 90e6 / f64::from(1 << PHASE_BITS) / baud.parse::<f64>().unwrap()
                - 1.0;
        assert!(error.abs() < 0.005, "{baud}: {error}");
    }
    // fewer than 8 cycles, and steps that cannot be so fine
    for baud in ["11250001", "300", "0"] {
        assert!(step(baud).is_err(), "{baud}");
    }
}

#[test]
fn an_unknown_board_is_answered_with_the_ones_there_are() {
    let error = Board::named("ulx4m").unwrap_err().to_string();
    assert!(error.contains("no board `ulx4m`") && error.contains("ulx3s-12f, ulx3s-25f"), "{error}");
}
