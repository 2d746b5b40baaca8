//! The screen, the session bus and the keyring of one test; all end with the test.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The password of a desk's keyring.
const KEYRING_PASSWORD: &[u8] = b"desk\n";

/// How long it may take to appear.
const KEYRING_PATIENCE: Duration = Duration::from_secs(20);

/// A bus that starts nothing by itself: neither a keyring nor anything else comes by activation.
const QUIET_BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"#;

/// A screen with a session bus of its own. Programs started on it see nothing of the machine's own session.
pub struct Desk {
    display: String,
    bus: String,
    folder: tempfile::TempDir,
    children: Vec<Child>,
    keyring: Option<Child>,
}

impl Desk {
    /// Starts a screen of 1600×1000, a session bus and an unlocked gnome-keyring.
    pub fn start() -> Self {
        let mut desk = Self::with_bus(&["--session"]);
        desk.open_keyring();
        desk
    }

    /// A screen and a bus on which there is no keyring, and none can be started.
    pub fn without_keyring() -> Self {
        let config = tempfile::NamedTempFile::new().expect("a temporary file can be made");
        std::fs::write(config.path(), QUIET_BUS).expect("a temporary file can be written");
        Self::with_bus(&["--config-file", &config.path().display().to_string()])
    }

    fn with_bus(bus_arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let mut children = Vec::new();
        let mut screen = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is installed (cargo xtask test does that)");
        let display = format!(":{}", first_line(&mut screen));
        children.push(screen);

        let mut bus_daemon = Command::new("dbus-daemon")
            .args(bus_arguments)
            .args(["--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .env("XDG_RUNTIME_DIR", folder.path())
            // What it starts by activation (a keyring, its prompt) belongs to this desk as well.
            .env("DISPLAY", &display)
            .env("HOME", folder.path())
            .env("XDG_DATA_HOME", folder.path().join("data"))
            .env_remove("WAYLAND_DISPLAY")
            .spawn()
            .expect("dbus-daemon is installed (cargo xtask test does that)");
        let bus = first_line(&mut bus_daemon);
        children.push(bus_daemon);
        Self { display, bus, folder, children, keyring: None }
    }

    fn keyring_daemon(&self) -> Command {
        let mut daemon = self.command("gnome-keyring-daemon");
        daemon.args(["--foreground", "--components=secrets"]).stdout(Stdio::null()).stderr(Stdio::null());
        daemon
    }

    /// Starts the keyring, unlocked; makes it at the first time.
    pub fn open_keyring(&mut self) {
        let mut daemon = self.keyring_daemon();
        let mut daemon = daemon
            .arg("--unlock")
            .stdin(Stdio::piped())
            .spawn()
            .expect("gnome-keyring is installed (cargo xtask test does that)");
        let mut password = daemon.stdin.take().expect("piped");
        password.write_all(KEYRING_PASSWORD).expect("the keyring reads its password");
        drop(password);
        self.keyring = Some(daemon);
        self.wait_for_keyring();
    }

    /// Ends the keyring and starts it locked, as after a log-in without its password: whoever asks it for a secret waits
    /// at its prompt.
    pub fn lock_keyring(&mut self) {
        self.end_keyring();
        let daemon = self.keyring_daemon().stdin(Stdio::null()).spawn().expect("gnome-keyring is installed");
        self.keyring = Some(daemon);
        self.wait_for_keyring();
    }

    /// Until it is on the bus; whoever asks before would have another one started by activation.
    fn wait_for_keyring(&self) {
        let end = Instant::now() + KEYRING_PATIENCE;
        loop {
            let asked = self
                .command("dbus-send")
                .args(["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"])
                .args(["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"])
                .output()
                .expect("dbus is installed (cargo xtask test does that)");
            if String::from_utf8_lossy(&asked.stdout).contains("boolean true") {
                return;
            }
            assert!(Instant::now() < end, "the keyring did not come onto the bus");
            // polls: a daemon sends no event when it is ready
            std::thread::sleep(Duration::from_millis(20)); // allow-sleep: polling a foreign process
        }
    }

    /// Ends the keyring.
    pub fn end_keyring(&mut self) {
        if let Some(mut daemon) = self.keyring.take() {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }

    /// The keyring hangs: it stays on the bus and answers nothing, until [`Self::wake_keyring`].
    pub fn hang_keyring(&self) {
        self.signal_keyring("STOP");
    }

    /// A keyring that hung answers all that it was asked.
    pub fn wake_keyring(&self) {
        self.signal_keyring("CONT");
    }

    fn signal_keyring(&self, signal: &str) {
        let daemon = self.keyring.as_ref().expect("there is a keyring on this desk");
        let sent = Command::new("kill").arg(format!("-{signal}")).arg(daemon.id().to_string()).status();
        assert!(sent.is_ok_and(|status| status.success()), "the keyring runs");
    }

    /// A program that will run on this desk.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("XDG_RUNTIME_DIR", self.folder.path())
            .env("XDG_DATA_HOME", self.folder.path().join("data"))
            .env("XDG_CONFIG_HOME", self.folder.path().join("config"))
            .env("XDG_CACHE_HOME", self.folder.path().join("cache"))
            .env("HOME", self.folder.path())
            .env("LANG", "en_US.UTF-8")
            .env("LANGUAGE", "en_US")
            .env_remove("LC_ALL")
            .env("GDK_BACKEND", "x11")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("NO_AT_BRIDGE", "1")
            .env_remove("WAYLAND_DISPLAY");
        command
    }

    /// The address of the session bus.
    pub fn bus(&self) -> &str {
        &self.bus
    }

    /// A folder that ends with the desk.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.end_keyring();
        for child in self.children.iter_mut().rev() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Where cargo put a binary of this workspace: in `target/PROFILE`, where this program lies too, or its folder `deps`.
pub fn built(name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("a program has a path");
    let folder = own.parent().expect("a program lies in a folder");
    let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    let path = folder.join(name);
    assert!(path.exists(), "{} is not built; `cargo xtask test` builds it first", path.display());
    path
}

fn first_line(child: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("the program prints a line");
    line.trim().to_owned()
}
