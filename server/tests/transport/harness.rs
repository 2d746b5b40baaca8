//! A server on free ports with a clock that can be moved, and clients as small as a stranger would write them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use protocol::Timestamp;
use serde_json::{Value, json};
use server::{Running, Server, ServerConfig};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

/// Nothing that a test waits for takes this long.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct Host {
    pub running: Running,
    pub http: SocketAddr,
    pub tcp: SocketAddr,
    ahead_ms: Arc<AtomicI64>,
    pub folder: Arc<tempfile::TempDir>,
}

impl Host {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(change: impl FnOnce(&mut ServerConfig)) -> Self {
        Self::start_in(Arc::new(tempfile::tempdir().unwrap()), change).await
    }

    pub async fn start_in(folder: Arc<tempfile::TempDir>, change: impl FnOnce(&mut ServerConfig)) -> Self {
        let mut config = ServerConfig::for_tests(folder.path());
        change(&mut config);
        let ahead_ms = Arc::new(AtomicI64::new(0));
        let ahead = Arc::clone(&ahead_ms);
        let clock = Arc::new(move || Timestamp(jiff::Timestamp::now().as_millisecond() + ahead.load(Ordering::SeqCst)));
        let running = Server::start_with_clock(config, clock).await.unwrap();
        let (http, tcp) = (running.http_addr, running.tcp_addr.unwrap());
        Self { running, http, tcp, ahead_ms, folder }
    }

    /// Moves the server's clock.
    pub fn pass(&self, seconds: i64) {
        self.ahead_ms.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }

