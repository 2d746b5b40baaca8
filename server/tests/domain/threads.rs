//! Threads: messages under a message of the main line.

#![allow(clippy::unwrap_used, reason = "tests")]

use protocol::frame::{MessageRef, PostMessage, Reply, Request, ThreadMessages, ThreadPage};
use protocol::{ChatId, ErrorCode, MessageId};

use crate::support::{Person, Team, local_id, newest, text};

fn say(chat: &ChatId, root: &MessageId, content: &str) -> Request {
    Request::Message(PostMessage { thread: Some(root.clone()), ..text(chat, content) })
}

async fn said(person: &Person, chat: &ChatId, root: &MessageId, content: &str) -> MessageId {
    match person.ask(say(chat, root, content)).await.unwrap() {
        Reply::MessageAccepted(accepted) => accepted.message_id,
        other => panic!("{other:?}"),
    }
}

async fn page(person: &Person, chat: &ChatId, root: &MessageId, before_seq: Option<u64>, limit: u32) -> ThreadMessages {
    let (chat_id, message_id) = (chat.clone(), root.clone());
    let asked = ThreadPage { chat_id, message_id, before_seq, limit: Some(limit) };
    match person.ask_as(None, Request::Thread(asked)).await.unwrap() {
        Reply::ThreadMessages(page) => page,
        other => panic!("{other:?}"),
    }
}

sql::each_db! {
    async fn the_first_message_tells_how_many_stand_under_it_and_who_wrote_last(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob, carol) = (team.person("alice").await, team.person("bob").await, team.person("carol").await);
        let chat = alice.group(&[bob.id, carol.id]).await;
        let root = alice.post(&chat, "обед?").await;
        for (person, words) in [(&bob, "я за"), (&carol, "и я"), (&bob, "в час")] {
            team.advance(1_000);
            said(person, &chat, &root.message_id, words).await;
        }
        let replies = alice.message(&chat, root.seq).await.replies.unwrap();
        assert_eq!((replies.count, replies.people), (3, vec![bob.id, carol.id]));
        let page = page(&alice, &chat, &root.message_id, None, 2).await;
        assert_eq!(page.messages.iter().map(|m| m.content.as_str()).collect::<Vec<_>>(), ["и я", "в час"]);
        assert!(page.has_more_before);
        assert!(page.messages.iter().all(|message| message.thread == Some(root.message_id.clone())));
        let before = page.messages[0].seq;
        let rest = self::page(&alice, &chat, &root.message_id, Some(before), 2).await;
        assert_eq!((rest.messages[0].content.as_str(), rest.has_more_before), ("я за", false));
    }

    async fn the_same_post_again_counts_once_and_a_deleted_one_no_more(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let chat = alice.group(&[bob.id]).await;
        let root = alice.post(&chat, "тема").await;
        let id = local_id();
        for _ in 0..3 {
            bob.ask_as(Some(id), say(&chat, &root.message_id, "раз")).await.unwrap();
        }
        assert_eq!(alice.message(&chat, root.seq).await.replies.unwrap().count, 1);
        let gone = MessageRef { chat_id: chat.clone(), message_id: MessageId::from(id) };
        bob.ask(Request::DeleteMessage(gone)).await.unwrap();
        assert_eq!(alice.message(&chat, root.seq).await.replies, None);
    }

    async fn a_thread_stands_only_under_a_message_of_the_same_chats_main_line(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let chat = alice.group(&[bob.id]).await;
        let other = alice.group(&[]).await;
        let root = alice.post(&chat, "тема").await.message_id;
        let under = said(&bob, &chat, &root, "раз").await;
        let elsewhere = alice.post(&other, "чужое").await.message_id;
        let note = alice.history(newest(&other, 10)).await.messages[0].id.clone();
        let before = team.fingerprint().await;
        for wrong in [&under, &elsewhere, &note, &MessageId::from(local_id())] {
            assert_eq!(bob.refused(say(&chat, wrong, "два")).await, ErrorCode::InvalidField);
        }
        assert_eq!(before, team.fingerprint().await);
        let carol = team.person("carol").await;
        let asked = ThreadPage { chat_id: chat.clone(), message_id: root.clone(), before_seq: None, limit: None };
        assert_eq!(carol.refused(Request::Thread(asked)).await, ErrorCode::NotAMember);
        let asked = ThreadPage { chat_id: chat, message_id: root, before_seq: None, limit: Some(201) };
        assert_eq!(bob.refused(Request::Thread(asked)).await, ErrorCode::InvalidField);
    }
}
