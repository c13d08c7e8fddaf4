//! What is installed, what each program is needed for, and how to get the missing ones.
use crate::tool::Tool;
use crate::{host, verilator, yowasp};
use anyhow::Result;

/// The state of one program.
#[derive(Clone, Debug)]
pub struct Check {
    /// The program's name.
    pub name: &'static str,
    /// The program, if it can be used now.
    pub found: Option<Tool>,
    /// What does not work without it.
    pub needed_for: &'static str,
    /// The command that installs it.
    pub install_command: String,
    /// Whether the project fetches it by itself on first use.
    pub automatic: bool,
}

/// Looks for every program without installing any.
pub fn doctor() -> Vec<Check> {
    vec![
        host_check("c++", host::cxx, "compiling simulation models", host::CXX_INSTALL),
        host_check("python3", host::python, "fetching the pinned programs", host::PYTHON_INSTALL),
        pinned_check(
            "verilator",
            verilator::already_here().then(verilator::verilator),
            "co-simulation and training on the simulated accelerator",
            verilator::install_command(),
        ),
        pinned_check(
            "yosys",
            yowasp::yosys_already_here().then(yowasp::yosys),
            "synthesis and formal checks",
            yowasp::yosys_install_command(),
        ),
        pinned_check(
            "nextpnr-ecp5",
            yowasp::nextpnr_already_here().then(yowasp::nextpnr_ecp5),
            "place, route and bitstreams",
            yowasp::nextpnr_install_command(),
        ),
        host_check("zlib, lz4", host::fst_headers, "waveforms (FST) of simulations", host::FST_INSTALL),
        host_check("iverilog", host::iverilog, "the second, independent simulator", host::ICARUS_INSTALL),
        host_check("vvp", host::vvp, "the second, independent simulator", host::ICARUS_INSTALL),
    ]
}

fn host_check(
    name: &'static str,
    find: fn() -> Result<Tool>,
    needed_for: &'static str,
    install: &str,
) -> Check {
    Check { name, found: find().ok(), needed_for, install_command: install.into(), automatic: false }
}

fn pinned_check(
    name: &'static str,
    found: Option<Result<Tool>>,
    needed_for: &'static str,
    install_command: String,
) -> Check {
    let found = found.and_then(Result::ok);
    Check { name, found, needed_for, install_command, automatic: true }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_check_says_how_to_install_what_it_looks_for() {
        let checks = super::doctor();
        assert!(checks.iter().any(|check| check.name == "verilator" && check.automatic));
        for check in checks {
            assert!(!check.needed_for.is_empty() && !check.install_command.is_empty(), "{check:?}");
        }
    }
}
