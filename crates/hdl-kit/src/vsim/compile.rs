//! Verilog and C++ to a shared library.
use super::{Model, cache, shim};
use anyhow::{Context, Result, bail};
use ef_tools::Tool;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

/// Verilator arguments of every model. Warnings are errors except those that rust-hdl's style of Verilog
/// always gives.
const VERILATOR_ARGS: &[&str] = &[
    "--cc",
    "-O3",
    "--x-assign",
    "fast",
    "--x-initial",
    "fast",
    "--no-assert",
    "--no-timing",
    "-Wno-WIDTH",
    "-Wno-DECLFILENAME",
    "-Wno-CASEINCOMPLETE",
    "-Wno-TIMESCALEMOD",
    "--prefix",
    "Vtop",
    "--Mdir",
    "obj",
];

/// C++ sources smaller than this are not worth a compiler process of their own.
const MIN_UNIT: u64 = 200_000;

/// The environment variable with the C++ compiler's optimisation flags of every model, instead of those that each asks for. Models that
/// ask for `-O0` keep it: they are so large that compiling takes longer than simulating.
pub const OPTIMISE: &str = "EF_VERILATED_OPTIMISE";

struct Toolchain {
    verilator: Tool,
    cxx: Tool,
    include: PathBuf,
    flags: Vec<String>,
    trace: bool,
}

/// The shared library of `model`, from the cache if it has been built before.
pub(super) fn library(model: &Model) -> Result<PathBuf> {
    let tools = Toolchain::find(model.trace)?;
    let source = model.source();
    let shim = shim::source(&model.ports, model.trace, &model.extra_cpp);
    let args = model.verilator_args.join(" ");
    let optimise = optimisation(&model.optimise, std::env::var(OPTIMISE).ok());
    let inputs = [tools.identity(), model.top.clone(), source.clone(), shim.clone(), args, optimise.clone()];
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let dir = cache::folder("model", &inputs, |dir| {
        let runtime = tools.runtime()?;
        tools.verilate(model, &source, dir)?;
        fs::write(dir.join("obj/shim.cpp"), &shim)?;
        let objects = tools.compile_model(&optimise, dir)?;
        tools.link(&objects, &runtime, dir)?;
        // the Verilog stays next to the library, the generated C++ is large
        Ok(fs::remove_dir_all(dir.join("obj"))?)
    })?;
    Ok(dir.join(LIBRARY))
}

/// The flags that a model asks for, or those of [`OPTIMISE`].
fn optimisation(asked: &str, overrule: Option<String>) -> String {
    overrule.filter(|_| asked != "-O0").unwrap_or_else(|| asked.into())
}

const LIBRARY: &str = "model.so";

impl Toolchain {
    fn find(trace: bool) -> Result<Toolchain> {
        let verilator = ef_tools::verilator()?;
        let cxx = ef_tools::cxx()?;
        let root =
            verilator.env("VERILATOR_ROOT").context("this Verilator does not say where its runtime is")?;
        let include = root.join("include");
        let mut flags: Vec<String> =
            ["-std=c++17", "-fPIC", "-w", "-DVERILATOR=1", "-DVM_COVERAGE=0"].map(String::from).into();
        flags.extend(
            ["-DVM_SC=0", "-DVM_TIMING=0", "-DVM_TRACE_VCD=0", "-DVM_TRACE_SAIF=0"].map(String::from),
        );
        flags.extend([format!("-DVM_TRACE={}", trace as u8), format!("-DVM_TRACE_FST={}", trace as u8)]);
        for dir in [include.clone(), include.join("vltstd")] {
            flags.push(format!("-I{}", dir.display()));
        }
        if !is_clang(&cxx) {
            // two models in one process must not share the statics of inline functions
            flags.push("-fno-gnu-unique".into());
        }
        Ok(Toolchain { verilator, cxx, include, flags, trace })
    }

    /// What a cached result depends on besides its sources.
    fn identity(&self) -> String {
        format!(
            "{} {} {} {:?} {:?}",
            self.verilator.version,
            self.cxx.path.display(),
            self.cxx.version,
            self.flags,
            VERILATOR_ARGS
        )
    }

    fn verilate(&self, model: &Model, source: &str, dir: &Path) -> Result<()> {
        fs::write(dir.join("design.v"), source)?;
        let mut command = self.verilator.command();
        command.current_dir(dir).args(VERILATOR_ARGS).args(["--top-module", &model.top]);
        if self.trace {
            command.arg("--trace-fst");
        }
        command.args(&model.verilator_args).arg("design.v");
        run(&mut command).with_context(|| format!("Verilator refuses `{}`", model.top))
    }

    /// Verilator's own C++ library, compiled once for all models.
    fn runtime(&self) -> Result<PathBuf> {
        cache::folder("runtime", &[&self.identity()], |dir| {
            let mut names = vec!["verilated", "verilated_threads"];
            if self.trace {
                names.push("verilated_fst_c");
            }
            let jobs = names.iter().map(|name| {
                let mut command = self.compiler("-O2");
                command
                    .arg(self.include.join(format!("{name}.cpp")))
                    .arg("-o")
                    .arg(dir.join(format!("{name}.o")));
                command
            });
            let hint = "cannot compile Verilator's runtime";
            let trace_hint =
                format!("cannot compile Verilator's FST writer; it needs: {}", ef_tools::FST_INSTALL);
            run_all(jobs.collect()).context(if self.trace { trace_hint } else { hint.into() })
        })
    }

