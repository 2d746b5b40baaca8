//! Pinned and forwarded messages, and what messages said before they were changed.

#![allow(clippy::unwrap_used, reason = "tests")]

use protocol::frame::{ChatRef, EditMessage, Event, MessageRef, PinMessage, PostMessage, Reply, Request, SetRole};
use protocol::limits::{PINNED_MAX, VERSIONS_MAX};
use protocol::{ChatId, ChatKind, ErrorCode, Message, MessageId, Note, Role, Row, Version};

use crate::support::{Person, START_MS, Team, local_id, newest, text};

fn pin(chat: &ChatId, id: &MessageId, on: bool) -> Request {
    Request::PinMessage(PinMessage { chat_id: chat.clone(), message_id: id.clone(), on })
}

async fn pinned(person: &Person, chat: &ChatId) -> Vec<Message> {
    match person.ask(Request::ListPinned(ChatRef { chat_id: chat.clone() })).await.unwrap() {
        Reply::Pinned { messages } => messages,
        other => panic!("{other:?}"),
    }
}

async fn versions(person: &Person, chat: &ChatId, id: &MessageId) -> Vec<Version> {
    let body = MessageRef { chat_id: chat.clone(), message_id: id.clone() };
    match person.ask(Request::ListVersions(body)).await.unwrap() {
        Reply::Versions { versions } => versions,
        other => panic!("{other:?}"),
    }
}

fn edit(chat: &ChatId, id: &MessageId, content: &str) -> Request {
    let (chat_id, message_id) = (chat.clone(), id.clone());
    Request::EditMessage(EditMessage {
        chat_id,
        message_id,
        content: content.to_owned(),
        mentions: vec![],
        encrypt_for_recipients: false,
    })
}

fn forward(chat: &ChatId, content: &str, of: (&ChatId, &MessageId)) -> Request {
    let forward_of = Some(MessageRef { chat_id: of.0.clone(), message_id: of.1.clone() });
    Request::Message(PostMessage { forward_of, ..text(chat, content) })
}

