//! Finds a cargo that can build for `wasm32-unknown-unknown`, and makes one where rustup cannot download the target.
//!
//! In order: the compiler in use already has the target; `rustup target add`; the distribution's package; and last, on
//! Debian and Ubuntu, a toolchain put together from `rustc-web` with a standard library compiled from its sources. That one
//! stays in the cache folder and leaves rustup's own settings alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::command::{self, cargo, output, run, run_within};
use crate::files;
use crate::setup::{self, Manager};
use crate::workspace::cache_folder;

/// The target of the web client.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Set to `1` to take the toolchain that is put together even where the ordinary way works: that is how it is tested.
const FORCE_FALLBACK: &str = "HYBRID_WASM_FALLBACK";

/// How long rustup may try; without a network it would go on for many minutes.
const RUSTUP_LIMIT: Duration = Duration::from_secs(300);

/// A cargo whose compiler knows the wasm target.
pub enum WasmCargo {
    /// The toolchain that runs us.
    Same,
    /// The folder of the toolchain that was put together.
    PutTogether(PathBuf),
}

impl WasmCargo {
    /// Makes the target available, installing it when it is missing.
    pub fn ready() -> Result<Self> {
        if std::env::var(FORCE_FALLBACK).is_ok_and(|value| value == "1") {
            return put_together();
        }
        if has_target()? || added_by_rustup() || added_by_distribution()? {
            return Ok(Self::Same);
        }
        put_together()
    }

    /// A cargo command to add arguments to.
    pub fn command(&self) -> Command {
        match self {
            Self::Same => cargo(),
            Self::PutTogether(folder) => {
                let mut cargo = Command::new(folder.join("bin/cargo"));
                command::forget_own_package(&mut cargo);
                forget_rustup(&mut cargo);
                cargo.env("RUSTC", folder.join("bin/rustc"));
                if let Ok(Some(linker)) = read_linker(folder) {
                    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
                }
                cargo
            }
        }
    }

    /// Whether `cargo clippy` works with it; Debian's web toolchain has none.
    pub fn has_clippy(&self) -> bool {
        matches!(self, Self::Same)
    }
}

/// Whether the compiler in use has a standard library for the target.
fn has_target() -> Result<bool> {
    Ok(sysroot()?.join("lib/rustlib").join(TARGET).join("lib").is_dir())
}

fn sysroot() -> Result<PathBuf> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    Ok(PathBuf::from(output(Command::new(rustc).args(["--print", "sysroot"]))?.trim()))
}

fn added_by_rustup() -> bool {
    if !command::is_installed("rustup") {
        return false;
    }
    eprintln!("The Rust target {TARGET} is missing: installing it with rustup");
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", TARGET]);
    match run_within(&mut rustup, RUSTUP_LIMIT) {
        Ok(()) => has_target().unwrap_or(false),
        Err(error) => {
            eprintln!("rustup could not install the target: {error:#}");
            false
        }
    }
}

/// Where Rust comes from the distribution, its wasm library is a package of its own.
fn added_by_distribution() -> Result<bool> {
    if command::is_installed("rustup") {
        return Ok(false);
    }
    let package = match Manager::of_this_machine() {
        Some(Manager::Dnf) => "rust-std-static-wasm32-unknown-unknown",
        Some(Manager::Pacman) => "rust-wasm",
        Some(Manager::Apt) => "libstd-rust-dev-wasm32",
        None => return Ok(false),
    };
    Ok(setup::install(&[package.to_string()]).is_ok() && has_target()?)
}

/// The toolchain made of Debian's `rustc-web`; made once, then found in the cache folder.
fn put_together() -> Result<WasmCargo> {
    if Manager::of_this_machine() != Some(Manager::Apt) {
        bail!(
            "the Rust target {TARGET} is missing and could not be installed. Install Rust with rustup (https://rustup.rs), then \
             run `rustup target add {TARGET}`"
        );
    }
    let missing: Vec<String> = [("rustc-web", "/usr/bin/rustc"), ("cargo-web", "/usr/bin/cargo")]
        .into_iter()
        .filter(|(_, file)| !Path::new(file).exists())
        .map(|(package, _)| package.to_string())
        .chain((!library_sources().is_dir()).then(|| "rust-web-src".to_string()))
        .collect();
    if !missing.is_empty() {
        setup::install(&missing).context("the wasm target needs Debian's web toolchain")?;
    }
    let version = output(Command::new("/usr/bin/rustc").arg("-vV"))?;
    let field = |name: &str| {
        let line = version.lines().find_map(|line| line.strip_prefix(name));
        line.map(|value| value.trim().to_string()).with_context(|| format!("`rustc -vV` does not tell `{name}`"))
    };
    let (release, host) = (field("release:")?, field("host:")?);
    let folder = cache_folder()?.join(format!("wasm-toolchain-{release}"));
    if !folder.join("bin/rustc").exists() {
        assemble(&folder, &host)?;
    }
    Ok(WasmCargo::PutTogether(folder))
}

