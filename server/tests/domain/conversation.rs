//! People talk.

#![allow(clippy::unwrap_used, reason = "tests")]

use protocol::frame::{Event, History, PostMessage, Reply, Request, UserRef};
use protocol::{ChatId, MessageType};

use crate::support::{each_db, local_id};

pub fn post(chat_id: &ChatId, content: &str) -> Request {
    Request::Message(PostMessage {
        chat_id: chat_id.clone(),
        content: content.to_owned(),
        message_type: MessageType::Text,
        reply_to: None,
        mentions: vec![],
        reactions: vec![],
        encrypt_for_recipients: false,
    })
}

#[test]
fn bob_hears_what_alice_says_in_general_and_finds_it_in_the_history() {
    each_db(|team| async move {
        let alice = team.person("alice").await;
        let mut bob = team.person("bob").await;
        let general = ChatId::general();
        let Reply::MessageAccepted(accepted) = alice.ask(post(&general, "Привет, мир!")).await.unwrap() else {
            panic!()
        };
        let heard = bob
            .hear(|event| match event {
                Event::NewMessage { message, .. } if message.sender_id == alice.id => Some(message.clone()),
                _ => None,
            })
            .await;
        assert_eq!((heard.content.as_str(), heard.seq, heard.rev), ("Привет, мир!", accepted.seq, accepted.rev));
        assert_eq!(heard.sender_username, "alice");
        let asked = History { chat_id: general, before_seq: None, after_seq: None, around_seq: None, limit: Some(1) };
        let Reply::HistoryPage(page) = bob.ask(Request::History(asked)).await.unwrap() else { panic!() };
        assert_eq!(page.messages, vec![heard]);
        assert!(page.has_more_before && !page.has_more_after);
    });
}

#[test]
fn the_same_local_id_twice_is_one_message_and_one_answer() {
    each_db(|team| async move {
        let alice = team.person("alice").await;
        let mut bob = team.person("bob").await;
        let Reply::ChatState { chat } = alice.ask(Request::OpenPrivate(UserRef { user_id: bob.id })).await.unwrap()
        else {
            panic!()
        };
        let id = Some(local_id());
        let first = alice.ask_as(id, post(&chat.id, "once")).await.unwrap();
        assert_eq!(first, alice.ask_as(id, post(&chat.id, "once")).await.unwrap());
        alice.ask(post(&chat.id, "end")).await.unwrap();
        let mut heard = vec![];
        while heard.last().is_none_or(|text| text != "end") {
            let next = bob.hear(|event| match event {
                Event::NewMessage { chat_id, message } if *chat_id == chat.id => Some(message.content.clone()),
                _ => None,
            });
            heard.push(next.await);
        }
        assert_eq!(heard, ["once", "end"]);
    });
}
