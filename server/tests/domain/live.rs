//! Live connections: who hears what, in which order, and what happens to the slow.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;
use std::sync::Arc;

use protocol::frame::{ChatRef, CloseReason, Event, MemberRef, Request, SetPresence};
use protocol::{ChatId, ErrorCode, PresenceStatus, Row, Scope};
use server::hub::QUEUE_BYTES_MAX;

use crate::support::{Person, Team, event};

async fn presence(person: &mut Person, of: protocol::UserId, wanted: PresenceStatus) {
    person
        .hear(|event| match event {
            Event::Presence { user_id, status, .. } if *user_id == of && *status == wanted => Some(()),
            _ => None,
        })
        .await;
}

/// The scope and revision of an event that has one.
fn revision(event: &Event) -> Option<(Scope, u64)> {
    match event {
        Event::NewMessage { chat_id, message } => Some((Scope::Chat(chat_id.clone()), message.rev)),
        Event::RowChanged { scope, row } => Some((scope.clone(), row.rev())),
        _ => None,
    }
}

sql::each_db! {
    async fn every_scope_is_heard_without_a_gap_whatever_races(db: sql::Db) {
        let team = Team::new(db).await;
        let mut listener = team.person("listener").await;
        let mut groups = vec![];
        for _ in 0..3 {
            groups.push(listener.group(&[]).await);
        }
        listener.post(&groups[2], "begin").await;
        listener.hear_text("begin").await;
        listener.heard_now();
        let crowd: Vec<Arc<Person>> = {
            let mut crowd = vec![];
            for n in 0..6 {
                crowd.push(Arc::new(team.online(listener.id).await));
                team.person(&format!("p{n}")).await;
            }
            crowd
        };
        let mut tasks = tokio::task::JoinSet::new();
        for (n, person) in crowd.into_iter().enumerate() {
            let groups = groups.clone();
            tasks.spawn(async move {
                for m in 0..40 {
                    person.post(&groups[(n + m) % groups.len()], "x").await;
                }
            });
        }
        tasks.join_all().await;
        listener.post(&groups[0], "end").await;
        let mut last: HashMap<Scope, u64> = HashMap::new();
        let mut count = 0;
        loop {
            let (found, end) = listener
                .hear(|event| {
                    let end = matches!(event, Event::NewMessage { message, .. } if message.content == "end");
                    revision(event).map(|found| (found, end))
                })
                .await;
            let (scope, rev) = found;
            if let Some(before) = last.insert(scope.clone(), rev) {
                assert_eq!(rev, before + 1, "{scope}");
            }
            count += 1;
            if end {
                break;
            }
        }
        assert!(count > 240);
    }

    async fn a_slow_consumer_is_closed_with_a_reason_and_misses_nothing_after_a_sync(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let mut bob = team.person("bob").await;
        let chat = alice.private(bob.id).await;
        let long = "x".repeat(32 * 1024);
        // What is acknowledged stands in every queue: the last of these finds no room, and not one earlier.
        let mut posted = 0;
        while (posted + 1) * long.len() < QUEUE_BYTES_MAX {
            alice.post(&chat, &long).await;
            posted += 1;
        }
        let mut frames = vec![];
        alice.post(&chat, &long).await;
        posted += 1;
        assert_eq!(bob.connection.try_recv_many(&mut frames), Some(CloseReason::SlowConsumer));
        assert_eq!(event(frames.last().unwrap()), Event::Closing { reason: CloseReason::SlowConsumer });
        assert!(frames.iter().map(|frame| frame.len()).sum::<usize>() <= QUEUE_BYTES_MAX + 100);
        drop(bob.connection);
        let bob = team.online(bob.id).await;
        let (mut have, mut seqs) = (1, vec![]);
        loop {
            let changes = bob.sync(Scope::Chat(chat.clone()), have).await.unwrap();
            seqs.extend(changes.rows.iter().filter_map(|row| match row {
                Row::Message(message) => Some(message.seq),
                _ => None,
            }));
            have = changes.to;
            if changes.to == changes.head {
                break;
            }
        }
        assert_eq!(seqs, (1..=posted as u64).collect::<Vec<u64>>());
    }

    /// Whoever hears of the commit first, the event has been queued before: nothing is on a way that nobody watches.
    async fn what_is_acknowledged_stands_in_the_queues_of_all_who_hear_it(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = Arc::new(team.person("alice").await);
        let mut bob = team.person("bob").await;
        let chat = alice.private(bob.id).await;
        for round in 0..20 {
            let mut posts = tokio::task::JoinSet::new();
            for n in 0..10 {
                let (alice, chat) = (alice.clone(), chat.clone());
                posts.spawn(async move { alice.post(&chat, &format!("{round}-{n}")).await.seq });
            }
            let mut accepted = posts.join_all().await;
            accepted.sort_unstable();
            let heard: Vec<u64> = bob.heard_now().iter().filter_map(|event| match event {
                Event::NewMessage { chat_id, message } if *chat_id == chat => Some(message.seq),
                _ => None,
            }).collect();
            assert_eq!(heard, accepted);
        }
    }

    async fn a_closed_session_hears_why_and_the_persons_other_devices_stay(db: sql::Db) {
        let team = Team::new(db).await;
        let mut laptop = team.person("alice").await;
        let mut phone = team.online(laptop.id).await;
        assert_eq!(team.app.hub.connected(), 2);
        team.app.hub.close_session(phone.who.session_id, CloseReason::SessionEnded);
        let mut frames = vec![];
        while phone.connection.recv_many(&mut frames).await != Some(CloseReason::SessionEnded) {}
        assert_eq!(event(frames.last().unwrap()), Event::Closing { reason: CloseReason::SessionEnded });
        drop(phone);
        laptop.post(&ChatId::general(), "still here").await;
        laptop.hear_text("still here").await;
        assert_eq!((team.app.hub.connected(), team.app.hub.people()), (1, 1));
        drop(laptop);
        assert_eq!((team.app.hub.connected(), team.app.hub.people()), (0, 0));
    }

    async fn people_see_each_other_come_go_and_hide(db: sql::Db) {
        let team = Team::new(db).await;
        let mut alice = team.person("alice").await;
        let mut bob = team.person("bob").await;
        presence(&mut alice, bob.id, PresenceStatus::Online).await;
        presence(&mut bob, alice.id, PresenceStatus::Online).await;
        let set = |status| Request::Presence(SetPresence { status });
        assert!(bob.ask_all(None, set(PresenceStatus::Dnd)).await.is_empty());
        presence(&mut alice, bob.id, PresenceStatus::Dnd).await;
        let second = team.online(bob.id).await;
        bob.ask_all(None, set(PresenceStatus::Offline)).await;
        presence(&mut alice, bob.id, PresenceStatus::Online).await;
        drop(second);
        presence(&mut alice, bob.id, PresenceStatus::Offline).await;
        bob.ask_all(None, set(PresenceStatus::Away)).await;
        presence(&mut alice, bob.id, PresenceStatus::Away).await;
        let id = bob.id;
        drop(bob);
        let seen = alice.hear(|event| match event {
            Event::Presence { user_id, status: PresenceStatus::Offline, last_seen } if *user_id == id => *last_seen,
            _ => None,
        });
        assert_eq!(seen.await, team.app.now());
        let mut carol = team.person("carol").await;
        presence(&mut carol, alice.id, PresenceStatus::Online).await;
    }

    async fn typing_reaches_the_others_of_the_chat_only(db: sql::Db) {
        let team = Team::new(db).await;
        let (mut alice, mut bob) = (team.person("alice").await, team.person("bob").await);
        let mut carol = team.person("carol").await;
        let chat_id = alice.private(bob.id).await;
        let typing = Request::Typing(ChatRef { chat_id: chat_id.clone() });
        assert!(alice.ask_all(None, typing.clone()).await.is_empty());
        let heard = bob.hear(|event| match event {
            Event::Typing { chat_id, user_id } => Some((chat_id.clone(), *user_id)),
            _ => None,
        });
        assert_eq!(heard.await, (chat_id.clone(), alice.id));
        assert_eq!(carol.refused(typing).await, ErrorCode::NotAMember);
        bob.post(&ChatId::general(), "end").await;
        for person in [&mut alice, &mut carol] {
            person.hear_text("end").await;
            assert!(!person.heard_now().iter().any(|event| matches!(event, Event::Typing { .. })));
        }
    }

    async fn the_heartbeat_names_the_scopes_that_moved(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, mut bob) = (team.person("alice").await, team.person("bob").await);
        let chat = alice.private(bob.id).await;
        let sent = alice.post(&chat, "x").await;
        bob.hear_text("x").await;
        let Event::Heads { heads } = event(&bob.connection.heartbeat()) else { panic!() };
        let of = |scope: &Scope| heads.iter().find(|head| head.scope == *scope).map(|head| head.rev);
        assert_eq!(of(&Scope::Chat(chat)), Some(sent.rev));
        assert!(of(&Scope::User(bob.id)).is_some());
        assert_eq!(of(&Scope::User(alice.id)), None);
    }

    async fn memberships_that_change_while_someone_connects_are_not_mixed_up(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let (kept, lost) = (alice.group(&[bob.id]).await, alice.group(&[bob.id]).await);
        let (who, id) = (bob.who, bob.id);
        drop(bob);
        // As `service::attach` does it, with the changes in between.
        let (connection, loading) = team.app.hub.arrive(who);
        assert!(loading);
        let read = team.app.read(id, |cx| Ok(server::store::members::chats_of(cx.tx, cx.actor)?)).await.unwrap();
        assert_eq!(read.len(), 3);
        alice.ask(Request::RemoveMember(MemberRef { chat_id: lost.clone(), user_id: id })).await.unwrap();
        let new = alice.group(&[id]).await;
        let mut bob = Person::of(connection, who, &team);
        bob.hear(|event| match event {
            Event::RowChanged { row: Row::Membership(row), .. } if row.chat_id == new => Some(()),
            _ => None,
        })
        .await;
        team.app.hub.settle(id, read, &protocol::Privacy::default());
        for (chat, content) in [(&lost, "not for bob"), (&kept, "kept"), (&new, "new")] {
            alice.post(chat, content).await;
        }
        bob.hear_text("kept").await;
        bob.hear_text("new").await;
        assert!(!bob.heard_now().iter().any(|event| matches!(event, Event::NewMessage { .. })));
    }
}
