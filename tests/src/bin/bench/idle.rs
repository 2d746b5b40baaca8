//! (c) Memory of an idle connection, logged in, against a bare WebSocket.

use tokio::runtime::Runtime;

use crate::load::{Account, accounts, enter};
use crate::process::Server;
use crate::report::{Aim, Line, Report};

const CONNECTIONS: usize = 2_000;
/// People behind them: each has many devices here, because making an account is dear on purpose.
const PEOPLE: usize = 50;

pub fn measure(report: &mut Report) {
    let runtime = Runtime::new().expect("a runtime can be made");
    let folder = tempfile::tempdir().expect("a folder can be made");
    let raw = runtime.block_on(bytes_per_connection(&Server::bare(folder.path()), &[None]));
    let server = Server::ours(&folder.path().join("ours"));
    let people = runtime.block_on(accounts(&server, PEOPLE));
    let people: Vec<_> = people.into_iter().map(Some).collect();
    let ours = runtime.block_on(bytes_per_connection(&server, &people));
    let (what, aim) = ("c  resident memory of an idle connection", Aim::RatioAtMost(2.0));
    report.line(Line { what, unit: "KiB", ours: ours / 1024.0, raw: Some(raw / 1024.0), aim });
}

async fn bytes_per_connection(server: &Server, people: &[Option<Account>]) -> f64 {
    // The first ones also pay for pools and caches that all share.
    let mut open = Vec::with_capacity(CONNECTIONS + 100);
    for number in 0..100 {
        open.push(enter(server, people[number % people.len()].as_ref()).await.expect("it connects"));
    }
    let before = server.resident_bytes();
    for number in 0..CONNECTIONS {
        open.push(enter(server, people[number % people.len()].as_ref()).await.expect("it connects"));
    }
    (server.resident_bytes() - before) / CONNECTIONS as f64
}
