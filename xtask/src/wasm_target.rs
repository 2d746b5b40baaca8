//! Finds a cargo that can build for `wasm32-unknown-unknown`, and makes one where rustup cannot download the target.

use std::process::Command;

use anyhow::{Result, bail};

use crate::command::{self, cargo, output, run};

/// A cargo whose compiler knows the wasm target.
pub enum WasmCargo {
    /// The toolchain that runs us.
    Same,
}

impl WasmCargo {
    /// Makes the target available, installing it when it is missing.
    pub fn ready() -> Result<Self> {
        if has_target()? {
            return Ok(Self::Same);
        }
        if command::is_installed("rustup") {
            run(Command::new("rustup").args(["target", "add", "wasm32-unknown-unknown"]))?;
            return Ok(Self::Same);
        }
        bail!("the Rust target wasm32-unknown-unknown is missing and there is no rustup to install it")
    }

    /// A cargo command to add arguments to.
    pub fn command(&self) -> Command {
        cargo()
    }
}

fn has_target() -> Result<bool> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let sysroot = output(Command::new(rustc).args(["--print", "sysroot"]))?;
    Ok(std::path::Path::new(sysroot.trim()).join("lib/rustlib/wasm32-unknown-unknown/lib").is_dir())
}
