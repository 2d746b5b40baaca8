//! The browser's WebSocket. The browser does TLS and says little about what went wrong.

use std::pin::pin;

use futures_util::future::{Either, select};
use protocol::frame::Reply;
use protocol::limits::HEARTBEAT_MS;
use protocol::{ClientFrame, Request, ServerFrame, codec};
use view::Failure;
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, WebSocket};

use super::queue::Queue;
use super::sleep::sleep;
use crate::config::Endpoint;
use crate::driver::{Entered, Entry, Msg, Next};

/// More than this waiting in the browser means that the connection is stuck.
const QUEUE_BYTES_MAX: u32 = 8 * 1024 * 1024;
const OPEN_TIMEOUT_MS: u32 = 15_000;
/// The server speaks at least every [`HEARTBEAT_MS`]; a little grace for the way.
const SILENCE_MS: u32 = HEARTBEAT_MS + 5_000;
const ENTER_TIMEOUT_MS: u32 = 20_000;

enum Event {
    Open,
    Text(String),
    Closed,
}

/// A socket and the callbacks that must live as long as it.
struct Ws {
    socket: WebSocket,
    events: Queue<Event>,
    _open: Closure<dyn FnMut()>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _closed: Closure<dyn FnMut()>,
}

impl Ws {
    fn open(endpoint: &Endpoint) -> Option<Self> {
        let scheme = if endpoint.tls { "wss" } else { "ws" };
        let socket = WebSocket::new(&format!("{scheme}://{}/ws", endpoint.addresses.first()?)).ok()?;
        let events = Queue::new();
        let (on_open, on_message, on_close) = (events.clone(), events.clone(), events.clone());
        let open = Closure::<dyn FnMut()>::new(move || on_open.push(Event::Open));
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(text) = event.data().as_string() {
                on_message.push(Event::Text(text));
            }
        });
        let closed = Closure::<dyn FnMut()>::new(move || on_close.push(Event::Closed));
        socket.set_onopen(Some(open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
        Some(Self { socket, events, _open: open, _message: message, _closed: closed })
    }

    /// The next event, or `None` after so long.
    async fn next(&self, timeout_ms: u32) -> Option<Event> {
        match select(pin!(self.events.next()), sleep(timeout_ms)).await {
            Either::Left((event, _)) => Some(event.unwrap_or(Event::Closed)),
            Either::Right(_) => None,
        }
    }
}

impl Drop for Ws {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // What is queued still leaves; an error only says that the socket was not open.
        let _ = self.socket.close();
    }
}

/// The driver's end of the current connection.
pub(super) struct Line {
    socket: WebSocket,
    events: Queue<Event>,
}

impl Line {
    /// Connects and reads in a task; everything is told under `conn`.
    pub(super) fn open(conn: u64, endpoint: &Endpoint, tell: &Queue<Msg>) -> Option<Self> {
        let Some(ws) = Ws::open(endpoint) else {
            tell.push(Msg::Closed { conn, reason: Some(Failure::BadAddress) });
            return None;
        };
        let line = Self { socket: ws.socket.clone(), events: ws.events.clone() };
        let tell = tell.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let reason = read(&ws, conn, &tell).await;
            tell.push(Msg::Closed { conn, reason });
        });
        Some(line)
    }

    /// Queues a frame; `false` when the connection is stuck or gone.
    pub(super) fn send(&self, frame: &ClientFrame) -> bool {
        self.socket.buffered_amount() < QUEUE_BYTES_MAX && say(&self.socket, frame)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.events.push(Event::Closed);
    }
}

async fn read(ws: &Ws, conn: u64, tell: &Queue<Msg>) -> Option<Failure> {
    match ws.next(OPEN_TIMEOUT_MS).await {
        Some(Event::Open) => tell.push(Msg::Opened { conn }),
        Some(_) => return Some(Failure::Unreachable),
        None => return Some(Failure::TimedOut),
    }
    let mut silent = false;
    loop {
        match ws.next(SILENCE_MS).await {
            Some(Event::Text(text)) => {
                silent = false;
                if let Some(frame) = decode(&text) {
                    tell.push(Msg::Frame { conn, frame: Box::new(frame) });
                }
            }
            Some(Event::Open) => {}
            Some(Event::Closed) => return None,
            None if silent => return Some(Failure::TimedOut),
            None => {
                silent = true;
                say(&ws.socket, &ClientFrame { request_id: None, local_id: None, request: Request::Ping });
            }
        }
    }
}

/// `None` for the answer to our own ping, and for what only a newer server says.
fn decode(text: &str) -> Option<ServerFrame> {
    match codec::decode_server(text) {
        Ok(ServerFrame::Reply { request_id: None, reply: Reply::Pong { .. } }) | Err(_) => None,
        Ok(frame) => Some(frame),
    }
}

fn say(socket: &WebSocket, frame: &ClientFrame) -> bool {
    serde_json::to_string(frame).is_ok_and(|text| socket.send_with_str(&text).is_ok())
}

/// Holds a conversation over a connection of its own.
pub(super) async fn enter(endpoint: &Endpoint, mut entry: Entry) -> Result<Entered, Failure> {
    let ws = Ws::open(endpoint).ok_or(Failure::BadAddress)?;
    match ws.next(OPEN_TIMEOUT_MS).await {
        Some(Event::Open) => say(&ws.socket, &entry.hello()),
        Some(_) => return Err(Failure::Unreachable),
        None => return Err(Failure::TimedOut),
    };
    loop {
        let text = match ws.next(ENTER_TIMEOUT_MS).await {
            Some(Event::Text(text)) => text,
            Some(Event::Open) => continue,
            Some(Event::Closed) => return Err(Failure::NotAServer),
            None => return Err(Failure::TimedOut),
        };
        let Some(frame) = decode(&text) else { continue };
        match entry.step(frame) {
            Next::Wait => {}
            Next::Send(frame) => {
                say(&ws.socket, &frame);
            }
            Next::Done(result) => return result,
        }
    }
}
