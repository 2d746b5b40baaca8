//! The servers as processes of their own, so that their CPU time and memory can be read from /proc.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use testkit::{Addresses, ServerProcess};

use crate::bare;

/// Clock ticks in a second, as /proc counts CPU time; the same on every Linux that runs today.
const TICKS_PER_SECOND: f64 = 100.0;

/// A process under load.
pub enum Server {
    Ours(ServerProcess),
    /// The raw limit.
    Bare(Child, SocketAddr),
}

impl Server {
    /// `hybrid-server` on SQLite in `data`.
    pub fn ours(data: &Path) -> Self {
        Server::Ours(ServerProcess::start(data, None))
    }

    /// `hybrid-server` with its rows in another database.
    pub fn on(data: &Path, database_url: Option<&str>) -> Self {
        Server::Ours(ServerProcess::start(data, database_url))
    }

    /// This program as a bare loop.
    pub fn bare(data: &Path) -> Self {
        let program = std::env::current_exe().expect("a program knows its own file");
        let mut command = Command::new(program);
        command.arg(bare::COMMAND).arg(data).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("this program starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its output is piped");
        BufReader::new(stdout).read_line(&mut line).expect("it says where it listens");
        Server::Bare(child, line.trim().parse().expect("an address"))
    }

    pub fn http(&self) -> SocketAddr {
        match self {
            Server::Ours(process) => process.addresses.http,
            Server::Bare(_, address) => *address,
        }
    }

    /// Of ours.
    pub fn addresses(&self) -> Addresses {
        Addresses { http: self.http(), tcp: self.http() }
    }

    fn pid(&self) -> u32 {
        match self {
            Server::Ours(process) => process.pid(),
            Server::Bare(child, _) => child.id(),
        }
    }

    /// CPU time so far, all threads, user and system.
    pub fn cpu_seconds(&self) -> f64 {
        cpu_seconds(&self.pid().to_string())
    }

    /// Memory in use now.
    pub fn resident_bytes(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).expect("the server runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it has memory");
        line.trim().trim_end_matches("kB").trim().parse::<f64>().expect("a number") * 1024.0
    }
}

/// CPU time of this program so far.
pub fn own_cpu_seconds() -> f64 {
    cpu_seconds("self")
}

fn cpu_seconds(process: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("the process runs");
    let after_name = stat.rsplit_once(')').expect("the name ends with )").1;
    let ticks = |place: usize| -> f64 {
        after_name.split_whitespace().nth(place).and_then(|t| t.parse().ok()).expect("a count of ticks")
    };
    (ticks(11) + ticks(12)) / TICKS_PER_SECOND
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Server::Bare(child, _) = self {
            // Ended already, or ends now.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
