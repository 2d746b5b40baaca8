//! A private desktop session for tests on Linux: a screen without a monitor, a message bus, a keyring, empty settings.
//! Nothing of the person's own session is seen or changed.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::command::{self, is_installed, output, run_silently};
use crate::files;

/// Wide enough for two windows side by side.
const SCREEN: &str = "1600x1000x24";

/// How long the keyring may take to appear on the bus.
const KEYRING_LIMIT: Duration = Duration::from_secs(20);

/// The screen and the folders; both gone when dropped.
pub struct Session {
    folder: PathBuf,
    screen: Option<Screen>,
}

impl Session {
    /// Starts the screen, where the system has Xvfb; elsewhere a session changes nothing.
    pub fn start() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("hybrid-session-{}", std::process::id()));
        files::remove_folder(&folder)?;
        for name in ["run", "data", "config", "state"] {
            fs::create_dir_all(folder.join(name))?;
        }
        only_for_us(&folder.join("run"))?;
        let screen = if has_x() { Some(Screen::start()?) } else { None };
        Ok(Self { folder, screen })
    }

    /// The command, to be run inside of the session.
    pub fn inside(&self, inner: &Command) -> Result<Command> {
        let mut outer = if self.has_bus() {
            let mut outer = Command::new("dbus-run-session");
            outer.arg("--").arg(std::env::current_exe()?).arg("session").arg("--");
            outer.arg(inner.get_program()).args(inner.get_args());
            outer
        } else {
            let mut outer = Command::new(inner.get_program());
            outer.args(inner.get_args());
            outer
        };
        for (name, value) in inner.get_envs() {
            match value {
                Some(value) => outer.env(name, value),
                None => outer.env_remove(name),
            };
        }
        if let Some(dir) = inner.get_current_dir() {
            outer.current_dir(dir);
        }
        if cfg!(target_os = "linux") {
            outer.env("XDG_RUNTIME_DIR", self.folder.join("run"));
            outer.env("XDG_DATA_HOME", self.folder.join("data"));
            outer.env("XDG_CONFIG_HOME", self.folder.join("config"));
            outer.env("XDG_STATE_HOME", self.folder.join("state"));
            outer.env_remove("WAYLAND_DISPLAY").env_remove("GNOME_KEYRING_CONTROL");
            // The accessibility bus would be started for every window, and waited for.
            outer.env("NO_AT_BRIDGE", "1").env("GTK_A11Y", "none");
        }
        if let Some(screen) = &self.screen {
            outer.env("DISPLAY", &screen.display).env("GDK_BACKEND", "x11");
        }
        Ok(outer)
    }

    fn has_bus(&self) -> bool {
        cfg!(target_os = "linux") && is_installed("dbus-run-session")
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.screen.take();
        let _ = files::remove_folder(&self.folder);
    }
}

/// An X server that draws into memory.
struct Screen {
    server: Child,
    display: String,
}

impl Screen {
    fn start() -> Result<Self> {
        // The server chooses a free number and writes it to its standard output, once it is ready.
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start Xvfb")?;
        let mut line = String::new();
        BufReader::new(server.stdout.take().context("the output is piped")?).read_line(&mut line)?;
        if line.trim().is_empty() {
            let _ = server.kill();
            let _ = server.wait();
            bail!("Xvfb did not start");
        }
        Ok(Self { server, display: format!(":{}", line.trim()) })
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn has_x() -> bool {
    cfg!(target_os = "linux") && is_installed("Xvfb")
}

/// What `cargo xtask session -- COMMAND` does inside of `dbus-run-session`: unlocks a keyring, runs the command, and ends
/// the keyring with it.
pub fn run_inside(command: &[OsString]) -> Result<()> {
    let (program, args) = command.split_first().context("no command given")?;
    let keyring = if is_installed("gnome-keyring-daemon") { Some(Keyring::start()?) } else { None };
    let mut inner = Command::new(program);
    command::forget_own_package(&mut inner);
    let result = run_silently(inner.args(args));
    drop(keyring);
    result
}

struct Keyring(Child);

impl Keyring {
    fn start() -> Result<Self> {
        let mut daemon = Command::new("gnome-keyring-daemon")
            .args(["--foreground", "--unlock", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start gnome-keyring-daemon")?;
        // The password of a keyring that lives as long as the tests.
        daemon.stdin.take().context("the input is piped")?.write_all(b"tests")?;
        let keyring = Self(daemon);
        let until = Instant::now() + KEYRING_LIMIT;
        while !is_on_the_bus("org.freedesktop.secrets") {
            if Instant::now() > until {
                bail!("the keyring did not appear on the message bus within {} s", KEYRING_LIMIT.as_secs());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(keyring)
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn is_on_the_bus(name: &str) -> bool {
    let mut question = Command::new("dbus-send");
    question.args(["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"]);
    question.arg("org.freedesktop.DBus.NameHasOwner").arg(format!("string:{name}"));
    output(&mut question).is_ok_and(|reply| reply.contains("boolean true"))
}

#[cfg(unix)]
fn only_for_us(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?)
}

#[cfg(not(unix))]
fn only_for_us(_folder: &Path) -> Result<()> {
    Ok(())
}
