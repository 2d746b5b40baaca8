//! A private PostgreSQL for tests: made when first needed, shared by all test processes of this user, stopped by itself
//! a minute after the last of them ended. Not durable (`fsync=off`): what dies here are servers that use it, not it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Seconds without any test process after which the cluster is stopped.
const IDLE_SECONDS: u32 = 60;

/// A superuser's URL; `None` when `HYBRID_TEST_POSTGRES=off`, and where it is not installed but on Linux.
///
/// # Panics
/// On Linux, when PostgreSQL is neither given, nor installed, nor said to be absent.
pub fn url() -> Option<String> {
    static URL: OnceLock<Option<String>> = OnceLock::new();
    URL.get_or_init(|| {
        if let Ok(url) = std::env::var("HYBRID_TEST_POSTGRES_URL") {
            return Some(url);
        }
        if std::env::var("HYBRID_TEST_POSTGRES").is_ok_and(|value| value == "off") {
            return None;
        }
        if cfg!(not(target_os = "linux")) && programs().is_err() {
            return None;
        }
        Some(start().unwrap_or_else(|e| {
            panic!(
                "no PostgreSQL for tests: {e}. Install it, or set HYBRID_TEST_POSTGRES_URL or HYBRID_TEST_POSTGRES=off"
            )
        }))
    })
    .clone()
}

/// Says in the test's output that nothing was tested.
#[allow(clippy::print_stderr, reason = "the output of a test")]
pub fn say_none() {
    eprintln!("skipped: there is no PostgreSQL on this machine");
}

/// The same server, another database.
pub fn with_database(url: &str, name: &str) -> String {
    let (before, query) = url.split_once('?').map_or((url, String::new()), |(b, q)| (b, format!("?{q}")));
    let scheme = before.find("://").map_or(0, |at| at + 3);
    let host_end = before[scheme..].find('/').map_or(before.len(), |at| scheme + at);
    format!("{}/{name}{query}", &before[..host_end])
}

fn start() -> io::Result<String> {
    let programs = programs()?;
    let home = std::env::temp_dir().join(format!("hybrid-test-postgres-{}", whoami()));
    fs::create_dir_all(&home)?;
    let owner = Owner::of(&home)?;
    // Held shared for the life of this process; the watchdog below stops the cluster when it gets it alone.
    let in_use = File::options().create(true).append(true).open(home.join("in-use.lock"))?;
    in_use.lock_shared()?;
    static IN_USE: OnceLock<File> = OnceLock::new();
    let _ = IN_USE.set(in_use);
    let starting = File::options().create(true).append(true).open(home.join("starting.lock"))?;
    starting.lock()?;
    let url = format!("postgres://postgres@/postgres?host={}", home.display().to_string().replace('/', "%2F"));
    if !answers(&url) {
        let data = home.join("data");
        if !data.join("PG_VERSION").exists() {
            let _ = fs::remove_dir_all(&data);
            let mut initdb = owner.command(&programs.join("initdb"));
            initdb
                .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"])
                .arg(&data);
            succeed(&mut initdb)?;
        }
        let _ = fs::remove_file(data.join("postmaster.pid"));
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories='{}' -c fsync=off -c full_page_writes=off \
             -c max_connections=300 -c shared_buffers=64MB",
            home.display()
        );
        let mut pg_ctl = owner.command(&programs.join("pg_ctl"));
        pg_ctl.args(["start", "-w", "-t", "60", "-o", &options, "-l"]).arg(home.join("log")).arg("-D").arg(&data);
        succeed(&mut pg_ctl)?;
        watch(&owner, &programs, &home, &data)?;
    }
    Ok(url)
}

/// A small shell process in a session of its own, that outlives the tests and then stops the cluster.
fn watch(owner: &Owner, programs: &Path, home: &Path, data: &Path) -> io::Result<()> {
    // It keeps the lock while it stops the cluster, so that a test process that starts just then waits, and starts another.
    let script = format!(
        "idle=0; while :; do sleep 2; \
         if flock -n -x '{home}/in-use.lock' true; then idle=$((idle+2)); else idle=0; fi; \
         if [ $idle -ge {IDLE_SECONDS} ] && flock -n -x '{home}/in-use.lock' \
         '{programs}/pg_ctl' stop -m immediate -D '{data}'; then exit; fi; done",
        home = home.display(),
        programs = programs.display(),
        data = data.display()
    );
    let mut shell = owner.command(Path::new("setsid"));
    shell.args(["sh", "-c", &script]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().map(drop)
}

fn answers(url: &str) -> bool {
    let url = url.to_owned();
    std::thread::spawn(move || ::postgres::Client::connect(&url, ::postgres::NoTls).is_ok()).join().unwrap_or(false)
}

/// Where `initdb` and `pg_ctl` are: in `PATH`, or where Debian and Fedora keep them.
fn programs() -> io::Result<PathBuf> {
    let mut places: Vec<PathBuf> =
        std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
    if let Ok(versions) = fs::read_dir("/usr/lib/postgresql") {
        let mut found: Vec<PathBuf> = versions.flatten().map(|version| version.path().join("bin")).collect();
        found.sort();
        places.extend(found.into_iter().rev());
    }
    places
        .into_iter()
        .find(|place| place.join("initdb").exists() && place.join("pg_ctl").exists())
        .map(|place| {
            fs::canonicalize(place.join("initdb")).ok().and_then(|p| p.parent().map(Path::to_owned)).unwrap_or(place)
        })
        .ok_or_else(|| io::Error::other("initdb and pg_ctl are not installed"))
}

fn succeed(command: &mut Command) -> io::Result<()> {
    // Not piped: the server inherits what is given here and would hold a pipe open for ever.
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("{command:?} failed: {status}"))) }
}

fn whoami() -> String {
    std::env::var("USER")
        .ok()
        .filter(|user| user.chars().all(char::is_alphanumeric))
        .unwrap_or_else(|| "tests".to_owned())
}

/// Whom PostgreSQL runs as: it refuses root, so root hands over to an ordinary user.
struct Owner {
    hand_over_to: Option<&'static str>,
}

impl Owner {
    fn of(home: &Path) -> io::Result<Self> {
        let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
        if !is_root {
            return Ok(Self { hand_over_to: None });
        }
        let exists = |user: &str| Command::new("id").arg(user).output().is_ok_and(|id| id.status.success());
        let user = if exists("postgres") { "postgres" } else { "nobody" };
        succeed(Command::new("chown").arg(user).arg(home))?;
        Ok(Self { hand_over_to: Some(user) })
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = match self.hand_over_to {
            None => Command::new(program),
            Some(user) => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid", user, "--regid", "nogroup", "--clear-groups", "--"]).arg(program);
                command
            }
        };
        command.current_dir("/").env_remove("PGDATA");
        command
    }
}
