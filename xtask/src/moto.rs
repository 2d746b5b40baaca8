//! The S3 server that the tests keep files in: moto from PyPI, pinned, in a folder of its own outside of the repository.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{self, run};
use crate::workspace::cache_folder;

const VERSION: &str = "5.2.5";

/// Where the tests look for the program.
pub const VARIABLE: &str = "HYBRID_MOTO";

/// The program, installed when it is missing.
pub fn program() -> Result<PathBuf> {
    let folder = cache_folder()?.join(format!("moto-{VERSION}"));
    let program = folder.join("bin/moto_server");
    if program.is_file() {
        return Ok(program);
    }
    let python = command::find("python3").context("python3 is not installed: it runs the S3 server of the tests")?;
    fs::create_dir_all(&folder)?;
    run(Command::new(python).args(["-m", "venv"]).arg(&folder))?;
    let mut install = Command::new(folder.join("bin/pip"));
    // Of its extra `server` only this is used, and that is a third of it.
    let packages = [&format!("moto[s3]=={VERSION}"), "flask", "flask-cors"];
    run(install.args(["install", "--quiet", "--disable-pip-version-check"]).args(packages))?;
    if !program.is_file() {
        bail!("pip has installed moto, yet {} is not there", program.display());
    }
    Ok(program)
}
