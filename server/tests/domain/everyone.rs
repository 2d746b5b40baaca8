//! `@all` and `@here`: who may, and who is meant.

#![allow(clippy::unwrap_used, reason = "tests")]

use protocol::frame::{EditMessage, PostMessage, Request, SetPresence, UpdateChat};
use protocol::{ChatId, ChatKind, ErrorCode, Everyone, PresenceStatus, Rights, Role};
use server::domain::users::NewUser;

use crate::support::{Person, Team, local_id, text};

fn to(chat: &ChatId, everyone: Everyone) -> PostMessage {
    PostMessage { everyone: Some(everyone), ..text(chat, "@here come") }
}

async fn refused(person: &Person, chat: &ChatId) -> Option<ErrorCode> {
    let asked = person.ask_as(Some(local_id()), Request::Message(to(chat, Everyone::All))).await;
    asked.err().map(|error| error.code)
}

async fn appear(person: &Person, status: PresenceStatus) {
    let done = person.ask_all(None, Request::Presence(SetPresence { status })).await;
    assert!(done.is_empty());
}

sql::each_db! {
    async fn those_who_are_there_are_mentioned_and_everyone_by_all(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, mut bob, carol) = (team.person("alice").await, team.person("bob").await, team.person("carol").await);
        let (dan, busy) = (team.person("dan").await, team.person("busy").await);
        let group = alice.group(&[bob.id, carol.id, dan.id, busy.id]).await;
        let carol_id = carol.id;
        drop(carol);
        appear(&dan, PresenceStatus::Away).await;
        appear(&busy, PresenceStatus::Dnd).await;
        alice.post_as(local_id(), to(&group, Everyone::Here)).await;
        let heard = bob.hear_text("@here come").await;
        let mut mentioned = heard.mentions.clone();
        mentioned.sort_unstable();
        assert_eq!((heard.everyone, mentioned), (Some(Everyone::Here), vec![bob.id, busy.id]), "neither {carol_id} nor dan");
        // An edit neither calls anew nor takes back who was called.
        team.advance(1);
        let edit = EditMessage {
            chat_id: group.clone(),
            message_id: heard.id,
            content: "@here go".into(),
            mentions: vec![carol_id],
            encrypt_for_recipients: false,
        };
        alice.ask(Request::EditMessage(edit)).await.unwrap();
        let edited = bob.message(&group, heard.seq).await;
        assert_eq!((edited.everyone, edited.mentions.len()), (Some(Everyone::Here), 3));
        alice.post_as(local_id(), PostMessage { mentions: vec![bob.id], ..to(&group, Everyone::All) }).await;
        let heard = bob.hear_text("@here come").await;
        assert_eq!((heard.everyone, heard.mentions), (Some(Everyone::All), vec![bob.id]));
    }

    async fn everyone_is_mentioned_by_those_whom_the_chats_rights_let(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let channel = alice.chat(ChatKind::Channel, "news", &[bob.id], false).await.id;
        assert_eq!((refused(&alice, &channel).await, refused(&bob, &channel).await), (None, Some(ErrorCode::Forbidden)));
        let rights = Rights { everyone: Some(Role::Member), ..Rights::default() };
        let (chat_id, name, description, public) = (channel.clone(), None, None, None);
        let change = UpdateChat { chat_id, name, description, public, rights: Some(rights), disappear_after: None, encrypted: None };
        alice.ask(Request::UpdateChat(change)).await.unwrap();
        assert_eq!(refused(&bob, &channel).await, None);
        let group = alice.group(&[bob.id]).await;
        assert_eq!(refused(&bob, &group).await, None, "as usual in a group");
        let private = alice.private(bob.id).await;
        assert_eq!(refused(&alice, &private).await, Some(ErrorCode::Forbidden), "there are only two");
    }

    async fn nobody_can_have_a_name_that_means_everyone(db: sql::Db) {
        let team = Team::new(db).await;
        for name in ["all", "Here", "ВСЕ", "everyone"] {
            let new = NewUser { username: name.to_owned(), ..NewUser::default() };
            assert_eq!(team.register(new).await.unwrap_err().code, ErrorCode::InvalidField, "{name}");
        }
    }
}
