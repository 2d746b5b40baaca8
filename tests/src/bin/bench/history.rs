//! (i) A new device of a person with a long private chat: how soon the newest messages are readable on it, and all of them.
//! Whole client apps with encrypted caches on a real server; `HYBRID_HISTORY` chooses another number of messages.

use std::time::Instant;

use client::KeySource;
use protocol::{ChatId, MessageId};
use testkit::{Headless, Screen, TestServer, times};
use view::update::ReplyBody;
use view::{Command, CommandReply, DeviceStanding, MessageContent, ServerTarget, Stage};

use crate::report::{Aim, Line, Report};

/// So many are under way at once.
const WAVE: usize = 200;

pub fn measure(report: &mut Report) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(run(report));
}

async fn run(report: &mut Report) {
    let messages = times("HYBRID_HISTORY", 50_000, 50_000) as usize;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = TestServer::start().await;
    let address = server.addresses().http.to_string();
    let app = async |name: &str| {
        let profile = folder.path().join(name);
        Headless::start(&profile, KeySource::Raw(crypto::Key::from_bytes([7; 32]))).await
    };
    let (alice, bob) = (app("alice").await, app("bob").await);
    let mut ids = Vec::new();
    for (app, name) in [(&alice, "alice"), (&bob, "bob")] {
        app.register(&address, name).await;
        app.until("a device", |screen| screen.is_online() && screen.standing == DeviceStanding::Ready).await;
        ids.push(app.look(|screen| match &screen.stage {
            Some(Stage::Ready { me }) => me.person.id,
            other => panic!("{other:?}"),
        }));
    }
    let chat = ChatId::private(ids[0], ids[1]);
    done(&alice, Command::OpenPrivate { user_id: ids[1] }).await;
    for app in [&alice, &bob] {
        app.until("the chat", |screen| screen.chats.iter().any(|row| row.id == chat)).await;
        done(app, Command::OpenChat { chat_id: chat.clone() }).await;
    }
    let started = Instant::now();
    let mut last = None;
    for n in 0..messages {
        let text = format!("сообщение {n} of a long story: встретимся у фонтана в семь, как обычно");
        last = Some(alice.send(&chat, &text).await);
        if n % WAVE == WAVE - 1 {
            bob.until("what she said", |screen| readable(screen, last.as_ref())).await;
        }
    }
    bob.until("the last", |screen| readable(screen, last.as_ref())).await;
    let line = |what, ours, aim| Line { what, unit: "s", ours, raw: None, aim };
    report.line(line(
        "i  50,000 private messages written and read, before",
        started.elapsed().as_secs_f64(),
        Aim::None,
    ));

    let elsewhere = app("elsewhere").await;
    let ReplyBody::Code { code } = done(&alice, Command::MakeLinkCode).await else { panic!("a code") };
    let started = Instant::now();
    let login = Command::Login {
        server: ServerTarget::Address { address },
        username: "alice".to_owned(),
        password: "correct horse battery".to_owned(),
    };
    done(&elsewhere, login).await;
    elsewhere.until("a list", |screen| screen.standing == DeviceStanding::Unconfirmed).await;
    // What the code opens is among one's own data, which comes first.
    while let CommandReply::Failed { .. } = elsewhere.ask(Command::EnterCode { code: code.clone() }).await {
        tokio::task::yield_now().await;
    }
    done(&elsewhere, Command::OpenChat { chat_id: chat.clone() }).await;
    elsewhere.until("the newest", |screen| readable(screen, last.as_ref())).await;
    report.line(line(
        "i  a new device: log-in → the newest readable",
        started.elapsed().as_secs_f64(),
        Aim::AtMost(60.0),
    ));
    // Older ones open in the background; the oldest is there when a search for it finds it.
    let query = "сообщение 0".to_owned();
    loop {
        let search = Command::Search { query: query.clone(), chat_id: Some(chat.clone()) };
        if let ReplyBody::Found { hits } = done(&elsewhere, search).await
            && !hits.is_empty()
        {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await; // allow-sleep: a bench, and nothing tells
    }
    report.line(line("i  a new device: log-in → all readable", started.elapsed().as_secs_f64(), Aim::AtMost(60.0)));
}

fn readable(screen: &Screen, id: Option<&MessageId>) -> bool {
    let row = id.and_then(|id| screen.message(id));
    row.is_some_and(|row| matches!(row.content, MessageContent::Text { .. }))
}

async fn done(app: &Headless, command: Command) -> ReplyBody {
    match app.ask(command).await {
        CommandReply::Ok { body } => body,
        CommandReply::Failed { failure } => panic!("{failure:?}"),
    }
}
