//! (a) How many posts a second are acknowledged, each on disk: 64 people write in notebooks of their own, four posts under
//! way each. Against grouped commits of single rows by SQLite alone, and against a bare WebSocket loop that does the same.

use std::time::Instant;

use tokio::runtime::Runtime;

use crate::bare;
use crate::load::{Account, accounts, body, enter, post};
use crate::process::Server;
use crate::report::{Aim, Line, Report};
use crate::socket::holds;

const SENDERS: usize = 64;
const WINDOW: usize = 4;
const POSTS_PER_SENDER: usize = 400;

pub fn measure(report: &mut Report) {
    let runtime = Runtime::new().expect("a runtime can be made");
    let folder = tempfile::tempdir().expect("a folder can be made");
    let raw = raw_rows_per_second(folder.path());
    let through_db = runtime.block_on(db_writes_per_second(folder.path()));
    let over_network = {
        let server = Server::bare(folder.path());
        runtime.block_on(acknowledged_per_second(&server, &vec![None; SENDERS]))
    };
    let server = Server::ours(&folder.path().join("ours"));
    let people = runtime.block_on(accounts(&server, SENDERS));
    let before = server.cpu_seconds();
    let ours = runtime.block_on(acknowledged_per_second(&server, &people.into_iter().map(Some).collect::<Vec<_>>()));
    let cpu = (server.cpu_seconds() - before) * 1e6 / (SENDERS * POSTS_PER_SENDER) as f64;
    let what = "a  durable sends against grouped SQLite commits";
    report.line(Line { what, unit: "1/s", ours, raw: Some(raw), aim: Aim::RatioAtLeast(0.5) });
    let (what, aim) = ("a  … of that: sql::Db alone, a task for each", Aim::None);
    report.line(Line { what, unit: "1/s", ours: through_db, raw: Some(raw), aim });
    let what = "a  … against the same over a bare WebSocket";
    report.line(Line { what, unit: "1/s", ours, raw: Some(over_network), aim: Aim::None });
    report.line(Line { what: "a  … server CPU for one send", unit: "µs", ours: cpu, raw: None, aim: Aim::None });
}

/// SQLite alone: as many rows in a commit as posts are under way above.
fn raw_rows_per_second(folder: &std::path::Path) -> f64 {
    let log = bare::open_log(&folder.join("raw.db"));
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

/// The same rows through our writer thread: what grouping, savepoints and waking the callers cost.
async fn db_writes_per_second(folder: &std::path::Path) -> f64 {
    let config = sql::DbConfig { url: sql::DbUrl::Sqlite(folder.join("db.db")), readers: 1 };
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
                    db.write(insert).await.expect("it is written");
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
                let answer: &[u8] = if person.is_some() { b"message_accepted" } else { b"ok" };
                writer.send(&next(WINDOW)).await.expect("it sends");
                let (mut sent, mut acknowledged) = (WINDOW, 0);
                while acknowledged < POSTS_PER_SENDER {
                    let mut came = 0;
                    let read = reader.read(|text| {
                        assert!(!holds(text, b"\"error\""), "{}", String::from_utf8_lossy(text));
                        came += usize::from(holds(text, answer));
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
