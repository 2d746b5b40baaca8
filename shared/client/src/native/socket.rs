//! One connection at a time: a task that reads, a task that writes, and the silence or the standstill that ends both.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use protocol::frame::Reply;
use protocol::limits::HEARTBEAT_MS;
use protocol::{ClientFrame, Request, ServerFrame, codec};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use view::Failure;

use super::dial::{Dialled, Socket, dial};
use crate::config::Endpoint;
use crate::driver::{Entered, Entry, Msg, Next};

/// More than this waiting for a connection means that it is stuck; it is closed and the outbox sends again.
const QUEUE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Frames written with one flush.
const WRITE_BATCH: usize = 64;
/// The server speaks at least every [`HEARTBEAT_MS`]; a little grace for the way.
const SILENCE: Duration = Duration::from_millis(HEARTBEAT_MS as u64 + 5_000);
/// Bytes wait and the system takes none of them for this long: the other end has stopped reading, or is gone. A line of
/// 2 KB/s still moves within it (see the send buffer in `dial`).
pub(super) const STANDSTILL: Duration = Duration::from_secs(30);
/// How long a closing connection may take to send what is queued.
const LINGER: Duration = Duration::from_secs(2);
/// A conversation at log-in: password hashing on a busy small server takes seconds.
const ENTER_TIMEOUT: Duration = Duration::from_secs(20);

/// The driver's end of the current connection.
pub(super) struct Line {
    queue: mpsc::UnboundedSender<Utf8Bytes>,
    queued_bytes: Arc<AtomicUsize>,
    reader: AbortHandle,
}

impl Line {
    /// Dials, then reads until the end; everything is told under `conn`.
    /// A write that stands still for `standstill` ends the connection.
    pub(super) fn open(
        runtime: &Handle,
        conn: u64,
        endpoint: Endpoint,
        tell: mpsc::Sender<Msg>,
        standstill: Duration,
    ) -> Self {
        // Bounded by bytes (below) rather than by frames, whose sizes differ a thousandfold.
        let (queue, queued) = mpsc::unbounded_channel();
        let queued_bytes = Arc::new(AtomicUsize::new(0));
        let (bytes, ping) = (queued_bytes.clone(), queue.downgrade());
        let task = runtime.spawn(async move {
            let reason = match dial(&endpoint).await {
                Err(failure) => Some(failure),
                Ok(Dialled { socket, taken }) => {
                    let (sink, stream) = socket.split();
                    // A task of its own: it outlives this one to send the last words.
                    let mut writer = tokio::spawn(write(sink, queued, bytes, Pace { taken, standstill }));
                    if tell.send(Msg::Opened { conn }).await.is_err() {
                        return;
                    }
                    tokio::select! {
                        reason = read(stream, conn, &tell, &ping) => reason,
                        // It ends first only when it can write no more.
                        reason = &mut writer => reason.unwrap_or(None),
                    }
                }
            };
            // The driver is gone when this fails: nobody is left to tell.
            let _ = tell.send(Msg::Closed { conn, reason }).await;
        });
        Self { queue, queued_bytes, reader: task.abort_handle() }
    }

    /// Queues a frame; `false` when the connection is stuck or gone.
    pub(super) fn send(&self, frame: &ClientFrame) -> bool {
        let Ok(text) = serde_json::to_string(frame) else { return false };
        let before = self.queued_bytes.fetch_add(text.len(), Ordering::Relaxed);
        before + text.len() <= QUEUE_BYTES_MAX && self.queue.send(text.into()).is_ok()
    }
}

impl Drop for Line {
    /// Nothing more is heard; the writer sends what is queued, says goodbye and ends.
    fn drop(&mut self) {
        self.reader.abort();
    }
}

/// How it is seen that a connection takes nothing any more.
struct Pace {
    taken: Arc<AtomicU64>,
    standstill: Duration,
}

