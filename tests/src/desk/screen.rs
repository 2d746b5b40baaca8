//! The screen, the session bus and the keyring of one test; all end with the test.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A screen with a session bus of its own. Programs started on it see nothing of the machine's own session.
pub struct Desk {
    display: String,
    bus: String,
    keyring: bool,
    folder: tempfile::TempDir,
    children: Vec<Child>,
}

impl Desk {
    /// Starts a screen of 1600×1000 and a session bus; with `keyring`, an unlocked gnome-keyring too.
    pub fn start(keyring: bool) -> Self {
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
            .args(["--session", "--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .env("XDG_RUNTIME_DIR", folder.path())
            .spawn()
            .expect("dbus-daemon is installed (cargo xtask test does that)");
        let bus = first_line(&mut bus_daemon);
        children.push(bus_daemon);

        let mut desk = Self { display, bus, keyring, folder, children };
        if keyring {
            let mut daemon = desk
                .command("gnome-keyring-daemon")
                .args(["--foreground", "--unlock", "--components=secrets"])
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("gnome-keyring is installed (cargo xtask test does that)");
            daemon.stdin.take().expect("piped").write_all(b"desk\n").expect("the keyring reads its password");
            desk.children.push(daemon);
        }
        desk
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

    /// A folder that ends with the desk.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// There is a keyring on this desk.
    pub fn has_keyring(&self) -> bool {
        self.keyring
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        for child in self.children.iter_mut().rev() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Where cargo put a binary of this workspace: beside the folder of the test binary.
pub fn built(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test has a path");
    let folder = test.parent().and_then(Path::parent).expect("a test binary lies in target/PROFILE/deps");
    let path = folder.join(name);
    assert!(path.exists(), "{} is not built; `cargo xtask test` builds it first", path.display());
    path
}

fn first_line(child: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("the program prints a line");
    line.trim().to_owned()
}
