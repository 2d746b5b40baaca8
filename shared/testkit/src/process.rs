//! The real `hybrid-server` as a process of its own.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::Addresses;

/// A running `hybrid-server`; killed when dropped.
pub struct ServerProcess {
    child: Child,
    /// Where it listens: free ports, others at each start.
    pub addresses: Addresses,
}

impl ServerProcess {
    /// Starts it on `data` (and PostgreSQL, if `database_url` is given); returns when it listens.
    pub fn start(data: &Path, database_url: Option<&str>) -> Self {
        let level = std::env::var("HYBRID_SERVER_LOG").unwrap_or_else(|_| "error".to_owned());
        Self::start_with(data, database_url, &level, Stdio::inherit())
    }

    /// As [`Self::start`]; it writes all that it can say into the log.
    pub fn start_talkative(data: &Path, database_url: Option<&str>, log: File) -> Self {
        Self::start_with(data, database_url, "trace", log.into())
    }

    fn start_with(data: &Path, database_url: Option<&str>, level: &str, log: Stdio) -> Self {
        let mut command = Command::new(program("hybrid-server"));
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--tcp", "127.0.0.1:0", "--link-previews", "false", "--data"])
            .arg(data);
        if let Some(url) = database_url {
            command.args(["--database-url", url]);
        }
        command.env("RUST_LOG", level).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().expect("hybrid-server starts");
        let stdout = child.stdout.take().expect("its output is piped");
        let mut lines = BufReader::new(stdout).lines();
        let mut said = |what: &str| -> SocketAddr {
            loop {
                let line = lines.next().expect("hybrid-server ended before it listened").expect("its output is text");
                if let Some(address) = line.strip_prefix(what) {
                    return address.trim().parse().expect("it says where it listens");
                }
            }
        };
        let http = said("HTTP and WebSocket on ");
        let tcp = said("TCP on ");
        Self { child, addresses: Addresses { http, tcp } }
    }

    /// For /proc.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// kill -9: nothing is finished, nothing is said. Returns when the process is gone.
    pub fn kill(&mut self) {
        // It may have ended by itself, which the next start shows.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A program of this workspace, built in the same profile as the test that asks.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own file");
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let found = test.ancestors().skip(1).take(2).map(|folder| folder.join(&file)).find(|path| path.exists());
    found.unwrap_or_else(|| panic!("{name} is not built: run `cargo build -p server -p system-tests`"))
}
