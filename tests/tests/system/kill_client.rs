//! kill -9 of a client that writes: what was in its outbox arrives once, in order.

use client::KeySource;
use protocol::{ChatId, MessageId};
use testkit::{Headless, Person, TestServer, Wire, times};
use view::{Command, MessageContent, Stage};

use crate::offline::{HeadlessProcess, judge};

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_of_a_client_loses_nothing_that_was_in_its_outbox_and_doubles_nothing() {
    let kills = times("HYBRID_CLIENT_KILLS", 5, 20);
    let server = TestServer::start().await;
    let profile = tempfile::tempdir().unwrap();
    let address = server.addresses().http.to_string();
    let mut ids = Vec::new();
    for round in 0..kills as usize {
        let app = HeadlessProcess::start(profile.path(), &address, "alice");
        ids.extend(app.queued(1 + round * 7 % 30));
        ids.extend(app.kill());
    }
    // Once more, to send what the last one left; it is not killed before all has arrived.
    let app = HeadlessProcess::start(profile.path(), &address, "alice");
    let mut bob = Person::register(server.addresses(), Wire::WebSocket, "bob").await;
    judge(&mut bob, &ids).await;
    app.kill();
}

/// In a private chat each message moves the keys on: what dies between two writes must not lose one, nor use one twice.
#[tokio::test(flavor = "multi_thread")]
async fn kill_9_of_a_client_that_writes_and_reads_in_private_loses_no_message_and_no_key() {
    let kills = times("HYBRID_CLIENT_KILLS", 5, 40);
    let server = TestServer::start().await;
    let address = server.addresses().http.to_string();
    let (own, hers) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let bob = Headless::start(own.path(), KeySource::None).await;
    bob.register(&address, "bob").await;
    let me = bob.look(|screen| match &screen.stage {
        Some(Stage::Ready { me }) => me.person.id,
        other => panic!("{other:?}"),
    });
    let (mut ids, mut chat) = (Vec::new(), None);
    for round in 0..kills as usize {
        let alice = HeadlessProcess::start_private(hers.path(), &address, "alice", me);
        ids.extend(alice.queued(1 + round * 7 % 30));
        // What he writes meanwhile comes while she dies.
        if let Some(chat) = &chat {
            ids.push(bob.send(chat, &format!("bob says {round}")).await);
        } else {
            bob.until("her chat", |screen| {
                screen.chats.iter().any(|row| row.person.is_some() && row.id != own_notes(me))
            })
            .await;
            chat = bob.look(|screen| screen.chats.iter().find(|row| row.person.is_some()).map(|row| row.id.clone()));
        }
        ids.extend(alice.kill());
    }
    let chat = chat.expect("she wrote to him");
    let alice = Headless::start(hers.path(), KeySource::Raw(crypto::Key::from_bytes([5; 32]))).await;
    ids.push(alice.send(&chat, "the last of hers").await);
    for app in [&alice, &bob] {
        let shown = all_of(app, &chat, &ids).await;
        let texts: std::collections::HashSet<&String> = shown.iter().map(|(_, text)| text).collect();
        assert_eq!(shown.len(), texts.len(), "no text is there twice");
        // The last words of one that was killed may be there without its having said so.
        assert!(ids.iter().all(|id| shown.iter().filter(|(shown, _)| shown == id).count() == 1), "each once");
    }
    let kept = Person::login(server.addresses(), Wire::Tcp, "bob").await.history(&chat).await;
    assert!(kept.iter().all(|message| message.sealed));
    let sealed: std::collections::HashSet<&str> = kept.iter().map(|message| message.content.as_str()).collect();
    assert_eq!(sealed.len(), kept.len(), "nothing was sealed twice into two messages");
}

fn own_notes(me: protocol::UserId) -> ChatId {
    ChatId::private(me, me)
}

/// The messages of a chat with what they say, once all of these are on screen and none is sealed.
async fn all_of(app: &Headless, chat: &ChatId, ids: &[MessageId]) -> Vec<(MessageId, String)> {
    app.command(Command::OpenChat { chat_id: chat.clone() });
    app.until("the chat", |screen| screen.timeline_of.as_ref() == Some(chat)).await;
    app.command(Command::JumpToLatest { chat_id: chat.clone() });
    let last = ids.last().expect("some were sent");
    let settled = |screen: &testkit::Screen| screen.timeline.iter().filter(|row| row.seq > 0).count();
    let arrived = |screen: &testkit::Screen| screen.message(last).is_some_and(|row| row.seq > 0);
    while !app.look(arrived) {
        let so_far = app.look(settled);
        app.until("one more message", |screen| settled(screen) != so_far || arrived(screen)).await;
    }
    app.load_all(chat).await;
    let readable = |screen: &testkit::Screen| {
        ids.iter().all(|id| {
            screen.message(id).is_some_and(|row| row.seq > 0 && matches!(row.content, MessageContent::Text { .. }))
        })
    };
    app.until("all messages in words", readable).await;
    app.look(|screen| {
        let text = |row: &view::MessageRow| match &row.content {
            MessageContent::Text { text } => Some((row.id.clone(), text.clone())),
            _ => None,
        };
        screen.timeline.iter().filter_map(text).collect()
    })
}
