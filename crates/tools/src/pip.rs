//! Installs one pinned Python package into a folder of its own: atomic, guarded by a lock, no effect on the
//! system's Python.
use crate::host::python;
use crate::tool::output_of;
use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// A package at an exact version.
pub(crate) struct Package {
    /// Its name in the Python package index.
    pub name: &'static str,
    /// Its exact version.
    pub version: &'static str,
    /// Whether the packages it depends on are needed too.
    pub with_dependencies: bool,
}

impl Package {
    /// The folder it is installed in.
    pub fn dir(&self) -> PathBuf {
        crate::tools_dir().join(format!("{}-{}", self.name, self.version))
    }

    /// The command that installs it by hand.
    pub fn install_command(&self) -> String {
        format!("python3 {}", self.pip_args(&self.dir()).join(" "))
    }

    /// The folder it is installed in, after installing it there if it is absent.
    pub fn ensure(&self) -> Result<PathBuf> {
        let dir = self.dir();
        if dir.exists() {
            return Ok(dir);
        }
        let parent = crate::tools_dir();
        fs::create_dir_all(&parent).with_context(|| {
            format!("cannot create {}; choose another with EF_TOOLS_DIR", parent.display())
        })?;
        let lock = File::create(parent.join(format!("{}.lock", self.name)))?;
        lock.lock().context("cannot lock the tools directory")?;
        if !dir.exists() {
            self.install(&parent, &dir)?;
        }
        Ok(dir)
    }

    fn install(&self, parent: &Path, dir: &Path) -> Result<()> {
        crate::note!("installing {} {} into {}", self.name, self.version, dir.display());
        let partial = parent.join(format!(".partial-{}-{}", self.name, std::process::id()));
        let result = self.pip_into(&partial).and_then(|()| {
            fs::rename(&partial, dir)
                .with_context(|| format!("cannot move {} to {}", partial.display(), dir.display()))
        });
        if result.is_err() {
            // a leftover is harmless: the message that matters is the first one
            let _ = fs::remove_dir_all(&partial);
        }
        result
    }

    fn pip_into(&self, target: &Path) -> Result<()> {
        let python = python()?;
        if output_of(python.command().args(["-m", "pip", "--version"])).is_err() {
            bail!(
                "python3 has no pip, which fetches {}; install it with: apt-get install python3-pip",
                self.name
            );
        }
        output_of(python.command().args(self.pip_args(target))).with_context(|| {
            format!("cannot install {}; to retry by hand: {}", self.name, self.install_command())
        })?;
        Ok(())
    }

    fn pip_args(&self, target: &Path) -> Vec<String> {
        let mut args: Vec<String> =
            ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-warn-script-location"]
                .map(String::from)
                .into();
        args.extend(["--only-binary=:all:".into(), "--target".into(), target.display().to_string()]);
        if !self.with_dependencies {
            args.push("--no-deps".into());
        }
        args.push(format!("{}=={}", self.name, self.version));
        args
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_to_run_by_hand_names_the_exact_version_and_folder() {
        let package = Package { name: "some-tool", version: "1.2.3", with_dependencies: false };
        let command = package.install_command();
        assert!(command.starts_with("python3 -m pip install"), "{command}");
        assert!(command.contains("--no-deps some-tool==1.2.3"), "{command}");
        assert!(command.contains("some-tool-1.2.3"), "{command}");
    }
}
