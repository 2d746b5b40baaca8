//! What people say of themselves and let others see, and whom they block.

#![allow(clippy::unwrap_used, reason = "tests")]

use protocol::frame::{
    AskLastSeen, ChatRef, Event, PutItem, Reply, Request, Seen, SeqMark, Status, UpdateProfile, UserRef,
};
use protocol::privacy::{CONTACT, PRIVACY, blocked_key};
use protocol::{Audience, ChatId, Contact, ErrorCode, PresenceStatus, Privacy, Row, Scope, Timestamp, User, UserId};
use server::domain::users::NewUser;

use crate::support::{Person, START_MS, Team, text};

const HOUR: i64 = 3_600_000;

async fn say(person: &Person, emoji: &str, words: &str, until: Option<i64>) -> Result<User, ErrorCode> {
    let status = Status { emoji: emoji.to_owned(), text: words.to_owned(), until: until.map(Timestamp) };
    let body = UpdateProfile { display_name: None, bio: None, custom_status: None, status: Some(status) };
    match person.ask(Request::UpdateProfile(body)).await {
        Ok(Reply::Profile { user }) => Ok(user),
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err(error.code),
    }
}

async fn put(person: &Person, key: &str, value: Option<String>) -> Result<(), ErrorCode> {
    let asked = person.ask(Request::PutItem(PutItem { key: key.to_owned(), value })).await;
    asked.map(drop).map_err(|error| error.code)
}

async fn privacy(person: &Person, privacy: &Privacy) {
    put(person, PRIVACY, Some(serde_json::to_string(privacy).unwrap())).await.unwrap();
}

async fn block(person: &Person, other: UserId, on: bool) {
    let value = on.then(|| format!("{{\"since\":\"{}\"}}", Timestamp(START_MS)));
    put(person, &blocked_key(other), value).await.unwrap();
}

/// A person's profile as another one sees it.
async fn profile(by: &Person, user: UserId) -> User {
    let changes = by.sync(Scope::Team, 0).await.unwrap();
    let rows = changes.rows.into_iter();
    rows.filter_map(|row| if let Row::User(found) = row { Some(found) } else { None })
        .find(|found| found.id == user)
        .unwrap()
}

async fn seen(by: &Person, user: UserId) -> Seen {
    match by.ask_as(None, Request::LastSeen(AskLastSeen { user_ids: vec![user] })).await.unwrap() {
        Reply::LastSeen { people } => people.into_iter().next().unwrap(),
        other => panic!("{other:?}"),
    }
}

fn presence_of(user: UserId) -> impl FnMut(&Event) -> Option<(PresenceStatus, Option<Timestamp>)> {
    move |event| match event {
        Event::Presence { user_id, status, last_seen } if *user_id == user => Some((*status, *last_seen)),
        _ => None,
    }
}

fn read_of(user: UserId) -> impl FnMut(&Event) -> Option<(u64, u64)> {
    move |event| match event {
        Event::Receipt { receipt, .. } if receipt.user_id == user => Some((receipt.delivered_seq, receipt.read_seq)),
        _ => None,
    }
}

