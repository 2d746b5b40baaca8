//! (b) One message to a room of 200: copies delivered a second, and the server's CPU for 100,000 of them, against a bare
//! WebSocket loop that keeps nothing. Bodies of 200 bytes, 32 posts under way.

use std::time::Instant;

use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use crate::load::{Account, accounts, body, enter, post};
use crate::process::Server;
use crate::report::{Aim, Line, Report};
use crate::socket::{ERROR, Reader, Writer};

/// Connections in the room, the sender's included.
pub const ROOM: usize = 200;
const POSTS: usize = 4_000;
const WINDOW: usize = 32;
/// Each side runs so often, in turns, and its best run counts.
const ROUNDS: usize = 3;

#[derive(Default)]
struct Measured {
    per_second: f64,
    cpu_per_100k: f64,
}

impl Measured {
    fn or_better(self, other: Self) -> Self {
        if other.per_second > self.per_second { other } else { self }
    }
}

pub fn measure(report: &mut Report) {
    let runtime = Runtime::new().expect("a runtime can be made");
    let folder = tempfile::tempdir().expect("a folder can be made");
    let server = Server::ours(&folder.path().join("ours"));
    let people: Vec<_> = runtime.block_on(accounts(&server, ROOM)).into_iter().map(Some).collect();
    let (mut bare, mut ours) = (Measured::default(), Measured::default());
    for _ in 0..ROUNDS {
        // A new one each time: the bare loop does not notice who has gone.
        let bare_folder = tempfile::tempdir().expect("a folder can be made");
        bare = bare.or_better(runtime.block_on(run(&Server::bare(bare_folder.path()), &vec![None; ROOM])));
        ours = ours.or_better(runtime.block_on(run(&server, &people)));
    }
    let (what, aim) = ("b  fan-out to a room of 200", Aim::RatioAtLeast(0.5));
    report.line(Line { what, unit: "deliveries/s", ours: ours.per_second, raw: Some(bare.per_second), aim });
    let (what, aim) = ("b  server CPU for 100,000 deliveries", Aim::RatioAtMost(2.0));
    report.line(Line { what, unit: "s", ours: ours.cpu_per_100k, raw: Some(bare.cpu_per_100k), aim });
}

async fn run(server: &Server, people: &[Option<Account>]) -> Measured {
    let (sender, listeners) = people.split_first().expect("a room has people");
    let mut listening = Vec::new();
    for person in listeners {
        let (reader, writer) = enter(server, person.as_ref()).await.expect("it connects");
        listening.push(listen(reader, writer, mark(person.is_some())));
    }
    let (reader, writer) = enter(server, sender.as_ref()).await.expect("it connects");
    let (cpu, started) = (server.cpu_seconds(), Instant::now());
    send(reader, writer, sender.is_some()).await;
    for one in listening {
        one.await.expect("everyone hears everything");
    }
    let (cpu, seconds) = (server.cpu_seconds() - cpu, started.elapsed().as_secs_f64());
    let deliveries = (POSTS * ROOM) as f64;
    Measured { per_second: deliveries / seconds, cpu_per_100k: cpu / deliveries * 100_000.0 }
}

/// What a copy of a message begins with.
fn mark(ours: bool) -> &'static [u8] {
    if ours { b"{\"type\":\"new_message\"" } else { b"B" }
}

fn listen(mut reader: Reader, writer: Writer, mark: &'static [u8]) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut heard = 0;
        while heard < POSTS {
            reader.read(|text| heard += usize::from(text.starts_with(mark))).await.expect("it is not cut off");
        }
        drop(writer);
    })
}

/// Posts until all are sent and heard by the sender too; a new one for each that came back.
async fn send(mut reader: Reader, mut writer: Writer, ours: bool) {
    let next = |count: usize| -> Vec<String> {
        let one = || if ours { post("general", &body("all")) } else { body("B") };
        std::iter::repeat_with(one).take(count).collect()
    };
    writer.send(&next(WINDOW)).await.expect("it sends");
    let (mut sent, mut heard) = (WINDOW, 0);
    while heard < POSTS {
        let mut came = 0;
        let read = reader.read(|text| {
            assert!(!text.starts_with(ERROR), "{}", String::from_utf8_lossy(text));
            came += usize::from(text.starts_with(mark(ours)));
        });
        read.await.expect("it is not cut off");
        heard += came;
        let more = came.min(POSTS - sent);
        if more > 0 {
            writer.send(&next(more)).await.expect("it sends");
            sent += more;
        }
    }
}
