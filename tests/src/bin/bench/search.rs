//! (h) Search in a million messages, half Russian, half English: by the server on SQLite and on PostgreSQL, over its socket, and in the
//! client's encrypted cache. `HYBRID_BENCH_MESSAGES` makes it fewer.

use std::time::Instant;

use protocol::UserId;
use protocol::frame::{Found, Reply, Request, Search};
use rand::SeedableRng;
use rand::rngs::StdRng;
use sql::StoreLocation;
use testkit::{Person, Wire};
use tokio::runtime::Runtime;

use crate::engine::Cache;
use crate::load::{Account, accounts, enter_at, post};
use crate::process::Server;
use crate::report::{Aim, Line, Report};
use crate::socket::ERROR;
use crate::texts::{PLANTED, PLANTED_EVERY, text};

const MESSAGES: u64 = 1_000_000;
/// Members of the room in which all is said; each says their part.
const PEOPLE: usize = 4;
/// Posts under way for each of them.
const WINDOW: u64 = 256;
/// Each query is asked so often.
const ROUNDS: usize = 25;
const MS_MAX: f64 = 50.0;
/// Queries that are named as the slowest.
const SLOW_SHOWN: usize = 4;
/// Common words and rare ones, other forms than those that were written, beginnings, several at once, and none that fits.
const QUERIES: &[&str] = &[
    "встречами",
    "отчет",
    "задачи",
    "сервер",
    "проекты",
    "команде",
    "работает",
    "сообщений",
    "the",
    "и",
    "deploy",
    "reviewed",
    "releases",
    "connection",
    "scheduling",
    "customers",
    "провер",
    "docu",
    "conn",
    "сооб",
    "перламутровыми",
    "перламут",
    "новый сервер",
    "отчёт завтра",
    "deploy tomorrow",
    "встреча команды проект",
    "release and report",
    "бабабаба",
    "vatiluno",
    "дежурство",
    "qwertyuiop",
];

pub fn measure(report: &mut Report) {
    let messages = std::env::var("HYBRID_BENCH_MESSAGES").ok().and_then(|said| said.parse().ok()).unwrap_or(MESSAGES);
    let runtime = Runtime::new().expect("a runtime can be made");
    let folder = tempfile::tempdir().expect("a folder can be made");
    {
        let server = Server::ours(&folder.path().join("sqlite"));
        let mut took = runtime.block_on(of_server(&server, messages));
        lines(report, "h  search, server on SQLite, p50", "h  search, server on SQLite, p99", &mut took);
    }
    if let Some(db) = sql::testing::TestDb::postgres() {
        let server = Server::on(&folder.path().join("postgres"), db.server_url());
        let mut took = runtime.block_on(of_server(&server, messages));
        lines(report, "h  search, server on PostgreSQL, p50", "h  search, server on PostgreSQL, p99", &mut took);
    }
    let mut took = of_cache(&folder.path().join("cache.db").display().to_string(), messages);
    lines(report, "h  search, client's cache, p50", "h  search, client's cache, p99", &mut took);
}

/// Milliseconds of a search, and what was asked.
type Took = (f64, &'static str);

fn lines(report: &mut Report, p50: &'static str, p99: &'static str, took: &mut [Took]) {
    took.sort_by(|one, other| one.0.total_cmp(&other.0));
    for (what, share) in [(p50, 0.50), (p99, 0.99)] {
        let (ours, _) = took[((took.len() - 1) as f64 * share) as usize];
        report.line(Line { what, unit: "ms", ours, raw: None, aim: Aim::AtMost(MS_MAX) });
    }
    let mut slow: Vec<Took> = Vec::new();
    for (ms, query) in took.iter().rev() {
        if slow.len() < SLOW_SHOWN && slow.iter().all(|(_, known)| known != query) {
            slow.push((*ms, query));
        }
    }
    println!("   slowest: {slow:.1?}");
}

/// Says all, then searches.
async fn of_server(server: &Server, messages: u64) -> Vec<Took> {
    let people = accounts(server, PEOPLE).await;
    let saying: Vec<_> = people
        .iter()
        .enumerate()
        .map(|(at, person)| tokio::spawn(say(at as u64, messages, server.http(), person.clone())))
        .collect();
    for one in saying {
        one.await.expect("all is said");
    }
    let mut reader = Person::login(server.addresses(), Wire::WebSocket, "person0").await;
    // The index is written behind the posts; each search takes it some thousands further.
    let (mut found_of_all, mut searches) = (0, 0);
    while found_of_all < messages / PLANTED_EVERY && searches < messages {
        found_of_all = planted(&mut reader).await;
        searches += 1;
    }
    assert_eq!(found_of_all, messages / PLANTED_EVERY, "every form of the planted word is found");
    let mut took = Vec::new();
    for _ in 0..ROUNDS {
        for query in QUERIES {
            let started = Instant::now();
            found(&mut reader, query, None).await;
            took.push((started.elapsed().as_secs_f64() * 1000.0, *query));
        }
    }
    took
}

/// Says this person's part of all messages.
async fn say(part: u64, messages: u64, server: std::net::SocketAddr, person: Account) {
    let (mut reader, mut writer) = enter_at(server, Some(&person)).await.expect("it connects");
    let mut rng = StdRng::seed_from_u64(part);
    let mut next = part;
    let mut take = |count: u64| -> Vec<String> {
        let mut posts = Vec::new();
        while (posts.len() as u64) < count && next < messages {
            posts.push(post("general", &text(next, &mut rng)));
            next += PEOPLE as u64;
        }
        posts
    };
    let first = take(WINDOW);
    let mut under_way = first.len();
    writer.send(&first).await.expect("it sends");
    while under_way > 0 {
        let mut came = 0;
        let read = reader.read(|frame| {
            assert!(!frame.starts_with(ERROR), "{}", String::from_utf8_lossy(frame));
            came += usize::from(frame.starts_with(b"{\"type\":\"message_accepted\""));
        });
        read.await.expect("it answers");
        under_way -= came;
        let more = take(came as u64);
        if !more.is_empty() {
            under_way += more.len();
            writer.send(&more).await.expect("it sends");
        }
    }
}

async fn found(reader: &mut Person, query: &str, cursor: Option<String>) -> Found {
    let search = Search {
        query: query.to_owned(),
        chat_id: None,
        sender_id: None::<UserId>,
        has: None,
        before: None,
        after: None,
        cursor,
        limit: Some(50),
    };
    match reader.request(Request::Search(search)).await {
        Reply::Found(found) => found,
        other => panic!("expected what was found, got {other:?}"),
    }
}

/// How many messages with the planted word another form of it finds.
async fn planted(reader: &mut Person) -> u64 {
    let (mut count, mut cursor) = (0, None);
    loop {
        let page = found(reader, PLANTED[0], cursor).await;
        count += page.hits.len() as u64;
        cursor = page.next_cursor;
        if cursor.is_none() {
            return count;
        }
    }
}

fn of_cache(path: &str, messages: u64) -> Vec<Took> {
    let mut cache = Cache::filled(&StoreLocation::File(path.to_owned()), messages);
    let mut took = Vec::new();
    for _ in 0..ROUNDS {
        for query in QUERIES {
            let started = Instant::now();
            cache.search(query);
            took.push((started.elapsed().as_secs_f64() * 1000.0, *query));
        }
    }
    took
}