    /// Compiles the model in its [`units`].
    fn compile_model(&self, optimise: &str, dir: &Path) -> Result<Vec<PathBuf>> {
        let mut sources: Vec<(String, u64)> = Vec::new();
        for entry in fs::read_dir(dir.join("obj"))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.ends_with(".cpp") {
                sources.push((name, entry.metadata()?.len()));
            }
        }
        sources.sort();
        let units = units(sources, optimise);
        let mut jobs = Vec::new();
        let mut objects = Vec::new();
        for (i, (names, optimise)) in units.into_iter().enumerate() {
            let unit: String = names.iter().map(|name| format!("#include \"{name}\"\n")).collect();
            let source = dir.join(format!("obj/unit{i}.cc"));
            let object = dir.join(format!("obj/unit{i}.o"));
            fs::write(&source, unit)?;
            let mut command = self.compiler(optimise);
            command.arg(format!("-I{}", dir.join("obj").display())).arg(&source).arg("-o").arg(&object);
            jobs.push(command);
            objects.push(object);
        }
        run_all(jobs).context("cannot compile the model's C++")?;
        Ok(objects)
    }

    fn link(&self, objects: &[PathBuf], runtime: &Path, dir: &Path) -> Result<()> {
        let mut command = self.cxx.command();
        command.args(["-shared", "-fPIC", "-o"]).arg(dir.join(LIBRARY)).args(objects);
        for entry in fs::read_dir(runtime)? {
            command.arg(entry?.path());
        }
        if cfg!(target_os = "linux") {
            // a model must find its own copy of the runtime, not that of one loaded before it
            command.arg("-Wl,-Bsymbolic");
        }
        if self.trace {
            command.arg("-lz");
            if self.include.join("fstcpp").exists() {
                command.arg("-llz4");
            }
        }
        command.arg("-lpthread");
        run(&mut command).context("cannot link the model")
    }

    fn compiler(&self, optimise: &str) -> Command {
        let mut command = self.cxx.command();
        command.arg("-c").args(optimise.split_whitespace()).args(&self.flags);
        command
    }
}

fn is_clang(cxx: &Tool) -> bool {
    let output = cxx.command().arg("--version").output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("clang"))
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The files of each compiler process and its optimisation: as many as there are processors, with those apart
/// that run once, which are not optimised. Small models are one: most of the time goes into headers.
fn units(files: Vec<(String, u64)>, optimise: &str) -> Vec<(Vec<String>, &str)> {
    if files.iter().map(|(_, size)| size).sum::<u64>() < MIN_UNIT {
        return vec![(files.into_iter().map(|(name, _)| name).collect(), optimise)];
    }
    let (slow, fast): (Vec<_>, Vec<_>) = files.into_iter().partition(|(name, _)| name.contains("__Slow"));
    let balanced =
        |files, optimise| balance(files, processors()).into_iter().map(move |unit| (unit, optimise));
    balanced(fast, optimise).chain(balanced(slow, "-O0")).collect()
}

/// At most `count` groups of files of about equal total size, none smaller than [`MIN_UNIT`] without need.
fn balance(mut files: Vec<(String, u64)>, count: usize) -> Vec<Vec<String>> {
    let total: u64 = files.iter().map(|(_, size)| size).sum();
    let count = count.min((total / MIN_UNIT) as usize).max(1);
    files.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    let mut groups: Vec<(u64, Vec<String>)> = vec![(0, Vec::new()); count];
    for (name, size) in files {
        if let Some(smallest) = groups.iter_mut().min_by_key(|(total, _)| *total) {
            smallest.0 += size;
            smallest.1.push(name);
        }
    }
    groups.into_iter().map(|(_, names)| names).filter(|names| !names.is_empty()).collect()
}

/// Runs all commands, as many at a time as there are processors; the first failure is the result.
fn run_all(commands: Vec<Command>) -> Result<()> {
    let queue = Mutex::new(commands);
    let next = || queue.lock().ok().and_then(|mut queue| queue.pop());
    let worker = || -> Result<()> {
        while let Some(mut command) = next() {
            run(&mut command)?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..processors()).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().try_for_each(|worker| match worker.join() {
            Ok(result) => result,
            Err(_) => bail!("a compiler job panicked"),
        })
    })
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("cannot start {command:?}"))?;
    if output.status.success() {
        return Ok(());
    }
    let text = [output.stdout, output.stderr].concat();
    bail!("{}\n(from {command:?})", String::from_utf8_lossy(&text).trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_optimisation_but_none_is_overruled() {
        let overruled = |asked| optimisation(asked, Some("-O1".into()));
        assert_eq!(["-O3", "-O0"].map(overruled), ["-O1", "-O0"]);
        assert_eq!(optimisation("-O3", None), "-O3");
    }

    #[test]
    fn only_of_large_models_is_the_code_that_runs_once_compiled_apart() {
        let files = |size| vec![("Vtop.cpp".into(), size), ("Vtop__Slow.cpp".into(), size)];
        assert_eq!(units(files(MIN_UNIT / 4), "-O1").len(), 1);
        let large = units(files(MIN_UNIT), "-O1");
        assert_eq!(large, [(vec!["Vtop.cpp".into()], "-O1"), (vec!["Vtop__Slow.cpp".into()], "-O0")]);
    }

    #[test]
    fn small_models_are_one_unit_and_large_ones_are_split_evenly() {
        let files = |sizes: &[u64]| sizes.iter().enumerate().map(|(i, s)| (format!("f{i}"), *s)).collect();
        assert_eq!(balance(files(&[10, 20, 30]), 4).len(), 1);
        assert_eq!(balance(files(&[500_000, 300_000, 200_000]), 2), [vec!["f0"], vec!["f1", "f2"]]);
        assert!(balance(Vec::new(), 2).is_empty());
    }
}
