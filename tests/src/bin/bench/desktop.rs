//! (g) The desktop app with 100,000 messages in its cache: when its window shows something, when it can be used, and the
//! memory of all its processes, against a bare Tauri window. Both by turns, in one run. Only where there is a screen with
//! a keyring, as `cargo xtask bench` makes one.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use keyring_core::Entry;
use sql::StoreLocation;
use system_tests::desk::Window;
use tokio::runtime::Runtime;

use crate::engine;
use crate::report::{Aim, Line, Report};

/// How often each is started; the median counts. An odd number.
const RUNS: usize = 5;
/// Memory has settled when it changes by less than this share within [`SETTLE_WAIT`].
const SETTLED: f64 = 0.01;
const SETTLE_WAIT: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(60);
/// The app's own name for its key, in the profile that it has by default.
const KEYRING: (&str, &str) = ("org.hybridmessenger.desktop", "cache");
const KEY: [u8; 32] = [7; 32];
/// Nobody answers there: the app shows what it has and says that it is offline.
const NOWHERE: &str = r#"{"addresses":["127.0.0.1:9"],"tls":false}"#;
/// When something was first painted, and when the page said that it can be used (or was loaded), since its process began.
const MOMENTS: &str = "const paint = performance.getEntriesByName('first-contentful-paint')[0]; \
     const ready = performance.getEntriesByName('interactive')[0]?.startTime \
         ?? (location.protocol === 'bare:' ? performance.timing.loadEventEnd - performance.timeOrigin : undefined); \
     return paint && ready > 0 ? [performance.timeOrigin + paint.startTime, performance.timeOrigin + ready] : null;";

/// One of the two programs, with a folder of its own for all that it keeps.
struct Subject {
    program: PathBuf,
    data: PathBuf,
}

/// What was seen of it.
#[derive(Default)]
struct Seen {
    shown_ms: Vec<f64>,
    ready_ms: Vec<f64>,
    memory_mib: Vec<f64>,
}

pub fn measure(report: &mut Report) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let Some(app) = prepared_app(&folder.path().join("app")) else {
        println!("g  desktop: left out, there is no screen or no keyring here");
        return;
    };
    let bare = Subject { program: bare_program(), data: folder.path().join("bare") };
    let runtime = Runtime::new().expect("a runtime can be made");
    let (mut ours, mut raw) = (Seen::default(), Seen::default());
    // The first start of each reads everything from the disk; it is not counted.
    for count in 0..=RUNS {
        for (subject, seen) in [(&app, &mut ours), (&bare, &mut raw)] {
            let (shown, ready) = runtime.block_on(subject.moments());
            let memory = subject.memory_mib();
            if count > 0 {
                seen.shown_ms.push(shown);
                seen.ready_ms.push(ready);
                seen.memory_mib.push(memory);
            }
        }
    }
    let mut line = |what, unit, ours: Vec<f64>, raw: Vec<f64>, aim| {
        report.line(Line { what, unit, ours: median(ours), raw: Some(median(raw)), aim });
    };
    line("g  desktop: window shown", "ms", ours.shown_ms, raw.shown_ms, Aim::None);
    line("g  desktop: can be used, 100,000 messages", "ms", ours.ready_ms, raw.ready_ms, Aim::AtMost(1_000.0));
    line("g  desktop: memory of all processes", "MiB", ours.memory_mib, raw.memory_mib, Aim::RatioAtMost(1.25));
}

/// The app with a full cache, whose key is in this session's keyring.
fn prepared_app(data: &Path) -> Option<Subject> {
    std::env::var_os("DISPLAY")?;
    keyring_core::set_default_store(zbus_secret_service_keyring_store::Store::new().ok()?);
    Entry::new(KEYRING.0, KEYRING.1).ok()?.set_secret(&KEY).ok()?;
    let client = data.join("hybrid-messenger/client");
    std::fs::create_dir_all(&client).expect("a folder can be made");
    engine::fill(&StoreLocation::File(client.join("cache.db").display().to_string()), KEY, NOWHERE);
    Some(Subject { program: testkit::program("hybrid-messenger"), data: data.to_owned() })
}

/// `cargo xtask bench` builds it beside the app.
fn bare_program() -> PathBuf {
    let beside = testkit::program("hybrid-messenger").with_file_name("examples");
    beside.join(format!("bare-window{}", std::env::consts::EXE_SUFFIX))
}

impl Subject {
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env("XDG_DATA_HOME", &self.data).env("XDG_CACHE_HOME", self.data.join("cache"));
        command.env_remove("HYBRID_PROFILE").stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Milliseconds from the start of the process until something is painted, and until it can be used.
    async fn moments(&self) -> (f64, f64) {
        let window = Window::of_app(self.command(Path::new("WebKitWebDriver")), &self.program).await;
        let started = started_ms(window.app_pid().expect("the driver started the app"));
        window.until(&format!("return !!(() => {{ {MOMENTS} }})();"), vec![], "the first screen").await;
        let moments = window.ask(MOMENTS, vec![]).await;
        window.close().await;
        let moment = |n: usize| moments[n].as_f64().expect("the page tells its moments") - started;
        (moment(0), moment(1))
    }

    /// Proportional set size of the app with all its processes, once it has settled.
    fn memory_mib(&self) -> f64 {
        let app = Running(self.command(&self.program).spawn().expect("the program starts"));
        let end = Instant::now() + PATIENCE;
        let mut before = 0.0;
        loop {
            std::thread::sleep(SETTLE_WAIT);
            let now = pss_mib(app.0.id());
            if (now - before).abs() < SETTLED * now || Instant::now() > end {
                return now;
            }
            before = now;
        }
    }
}

/// Ends with the value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn stat(pid: u32) -> Option<Vec<String>> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(stat.rsplit_once(')')?.1.split_whitespace().map(str::to_owned).collect())
}

fn processes() -> impl Iterator<Item = u32> {
    let entries = std::fs::read_dir("/proc").expect("there is /proc");
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}

fn parent(pid: u32) -> Option<u32> {
    stat(pid)?.get(1)?.parse().ok()
}

/// When the process was started, in milliseconds since 1970. /proc counts in hundredths of a second since the machine
/// was started.
fn started_ms(pid: u32) -> f64 {
    let ticks: f64 = stat(pid).and_then(|stat| stat.get(19)?.parse().ok()).expect("the process runs");
    let uptime = std::fs::read_to_string("/proc/uptime").expect("there is /proc");
    let uptime: f64 = uptime.split_whitespace().next().and_then(|text| text.parse().ok()).expect("a number");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_secs_f64();
    (now - uptime + ticks / 100.0) * 1_000.0
}

/// Of a process and all its descendants.
fn pss_mib(pid: u32) -> f64 {
    let mut family = vec![pid];
    let all: Vec<(u32, u32)> = processes().filter_map(|pid| Some((pid, parent(pid)?))).collect();
    let mut next = 0;
    while next < family.len() {
        let of = family[next];
        family.extend(all.iter().filter(|(_, parent)| *parent == of).map(|(pid, _)| *pid));
        next += 1;
    }
    let pss = |pid: &u32| -> Option<f64> {
        let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
        rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?.trim().trim_end_matches("kB").trim().parse().ok()
    };
    family.iter().filter_map(pss).sum::<f64>() / 1024.0
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