impl Pace {
    /// Waits for a write as long as it moves; `None` when it stands still.
    async fn moving<T>(&self, write: impl Future<Output = T>) -> Option<T> {
        let mut write = std::pin::pin!(write);
        let mut before = self.taken.load(Ordering::Relaxed);
        loop {
            if let Ok(done) = timeout(self.standstill, &mut write).await {
                return Some(done);
            }
            let now = self.taken.load(Ordering::Relaxed);
            if now == before {
                return None;
            }
            before = now;
        }
    }
}

/// Writes until the queue is closed and empty, or nothing can be written any more: then why, where one can say.
async fn write(
    mut sink: futures_util::stream::SplitSink<Socket, Message>,
    mut queued: mpsc::UnboundedReceiver<Utf8Bytes>,
    queued_bytes: Arc<AtomicUsize>,
    pace: Pace,
) -> Option<Failure> {
    let mut batch = Vec::with_capacity(WRITE_BATCH);
    while queued.recv_many(&mut batch, WRITE_BATCH).await > 0 {
        let last_words = queued.is_closed();
        let all = async {
            for text in batch.drain(..) {
                queued_bytes.fetch_sub(text.len(), Ordering::Relaxed);
                sink.feed(Message::Text(text)).await?;
            }
            sink.flush().await
        };
        let done = if last_words { Some(timeout(LINGER, all).await.unwrap_or(Ok(()))) } else { pace.moving(all).await };
        match done {
            Some(Ok(())) => {}
            Some(Err(_)) => return None,
            None => return Some(Failure::TimedOut),
        }
    }
    let _ = timeout(LINGER, sink.close()).await;
    None
}

/// Reads until the end; why it ended, where one can say.
async fn read(
    mut stream: futures_util::stream::SplitStream<Socket>,
    conn: u64,
    tell: &mpsc::Sender<Msg>,
    ping: &mpsc::WeakUnboundedSender<Utf8Bytes>,
) -> Option<Failure> {
    let mut silent = false;
    loop {
        let message = match timeout(SILENCE, stream.next()).await {
            Err(_) if silent => return Some(Failure::TimedOut),
            Err(_) => {
                silent = true;
                let frame = ClientFrame { request_id: None, local_id: None, request: Request::Ping };
                ping.upgrade()?.send(serde_json::to_string(&frame).ok()?.into()).ok()?;
                continue;
            }
            Ok(None | Some(Err(_))) => return None,
            Ok(Some(Ok(message))) => message,
        };
        silent = false;
        match message {
            Message::Text(text) => {
                if let Some(frame) = decode(&text)
                    && tell.send(Msg::Frame { conn, frame: Box::new(frame) }).await.is_err()
                {
                    return None;
                }
            }
            Message::Close(_) => return None,
            _ => {}
        }
    }
}

/// `None` for the answer to our own ping, and for what only a newer server says.
fn decode(text: &str) -> Option<ServerFrame> {
    match codec::decode_server(text) {
        Ok(ServerFrame::Reply { request_id: None, reply: Reply::Pong { .. } }) => None,
        Ok(frame) => Some(frame),
        Err(error) => {
            tracing::warn!(code = error.code.as_str(), "skipped a frame that this version does not know");
            None
        }
    }
}

/// Holds a conversation over a connection of its own.
pub(super) async fn enter(endpoint: &Endpoint, entry: Entry) -> Result<Entered, Failure> {
    let mut socket = dial(endpoint).await?.socket;
    let result = timeout(ENTER_TIMEOUT, converse(&mut socket, entry)).await.unwrap_or(Err(Failure::TimedOut));
    let _ = timeout(LINGER, socket.close(None)).await;
    result
}

async fn converse(socket: &mut Socket, mut entry: Entry) -> Result<Entered, Failure> {
    say(socket, &entry.hello()).await?;
    while let Some(message) = socket.next().await {
        let Ok(Message::Text(text)) = message else {
            match message {
                Ok(Message::Close(_)) | Err(_) => break,
                Ok(_) => continue,
            }
        };
        let Some(frame) = decode(&text) else { continue };
        match entry.step(frame) {
            Next::Wait => {}
            Next::Send(frame) => say(socket, &frame).await?,
            Next::Done(result) => return result,
        }
    }
    Err(Failure::NotAServer)
}

