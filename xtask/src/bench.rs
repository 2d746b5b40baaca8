//! `cargo xtask bench`: the measurements, side by side with the raw limits of the same machine.

use std::process::Command;

use anyhow::Result;

use crate::command::{cargo, run_silently, shown};
use crate::session::Session;
use crate::setup::{self, Need};
use crate::ui::{self, Flavour};
use crate::workspace::Workspace;

/// Builds everything optimised and runs the bench program of `tests/`, which prints one line for each measure.
pub fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    setup::ensure(&[Need::Build, Need::Desktop, Need::Test])?;
    ui::build(workspace, Flavour::Release)?;
    ui::build(workspace, Flavour::Measured)?;
    let mut build = cargo();
    build.current_dir(&workspace.root).args(["build", "--release", "-p", "server", "-p", "hybrid-messenger"]);
    // By name: each program is optimised as a whole, which takes minutes.
    build.args(["-p", "system-tests", "--bin", "hybrid-server", "--bin", "hybrid-messenger", "--bin", "bench"]);
    // What the desktop app is compared with.
    build.args(["--example", "bare-window", "--features", "hybrid-messenger/bare-window"]);
    crate::command::run(&mut build)?;
    let session = Session::start()?;
    // Started itself: `cargo run` takes one package, and with that one's features alone would compile much of it again.
    let program = workspace.target.join("release").join(format!("bench{}", std::env::consts::EXE_SUFFIX));
    let mut bench = Command::new(program);
    bench.current_dir(&workspace.root).args(args);
    eprintln!("\x1b[2m$ {}\x1b[0m", shown(&bench));
    run_silently(&mut session.inside(&bench)?)
}
