//! `cargo xtask dist`: installers for this system, made by Tauri's bundler.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{self, find, run};
use crate::files;
use crate::setup::{self, Need};
use crate::ui::{self, Flavour};
use crate::workspace::Workspace;

/// The bundler; the npm package carries its program, so nothing else is downloaded. Same minor as the `tauri` crate.
const TAURI_CLI: &str = "@tauri-apps/cli@2.12.5";

/// Makes the installers named (`deb`, `rpm`, `appimage`, `msi`, `nsis`, `app`, `dmg`), or all that this system can make.
pub fn make(workspace: &Workspace, bundles: &[String]) -> Result<()> {
    setup::ensure(&[Need::Build, Need::Desktop, Need::Bundle])?;
    ui::build(workspace, Flavour::Release)?;
    let bundles = if bundles.is_empty() { usual() } else { bundles.to_vec() };
    let npx = find("npx").context("npx is not installed")?;
    let mut tauri = Command::new(npx);
    command::forget_own_package(&mut tauri);
    tauri.current_dir(&workspace.root).args(["--yes", "--package", TAURI_CLI, "tauri", "build", "--bundles"]);
    tauri.arg(bundles.join(","));
    // The web client is built already: the configuration's own command would do it a second time.
    tauri.args(["--config", r#"{"build":{"beforeBuildCommand":""}}"#]);
    tauri.env("CARGO_TARGET_DIR", &workspace.target);
    run(&mut tauri)?;
    let made = files::below(&workspace.target.join("release/bundle"), is_installer)?;
    if made.is_empty() {
        bail!("the bundler made nothing");
    }
    for file in made {
        println!("{:>9.1} MiB  {}", file.metadata()?.len() as f64 / (1024.0 * 1024.0), file.display());
    }
    Ok(())
}

fn usual() -> Vec<String> {
    let names: &[&str] = if cfg!(target_os = "macos") {
        &["app", "dmg"]
    } else if cfg!(windows) {
        &["msi", "nsis"]
    } else {
        &["deb", "rpm", "appimage"]
    };
    names.iter().map(|name| (*name).to_string()).collect()
}

fn is_installer(file: &std::path::Path) -> bool {
    let known = ["deb", "rpm", "AppImage", "msi", "exe", "dmg"];
    file.extension().is_some_and(|extension| known.iter().any(|name| extension == *name))
}