fn library_sources() -> PathBuf {
    PathBuf::from("/usr/lib/rustlib/src/rust/library")
}

/// Compiles the standard library and lays out the toolchain beside its final place, then renames it: there is a whole one or
/// none.
fn assemble(folder: &Path, host: &str) -> Result<()> {
    eprintln!("Putting together a toolchain for {TARGET} in {} (about a minute, once)", folder.display());
    let work = folder.with_extension("new");
    files::remove_folder(&work)?;
    let libraries = compile_standard_library(&work.join("build"))?;
    let rustlib = work.join("lib/rustlib");
    let wasm_lib = rustlib.join(TARGET).join("lib");
    fs::create_dir_all(&wasm_lib)?;
    for library in libraries {
        let name = library.file_name().context("a library has a name")?.to_owned();
        fs::copy(&library, wasm_lib.join(name))?;
    }
    let host_folder = rustlib.join(host);
    fs::create_dir_all(host_folder.join("bin"))?;
    link(&PathBuf::from("/usr/lib/rustlib").join(host).join("lib"), &host_folder.join("lib"))?;
    let own_linker = sysroot()?.join("lib/rustlib").join(host).join("bin/rust-lld");
    if own_linker.exists() {
        link(&own_linker, &host_folder.join("bin/rust-lld"))?;
    } else {
        if !command::is_installed("wasm-ld") {
            setup::install(&["lld".to_string()])?;
        }
        fs::write(work.join("linker"), "wasm-ld")?;
    }
    let bin = work.join("bin");
    fs::create_dir_all(&bin)?;
    link(Path::new("/usr/bin/cargo"), &bin.join("cargo"))?;
    link(Path::new("/usr/bin/rustdoc"), &bin.join("rustdoc"))?;
    let wrapper = format!("#!/bin/sh\nexec /usr/bin/rustc --sysroot '{}' \"$@\"\n", folder.display());
    write_program(&bin.join("rustc"), &wrapper)?;
    files::remove_folder(&work.join("build"))?;
    files::remove_folder(folder)?;
    fs::rename(&work, folder).with_context(|| format!("cannot make {}", folder.display()))
}

/// Builds `std` for the target through an empty crate and returns its `.rlib` files.
fn compile_standard_library(folder: &Path) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(folder.join("src"))?;
    let manifest = "[package]\nname = \"emptiness\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[workspace]\n";
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::write(folder.join("src/lib.rs"), "")?;
    let mut cargo = Command::new("/usr/bin/cargo");
    command::forget_own_package(&mut cargo);
    forget_rustup(&mut cargo);
    cargo.current_dir(folder).env("RUSTC", "/usr/bin/rustc").env("RUSTC_BOOTSTRAP", "1");
    cargo.env("CARGO_TARGET_DIR", folder.join("target"));
    cargo.args(["build", "--release", "--target", TARGET, "-Zbuild-std=std,panic_abort,proc_macro"]);
    run(&mut cargo).context("cannot compile the standard library for wasm")?;
    let built = folder.join("target").join(TARGET).join("release/deps");
    let is_standard = |file: &Path| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        name.ends_with(".rlib") && !name.starts_with("libemptiness")
    };
    let libraries = files::below(&built, is_standard)?;
    if libraries.is_empty() {
        bail!("the standard library for wasm was built, but {} holds none", built.display());
    }
    Ok(libraries)
}

/// A toolchain of rustup must not leak into Debian's: neither the choice nor the folder of shared libraries.
fn forget_rustup(command: &mut Command) {
    for name in ["RUSTUP_TOOLCHAIN", "RUSTC", "RUSTDOC", "CARGO", "LD_LIBRARY_PATH", "RUSTFLAGS"] {
        command.env_remove(name);
    }
}

fn read_linker(folder: &Path) -> Result<Option<String>> {
    let file = folder.join("linker");
    if file.exists() { Ok(Some(fs::read_to_string(file)?)) } else { Ok(None) }
}

#[cfg(unix)]
fn link(original: &Path, name: &Path) -> Result<()> {
    std::os::unix::fs::symlink(original, name).with_context(|| format!("cannot link {}", name.display()))
}

#[cfg(not(unix))]
fn link(original: &Path, name: &Path) -> Result<()> {
    bail!("{} → {}: this way to a wasm toolchain is for Debian and Ubuntu", original.display(), name.display())
}

#[cfg(unix)]
fn write_program(file: &Path, text: &str) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::write(file, text)?;
    Ok(fs::set_permissions(file, fs::Permissions::from_mode(0o755))?)
}

#[cfg(not(unix))]
fn write_program(file: &Path, text: &str) -> Result<()> {
    Ok(fs::write(file, text)?)
}