async fn say(socket: &mut Socket, frame: &ClientFrame) -> Result<(), Failure> {
    let text = serde_json::to_string(frame).map_err(|_| Failure::Internal)?;
    socket.send(Message::Text(text.into())).await.map_err(|_| Failure::Unreachable)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use futures_util::StreamExt as _;
    use tokio::net::{TcpListener, TcpSocket};

    use super::*;

    const SHORT: Duration = Duration::from_millis(500);
    /// Longer than anything takes here.
    const PATIENCE: Duration = Duration::from_secs(30);

    /// A listener whose connections take little before they are full.
    fn small_listener() -> TcpListener {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(16 * 1024).unwrap();
        socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
        socket.listen(1).unwrap()
    }

    fn endpoint(listener: &TcpListener) -> Endpoint {
        let addresses = vec![listener.local_addr().unwrap().to_string()];
        Endpoint { addresses, pin: None, tls: false, here: false }
    }

    /// Fills the connection: more than the system's buffers hold, less than our own queue.
    fn say_much(line: &Line) {
        for _ in 0..220 {
            let token = "x".repeat(32 * 1024);
            let request = Request::Auth(protocol::frame::Auth { token });
            assert!(line.send(&ClientFrame { request_id: None, local_id: None, request }));
        }
    }

    async fn next(told: &mut mpsc::Receiver<Msg>) -> Msg {
        timeout(PATIENCE, told.recv()).await.expect("something is told in time").expect("the line lives")
    }

    #[tokio::test]
    async fn a_server_that_speaks_but_no_longer_reads_ends_the_connection() {
        let listener = small_listener();
        let (tell, mut told) = mpsc::channel(64);
        let line = Line::open(&Handle::current(), 1, endpoint(&listener), tell, SHORT);
        let (tcp, _) = listener.accept().await.unwrap();
        let socket = tokio_tungstenite::accept_async(tcp).await.unwrap();
        // It goes on sending its heartbeats, so silence never shows that it is stuck.
        let (mut sink, _unread) = socket.split();
        let heart = tokio::spawn(async move {
            let mut beat = tokio::time::interval(SHORT / 5);
            loop {
                beat.tick().await;
                if sink.send(Message::Text(r#"{"type":"pong"}"#.into())).await.is_err() {
                    return;
                }
            }
        });
        assert!(matches!(next(&mut told).await, Msg::Opened { conn: 1 }));
        say_much(&line);
        let reason = loop {
            if let Msg::Closed { conn: 1, reason } = next(&mut told).await {
                break reason;
            }
        };
        assert_eq!(reason, Some(Failure::TimedOut));
        heart.abort();
    }

    #[tokio::test]
    async fn a_slow_server_that_still_reads_keeps_the_connection() {
        let listener = small_listener();
        let (tell, mut told) = mpsc::channel(64);
        // All of it takes many times longer than a standstill may.
        let line = Line::open(&Handle::current(), 1, endpoint(&listener), tell, SHORT);
        let (tcp, _) = listener.accept().await.unwrap();
        let socket = tokio_tungstenite::accept_async(tcp).await.unwrap();
        assert!(matches!(next(&mut told).await, Msg::Opened { conn: 1 }));
        say_much(&line);
        let (_sink, mut stream) = socket.split();
        let mut pace = tokio::time::interval(SHORT / 25);
        for _ in 0..220 {
            pace.tick().await;
            let frame = timeout(PATIENCE, stream.next()).await.expect("all of it comes");
            assert!(matches!(frame, Some(Ok(Message::Text(_)))), "the connection is whole");
        }
        assert!(told.try_recv().is_err(), "nothing was told of an end");
    }
}
