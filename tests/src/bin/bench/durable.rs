//! (a) How many posts a second are acknowledged, each on disk: 64 people write in notebooks of their own, four posts under
//! way each. Against grouped commits of single rows by SQLite alone, and against a bare WebSocket loop that does the same.

use std::time::Instant;

use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::bare;
use crate::load::{Account, accounts, body, enter, post};
use crate::process::{Server, own_cpu_seconds};
use crate::report::{Aim, Line, Report};
use crate::socket::ERROR;

const SENDERS: usize = 64;
const WINDOW: usize = 4;
/// Each side runs so often, in turns, and its best run counts: a disk that others use is slow for seconds at a time.
const ROUNDS: usize = 3;
const POSTS_PER_SENDER: usize = 500;

pub fn measure(report: &mut Report) {
    let runtime = Runtime::new().expect("a runtime can be made");
    let folder = tempfile::tempdir().expect("a folder can be made");
    let bare_server = Server::bare(folder.path());
    let our_server = Server::ours(&folder.path().join("ours"));
    let people: Vec<_> = runtime.block_on(accounts(&our_server, SENDERS)).into_iter().map(Some).collect();
    let (mut raw, mut through_db) = (0.0_f64, 0.0_f64);
    let (mut bare, mut ours) = (Measured::default(), Measured::default());
    for round in 0..ROUNDS {
        settle();
        raw = raw.max(raw_rows_per_second(&folder.path().join(format!("raw{round}.db"))));
        let path = folder.path().join(format!("db{round}.db"));
        settle();
        through_db = through_db.max(runtime.block_on(db_writes_per_second(path)));
        settle();
        bare = bare.or_better(runtime.block_on(measured(&bare_server, &vec![None; SENDERS])));
        settle();
        ours = ours.or_better(runtime.block_on(measured(&our_server, &people)));
    }
    let what = "a  durable sends against grouped SQLite commits";
    report.line(Line { what, unit: "1/s", ours: ours.per_second, raw: Some(raw), aim: Aim::RatioAtLeast(0.5) });
    let (what, aim) = ("a  … of that: sql::Db alone, a task for each", Aim::None);
    report.line(Line { what, unit: "1/s", ours: through_db, raw: Some(raw), aim });
    let what = "a  … against the same over a bare WebSocket";
    report.line(Line { what, unit: "1/s", ours: ours.per_second, raw: Some(bare.per_second), aim: Aim::None });
    let cpu = |what, ours, raw| Line { what, unit: "µs", ours, raw: Some(raw), aim: Aim::None };
    report.line(cpu("a  … server CPU for one send", ours.server_cpu_us, bare.server_cpu_us));
    report.line(cpu("a  … load generator's CPU for one send", ours.own_cpu_us, bare.own_cpu_us));
}

#[derive(Default)]
struct Measured {
    per_second: f64,
    server_cpu_us: f64,
    own_cpu_us: f64,
}

impl Measured {
    fn or_better(self, other: Self) -> Self {
        if other.per_second > self.per_second { other } else { self }
    }
}

async fn measured(server: &Server, people: &[Option<Account>]) -> Measured {
    let each = |seconds: f64| seconds * 1e6 / (people.len() * POSTS_PER_SENDER) as f64;
    let (server_cpu, own_cpu) = (server.cpu_seconds(), own_cpu_seconds());
    let per_second = acknowledged_per_second(server, people).await;
    Measured {
        per_second,
        server_cpu_us: each(server.cpu_seconds() - server_cpu),
        own_cpu_us: each(own_cpu_seconds() - own_cpu),
    }
}

/// Lets the disk finish with what was before: else the next to sync its log pays for it.
fn settle() {
    let synced = std::process::Command::new("sync").status().expect("there is a `sync`");
    assert!(synced.success());
}

/// SQLite alone: as many rows in a commit as posts are under way above.
fn raw_rows_per_second(path: &std::path::Path) -> f64 {
    let log = bare::open_log(path);
    let rows = SENDERS * POSTS_PER_SENDER;
    let body = body("raw");
    let started = Instant::now();
    for _ in 0..rows / (SENDERS * WINDOW) {
        log.execute_batch("BEGIN IMMEDIATE").expect("it begins");
        for _ in 0..SENDERS * WINDOW {
            let mut insert = log.prepare_cached("INSERT INTO log (body) VALUES (?1)").expect("it prepares");
            insert.execute([&body]).expect("it inserts");
        }
        log.execute_batch("COMMIT").expect("it commits");
    }
    rows as f64 / started.elapsed().as_secs_f64()
}

/// The same rows through our writer thread: what grouping and waking the callers cost.
async fn db_writes_per_second(path: std::path::PathBuf) -> f64 {
    let config = sql::DbConfig { url: sql::DbUrl::Sqlite(path), readers: 1 };
    let db = sql::Db::open(&config).expect("a database can be made");
    let table = "CREATE TABLE log (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT";
    db.write(move |tx| tx.batch(table)).await.expect("a table can be made");
    let started = Instant::now();
    let running: Vec<_> = (0..SENDERS * WINDOW)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                for _ in 0..POSTS_PER_SENDER / WINDOW {
                    let body = body("raw");
                    let insert = move |tx: &mut sql::Tx<'_>| {
                        tx.execute("INSERT INTO log (body) VALUES (?1)", sql::params![body])
                    };
                    let (tell, told) = oneshot::channel::<Result<u64, sql::Error>>();
                    db.write_to(sql::Again(insert), move |done| drop(tell.send(done)));
                    told.await.expect("it is answered").expect("it is written");
                }
            })
        })
        .collect();
    for one in running {
        one.await.expect("it ends");
    }
    (SENDERS * POSTS_PER_SENDER) as f64 / started.elapsed().as_secs_f64()
}

async fn acknowledged_per_second(server: &Server, people: &[Option<Account>]) -> f64 {
    let mut ready = Vec::new();
    for person in people {
        ready.push((enter(server, person.as_ref()).await.expect("it connects"), person.clone()));
    }
    let started = Instant::now();
    let running: Vec<_> = ready
        .into_iter()
        .map(|((mut reader, mut writer), person)| {
            tokio::spawn(async move {
                let next = |count: usize| -> Vec<String> {
                    let one = || match &person {
                        Some(account) => post(&account.notebook, &body("own")),
                        None => body("D"),
                    };
                    std::iter::repeat_with(one).take(count).collect()
                };
                let answer: &[u8] = if person.is_some() { b"{\"type\":\"message_accepted\"" } else { b"ok" };
                writer.send(&next(WINDOW)).await.expect("it sends");
                let (mut sent, mut acknowledged) = (WINDOW, 0);
                while acknowledged < POSTS_PER_SENDER {
                    let mut came = 0;
                    let read = reader.read(|text| {
                        assert!(!text.starts_with(ERROR), "{}", String::from_utf8_lossy(text));
                        came += usize::from(text.starts_with(answer));
                    });
                    read.await.expect("it answers");
                    acknowledged += came;
                    let more = came.min(POSTS_PER_SENDER - sent);
                    if more > 0 {
                        writer.send(&next(more)).await.expect("it sends");
                        sent += more;
                    }
                }
            })
        })
        .collect();
    for one in running {
        one.await.expect("it ends");
    }
    (people.len() * POSTS_PER_SENDER) as f64 / started.elapsed().as_secs_f64()
}
