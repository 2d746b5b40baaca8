//! A file on its way through faults: the app is killed, the server is killed, the wire is cut; and what it costs in memory.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use client::KeySource;
use protocol::ChatId;
use testkit::{Headless, Proxy, ServerProcess, TestDb, program, times};
use view::{TransferState, Way};

pub(crate) const MIB: u64 = 1024 * 1024;
/// The server counts bytes that it has synced, every so many.
pub(crate) const SERVER_STEP: u64 = 8 * MIB;

/// The `carrier` program.
pub(crate) struct Carrier {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Carrier {
    pub(crate) fn start(profile: &Path, server: &str, name: &str, what: &[&str]) -> Self {
        let mut child = Command::new(program("carrier"))
            .arg(profile)
            .args([server, name])
            .args(what)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        let (tell, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        let started = Self { child, lines };
        assert_eq!(started.line(testkit::DEADLINE), "ready");
        started
    }

    pub(crate) fn line(&self, patience: Duration) -> String {
        self.lines.recv_timeout(patience).expect("the carrier goes on")
    }

    /// Waits until at least so many bytes have moved; returns the first count that it tells.
    pub(crate) fn moved(&self, at_least: u64) -> u64 {
        let mut first = None;
        loop {
            let line = self.line(testkit::DEADLINE);
            let Some(bytes) = line.strip_prefix("moved ") else { continue };
            let bytes: u64 = bytes.parse().unwrap();
            let first = *first.get_or_insert(bytes);
            if bytes >= at_least {
                return first;
            }
        }
    }

    /// Waits for the end; returns the first count that it tells.
    pub(crate) fn done(&self, patience: Duration) -> u64 {
        let mut first = 0;
        loop {
            let line = self.line(patience);
            if line == "done" {
                return first;
            }
            if let (0, Some(bytes)) = (first, line.strip_prefix("moved ")) {
                first = bytes.parse().unwrap();
            }
        }
    }

    /// Waits until the message with the file is at the server, which is after the file's end.
    pub(crate) fn said(&self, patience: Duration) {
        while self.line(patience) != "said" {}
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Bytes that look like nothing else, always the same.
pub(crate) fn fill(path: &Path, bytes: u64) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut file = File::create(path).unwrap();
    let mut block = Vec::with_capacity(MIB as usize);
    for _ in 0..bytes / MIB {
        block.clear();
        while block.len() < MIB as usize {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            block.extend_from_slice(&state.to_le_bytes());
        }
        file.write_all(&block).unwrap();
    }
}

pub(crate) fn same(a: &Path, b: &Path) -> bool {
    let (mut a, mut b) = (BufReader::new(File::open(a).unwrap()), BufReader::new(File::open(b).unwrap()));
    let (mut left, mut right) = (vec![0; MIB as usize], vec![0; MIB as usize]);
    loop {
        let count = a.read(&mut left).unwrap();
        if count == 0 {
            return b.read(&mut right).unwrap() == 0;
        }
        if b.read_exact(&mut right[..count]).is_err() || left[..count] != right[..count] {
            return false;
        }
    }
}

/// Most memory that a process ever had, in MiB.
fn peak_mib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("the kernel counts it");
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

async fn an_upload_goes_on(db: Option<TestDb>) {
    let url = db.as_ref().and_then(TestDb::server_url);
    let folder = tempfile::tempdir().unwrap();
    let (data, profile) = (folder.path().join("server"), folder.path().join("alice"));
    let file = folder.path().join("film.bin");
    fill(&file, 48 * MIB);
    let mut server = ServerProcess::start(&data, url);
    let proxy = Proxy::to(server.addresses.http).await;
    let address = proxy.address.to_string();
    let bob_folder = tempfile::tempdir().unwrap();
    let bob = Headless::start(bob_folder.path(), KeySource::None).await;
    bob.register(&address, "bob").await;
    bob.command(view::Command::OpenChat { chat_id: ChatId::general() });

    // The app dies in the middle.
    proxy.hold_after(20 * MIB as u32);
    let app = Carrier::start(&profile, &address, "alice", &["send", file.to_str().unwrap()]);
    app.moved(18 * MIB);
    app.kill();
    proxy.flow();
    // Started again, it goes on from what the server has; then the server dies.
    proxy.hold_after(12 * MIB as u32);
    let app = Carrier::start(&profile, &address, "alice", &["go-on"]);
    let first = app.moved(26 * MIB);
    assert!(first >= 2 * SERVER_STEP, "it began anew: at {first}");
    server.kill();
    server = ServerProcess::start(&data, url);
    proxy.point_to(server.addresses.http);
    proxy.flow();
    app.done(testkit::DEADLINE);

    let file_of = |screen: &testkit::Screen| screen.timeline.iter().find_map(|row| row.attachments.first().cloned());
    bob.until("alice's file", |screen| file_of(screen).is_some()).await;
    let attachment = bob.look(file_of).unwrap();
    let place = folder.path().join("bob's film.bin");
    // A download whose wire is cut goes on as well.
    bob.save(&attachment, &place);
    proxy.cut();
    proxy.mend();
    let done = |screen: &testkit::Screen| screen.transfer(&attachment.file.id, Way::Down) == Some(TransferState::Done);
    bob.until("the saved file", done).await;
    assert!(same(&file, &place), "what arrived is not what was sent");
    assert_eq!(bob.look(|screen| screen.timeline.iter().filter(|row| !row.attachments.is_empty()).count()), 1, "once");
    app.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_goes_on_after_the_app_and_the_server_were_killed_sqlite() {
    an_upload_goes_on(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_goes_on_after_the_app_and_the_server_were_killed_postgres() {
    match TestDb::postgres() {
        Some(db) => an_upload_goes_on(Some(db)).await,
        None => sql::testing::cluster::say_none(),
    }
}

/// Two kills of the app and one of the server while a file goes up; then it comes down, and nobody ever took much memory. By hand it is
/// run with `HYBRID_FILE_MIB=2048`, on a disk with 7 GB free.
#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_passes_through_two_kills_of_the_app_and_one_of_the_server_in_little_memory() {
    let mib = u64::from(times("HYBRID_FILE_MIB", 192, 192));
    let patience = testkit::DEADLINE * 10;
    let folder = tempfile::tempdir().unwrap();
    let (data, profile) = (folder.path().join("server"), folder.path().join("alice"));
    let file = folder.path().join("disk.img");
    fill(&file, mib * MIB);
    let mut server = ServerProcess::start(&data, None);
    let proxy = Proxy::to(server.addresses.http).await;
    let address = proxy.address.to_string();
    let quarter = mib / 4 * MIB;
    // What of a quarter a kill may cost: what the server had not counted yet, and what the wire held.
    let lost = SERVER_STEP + 2 * MIB;
    let (mut servers, mut alices) = (Vec::new(), Vec::new());
    let began = std::time::Instant::now();
    let mut at_least = 0;
    for (number, what) in [&["send", file.to_str().unwrap()][..], &["go-on"], &["go-on"]].into_iter().enumerate() {
        proxy.hold_after(u32::try_from(quarter).unwrap());
        let app = Carrier::start(&profile, &address, "alice", what);
        let first = app.moved(at_least + quarter - lost);
        assert!(first >= at_least.saturating_sub(lost), "it began anew: at {first} of {at_least}");
        at_least += quarter - lost;
        alices.push(peak_mib(app.child.id()));
        if number < 2 {
            app.kill();
            proxy.flow();
            continue;
        }
        servers.push(peak_mib(server.pid()));
        server.kill();
        server = ServerProcess::start(&data, None);
        proxy.point_to(server.addresses.http);
        proxy.flow();
        app.said(patience);
        alices.push(peak_mib(app.child.id()));
        app.kill();
    }
    let up = began.elapsed();
    let saved = folder.path().join("bob's");
    std::fs::create_dir(&saved).unwrap();
    let began = std::time::Instant::now();
    let bob = Carrier::start(&folder.path().join("bob"), &address, "bob", &["save", saved.to_str().unwrap()]);
    bob.done(patience);
    let down = began.elapsed();
    servers.push(peak_mib(server.pid()));
    let peaks = [largest(&servers), largest(&alices), peak_mib(bob.child.id())];
    assert!(same(&file, &saved.join("disk.img")), "what arrived is not what was sent");
    eprintln!(
        "{mib} MiB: up with three kills {up:?}, down {down:?}; most memory in MiB: server {}, alice {}, bob {}",
        peaks[0], peaks[1], peaks[2]
    );
    assert!(peaks.iter().all(|peak| *peak < 200), "more than 200 MiB: {peaks:?}");
    bob.kill();
}

fn largest(all: &[u64]) -> u64 {
    all.iter().copied().max().unwrap_or(0)
}
