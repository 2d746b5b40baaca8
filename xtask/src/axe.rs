//! The accessibility checker that the tests run in Chromium: axe-core from npm, pinned, kept outside of the repository.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{self, run};
use crate::workspace::cache_folder;

/// Another version knows other rules: raise it together with what it finds.
const VERSION: &str = "4.14.1";

/// Where the tests look for the script.
pub const VARIABLE: &str = "HYBRID_AXE";

/// The script, installed when it is missing.
pub fn script() -> Result<PathBuf> {
    let folder = cache_folder()?.join(format!("axe-core-{VERSION}"));
    let script = folder.join("node_modules/axe-core/axe.min.js");
    if script.is_file() {
        return Ok(script);
    }
    let npm = command::find("npm").context("npm is not installed: it brings axe-core, which checks accessibility")?;
    fs::create_dir_all(&folder)?;
    let mut install = Command::new(npm);
    install.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save", "--prefix"]).arg(&folder);
    run(install.arg(format!("axe-core@{VERSION}")))?;
    if !script.is_file() {
        bail!("npm has installed axe-core, yet {} is not there", script.display());
    }
    Ok(script)
}
