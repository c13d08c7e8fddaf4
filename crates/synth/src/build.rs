//! [`build()`]: from a [`Design`] to the files in the output folder.

use crate::design::Design;
use crate::netlist;
use crate::nextpnr::Routed;
use crate::report::Report;
use crate::run::run;
use crate::stages::Stages;
use crate::tools::{NETLIST, Tools, ecppack_args, nextpnr_args, of_seed, yosys_args};
use crate::yosys;
use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// How to build.
#[derive(Clone, Debug)]
pub struct Options {
    /// Seeds of the placer, one bitstream each; the best is kept.
    pub seeds: Vec<u64>,
    /// Seeds to run at the same time. Each takes more than 1 GB for a large design.
    pub jobs: usize,
    /// Folder of the results; made if it does not exist.
    pub out: PathBuf,
    /// Becomes true when the build is to stop: all programs are ended and nothing is written.
    pub cancel: Arc<AtomicBool>,
}

/// The result.
#[derive(Clone, Debug)]
pub struct Built {
    /// What came out.
    pub report: Report,
    /// The bitstream.
    pub bitstream: PathBuf,
    /// Nothing that goes in has changed since the last build, so it was not built again.
    pub unchanged: bool,
}

/// The report, written last: where it is, everything is.
const REPORT: &str = "report.json";

const NOT_CHECKED: [&str; 3] = [
    "Paths inside DSP blocks: nextpnr knows none from the input to the output registers of a MULT18X18D. Lattice's own figures allow well above 200 MHz.",
    "Pins: setup and hold of the SDRAM and delays of pads and board. `docs/boards.md` has the calculation behind the phase of the SDRAM's clock.",
    "Paths between clocks and from inputs: they must go through synchronisers. The only ones are the button, the PLL's lock and the serial input.",
];

/// Builds a design.
///
/// Writes `NAME.bit`, `report.json`, `report.md` and `logs/` into the output folder, at the very end and in one go: a build that fails or is stopped leaves
/// what was there. If timing is missed the bitstream is called `NAME.timing-missed.bit` and there is no `NAME.bit`.
///
/// # Errors
/// If a program fails, or timing is missed by the best seed; the report is written in that case, and the message names the path.
pub fn build(design: &Design, options: &Options) -> Result<Built> {
    ensure!(!options.seeds.is_empty() && options.jobs > 0, "at least one seed and one job are needed");
    let tools = Tools::find()?;
    let input_hash = input_hash(design, options, &tools)?;
    let built = match unchanged(&options.out, &input_hash) {
        Some(built) => built,
        None => from_scratch(design, options, &tools, input_hash)?,
    };
    if !built.report.timing_met {
        let slow: Vec<String> = built
            .report
            .clocks
            .iter()
            .filter(|(_, clock)| !clock.met())
            .map(|(net, clock)| format!("{net} reaches {:.2} of {:.2} MHz", clock.fmax_mhz, clock.target_mhz))
            .collect();
        bail!(
            "timing is missed: {}\n{}the report is in {}; more seeds may help (--seeds 5), else a lower core_mhz of the board",
            slow.join(", "),
            built.report.path_text(),
            options.out.join("report.md").display()
        );
    }
    Ok(built)
}

fn input_hash(design: &Design, options: &Options, tools: &Tools) -> Result<String> {
    let mut more = vec![env!("CARGO_PKG_VERSION").to_string(), format!("{:?}", tools.versions())];
    more.extend(yosys_args());
    more.extend(yosys::files(design).map(|(_, text)| text));
    for seed in &options.seeds {
        more.extend(nextpnr_args(design, *seed)?);
        more.extend(ecppack_args(design, *seed, "bit"));
    }
    Ok(design.hash(&more))
}

/// The last build, if it had the same inputs and is all there.
fn unchanged(out: &Path, input_hash: &str) -> Option<Built> {
    let report: Report = serde_json::from_str(&fs::read_to_string(out.join(REPORT)).ok()?).ok()?;
    let bitstream = out.join(&report.bitstream);
    let same = report.input_hash == input_hash && report.bitstream_sha256 == sha256_of(&bitstream).ok()?;
    same.then_some(Built { report, bitstream, unchanged: true })
}

