//! The raw limits over a network: a WebSocket loop that does nothing but its one task. `B…` is sent to every connection,
//! `D…` is appended to a SQLite file, many in one durable commit, and answered with `ok`; anything else is answered with `ok`.

use std::path::Path;
use std::sync::{Arc, Mutex, mpsc};

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::routing::get;
use axum::serve::ListenerExt;
use futures_util::{SinkExt, StreamExt};
use rusqlite::Connection;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// How the bench starts itself in this role.
pub const COMMAND: &str = "bare-server";
/// Most frames written with one flush.
const FRAMES_MAX: usize = 256;
/// Most rows in one commit: as in `sql`.
pub const GROUP_ROWS_MAX: usize = 256;

#[derive(Clone)]
struct Room {
    everyone: Arc<Mutex<Vec<UnboundedSender<Utf8Bytes>>>>,
    append: mpsc::Sender<(Utf8Bytes, UnboundedSender<Utf8Bytes>)>,
}

pub fn serve(folder: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime can be made");
    let (append, rows) = mpsc::channel();
    let log = open_log(&folder.join("bare.db"));
    std::thread::spawn(move || append_loop(&log, &rows));
    let room = Room { everyone: Arc::default(), append };
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        println!("{}", listener.local_addr().expect("it listens"));
        // Without it, one message at a time falls to a tenth.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let upgrade = |upgrade: WebSocketUpgrade, State(room): State<Room>| async move {
            upgrade.read_buffer_size(4096).write_buffer_size(64 * 1024).on_upgrade(|socket| connection(socket, room))
        };
        let router = Router::new().route("/ws", get(upgrade)).with_state(room);
        axum::serve(listener, router).await.expect("the bare server runs");
    });
}

async fn connection(socket: WebSocket, room: Room) {
    let (mut write, mut read) = socket.split();
    let (tell, mut told) = unbounded_channel::<Utf8Bytes>();
    room.everyone.lock().expect("no one panics under the lock").push(tell.clone());
    let writing = tokio::spawn(async move {
        let mut frames = Vec::with_capacity(FRAMES_MAX);
        while told.recv_many(&mut frames, FRAMES_MAX).await > 0 {
            for frame in frames.drain(..) {
                if write.feed(Message::Text(frame)).await.is_err() {
                    return;
                }
            }
            if write.flush().await.is_err() {
                return;
            }
        }
    });
    while let Some(Ok(Message::Text(text))) = read.next().await {
        match text.as_bytes().first() {
            Some(b'B') => {
                let everyone = room.everyone.lock().expect("no one panics under the lock");
                everyone.iter().for_each(|one| drop(one.send(text.clone())));
            }
            Some(b'D') => drop(room.append.send((text, tell.clone()))),
            _ => drop(tell.send(Utf8Bytes::from_static("ok"))),
        }
    }
    writing.abort();
}

/// A table with the least that a message needs.
pub fn open_log(path: &Path) -> Connection {
    let log = Connection::open(path).expect("a database can be made");
    log.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;
         CREATE TABLE log (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT",
    )
    .expect("a table can be made");
    log
}

fn append_loop(log: &Connection, rows: &mpsc::Receiver<(Utf8Bytes, UnboundedSender<Utf8Bytes>)>) {
    while let Ok(first) = rows.recv() {
        log.execute_batch("BEGIN IMMEDIATE").expect("it begins");
        let mut group = vec![first];
        while group.len() < GROUP_ROWS_MAX
            && let Ok(row) = rows.try_recv()
        {
            group.push(row);
        }
        for (text, _) in &group {
            let mut insert = log.prepare_cached("INSERT INTO log (body) VALUES (?1)").expect("it prepares");
            insert.execute([text.as_str()]).expect("it inserts");
        }
        log.execute_batch("COMMIT").expect("it commits");
        for (_, tell) in group {
            drop(tell.send(Utf8Bytes::from_static("ok")));
        }
    }
}
