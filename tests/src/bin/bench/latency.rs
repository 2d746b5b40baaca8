//! (d) From sending to the last of 200 having it, at 25 messages a second.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use crate::fanout::ROOM;
use crate::load::{Account, accounts, body, enter, post};
use crate::process::Server;
use crate::report::{Aim, Line, Report};

const MESSAGES: usize = 500;
const EVERY: Duration = Duration::from_millis(40);
/// Each body begins with this and a number of six digits.
const NUMBER: &[u8] = b"number-";

pub fn measure(report: &mut Report) {
    let runtime = Runtime::new().expect("a runtime can be made");
    let folder = tempfile::tempdir().expect("a folder can be made");
    let raw = runtime.block_on(run(&Server::bare(folder.path()), &vec![None; ROOM]));
    let server = Server::ours(&folder.path().join("ours"));
    let people = runtime.block_on(accounts(&server, ROOM));
    let ours = runtime.block_on(run(&server, &people.into_iter().map(Some).collect::<Vec<_>>()));
    for (what, share) in [("d  send → all 200, 25/s, p50", 0.50), ("d  send → all 200, 25/s, p99", 0.99)] {
        let (ours, raw) = (at(&ours, share), Some(at(&raw, share)));
        report.line(Line { what, unit: "ms", ours, raw, aim: Aim::None });
    }
}

fn at(sorted: &[f64], share: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * share) as usize]
}

/// One message on its way.
#[derive(Default)]
struct Flight {
    sent_us: AtomicU64,
    heard_by: AtomicUsize,
    took_us: AtomicU64,
}

async fn run(server: &Server, people: &[Option<Account>]) -> Vec<f64> {
    let start = Instant::now();
    let now_us = move || start.elapsed().as_micros() as u64;
    let flights: Arc<Vec<Flight>> = Arc::new(std::iter::repeat_with(Flight::default).take(MESSAGES).collect());
    let mut running = Vec::new();
    let mut sender = None;
    for person in people {
        let (mut reader, writer) = enter(server, person.as_ref()).await.expect("it connects");
        let writer = match sender {
            None => {
                sender = Some(writer);
                None
            }
            Some(_) => Some(writer),
        };
        let flights = Arc::clone(&flights);
        running.push(tokio::spawn(async move {
            let mut heard = 0;
            while heard < MESSAGES {
                let read = reader.read(|text| {
                    let Some(number) = number_in(text) else { return };
                    heard += 1;
                    let flight = &flights[number];
                    if flight.heard_by.fetch_add(1, Ordering::Relaxed) + 1 == ROOM {
                        flight.took_us.store(now_us() - flight.sent_us.load(Ordering::Relaxed), Ordering::Relaxed);
                    }
                });
                read.await.expect("it is not cut off");
            }
            drop(writer);
        }));
    }
    let mut sender = sender.expect("someone sends");
    let mut tick = tokio::time::interval(EVERY);
    for (number, flight) in flights.iter().enumerate() {
        tick.tick().await;
        let start = format!("number-{number:06}");
        let text = if people[0].is_some() { post("general", &body(&start)) } else { body(&format!("B{start}")) };
        flight.sent_us.store(now_us(), Ordering::Relaxed);
        sender.send(&[text]).await.expect("it sends");
    }
    for one in running {
        one.await.expect("everyone hears everything");
    }
    let mut took: Vec<f64> =
        flights.iter().map(|flight| flight.took_us.load(Ordering::Relaxed) as f64 / 1000.0).collect();
    took.sort_by(f64::total_cmp);
    took
}

fn number_in(text: &[u8]) -> Option<usize> {
    let at = text.windows(NUMBER.len()).position(|window| window == NUMBER)? + NUMBER.len();
    std::str::from_utf8(text.get(at..at + 6)?).ok()?.parse().ok()
}
