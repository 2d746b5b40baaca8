//! A private PostgreSQL for the tests: in a temporary folder, on a free port, gone afterwards.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::command::{find, output, succeeds};
use crate::files;
use crate::setup;

/// Tests that run side by side each keep a writer and several readers.
const CONNECTIONS_MAX: u32 = 300;

/// How long it may take to answer.
const START_LIMIT: Duration = Duration::from_secs(60);

/// A running server; stopped and removed when dropped.
pub struct Postgres {
    server: Child,
    folder: PathBuf,
    programs: PathBuf,
    port: u16,
}

impl Postgres {
    /// Makes a new cluster and starts it.
    pub fn start() -> Result<Self> {
        let programs = programs().context("PostgreSQL is not installed")?;
        let port = free_port()?;
        let folder = std::env::temp_dir().join(format!("hybrid-pg-{}-{port}", std::process::id()));
        files::remove_folder(&folder)?;
        fs::create_dir_all(&folder)?;
        let user = Unprivileged::find()?;
        user.give(&folder)?;
        let data = folder.join("data");
        let mut initdb = Command::new(programs.join("initdb"));
        initdb.arg("-D").arg(&data).args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]);
        user.run_as(&mut initdb);
        output(initdb.current_dir(&folder)).context("cannot make a PostgreSQL cluster")?;
        let log = fs::File::create(folder.join("log"))?;
        let mut server = Command::new(programs.join("postgres"));
        server.arg("-D").arg(&data).arg("-k").arg(&folder).arg("-p").arg(port.to_string());
        // Not durable: what dies in tests are servers that use it, not it, and most of them wait for nothing but its disk.
        server.args(["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "full_page_writes=off"]);
        server.arg("-c").arg(format!("max_connections={CONNECTIONS_MAX}"));
        user.run_as(&mut server);
        server.current_dir(&folder).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let server = server.spawn().context("cannot start PostgreSQL")?;
        let mut started = Self { server, folder, programs, port };
        started.wait_until_ready()?;
        Ok(started)
    }

    /// Where clients connect.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let until = Instant::now() + START_LIMIT;
        // The server writes its state into the last line of this file.
        let state = self.folder.join("data/postmaster.pid");
        while !fs::read_to_string(&state)
            .is_ok_and(|text| text.lines().last().is_some_and(|line| line.trim() == "ready"))
        {
            if self.server.try_wait()?.is_some() || Instant::now() > until {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                bail!("PostgreSQL did not start:\n{log}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Immediate: the data is thrown away. Through pg_ctl, for its children must go with it.
        let mut stop = Command::new(self.programs.join("pg_ctl"));
        stop.arg("-D").arg(self.folder.join("data")).args(["-m", "immediate", "-w", "stop"]);
        if let Ok(user) = Unprivileged::find() {
            user.run_as(&mut stop);
        }
        if !succeeds(stop.current_dir(&self.folder)) {
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
        let _ = files::remove_folder(&self.folder);
    }
}

/// The folder with the server's programs: on the `PATH`, or where distributions hide it; the newest of several.
pub fn programs() -> Option<PathBuf> {
    let is_whole = |bin: &Path| {
        ["initdb", "postgres", "pg_ctl"]
            .iter()
            .all(|name| bin.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)).exists())
    };
    let on_path = find("initdb").and_then(|file| file.parent().map(Path::to_path_buf));
    if let Some(bin) = on_path.filter(|bin| is_whole(bin)) {
        return Some(bin);
    }
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for base in ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt", "/usr"] {
        for entry in fs::read_dir(base).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let version = name.trim_start_matches("postgresql@").trim_start_matches("pgsql-").parse().ok();
            let bin = entry.path().join("bin");
            if let Some(version) = version.filter(|_| is_whole(&bin)) {
                found.push((version, bin));
            }
        }
    }
    found.into_iter().max().map(|(_, bin)| bin)
}

/// A port that nobody listens on at this moment.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// PostgreSQL refuses to run as root: then it runs as the user that its package made.
struct Unprivileged(Option<(u32, u32)>);

impl Unprivileged {
    fn find() -> Result<Self> {
        if !setup::is_root() {
            return Ok(Self(None));
        }
        let number = |flag: &str, user: &str| -> Result<u32> {
            Ok(output(Command::new("id").args([flag, user]))?.trim().parse()?)
        };
        let of = |user: &str| Ok::<_, anyhow::Error>((number("-u", user)?, number("-g", user)?));
        Ok(Self(Some(of("postgres").or_else(|_| of("nobody")).context("no user to run PostgreSQL as")?)))
    }

    #[cfg(unix)]
    fn run_as(&self, command: &mut Command) {
        use std::os::unix::process::CommandExt as _;
        if let Self(Some((user, group))) = self {
            command.uid(*user).gid(*group);
        }
    }

    #[cfg(unix)]
    fn give(&self, folder: &Path) -> Result<()> {
        if let Self(Some((user, group))) = self {
            std::os::unix::fs::chown(folder, Some(*user), Some(*group))?;
        }
        Ok(())
    }

    #[cfg(not(unix))]
    fn run_as(&self, _command: &mut Command) {}

    #[cfg(not(unix))]
    fn give(&self, _folder: &Path) -> Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_private_server_answers_and_leaves_nothing_behind() {
        if programs().is_none() {
            return;
        }
        let server = Postgres::start().unwrap();
        let (folder, port) = (server.folder.clone(), server.port);
        assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        assert!(server.url().contains(&port.to_string()));
        drop(server);
        assert!(!folder.exists());
        assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
    }
}