    pub async fn rest(&self, method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> Answer {
        let body = body.map(|b| b.to_string().into_bytes()).unwrap_or_default();
        self.raw(method, path, token, &[], &body).await
    }

    pub async fn raw(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        http(TcpStream::connect(self.http).await.unwrap(), method, path, token, headers, body).await
    }

    pub async fn register(&self, name: &str) -> Person {
        let body = json!({"username": name, "password": "securepassword123"});
        let answer = self.rest("POST", "/api/v1/auth/register", None, Some(&body)).await;
        assert_eq!(answer.status, 201, "{}", answer.json);
        Person::from(&answer.json)
    }

    pub async fn ws(&self, person: &Person) -> Ws<TcpStream> {
        let mut ws = self.ws_stranger().await;
        ws.auth(person).await;
        ws
    }

    pub async fn ws_stranger(&self) -> Ws<TcpStream> {
        Ws::over(TcpStream::connect(self.http).await.unwrap()).await
    }

    pub async fn lines(&self) -> Lines<TcpStream> {
        Lines::over(TcpStream::connect(self.tcp).await.unwrap())
    }

    pub async fn history(&self, person: &Person) -> Vec<Value> {
        let answer = self.rest("GET", "/api/v1/chats/general/messages", Some(&person.access), None).await;
        assert_eq!(answer.status, 200, "{}", answer.json);
        answer.json["messages"].as_array().unwrap().clone()
    }

    /// What people wrote, without the server's notes.
    pub async fn texts(&self, person: &Person) -> Vec<String> {
        let messages = self.history(person).await;
        let written = messages.iter().filter(|m| m["message_type"] == "text");
        written.map(|m| m["content"].as_str().unwrap().to_owned()).collect()
    }
}

#[derive(Debug, Clone)]
pub struct Person {
    pub id: i64,
    pub access: String,
    pub refresh: String,
}

impl Person {
    pub fn from(auth_success: &Value) -> Self {
        Self {
            id: auth_success["user_id"].as_i64().unwrap(),
            access: auth_success["access_token"].as_str().unwrap().to_owned(),
            refresh: auth_success["refresh_token"].as_str().unwrap().to_owned(),
        }
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
    pub json: Value,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }
}

/// One request on one connection, as plain as can be.
pub async fn http(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    method: &str,
    path: &str,
    token: Option<&str>,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n");
    if let Some(token) = token {
        head.push_str(&format!("Authorization: Bearer {token}\r\n"));
    }
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() || method != "GET" {
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            head.push_str("Content-Type: application/json\r\n");
        }
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    let _ = stream.write_all(head.as_bytes()).await;
    // A refused body may not be read to its end.
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap().ok();
    let split = answer.windows(4).position(|w| w == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8(answer[..split].to_vec()).unwrap();
    let body = answer[split + 4..].to_vec();
    let status = head[9..12].parse().unwrap();
    Answer { status, head, json: serde_json::from_slice(&body).unwrap_or(Value::Null), body }
}

/// One request after the other on a connection, as long as the server keeps it.
pub struct KeptAlive {
    to: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
}

impl KeptAlive {
    pub fn new(to: SocketAddr) -> Self {
        Self { to, stream: None }
    }

    /// The status of the answer.
    pub async fn post(&mut self, path: &str, token: &str, body: &[u8]) -> u16 {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => BufReader::new(TcpStream::connect(self.to).await.unwrap()),
        };
        let mut request = format!(
            "POST {path} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        request.extend(body);
        stream.get_mut().write_all(&request).await.unwrap();
        let (mut status, mut length, mut closes) = (0, 0, false);
        loop {
            let mut line = String::new();
            let read = tokio::time::timeout(PATIENCE, stream.read_line(&mut line)).await.expect("an answer in time");
            assert!(read.unwrap() > 0, "an answer: {path} {}", String::from_utf8_lossy(body));
            let line = line.trim_end().to_ascii_lowercase();
            if line.starts_with("http/1.1 ") {
                status = line[9..12].parse().unwrap();
            } else if let Some(bytes) = line.strip_prefix("content-length: ") {
                length = bytes.parse().unwrap();
            } else if line == "connection: close" {
                closes = true;
            } else if line.is_empty() {
                break;
            }
        }
        let mut answer = vec![0; length];
        tokio::time::timeout(PATIENCE, stream.read_exact(&mut answer)).await.expect("a body in time").unwrap();
        self.stream = (!closes).then_some(stream);
        status
    }
}

pub struct Ws<S>(pub WebSocketStream<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> Ws<S> {
    pub async fn over(stream: S) -> Self {
        let (socket, _) = tokio_tungstenite::client_async("ws://test/ws", stream).await.unwrap();
        Self(socket)
    }

    pub async fn auth(&mut self, person: &Person) {
        self.send(&json!({"type": "auth", "token": person.access})).await;
        let answer = self.next().await;
        assert_eq!(answer["type"], "auth_success", "{answer}");
    }

    pub async fn send(&mut self, frame: &Value) {
        self.send_text(&frame.to_string()).await;
    }

    pub async fn send_text(&mut self, text: &str) {
        self.0.send(Message::Text(Utf8Bytes::from(text.to_owned()))).await.unwrap();
    }

    /// The next frame; `Null` at the end.
    pub async fn next(&mut self) -> Value {
        loop {
            match tokio::time::timeout(PATIENCE, self.0.next()).await.expect("a frame in time") {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(other)) => return json!({"type": "closed", "frame": format!("{other:?}")}),
                Some(Err(_)) | None => return Value::Null,
            }
        }
    }

    /// Skips what else is told until a frame of this type comes.
    pub async fn until(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.next().await;
            assert!(!frame.is_null(), "the end came before {kind}");
            if frame["type"] == kind {
                return frame;
            }
        }
    }

    /// Sends and waits for the answer to just that.
    pub async fn ask(&mut self, mut frame: Value) -> Value {
        frame["request_id"] = json!("ask");
        self.send(&frame).await;
        loop {
            let answer = self.next().await;
            assert!(!answer.is_null(), "the end came before the answer");
            if answer["request_id"] == "ask" {
                return answer;
            }
        }
    }

    /// Everything up to the end.
    pub async fn rest(&mut self) -> Vec<Value> {
        let mut frames = Vec::new();
        loop {
            match self.next().await {
                Value::Null => return frames,
                frame => frames.push(frame),
            }
        }
    }
}

pub struct Lines<S>(pub BufReader<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> Lines<S> {
    pub fn over(stream: S) -> Self {
        Self(BufReader::new(stream))
    }

    pub async fn auth(&mut self, person: &Person) {
        self.send(&json!({"type": "auth", "token": person.access})).await;
        assert_eq!(self.next().await["type"], "auth_success");
    }

    pub async fn send(&mut self, frame: &Value) {
        self.send_bytes(format!("{frame}\n").as_bytes()).await;
    }

    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).await.unwrap();
    }

    /// The next line; `Null` at the end.
    pub async fn next(&mut self) -> Value {
        let mut line = String::new();
        match tokio::time::timeout(PATIENCE, self.0.read_line(&mut line)).await.expect("a line in time") {
            Ok(0) | Err(_) => Value::Null,
            Ok(_) => serde_json::from_str(&line).unwrap(),
        }
    }

    pub async fn until(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.next().await;
            assert!(!frame.is_null(), "the end came before {kind}");
            if frame["type"] == kind {
                return frame;
            }
        }
    }

    pub async fn rest(&mut self) -> Vec<Value> {
        let mut frames = Vec::new();
        loop {
            match self.next().await {
                Value::Null => return frames,
                frame => frames.push(frame),
            }
        }
    }
}
