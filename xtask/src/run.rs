//! `cargo xtask run`: the desktop app; without a screen, the server with the address of its web client.

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::command::{self, cargo, run};
use crate::postgres::free_port;
use crate::setup::{self, Need};
use crate::test::NATIVE;
use crate::ui::{self, Flavour};
use crate::workspace::Workspace;

/// The ports a server has unless told otherwise: HTTP with WebSocket, and raw TCP.
const DEFAULT_PORTS: (u16, u16) = (8080, 8081);

/// How long the server may take until it answers.
const START_LIMIT: Duration = Duration::from_secs(60);

/// Builds what is needed and starts it; returns when it ends.
pub fn start(workspace: &Workspace, release: bool, args: &[String]) -> Result<()> {
    let flavour = if release { Flavour::Release } else { Flavour::Dev };
    if has_screen() {
        setup::ensure(&[Need::Build, Need::Desktop])?;
        ui::build(workspace, flavour)?;
        start_desktop(workspace, release, args)
    } else {
        eprintln!(
            "No screen (neither DISPLAY nor WAYLAND_DISPLAY is set): starting the server with its web client instead"
        );
        setup::ensure(&[Need::Build])?;
        ui::build(workspace, flavour)?;
        start_server(workspace, release, args)
    }
}

/// macOS and Windows always have one; elsewhere the environment tells.
fn has_screen() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(windows, target_os = "macos")) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

fn start_desktop(workspace: &Workspace, release: bool, args: &[String]) -> Result<()> {
    let app = build(workspace, "hybrid-messenger", release)?;
    let mut app = Command::new(app);
    app.current_dir(&workspace.root).args(args);
    eprintln!("\x1b[2m$ {}\x1b[0m", command::shown(&app));
    become_program(&mut app)
}

/// Builds one program and returns its file. With the features of the whole workspace, nearly as tests are built: with
/// those of its own crate alone, running after testing would compile half of the dependencies anew.
fn build(workspace: &Workspace, program: &str, release: bool) -> Result<PathBuf> {
    let mut build = cargo();
    build.current_dir(&workspace.root).arg("build").args(NATIVE).args(["--bin", program]);
    if release {
        build.arg("--release");
    }
    run(&mut build)?;
    let folder = workspace.target.join(if release { "release" } else { "debug" });
    Ok(folder.join(format!("{program}{}", std::env::consts::EXE_SUFFIX)))
}

fn start_server(workspace: &Workspace, release: bool, args: &[String]) -> Result<()> {
    let mut server = Command::new(build(workspace, "hybrid-server", release)?);
    let address = Addresses::choose(args)?;
    server.current_dir(&workspace.root).arg("serve").args(&address.flags).args(args);
    eprintln!("\x1b[2m$ {}\x1b[0m", command::shown(&server));
    if let Some(port) = address.http_port {
        // A process of its own, for this one becomes the server.
        Command::new(std::env::current_exe()?).arg("announce").arg(port.to_string()).spawn()?;
    }
    become_program(&mut server)
}

/// What `cargo xtask announce PORT` does: waits until the server answers and prints where its web client is.
pub fn announce(port: u16) -> Result<()> {
    let until = Instant::now() + START_LIMIT;
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        if Instant::now() > until {
            bail!("the server did not answer on port {port} within {} s", START_LIMIT.as_secs());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    println!("\nWeb client: http://127.0.0.1:{port}/   (Ctrl+C stops the server)\n");
    Ok(())
}

/// Replaces this process, so that whoever stops us stops the program itself.
#[cfg(unix)]
fn become_program(program: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt as _;
    Err(program.exec()).with_context(|| format!("cannot start {}", program.get_program().display()))
}

#[cfg(not(unix))]
fn become_program(program: &mut Command) -> Result<()> {
    command::run_silently(program)
}

/// What we tell the server about addresses, so that a second one on the machine finds free ports.
struct Addresses {
    flags: Vec<String>,
    /// Known when it was us who chose it.
    http_port: Option<u16>,
}

impl Addresses {
    fn choose(args: &[String]) -> Result<Self> {
        let given = |flag: &str, variable: &str| {
            args.iter().any(|arg| arg == flag || arg.starts_with(&format!("{flag}=")))
                || std::env::var_os(variable).is_some()
        };
        let mut chosen = Self { flags: Vec::new(), http_port: None };
        if !given("--listen", "HYBRID_LISTEN") {
            let port = free_or(DEFAULT_PORTS.0)?;
            chosen.flags.extend(["--listen".into(), format!("127.0.0.1:{port}")]);
            chosen.http_port = Some(port);
        }
        if !given("--tcp", "HYBRID_TCP") {
            chosen.flags.extend(["--tcp".into(), format!("127.0.0.1:{}", free_or(DEFAULT_PORTS.1)?)]);
        }
        Ok(chosen)
    }
}

/// The wanted port when nobody has it, otherwise any free one.
fn free_or(wanted: u16) -> Result<u16> {
    if TcpListener::bind(("127.0.0.1", wanted)).is_ok() { Ok(wanted) } else { free_port() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_address_that_the_person_gave_is_left_alone() {
        let args = ["--listen=0.0.0.0:9000".to_string(), "--tcp".into(), "0.0.0.0:9001".into()];
        let chosen = Addresses::choose(&args).unwrap();
        assert!(chosen.flags.is_empty());
        assert_eq!(chosen.http_port, None);
    }

    #[test]
    fn a_taken_port_is_replaced_by_a_free_one() {
        let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        assert_ne!(free_or(port).unwrap(), port);
    }
}