fn from_scratch(design: &Design, options: &Options, tools: &Tools, input_hash: String) -> Result<Built> {
    let out = &options.out;
    fs::create_dir_all(out).with_context(|| format!("cannot create the folder {}", out.display()))?;
    // next to the results, so that they can be moved; removed at the end, however that comes
    let work = tempfile::Builder::new().prefix(".build-").tempdir_in(out)?;
    let dir = work.path();
    for (name, text) in design.files() {
        fs::write(dir.join(name), text)?;
    }
    let stages = Stages::new();
    let stage = stages.start("synthesis (yosys)");
    let cancel = &options.cancel;
    run(&tools.yosys, &yosys_args(), dir, "yosys.log", &[NETLIST.into()], cancel)?;
    let parts = netlist::parts(&dir.join(NETLIST), &design.top)?;
    stage.done(
        parts.first().map_or_else(String::new, |all| format!("{} LUTs, {} flip-flops", all.lut, all.ff)),
    );

    let mut routed = place_and_route(design, options, tools, dir, &stages)?;
    routed.sort_by(|a, b| b.limiting().ratio().total_cmp(&a.limiting().ratio()).then(a.seed.cmp(&b.seed)));
    let best = &routed[0];
    let timing_met = best.clocks.values().all(|clock| clock.met());
    let bitstream = format!("{}{}.bit", design.name, if timing_met { "" } else { ".timing-missed" });
    let stage = stages.start("bitstream (ecppack)");
    run(
        &tools.ecppack,
        &ecppack_args(design, best.seed, &bitstream),
        dir,
        "ecppack.log",
        std::slice::from_ref(&bitstream),
        cancel,
    )?;
    stage.done(bitstream.clone());
    let report = Report {
        name: design.name.clone(),
        device: format!("{}-{} {}", design.device.name, design.device.speed_grade, design.device.package),
        idcode: format!("{:#010x}", design.device.idcode),
        timing_met,
        clocks: best.clocks.clone(),
        lut: best.used("TRELLIS_COMB"),
        ff: best.used("TRELLIS_FF"),
        dsp: best.used("MULT18X18D"),
        bram: best.used("DP16KD"),
        seed: best.seed,
        seeds: routed.iter().map(Routed::result).collect(),
        parts,
        critical_path: best.critical_path.clone(),
        tools: tools.versions(),
        input_hash,
        bitstream_sha256: sha256_of(&dir.join(&bitstream))?,
        bitstream,
        not_checked: NOT_CHECKED.map(String::from).into(),
    };
    publish(design, &report, dir, out)
}

/// One run per seed, `jobs` at a time. The first that fails stops the others.
fn place_and_route(
    design: &Design,
    options: &Options,
    tools: &Tools,
    dir: &Path,
    stages: &Stages,
) -> Result<Vec<Routed>> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    let work = || {
        while let Some(seed) = options.seeds.get(next.fetch_add(1, Ordering::Relaxed)) {
            let result = route_one(design, *seed, options, tools, dir, stages);
            if result.is_err() {
                next.store(options.seeds.len(), Ordering::Relaxed);
            }
            results.lock().expect("no thread panics with it").push(result);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..options.jobs.min(options.seeds.len()) {
            scope.spawn(work);
        }
    });
    results.into_inner().expect("no thread panics with it").into_iter().collect()
}

fn route_one(
    design: &Design,
    seed: u64,
    options: &Options,
    tools: &Tools,
    dir: &Path,
    stages: &Stages,
) -> Result<Routed> {
    let stage = stages.start(format!("place and route (nextpnr), seed {seed}"));
    let outputs = [of_seed(seed, "config"), of_seed(seed, "json")];
    run(&tools.nextpnr, &nextpnr_args(design, seed)?, dir, &of_seed(seed, "log"), &outputs, &options.cancel)?;
    let routed = Routed::read(&dir.join(&outputs[1]), seed, design.clock_mhz)?;
    let limiting = routed.limiting();
    stage.done(format!("{:.2} of {:.2} MHz", limiting.fmax_mhz, limiting.target_mhz));
    Ok(routed)
}

/// Moves the results to where they belong. While that goes on there is no report, without which nobody takes a bitstream for current.
fn publish(design: &Design, report: &Report, dir: &Path, out: &Path) -> Result<Built> {
    let logs = dir.join("logs");
    fs::create_dir(&logs)?;
    let kept = ["yosys.log".to_string(), of_seed(report.seed, "log")];
    for log in &kept {
        fs::rename(dir.join(log), logs.join(log))?;
    }
    fs::write(dir.join("report.md"), report.text())?;
    fs::write(dir.join(REPORT), serde_json::to_string_pretty(report)? + "\n")?;
    for old in [REPORT.into(), format!("{}.bit", design.name), format!("{}.timing-missed.bit", design.name)] {
        remove_if_there(&out.join(old))?;
    }
    let old_logs = out.join("logs");
    if old_logs.exists() {
        fs::remove_dir_all(&old_logs)?;
    }
    for file in ["logs", &report.bitstream, "report.md", REPORT] {
        fs::rename(dir.join(file), out.join(file))
            .with_context(|| format!("cannot write {}", out.join(file).display()))?;
    }
    Ok(Built { report: report.clone(), bitstream: out.join(&report.bitstream), unchanged: false })
}

fn remove_if_there(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot replace {}", path.display()))
        }
        _ => Ok(()),
    }
}

fn sha256_of(path: &Path) -> Result<String> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(hex::encode(Sha256::digest(bytes)))
}
