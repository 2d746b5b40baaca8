//! Uploads and the virus scanner: against a real clamd, whose only signature is one of these tests, and against a stand-in that speaks
//! its protocol when it must be away or listen closely.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use server::files::Scanner;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};

use crate::harness::{Answer, Host, Person};

const TUS: (&str, &str) = ("Tus-Resumable", "1.0.0");
/// What our own signature finds. It is harmless.
const VIRUS: &[u8] = b"HYBRID-MESSENGER-HARMLESS-TEST-SIGNATURE";
/// clamd takes no more at once here.
const LARGEST_BYTES: usize = 1024 * 1024;

/// A clamd of our own; ended when dropped.
struct Clamd {
    child: Child,
    socket: PathBuf,
    _folder: tempfile::TempDir,
}

impl Clamd {
    /// `None` where it is not installed.
    async fn start() -> Option<Self> {
        let program = ["/usr/sbin/clamd", "/usr/bin/clamd"].into_iter().find(|path| Path::new(path).exists())?;
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let signature: String = VIRUS.iter().map(|byte| format!("{byte:02x}")).collect();
        std::fs::create_dir(path("db")).unwrap();
        std::fs::write(path("db/test.ndb"), format!("Hybrid.Test:0:*:{signature}\n")).unwrap();
        let settings = format!(
            "Foreground yes\nLocalSocket {}\nDatabaseDirectory {}\nTemporaryDirectory {}\nStreamMaxLength {LARGEST_BYTES}\n",
            path("clamd.ctl"),
            path("db"),
            folder.path().display()
        );
        std::fs::write(path("clamd.conf"), settings).unwrap();
        let child = Command::new(program)
            .arg(format!("--config-file={}", path("clamd.conf")))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let clamd = Self { child, socket: PathBuf::from(path("clamd.ctl")), _folder: folder };
        let end = Instant::now() + Duration::from_secs(60);
        while UnixStream::connect(&clamd.socket).await.is_err() {
            assert!(Instant::now() < end, "clamd does not listen");
            // polls: clamd opens its socket some time after it started, when its signatures are loaded
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Some(clamd)
    }
}

impl Drop for Clamd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Listens as clamd does, once; gives what it was shown.
async fn stand_in(listener: UnixListener, answer: &'static [u8]) -> Vec<u8> {
    let (mut wire, _) = listener.accept().await.unwrap();
    let mut command = [0; 10];
    wire.read_exact(&mut command).await.unwrap();
    assert_eq!(&command, b"zINSTREAM\0");
    let mut shown = Vec::new();
    loop {
        let length = wire.read_u32().await.unwrap() as usize;
        if length == 0 {
            break;
        }
        let from = shown.len();
        shown.resize(from + length, 0);
        wire.read_exact(&mut shown[from..]).await.unwrap();
    }
    wire.write_all(answer).await.unwrap();
    shown
}

async fn host(socket: &Path) -> Host {
    let scanner = Scanner::Unix(socket.to_owned());
    Host::start_with(|config| config.scanner = Some(scanner)).await
}

/// Uploads; gives where, and how the last bytes were answered.
async fn upload(host: &Host, person: &Person, metadata: &str, bytes: &[u8]) -> (String, Answer) {
    let size = bytes.len().to_string();
    let headers = [TUS, ("Upload-Length", size.as_str()), ("Upload-Metadata", metadata)];
    let made = host.raw("POST", "/api/v1/files", Some(&person.access), &headers, &[]).await;
    assert_eq!(made.status, 201, "{}", made.json);
    let at = made.header("location").unwrap().to_owned();
    let headers = [TUS, ("Upload-Offset", "0"), ("Content-Type", "application/offset+octet-stream")];
    let brought = host.raw("PATCH", &at, Some(&person.access), &headers, bytes).await;
    (at, brought)
}

async fn head(host: &Host, person: &Person, at: &str) -> Answer {
    host.raw("HEAD", at, Some(&person.access), &[TUS], &[]).await
}

async fn content(host: &Host, person: &Person, at: &str) -> Answer {
    host.raw("GET", &format!("{at}/content"), Some(&person.access), &[], &[]).await
}

fn named(name: &str) -> String {
    format!("filename {}", STANDARD.encode(name))
}

#[tokio::test]
async fn clamd_keeps_an_infected_file_out_and_lets_all_others_pass() {
    let Some(clamd) = Clamd::start().await else {
        #[allow(clippy::print_stderr, reason = "a test says what it did not do")]
        {
            eprintln!("no clamd on this machine: only its protocol is tested");
        }
        return;
    };
    let host = host(&clamd.socket).await;
    let alice = host.register("alice").await;
    let infected = [b"before ", VIRUS, b" behind"].concat();
    let (at, refused) = upload(&host, &alice, &named("report.doc"), &infected).await;
    assert_eq!((refused.status, refused.code()), (422, "file_infected"), "{}", refused.json);
    assert_eq!(head(&host, &alice, &at).await.status, 404, "nothing of it is left");
    let contents = std::fs::read_dir(host.folder.path().join("files/content")).map_or(0, Iterator::count);
    let uploads = std::fs::read_dir(host.folder.path().join("files/uploads")).unwrap().count();
    assert_eq!((contents, uploads), (0, 0));

    let (clean, brought) = upload(&host, &alice, &named("clean.doc"), b"nothing to see").await;
    assert_eq!(brought.status, 204, "{}", brought.json);
    assert_eq!(content(&host, &alice, &clean).await.body, b"nothing to see");
    // A sealed file is unreadable to the scanner as well, and what is larger than clamd takes passes with a note in the log.
    let sealed = "filename c2VhbGVk,encrypted,encryption_key_id azE=";
    let large = vec![b'x'; LARGEST_BYTES + 1];
    for (metadata, bytes) in [(sealed, &infected), (named("large.bin").as_str(), &large)] {
        let (at, brought) = upload(&host, &alice, metadata, bytes).await;
        assert_eq!(brought.status, 204, "{metadata}: {}", brought.json);
        assert!(content(&host, &alice, &at).await.body == *bytes);
    }
}

#[tokio::test]
async fn a_file_waits_for_a_scanner_that_is_away_and_is_whole_once_it_was_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("clamd.ctl");
    let host = host(&socket).await;
    let alice = host.register("alice").await;
    let bytes: Vec<u8> = (0..300_000u32).map(|n| (n % 251) as u8).collect();
    let (at, brought) = upload(&host, &alice, &named("plan.bin"), &bytes).await;
    assert_eq!((brought.status, brought.code()), (503, "unavailable"));
    assert_eq!(content(&host, &alice, &at).await.code(), "file_incomplete", "nobody reads it meanwhile");
    // Something that is no scanner listens there.
    let odd = tokio::spawn(stand_in(UnixListener::bind(&socket).unwrap(), b"HTTP/1.1 200 OK\r\n\r\n"));
    assert_eq!(head(&host, &alice, &at).await.status, 503);
    odd.await.unwrap();
    std::fs::remove_file(&socket).unwrap();
    let scanner = tokio::spawn(stand_in(UnixListener::bind(&socket).unwrap(), b"stream: OK\0"));
    let stands = head(&host, &alice, &at).await;
    assert_eq!((stands.status, stands.header("upload-offset")), (200, Some("300000")));
    assert!(scanner.await.unwrap() == bytes, "it was shown all of it");
    assert!(content(&host, &alice, &at).await.body == bytes);
}
