//! Looks for what a command needs on this machine and installs what is missing, with the system's own package manager.
//! When everything is there it only looks: no network, no questions, well under a second.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{self, find, is_installed, run, succeeds};
use crate::pieces::{PIECES, Piece, Probe};

/// What a command is about to do, as far as it concerns the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Compile our Rust crates, with SQLCipher and the TLS library, and the web client.
    Build,
    /// Compile and open the desktop window.
    Desktop,
    /// Run the tests: databases, a screen, browsers and their drivers.
    Test,
    /// Make installers.
    Bundle,
}

/// A package manager we know the names of packages for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manager {
    /// Debian, Ubuntu and those made of them.
    Apt,
    /// Fedora and its relatives.
    Dnf,
    /// Arch.
    Pacman,
}

impl Manager {
    /// The one this machine has.
    pub fn of_this_machine() -> Option<Self> {
        if !cfg!(target_os = "linux") {
            return None;
        }
        [("apt-get", Self::Apt), ("dnf", Self::Dnf), ("pacman", Self::Pacman)]
            .into_iter()
            .find(|(program, _)| is_installed(program))
            .map(|(_, manager)| manager)
    }

    /// The names of a piece's packages here.
    fn packages(self, piece: &Piece) -> &'static [&'static str] {
        match self {
            Self::Apt => piece.apt,
            Self::Dnf => piece.dnf,
            Self::Pacman => piece.pacman,
        }
    }
}

/// Makes sure that everything for these needs is there.
pub fn ensure(needs: &[Need]) -> Result<()> {
    let missing = missing(needs);
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|piece| piece.what).collect();
    eprintln!("Missing on this machine: {}", names.join(", "));
    let Some(manager) = Manager::of_this_machine() else { bail!(by_hand(&missing)) };
    let mut packages: Vec<String> = Vec::new();
    for package in missing.iter().flat_map(|piece| manager.packages(piece)) {
        if !packages.iter().any(|known| known == package) {
            packages.push((*package).to_string());
        }
    }
    install(&packages)?;
    let still: Vec<&str> = self::missing(needs).iter().map(|piece| piece.what).collect();
    if !still.is_empty() {
        bail!("installed {}, yet still missing: {}", packages.join(" "), still.join(", "));
    }
    Ok(())
}

/// Makes sure that these parts of the Rust toolchain are there; a minimal installation lacks them.
pub fn ensure_components(components: &[&str]) -> Result<()> {
    for component in components {
        let subcommand = if *component == "rustfmt" { "fmt" } else { component };
        if !succeeds(command::cargo().args([subcommand, "--version"])) {
            eprintln!("{component} is missing: installing it with rustup");
            run(Command::new("rustup").args(["component", "add", component]))?;
        }
    }
    Ok(())
}

/// Installs packages by name, as root or through sudo, without questions.
pub fn install(packages: &[String]) -> Result<()> {
    let Some(manager) = Manager::of_this_machine() else {
        bail!("no package manager that we know: install {}", packages.join(" "))
    };
    eprintln!("Installing {}", packages.join(" "));
    match manager {
        Manager::Apt => {
            // A stale list names packages that are gone; an update that fails in part is judged by the installation.
            if let Err(error) = run(as_root("apt-get")?.args(["-q", "update"])) {
                eprintln!("{error:#}");
            }
            let mut apt = as_root("apt-get")?;
            apt.args(["-q", "-y", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confdef", "install"]);
            run(apt.args(packages))
        }
        Manager::Dnf => run(as_root("dnf")?.args(["-y", "install"]).args(packages)),
        Manager::Pacman => run(as_root("pacman")?.args(["-S", "--needed", "--noconfirm"]).args(packages)),
    }
    .with_context(|| format!("cannot install {}: install it by hand and start again", packages.join(" ")))
}

/// The program as root: itself when we are root, otherwise through sudo.
fn as_root(program: &str) -> Result<Command> {
    let quiet = "DEBIAN_FRONTEND=noninteractive";
    if is_root() {
        let mut command = Command::new("env");
        command.args([quiet, program]);
        return Ok(command);
    }
    if !is_installed("sudo") {
        bail!("{program} needs root, and there is no sudo");
    }
    let mut command = Command::new("sudo");
    command.args(["env", quiet, program]);
    Ok(command)
}

/// Whether we run as root; never on Windows.
pub fn is_root() -> bool {
    cfg!(unix) && command::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// The pieces for these needs that this machine lacks.
fn missing(needs: &[Need]) -> Vec<&'static Piece> {
    PIECES.iter().filter(|piece| piece.applies_here()).filter(|p| p.is_for(needs) && !is_present(p)).collect()
}

fn is_present(piece: &Piece) -> bool {
    match piece.probe {
        Probe::Program(names) => names.iter().any(|name| is_installed(name)),
        Probe::Library(name) => {
            is_installed("pkg-config") && succeeds(Command::new("pkg-config").args(["--exists", name]))
        }
        Probe::Font(pattern) => {
            command::output(Command::new("fc-list").arg(pattern)).is_ok_and(|list| !list.trim().is_empty())
        }
        Probe::PythonModule(name) => {
            is_installed("python3") && succeeds(Command::new("python3").args(["-c", &format!("import {name}")]))
        }
        Probe::WasmC => wasm_c_compiler().is_some(),
        Probe::Postgres => crate::postgres::programs().is_some(),
    }
}

/// A C compiler that can make wasm: clang, but not Apple's, which is built without that target.
pub fn wasm_c_compiler() -> Option<std::path::PathBuf> {
    let given = std::env::var_os("CC_wasm32_unknown_unknown").map(std::path::PathBuf::from);
    let brewed = ["/opt/homebrew/opt/llvm/bin/clang", "/usr/local/opt/llvm/bin/clang"];
    let candidates = given.into_iter().chain(brewed.iter().map(std::path::PathBuf::from)).chain(find("clang"));
    let knows_wasm = |clang: &Path| {
        command::output(Command::new(clang).arg("--print-targets")).is_ok_and(|targets| targets.contains("wasm32"))
    };
    candidates.into_iter().find(|clang| (clang.exists() || is_installed(&clang.to_string_lossy())) && knows_wasm(clang))
}

fn by_hand(missing: &[&Piece]) -> String {
    let mut text = String::from("this system's package manager is not one we know; please install:");
    for piece in missing {
        text.push_str(&format!("\n  - {} (Debian calls it {})", piece.what, piece.apt.join(" ")));
        if let Some(hint) = piece.hint_here() {
            text.push_str(&format!(": {hint}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_piece_has_packages_for_each_manager_we_know() {
        for piece in PIECES {
            for manager in [Manager::Apt, Manager::Dnf, Manager::Pacman] {
                assert!(!manager.packages(piece).is_empty(), "{} has no package for {manager:?}", piece.what);
            }
        }
    }

    #[test]
    fn running_without_a_window_needs_less_than_testing() {
        let count = |needs: &[Need]| PIECES.iter().filter(|piece| piece.is_for(needs)).count();
        let (build, desktop) = (count(&[Need::Build]), count(&[Need::Build, Need::Desktop]));
        assert!(build < desktop);
        assert!(desktop < count(&[Need::Build, Need::Desktop, Need::Test]));
    }

    #[test]
    fn the_advice_for_an_unknown_system_names_the_piece_and_its_debian_package() {
        let advice = by_hand(&[&PIECES[0]]);
        assert!(advice.contains(PIECES[0].what));
        assert!(advice.contains(PIECES[0].apt[0]));
    }
}
