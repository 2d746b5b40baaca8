//! Messages that go by themselves go once, for everyone, with all that hangs on them, whatever happens to servers and clocks.

#![allow(clippy::unwrap_used, reason = "tests")]

use protocol::frame::{
    ChatRef, EditMessage, Event, MessageRef, PinMessage, React, Reply, Request, Search, ThreadPage, UpdateChat,
};
use protocol::{ChatId, ErrorCode, Message, MessageId, Note, Role, Row, Timestamp};
use server::domain::SERVER;

use crate::support::{Person, START_MS, Team, newest, text};

const HOUR: i64 = 3_600_000;

fn timer(chat: &ChatId, after: u32) -> Request {
    let (chat_id, name, description, public, rights) = (chat.clone(), None, None, None, None);
    Request::UpdateChat(UpdateChat {
        chat_id,
        name,
        description,
        public,
        rights,
        disappear_after: Some(after),
        encrypted: None,
    })
}

/// Bob hears that a message went.
async fn hear_gone(person: &mut Person, id: &MessageId) -> Message {
    let gone = |event: &Event| match event {
        Event::RowChanged { row: Row::Message(message), .. } if message.id == *id && message.deleted_at.is_some() => {
            Some(message.clone())
        }
        _ => None,
    };
    person.hear(gone).await
}

/// What the database has of a message beside its place.
async fn left(team: &Team, id: &MessageId) -> Vec<i64> {
    team.app.index_waiting().await.unwrap();
    let id = id.clone();
    let count = move |cx: &mut server::domain::Cx<'_, '_>| {
        let tables = ["message_mentions", "message_reactions", "message_versions", "message_index"];
        let mut counts = Vec::new();
        for table in tables {
            let sql = format!("SELECT count(*) FROM {table} WHERE message_id = ?1");
            counts.push(cx.tx.one(&sql, sql::params![id.as_str()], |row| row.int(0))?);
        }
        counts.push(cx.tx.one("SELECT count(*) FROM due", &[], |row| row.int(0))?);
        Ok(counts)
    };
    team.app.read(SERVER, count).await.unwrap()
}

async fn found(person: &Person, query: &str) -> usize {
    let asked = Search {
        query: query.to_owned(),
        chat_id: None,
        sender_id: None,
        has: None,
        before: None,
        after: None,
        cursor: None,
        limit: None,
    };
    match person.ask_as(None, Request::Search(asked)).await.unwrap() {
        Reply::Found(found) => found.hits.len(),
        other => panic!("{other:?}"),
    }
}