sql::each_db! {
    async fn what_is_pinned_is_told_listed_and_noted(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let mut bob = team.person("bob").await;
        let chat = alice.group(&[bob.id]).await;
        let first = alice.post(&chat, "первое").await.message_id;
        let second = alice.post(&chat, "второе").await.message_id;
        for id in [&first, &second] {
            team.advance(1_000);
            alice.ask(pin(&chat, id, true)).await.unwrap();
        }
        let told = bob.hear(|event| match event {
            Event::RowChanged { row: Row::Message(message), .. } => Some(message.clone()),
            _ => None,
        });
        assert_eq!(told.await.pinned_at.unwrap().0, START_MS + 1_000);
        let note = bob.history(newest(&chat, 1)).await.messages.remove(0);
        assert_eq!(
            serde_json::from_str::<Note>(&note.content).unwrap(),
            Note::Pinned { by: alice.id, message_id: second.clone() }
        );
        let ids = pinned(&bob, &chat).await.into_iter().map(|message| message.id).collect::<Vec<_>>();
        assert_eq!(ids, [second.clone(), first.clone()]);
        bob.ask(pin(&chat, &second, false)).await.unwrap();
        let body = MessageRef { chat_id: chat.clone(), message_id: first };
        alice.ask(Request::DeleteMessage(body)).await.unwrap();
        assert!(pinned(&bob, &chat).await.is_empty(), "a deleted message is not pinned");
    }

    async fn pinning_twice_is_pinning_once_and_strangers_may_not(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let channel = alice.chat(ChatKind::Channel, "новости", &[bob.id], false).await.id;
        let id = alice.post(&channel, "правила").await.message_id;
        alice.ask(pin(&channel, &id, true)).await.unwrap();
        let before = team.fingerprint().await;
        alice.ask_as(None, pin(&channel, &id, true)).await.unwrap();
        assert_eq!(bob.refused(pin(&channel, &id, false)).await, ErrorCode::Forbidden, "a channel's admins only");
        let missing = MessageId::from(local_id());
        assert_eq!(alice.refused(pin(&channel, &missing, true)).await, ErrorCode::NotFound);
        let carol = team.person("carol").await;
        let asked = Request::ListPinned(ChatRef { chat_id: channel.clone() });
        let before_carol = team.fingerprint().await;
        assert_eq!(carol.refused(asked).await, ErrorCode::NotAMember);
        assert_eq!(before_carol, team.fingerprint().await);
        drop(before);
        let group = alice.group(&[bob.id]).await;
        let id = alice.post(&group, "x").await.message_id;
        let role = SetRole { chat_id: group.clone(), user_id: bob.id, role: Role::ReadOnly };
        alice.ask(Request::SetRole(role)).await.unwrap();
        assert_eq!(bob.refused(pin(&group, &id, true)).await, ErrorCode::Forbidden, "readers do not pin");
    }

    async fn a_chat_has_room_for_so_many_pins(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let chat = alice.group(&[]).await;
        for n in 0..PINNED_MAX {
            let id = alice.post(&chat, &n.to_string()).await.message_id;
            alice.ask(pin(&chat, &id, true)).await.unwrap();
        }
        let id = alice.post(&chat, "one more").await.message_id;
        let before = team.fingerprint().await;
        assert_eq!(alice.refused(pin(&chat, &id, true)).await, ErrorCode::LimitReached);
        assert_eq!(before, team.fingerprint().await);
    }

    async fn a_changed_message_keeps_what_it_said_for_its_readers(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let chat = alice.group(&[bob.id]).await;
        let id = alice.post(&chat, "в пять").await.message_id;
        team.advance(5_000);
        alice.ask(edit(&chat, &id, "в шесть")).await.unwrap();
        team.advance(5_000);
        alice.ask(edit(&chat, &id, "в шесть")).await.unwrap();
        alice.ask(edit(&chat, &id, "в семь")).await.unwrap();
        let said = versions(&bob, &chat, &id).await;
        assert_eq!(said.iter().map(|version| version.content.as_str()).collect::<Vec<_>>(), ["в пять", "в шесть"]);
        assert_eq!(said[0].timestamp.0, START_MS);
        for n in 0..VERSIONS_MAX + 5 {
            alice.ask(edit(&chat, &id, &format!("{n}"))).await.unwrap();
        }
        let said = versions(&bob, &chat, &id).await;
        assert_eq!(said.len(), VERSIONS_MAX as usize);
        assert_eq!(said.last().unwrap().content, format!("{}", VERSIONS_MAX + 3));
        alice.ask(Request::DeleteMessage(MessageRef { chat_id: chat.clone(), message_id: id.clone() })).await.unwrap();
        assert!(versions(&bob, &chat, &id).await.is_empty(), "what was deleted is gone, also what it said before");
        let carol = team.person("carol").await;
        let asked = Request::ListVersions(MessageRef { chat_id: chat, message_id: id });
        assert_eq!(carol.refused(asked).await, ErrorCode::NotAMember);
    }

    async fn a_forwarded_message_says_what_was_said_and_by_whom_first(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let from = alice.group(&[bob.id]).await;
        let to = bob.group(&[]).await;
        let on = bob.group(&[]).await;
        let id = alice.post(&from, "в пять").await.message_id;
        let Reply::MessageAccepted(there) = bob.ask(forward(&to, "в пять", (&from, &id))).await.unwrap() else { panic!() };
        let message = bob.message(&to, there.seq).await;
        let first = message.forwarded.clone().unwrap();
        assert_eq!((first.chat_id, first.message_id, first.sender_id), (from.clone(), id.clone(), alice.id));
        let again = bob.ask(forward(&on, "в пять", (&to, &message.id))).await.unwrap();
        let Reply::MessageAccepted(again) = again else { panic!() };
        assert_eq!(bob.message(&on, again.seq).await.forwarded, message.forwarded, "its first place, not the one between");
        let before = team.fingerprint().await;
        assert_eq!(bob.refused(forward(&to, "в шесть", (&from, &id))).await, ErrorCode::InvalidField, "words in a mouth");
        assert_eq!(bob.refused(edit(&to, &message.id, "в шесть")).await, ErrorCode::Forbidden);
        let carol = team.person("carol").await;
        let own = carol.group(&[]).await;
        let before_carol = team.fingerprint().await;
        assert_eq!(carol.refused(forward(&own, "в пять", (&from, &id))).await, ErrorCode::NotAMember, "not hers to pass on");
        assert_eq!(before_carol, team.fingerprint().await);
        assert_ne!(before, before_carol, "only carol and her group came");
    }

    async fn a_moment_opens_the_history_there(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let chat = alice.group(&[]).await;
        for n in 0..30 {
            team.advance(60_000);
            alice.post(&chat, &n.to_string()).await;
        }
        let moment = protocol::Timestamp(START_MS + 10 * 60_000 + 30_000);
        let page = alice.history(protocol::frame::History { around_time: Some(moment), ..newest(&chat, 4) }).await;
        let said: Vec<&str> = page.messages.iter().map(|message| message.content.as_str()).collect();
        assert_eq!(said, ["8", "9", "10", "11"]);
    }
}
