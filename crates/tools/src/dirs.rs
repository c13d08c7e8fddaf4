//! Where pinned programs are kept.
use std::path::{Path, PathBuf};

/// The directory that holds pinned programs: `EF_TOOLS_DIR` if set, else `.tools` in the [`workspace_root`],
/// else the user's cache directory (an installed binary that runs far from any checkout).
pub fn tools_dir() -> PathBuf {
    if let Some(dir) = non_empty_env("EF_TOOLS_DIR") {
        return dir;
    }
    if let Some(root) = workspace_root() {
        return root.join(".tools");
    }
    let cache = non_empty_env("XDG_CACHE_HOME")
        .or_else(|| non_empty_env("HOME").map(|home| home.join(".cache")))
        .unwrap_or_else(std::env::temp_dir);
    cache.join("ef-train").join("tools")
}

/// The checkout this process belongs to: the nearest ancestor, of the package being run by cargo, of the
/// current directory or of the executable, whose `Cargo.toml` declares this workspace.
pub fn workspace_root() -> Option<PathBuf> {
    let starts = [
        non_empty_env("CARGO_MANIFEST_DIR"),
        std::env::current_dir().ok(),
        std::env::current_exe().ok(),
        Some(PathBuf::from(env!("CARGO_MANIFEST_DIR"))),
    ];
    starts
        .into_iter()
        .flatten()
        .find_map(|start| start.ancestors().find(|dir| is_workspace(dir)).map(Path::to_path_buf))
}

fn is_workspace(dir: &Path) -> bool {
    std::fs::read_to_string(dir.join("Cargo.toml"))
        .is_ok_and(|text| text.contains("[workspace]") && text.contains("ef-tools"))
}

pub(crate) fn non_empty_env(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_workspace_root_is_the_folder_above_crates() {
        let root = super::workspace_root().expect("tests run inside the checkout");
        assert!(root.join("crates/tools/Cargo.toml").exists());
    }
}
