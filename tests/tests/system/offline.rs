//! No network, a killed app, an old token: what was written arrives once.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use client::KeySource;
use protocol::{ChatId, MessageId};
use testkit::{Headless, Person, Proxy, TestServer, Wire, program};
use view::Delivery;

/// The `headless` program, which sends without end.
pub struct HeadlessProcess {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl HeadlessProcess {
    pub fn start(profile: &Path, server: &str, name: &str) -> Self {
        Self::begin(profile, &[server, name])
    }

    /// What it writes is for one person.
    pub fn start_private(profile: &Path, server: &str, name: &str, other: protocol::UserId) -> Self {
        Self::begin(profile, &[server, name, &other.to_string()])
    }

    fn begin(profile: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(program("headless"))
            .arg(profile)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        let (tell, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        let started = Self { child, lines };
        assert_eq!(started.lines.recv_timeout(testkit::DEADLINE).expect("it gets ready"), "ready");
        started
    }

    /// Waits for `count` more messages that are in its outbox.
    pub fn queued(&self, count: usize) -> Vec<MessageId> {
        (0..count).map(|_| id_of(&self.lines.recv_timeout(testkit::DEADLINE).expect("it writes on"))).collect()
    }

    /// kill -9; returns what it had said until then.
    pub fn kill(mut self) -> Vec<MessageId> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.lines.iter().map(|line| id_of(&line)).collect()
    }
}

fn id_of(line: &str) -> MessageId {
    MessageId::new(line.strip_prefix("queued ").expect("it says what it queued")).unwrap()
}

/// Waits until `general` holds all of `ids`, then checks that each is there once and in the order of writing.
pub async fn judge(reader: &mut Person, ids: &[MessageId]) {
    let last = ids.last().expect("something was written").clone();
    let mut history = reader.history(&ChatId::general()).await;
    while history.iter().all(|message| message.id != last) {
        reader
            .wait_for("a message", |event| matches!(event, protocol::frame::Event::NewMessage { .. }).then_some(()))
            .await;
        history = reader.history(&ChatId::general()).await;
    }
    let there: Vec<&MessageId> = history.iter().map(|message| &message.id).filter(|id| ids.contains(id)).collect();
    assert_eq!(there, ids.iter().collect::<Vec<_>>(), "each once, in the order of writing");
    let others: Vec<&str> = history.iter().filter(|m| m.sender_id.0 != 0).map(|m| m.content.as_str()).collect();
    let different: std::collections::HashSet<&str> = others.iter().copied().collect();
    assert_eq!(different.len(), others.len(), "no text is there twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_written_offline_arrives_once_after_a_kill_and_a_new_start() {
    let server = TestServer::start().await;
    drop(Person::register(server.addresses(), Wire::WebSocket, "bob").await);
    let proxy = Proxy::to(server.addresses().http).await;
    let address = proxy.address.to_string();
    let profile = tempfile::tempdir().unwrap();

    let online = HeadlessProcess::start(profile.path(), &address, "alice");
    let mut ids = online.queued(3);
    proxy.cut();
    ids.extend(online.queued(5));
    ids.extend(online.kill());
    // Still no network at the second start: it writes on, from its cache.
    let offline = HeadlessProcess::start(profile.path(), &address, "alice");
    ids.extend(offline.queued(5));
    ids.extend(offline.kill());
    // The access token has ended meanwhile: nobody notices.
    server.advance(Duration::from_secs(20 * 60));
    proxy.mend();
    let app = Headless::start(profile.path(), KeySource::Raw(crypto::Key::from_bytes([5; 32]))).await;
    app.until("being online", |screen| screen.is_online()).await;
    let mut bob = Person::login(server.addresses(), Wire::WebSocket, "bob").await;
    judge(&mut bob, &ids).await;
    let last = ids.last().unwrap().clone();
    app.command(view::Command::OpenChat { chat_id: ChatId::general() });
    app.until("the tick", |screen| {
        screen.message(&last).is_some_and(|row| row.seq > 0 && row.delivery != Some(Delivery::Queued))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_ends_in_mid_stream_makes_no_visible_break() {
    let server = TestServer::start().await;
    let profile = tempfile::tempdir().unwrap();
    let app = Headless::start(profile.path(), KeySource::None).await;
    app.register(&server.addresses().http.to_string(), "alice").await;
    app.send(&ChatId::general(), "before").await;
    server.advance(Duration::from_secs(16 * 60));
    let after = app.send(&ChatId::general(), "after").await;
    app.command(view::Command::OpenChat { chat_id: ChatId::general() });
    app.until("the tick of what was sent with an old token", |screen| {
        screen.message(&after).is_some_and(|row| row.seq > 0)
    })
    .await;
    assert!(app.look(|screen| screen.is_ready()), "still logged in");
    assert_eq!(app.look(|screen| screen.texts().join(" ")), "before after");
}

/// Messages that were on their way when the wire was cut are sent again, and shown once.
#[tokio::test(flavor = "multi_thread")]
async fn a_wire_that_is_cut_again_and_again_neither_loses_nor_doubles() {
    let server = TestServer::start().await;
    let mut bob = Person::register(server.addresses(), Wire::Tcp, "bob").await;
    let proxy = Proxy::to(server.addresses().http).await;
    let profile = tempfile::tempdir().unwrap();
    let app = Headless::start(profile.path(), KeySource::None).await;
    app.register(&proxy.address.to_string(), "alice").await;
    let mut ids = Vec::new();
    for round in 0..10 {
        for number in 0..5 {
            ids.push(app.send(&ChatId::general(), &format!("{round}.{number}")).await);
        }
        proxy.cut();
        ids.push(app.send(&ChatId::general(), &format!("{round} offline")).await);
        proxy.mend();
        app.command(view::Command::Reconnect);
    }
    judge(&mut bob, &ids).await;
}