sql::each_db! {
    async fn what_alice_says_goes_for_everyone_at_its_time_and_nothing_is_left_of_it(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, mut bob) = (team.person("alice").await, team.person("bob").await);
        let group = alice.group(&[bob.id]).await;
        let stays = alice.post(&group, "lasting words").await.message_id;
        assert_eq!(alice.chat_state(timer(&group, 3_600)).await.disappear_after, Some(3_600));
        let note = serde_json::to_string(&Note::Disappearing { by: alice.id, after: Some(3_600) }).unwrap();
        bob.hear_text(&note).await;
        let mut body = text(&group, "fleeting words");
        body.mentions = vec![bob.id];
        let message_id = alice.post_as(crate::support::local_id(), body).await.message_id;
        let told = bob.hear_text("fleeting words").await;
        assert_eq!(told.expires_at, Some(Timestamp(START_MS + HOUR)));
        let chat_id = || group.clone();
        let id = || message_id.clone();
        for request in [
            Request::React(React { chat_id: chat_id(), message_id: id(), emoji: "👍".to_owned(), on: true }),
            Request::PinMessage(PinMessage { chat_id: chat_id(), message_id: id(), on: true }),
            Request::EditMessage(EditMessage {
                chat_id: chat_id(),
                message_id: id(),
                content: "fleeting words again".to_owned(),
                mentions: vec![bob.id],
                encrypt_for_recipients: false,
            }),
        ] {
            alice.ask(request).await.unwrap();
        }
        assert_eq!(left(&team, &message_id).await, [1, 1, 1, 1, 1]);
        team.advance(HOUR - 1);
        assert_eq!(team.app.let_happen().await.unwrap(), Some(Timestamp(START_MS + HOUR)));
        assert_eq!(found(&bob, "fleeting").await, 1);
        team.advance(1);
        assert_eq!(team.app.let_happen().await.unwrap(), None);
        let gone = hear_gone(&mut bob, &message_id).await;
        assert_eq!((gone.content.as_str(), gone.expires_at), ("", told.expires_at));
        assert_eq!(left(&team, &message_id).await, [0, 0, 0, 0, 0]);
        assert_eq!((found(&bob, "fleeting").await, found(&bob, "lasting").await), (0, 1));
        let pinned = bob.ask(Request::ListPinned(ChatRef { chat_id: chat_id() })).await.unwrap();
        assert_eq!(pinned, Reply::Pinned { messages: Vec::new() });
        let page = bob.history(newest(&group, 50)).await.messages;
        assert!(page.iter().any(|message| message.id == stays && message.expires_at.is_none()), "what was said before stays");
        let late = React { chat_id: chat_id(), message_id: id(), emoji: "👍".to_owned(), on: true };
        assert_eq!(bob.refused(Request::React(late)).await, ErrorCode::NotFound);
    }

    async fn it_goes_once_though_the_server_starts_again_and_its_clock_goes_back_and_forth(db: sql::Db) {
        let team = Team::new(db.clone()).await;
        let alice = team.person("alice").await;
        alice.ask(timer(&ChatId::general(), 3_600)).await.unwrap();
        let id = alice.post(&ChatId::general(), "fleeting").await.message_id;
        let state = async |ms: i64| {
            let team = Team::at(db.clone(), START_MS + ms).await;
            team.app.let_happen().await.unwrap();
            let page = team.online(alice.id).await.history(newest(&ChatId::general(), 50)).await;
            let message = page.messages.into_iter().find(|message| message.id == id).unwrap();
            (message.deleted_at, message.rev)
        };
        for ms in [0, HOUR - 1, -24 * HOUR, HOUR / 2] {
            assert_eq!(state(ms).await.0, None, "not before its time");
        }
        let first = state(HOUR).await;
        assert_eq!(first.0, Some(Timestamp(START_MS + HOUR)));
        for ms in [-24 * HOUR, HOUR - 1, HOUR, 365 * 24 * HOUR] {
            assert_eq!(state(ms).await, first, "it does not go again");
        }
    }

    async fn two_servers_of_one_database_let_each_message_go_once(db: sql::Db) {
        let (one, other) = (Team::new(db.clone()).await, Team::new(db).await);
        let alice = one.person("alice").await;
        alice.ask(timer(&ChatId::general(), 60)).await.unwrap();
        for n in 0..10 {
            alice.post(&ChatId::general(), &format!("m {n}")).await;
        }
        let before = alice.sync(protocol::Scope::Chat(ChatId::general()), 0).await.unwrap().head;
        one.advance(HOUR);
        other.advance(HOUR);
        let (first, second) = tokio::join!(one.app.let_happen(), other.app.let_happen());
        if first.is_err() || second.is_err() {
            one.app.let_happen().await.unwrap();
        }
        let after = alice.sync(protocol::Scope::Chat(ChatId::general()), 0).await.unwrap();
        assert_eq!(after.head, before + 10, "one revision for each");
        let gone = |row: &&Row| matches!(row, Row::Message(message) if message.expires_at.is_some() && message.deleted_at.is_some());
        assert_eq!(after.rows.iter().filter(gone).count(), 10);
    }

    async fn either_of_two_people_sets_it_between_them_and_only_admins_in_a_group(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob, carol) = (team.person("alice").await, team.person("bob").await, team.person("carol").await);
        let private = alice.private(bob.id).await;
        assert_eq!(bob.chat_state(timer(&private, 86_400)).await.disappear_after, Some(86_400));
        assert_eq!(alice.chat_state(timer(&private, 0)).await.disappear_after, None);
        let named = UpdateChat {
            chat_id: private.clone(),
            name: Some("ours".to_owned()),
            description: None,
            public: None,
            rights: None,
            disappear_after: Some(60),
            encrypted: None,
        };
        assert_eq!(bob.refused(Request::UpdateChat(named)).await, ErrorCode::Forbidden);
        assert_eq!(carol.refused(timer(&private, 60)).await, ErrorCode::NotAMember);
        let group = alice.group(&[bob.id]).await;
        assert_eq!(bob.refused(timer(&group, 60)).await, ErrorCode::Forbidden);
        let admin = protocol::frame::SetRole { chat_id: group.clone(), user_id: bob.id, role: Role::Admin };
        alice.ask(Request::SetRole(admin)).await.unwrap();
        bob.ask(timer(&group, 5)).await.unwrap();
        let set = team.fingerprint().await;
        bob.ask(timer(&group, 5)).await.unwrap();
        let before = team.fingerprint().await;
        assert_eq!(set[..7], before[..7], "as it is: no revision");
        for wrong in [1, 4, 367 * 86_400, u32::MAX] {
            assert_eq!(bob.refused(timer(&group, wrong)).await, ErrorCode::InvalidField);
        }
        assert_eq!(team.fingerprint().await, before, "refused: nothing changed");
    }

    async fn what_was_deleted_by_hand_is_a_tombstone_as_ever_and_a_thread_counts_what_is_left(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, mut bob) = (team.person("alice").await, team.person("bob").await);
        let group = alice.group(&[bob.id]).await;
        let root = alice.post(&group, "root").await.message_id;
        alice.ask(timer(&group, 3_600)).await.unwrap();
        let deleted = alice.post(&group, "regretted").await.message_id;
        let of = MessageRef { chat_id: group.clone(), message_id: deleted.clone() };
        alice.ask(Request::DeleteMessage(of)).await.unwrap();
        assert_eq!(hear_gone(&mut bob, &deleted).await.expires_at, None);
        assert_eq!(left(&team, &deleted).await, [0, 0, 0, 0, 0], "and nothing is due");
        for n in 0..2 {
            team.advance(n * HOUR / 2);
            let answer = protocol::frame::PostMessage { thread: Some(root.clone()), ..text(&group, "answer") };
            alice.post_as(crate::support::local_id(), answer).await;
        }
        team.advance(HOUR / 2);
        team.app.let_happen().await.unwrap();
        let asked = ThreadPage { chat_id: group.clone(), message_id: root, before_seq: None, limit: None };
        let Reply::ThreadMessages(thread) = bob.ask_as(None, Request::Thread(asked)).await.unwrap() else { panic!() };
        assert_eq!(thread.root.replies.unwrap().count, 1);
    }
}
