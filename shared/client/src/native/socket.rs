//! One connection at a time: a task that reads, a task that writes, and the silence that ends both.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
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

use super::dial::{Socket, dial};
use crate::config::Endpoint;
use crate::driver::{Entered, Entry, Msg, Next};

/// More than this waiting for a connection means that it is stuck; it is closed and the outbox sends again.
const QUEUE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Frames written with one flush.
const WRITE_BATCH: usize = 64;
/// The server speaks at least every [`HEARTBEAT_MS`]; a little grace for the way.
const SILENCE: Duration = Duration::from_millis(HEARTBEAT_MS as u64 + 5_000);
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
    pub(super) fn open(runtime: &Handle, conn: u64, endpoint: Endpoint, tell: mpsc::Sender<Msg>) -> Self {
        // Bounded by bytes (below) rather than by frames, whose sizes differ a thousandfold.
        let (queue, queued) = mpsc::unbounded_channel();
        let queued_bytes = Arc::new(AtomicUsize::new(0));
        let (bytes, ping) = (queued_bytes.clone(), queue.downgrade());
        let task = runtime.spawn(async move {
            let reason = match dial(&endpoint).await {
                Err(failure) => Some(failure),
                Ok(socket) => {
                    let (sink, stream) = socket.split();
                    tokio::spawn(write(sink, queued, bytes));
                    if tell.send(Msg::Opened { conn }).await.is_err() {
                        return;
                    }
                    read(stream, conn, &tell, &ping).await
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

async fn write(
    mut sink: futures_util::stream::SplitSink<Socket, Message>,
    mut queued: mpsc::UnboundedReceiver<Utf8Bytes>,
    queued_bytes: Arc<AtomicUsize>,
) {
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
        let done = if last_words { timeout(LINGER, all).await.unwrap_or(Ok(())) } else { all.await };
        if done.is_err() {
            return;
        }
    }
    let _ = timeout(LINGER, sink.close()).await;
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
    let mut socket = dial(endpoint).await?;
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