sql::each_db! {
    async fn a_status_ends_once_at_its_time_though_the_server_starts_again_and_its_clock_goes_back(db: sql::Db) {
        let team = Team::new(db.clone()).await;
        let (alice, mut bob) = (team.person("alice").await, team.person("bob").await);
        let user = say(&alice, "🌴", "в отпуске", Some(START_MS + HOUR)).await.unwrap();
        assert_eq!((user.status_emoji.as_str(), user.custom_status.as_str()), ("🌴", "в отпуске"));
        let heard = bob.hear(|event| match event {
            Event::RowChanged { row: Row::User(user), .. } if user.id == alice.id => Some(user.clone()),
            _ => None,
        });
        assert_eq!(heard.await, user);
        for ms in [HOUR - 1, -24 * HOUR] {
            let team = Team::at(db.clone(), START_MS + ms).await;
            team.app.let_happen().await.unwrap();
            assert_eq!(profile(&team.online(bob.id).await, alice.id).await, user, "not before its time");
        }
        let mut first = None;
        for ms in [HOUR, -24 * HOUR, 48 * HOUR] {
            let team = Team::at(db.clone(), START_MS + ms).await;
            team.app.let_happen().await.unwrap();
            let now = profile(&team.online(bob.id).await, alice.id).await;
            assert_eq!((now.status_emoji.as_str(), now.custom_status.as_str(), now.status_until), ("", "", None));
            assert_eq!(*first.get_or_insert(now.rev), now.rev, "once");
        }
    }

    async fn a_status_that_was_changed_stays_and_a_wrong_one_is_refused(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        say(&alice, "🌴", "", Some(START_MS + HOUR)).await.unwrap();
        say(&alice, "", "работаю", None).await.unwrap();
        team.advance(2 * HOUR);
        team.app.let_happen().await.unwrap();
        assert_eq!(profile(&alice, alice.id).await.custom_status, "работаю");
        let before = team.fingerprint().await;
        for (emoji, words, until) in [("a b", "", None), ("", "x", Some(START_MS)), ("", "x", Some(i64::MAX / 2))] {
            assert_eq!(say(&alice, emoji, words, until).await, Err(ErrorCode::InvalidField), "{emoji} {words}");
        }
        assert_eq!(team.fingerprint().await, before);
        say(&alice, "", "", Some(START_MS + 9 * HOUR)).await.unwrap();
        assert_eq!(team.app.let_happen().await.unwrap(), None, "nothing is said, so nothing ends");
    }

    async fn an_address_and_a_number_show_only_where_their_person_lets_them(db: sql::Db) {
        let team = Team::new(db).await;
        let new = NewUser { username: "alice".into(), email: Some("alice@example.com".into()), ..NewUser::default() };
        let id = team.register(new).await.unwrap();
        let (alice, bob) = (team.online(id).await, team.person("bob").await);
        let shown = async || {
            let user = profile(&bob, id).await;
            (user.email, user.phone)
        };
        assert_eq!(shown().await, (None, None), "what one registered with is nobody's business");
        privacy(&alice, &Privacy { email: Audience::Everyone, ..Privacy::default() }).await;
        assert_eq!(shown().await, (Some("alice@example.com".into()), None));
        let contact = Contact { email: "a@example.com".into(), phone: "+7 900 000-00-00".into() };
        put(&alice, CONTACT, Some(serde_json::to_string(&contact).unwrap())).await.unwrap();
        assert_eq!(shown().await, (Some("a@example.com".into()), None));
        privacy(&alice, &Privacy { phone: Audience::Everyone, ..Privacy::default() }).await;
        assert_eq!(shown().await, (None, Some("+7 900 000-00-00".into())));
        let wrong = ["{\"email\":\"nobody\"}", "{\"phone\":\"call me\"}", "7", "{"];
        for value in wrong {
            assert_eq!(put(&alice, CONTACT, Some(value.into())).await, Err(ErrorCode::InvalidField), "{value}");
        }
        assert_eq!(put(&alice, PRIVACY, Some("{\"last_seen\":\"friends\"}".into())).await, Err(ErrorCode::InvalidField));
    }

    async fn whoever_hides_that_they_are_there_does_not_see_others_either(db: sql::Db) {
        let team = Team::new(db).await;
        let (mut alice, mut bob) = (team.person("alice").await, team.person("bob").await);
        assert_eq!(bob.hear(presence_of(alice.id)).await.0, PresenceStatus::Online);
        assert_eq!(alice.hear(presence_of(bob.id)).await.0, PresenceStatus::Online);
        privacy(&alice, &Privacy { last_seen: Audience::Nobody, ..Privacy::default() }).await;
        assert_eq!(bob.hear(presence_of(alice.id)).await, (PresenceStatus::Offline, None), "and not since when");
        assert!(seen(&bob, alice.id).await.hidden && seen(&alice, bob.id).await.hidden);
        // Carol comes: bob hears it, alice does not, though she hears what comes after.
        let carol = team.person("carol").await;
        assert_eq!(bob.hear(presence_of(carol.id)).await.0, PresenceStatus::Online);
        carol.post(&ChatId::general(), "hello").await;
        alice.hear_text("hello").await;
        assert!(!alice.heard_now().iter().any(|event| presence_of(carol.id)(event).is_some()));
        privacy(&alice, &Privacy::default()).await;
        assert_eq!(bob.hear(presence_of(alice.id)).await.0, PresenceStatus::Online);
        assert_eq!(alice.hear(presence_of(carol.id)).await.0, PresenceStatus::Online);
        let at = team.app.now();
        let carol_id = carol.id;
        drop(carol);
        assert_eq!(bob.hear(presence_of(carol_id)).await, (PresenceStatus::Offline, Some(at)));
        team.app.flush().await.unwrap();
        assert_eq!(seen(&bob, carol_id).await, Seen { user_id: carol_id, at: Some(at), hidden: false });
    }

    async fn whoever_hides_what_they_read_or_type_does_not_see_it_of_others(db: sql::Db) {
        let team = Team::new(db).await;
        let (mut alice, mut bob) = (team.person("alice").await, team.person("bob").await);
        let group = alice.group(&[bob.id]).await;
        privacy(&alice, &Privacy { receipts: false, typing: false, ..Privacy::default() }).await;
        let read = |seq| Request::Read(SeqMark { chat_id: group.clone(), seq });
        let first = bob.post(&group, "first").await.seq;
        alice.ask(read(first)).await.unwrap();
        assert_eq!(bob.hear(read_of(alice.id)).await, (first, 0), "received, and no more");
        let second = alice.post(&group, "second").await.seq;
        bob.ask(read(second)).await.unwrap();
        assert_eq!(alice.hear(read_of(bob.id)).await, (second, 0));
        for (by, of) in [(&alice, bob.id), (&bob, alice.id)] {
            let receipts = by.sync(Scope::Chat(group.clone()), 1).await.unwrap().receipts;
            let receipt = receipts.into_iter().find(|receipt| receipt.user_id == of).unwrap();
            assert_eq!(receipt.read_seq, 0);
        }
        for person in [&alice, &bob] {
            let done = person.ask_all(None, Request::Typing(ChatRef { chat_id: group.clone() })).await;
            assert!(done.is_empty());
        }
        bob.post(&group, "third").await;
        alice.hear_text("third").await;
        bob.hear_text("third").await;
        let typed = |event: &Event| matches!(event, Event::Typing { .. });
        assert!(!alice.heard_now().iter().any(typed) && !bob.heard_now().iter().any(typed));
    }

    async fn between_two_of_whom_one_has_blocked_the_other_nothing_new_is_said(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob, carol) = (team.person("alice").await, team.person("bob").await, team.person("carol").await);
        let private = alice.private(bob.id).await;
        let group = alice.group(&[bob.id]).await;
        block(&alice, bob.id, true).await;
        for person in [&alice, &bob] {
            assert_eq!(person.refused(Request::Message(text(&private, "x"))).await, ErrorCode::Forbidden);
        }
        bob.post(&group, "elsewhere it is said as ever").await;
        block(&carol, bob.id, true).await;
        assert_eq!(bob.refused(Request::OpenPrivate(UserRef { user_id: carol.id })).await, ErrorCode::Forbidden);
        block(&alice, bob.id, false).await;
        bob.post(&private, "again").await;
        for key in ["blocked:0".to_owned(), "blocked:x".to_owned(), blocked_key(alice.id)] {
            assert_eq!(put(&alice, &key, Some("{}".into())).await, Err(ErrorCode::InvalidField), "{key}");
        }
    }
}
