//! Messages that are to be sent later are sent once, whatever happens to servers and clocks.

#![allow(clippy::unwrap_used, reason = "tests")]

use protocol::frame::{Event, MemberRef, MessageAccepted, PutItem, Reply, Request};
use protocol::timed::{Reminder, ScheduledMessage, When, reminder_key, scheduled_key};
use protocol::{ChatId, ErrorCode, Item, LocalId, MessageId, Row, Scope, Timestamp};

use crate::support::{Person, START_MS, Team, local_id, newest, text};

const HOUR: i64 = 3_600_000;

/// In an hour of the tests' clock.
fn soon() -> When {
    When { at: Timestamp(START_MS + HOUR), zone: None, wall: None }
}

fn berlin(wall: &str, at: &str) -> When {
    When { at: at.parse().unwrap(), zone: Some("Europe/Berlin".to_owned()), wall: Some(wall.to_owned()) }
}

fn scheduled(chat_id: &ChatId, content: &str, when: When) -> ScheduledMessage {
    ScheduledMessage {
        chat_id: chat_id.clone(),
        content: content.to_owned(),
        reply_to: None,
        mentions: Vec::new(),
        thread: None,
        when,
        sealed: false,
        refused: None,
    }
}

fn put(id: LocalId, value: Option<&ScheduledMessage>) -> Request {
    let value = value.map(|value| serde_json::to_string(value).unwrap());
    Request::PutItem(PutItem { key: scheduled_key(id), value })
}

async fn schedule(person: &Person, content: &str, when: When) -> LocalId {
    let id = local_id();
    person.ask(put(id, Some(&scheduled(&ChatId::general(), content, when)))).await.unwrap();
    id
}

/// What the person's own data says about it.
async fn entry(person: &Person, id: LocalId) -> Option<ScheduledMessage> {
    let changes = person.sync(Scope::User(person.id), 0).await.unwrap();
    let item = changes.rows.into_iter().find_map(|row| match row {
        Row::Item(Item { key, value, .. }) if key == scheduled_key(id) => Some(value),
        _ => None,
    });
    item.flatten().map(|value| serde_json::from_str(&value).unwrap())
}

/// How often it was said.
async fn said(person: &Person, content: &str) -> usize {
    let page = person.history(newest(&ChatId::general(), 50)).await;
    page.messages.iter().filter(|message| message.content == content).count()
}

/// How often each of them was said.
async fn counts<const N: usize>(person: &Person, texts: [&str; N]) -> [usize; N] {
    let mut counts = [0; N];
    for (count, text) in counts.iter_mut().zip(texts) {
        *count = said(person, text).await;
    }
    counts
}

fn remind(alice: &Person, id: &MessageId, when: Option<When>) -> Request {
    let reminder = |when| Reminder {
        chat_id: ChatId::general(),
        author_id: alice.id,
        said_at: Timestamp(START_MS),
        when,
        rang_at: None,
    };
    let value = when.map(|when| serde_json::to_string(&reminder(when)).unwrap());
    Request::PutItem(PutItem { key: reminder_key(id), value })
}

/// When it rang, if it did, and under which revision.
async fn rang(person: &Person, id: &MessageId) -> (Option<Timestamp>, u64) {
    let changes = person.sync(Scope::User(person.id), 0).await.unwrap();
    let item = changes.rows.into_iter().find_map(|row| match row {
        Row::Item(Item { key, value: Some(value), rev }) if key == reminder_key(id) => Some((value, rev)),
        _ => None,
    });
    let (value, rev) = item.expect("there is a reminder");
    (serde_json::from_str::<Reminder>(&value).unwrap().rang_at, rev)
}

sql::each_db! {
    async fn a_reminder_rings_once_though_the_server_starts_again_and_its_clock_goes_back(db: sql::Db) {
        let team = Team::new(db.clone()).await;
        let alice = team.person("alice").await;
        let id = MessageId::from(local_id());
        alice.ask(remind(&alice, &id, Some(soon()))).await.unwrap();
        for ms in [HOUR - 1, -24 * HOUR] {
            let team = Team::at(db.clone(), START_MS + ms).await;
            team.app.let_happen().await.unwrap();
            assert_eq!(rang(&team.online(alice.id).await, &id).await.0, None);
        }
        let team = Team::at(db.clone(), START_MS + HOUR).await;
        team.app.let_happen().await.unwrap();
        let first = rang(&team.online(alice.id).await, &id).await;
        assert_eq!(first.0, Some(Timestamp(START_MS + HOUR)));
        for ms in [-24 * HOUR, HOUR, 48 * HOUR] {
            let team = Team::at(db.clone(), START_MS + ms).await;
            team.app.let_happen().await.unwrap();
            assert_eq!(rang(&team.online(alice.id).await, &id).await, first, "it does not ring again");
        }
        // Chosen anew, it rings anew.
        let team = Team::at(db, START_MS + 2 * HOUR).await;
        let alice = team.online(alice.id).await;
        let later = When { at: Timestamp(START_MS + 3 * HOUR), zone: None, wall: None };
        alice.ask(remind(&alice, &id, Some(later))).await.unwrap();
        assert_eq!(rang(&alice, &id).await.0, None);
        team.advance(HOUR);
        team.app.let_happen().await.unwrap();
        assert_eq!(rang(&alice, &id).await.0, Some(Timestamp(START_MS + 3 * HOUR)));
    }

    async fn a_reminder_that_was_taken_away_does_not_ring_and_nonsense_is_refused(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let id = MessageId::from(local_id());
        alice.ask(remind(&alice, &id, Some(soon()))).await.unwrap();
        alice.ask(remind(&alice, &id, None)).await.unwrap();
        assert_eq!(team.app.let_happen().await.unwrap(), None);
        let far = When { at: Timestamp(START_MS + 11 * 365 * 24 * HOUR), zone: None, wall: None };
        let nonsense = Request::PutItem(PutItem { key: reminder_key(&id), value: Some("{}".to_owned()) });
        for wrong in [remind(&alice, &id, Some(far)), nonsense] {
            assert_eq!(alice.ask(wrong).await.unwrap_err().code, ErrorCode::InvalidField);
        }
        assert_eq!(team.app.let_happen().await.unwrap(), None);
    }

    async fn bob_hears_at_its_time_what_alice_scheduled_and_her_entry_is_gone(db: sql::Db) {
        let team = Team::new(db).await;
        let (mut alice, mut bob) = (team.person("alice").await, team.person("bob").await);
        let id = schedule(&alice, "good morning", soon()).await;
        team.advance(HOUR - 1);
        assert_eq!(team.app.let_happen().await.unwrap(), Some(Timestamp(START_MS + HOUR)));
        assert_eq!((said(&bob, "good morning").await, entry(&alice, id).await.is_some()), (0, true));
        team.advance(1);
        team.app.let_happen().await.unwrap();
        let message = bob.hear_text("good morning").await;
        assert_eq!((message.id, message.sender_id), (MessageId::from(id), alice.id));
        let gone = |event: &Event| match event {
            Event::RowChanged { row: Row::Item(item), .. } if item.value.is_none() => Some(item.key.clone()),
            _ => None,
        };
        assert_eq!(alice.hear(gone).await, scheduled_key(id));
        assert_eq!(team.app.let_happen().await.unwrap(), None);
    }

    async fn what_alice_scheduled_sealed_is_not_posted_by_the_server_which_tells_her_devices_so(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let id = local_id();
        let wish = ScheduledMessage { sealed: true, ..scheduled(&ChatId::general(), "sealed:AAAA", soon()) };
        alice.ask(put(id, Some(&wish))).await.unwrap();
        team.advance(HOUR);
        team.app.let_happen().await.unwrap();
        let kept = entry(&alice, id).await.unwrap();
        assert_eq!((said(&alice, "sealed:AAAA").await, kept.refused), (0, Some(ErrorCode::PlaintextRefused)));
        assert_eq!(kept.content, wish.content);
    }

    async fn it_is_sent_once_though_the_server_starts_again_at_every_step_and_its_clock_goes_back_and_forth(db: sql::Db) {
        let team = Team::new(db.clone()).await;
        let alice = team.person("alice").await;
        let id = schedule(&alice, "once", soon()).await;
        // Before its time, by a clock that a day later turns out to have been wrong.
        for step in [-24 * HOUR, 24 * HOUR, HOUR / 2] {
            let team = Team::at(db.clone(), START_MS + step.min(HOUR - 1)).await;
            team.app.let_happen().await.unwrap();
            assert_eq!(said(&team.online(alice.id).await, "once").await, 0);
        }
        // At its time, then a day back, and forth again, each time with a server that knows nothing of the one before.
        for ms in [HOUR, -24 * HOUR, 2 * HOUR, HOUR - 1, HOUR, 365 * 24 * HOUR] {
            let team = Team::at(db.clone(), START_MS + ms).await;
            team.app.let_happen().await.unwrap();
            let alice = team.online(alice.id).await;
            assert_eq!((said(&alice, "once").await, entry(&alice, id).await), (1, None));
        }
    }

    async fn two_servers_of_one_database_send_it_once(db: sql::Db) {
        let (one, other) = (Team::new(db.clone()).await, Team::new(db).await);
        let alice = one.person("alice").await;
        for n in 0..20 {
            schedule(&alice, &format!("m {n}"), soon()).await;
        }
        one.advance(HOUR);
        other.advance(HOUR);
        let (first, second) = tokio::join!(one.app.let_happen(), other.app.let_happen());
        // Whoever came too late for one has done nothing; what failed is tried again.
        if first.is_err() || second.is_err() {
            one.app.let_happen().await.unwrap();
        }
        for n in 0..20 {
            assert_eq!(said(&alice, &format!("m {n}")).await, 1, "m {n}");
        }
    }

    async fn it_is_sent_when_the_clock_on_the_wall_says_so_on_days_when_clocks_change(db: sql::Db) {
        let team = Team::at(db, "2026-03-28T00:00:00Z".parse::<Timestamp>().unwrap().0).await;
        let alice = team.person("alice").await;
        let next = || async { team.app.let_happen().await.unwrap().unwrap().to_string() };
        // A device that did not know of summer time took nine o'clock for an hour later.
        let nine = schedule(&alice, "nine", berlin("2026-03-30T09:00", "2026-03-30T08:00:00Z")).await;
        assert_eq!(next().await, "2026-03-30T07:00:00Z");
        // There is no half past two on that night: it is half past three.
        let gap = schedule(&alice, "gap", berlin("2026-03-29T02:30", "2026-03-29T01:30:00Z")).await;
        assert_eq!(next().await, "2026-03-29T01:30:00Z");
        for id in [nine, gap] {
            alice.ask(put(id, None)).await.unwrap();
        }
        // In autumn half past two comes twice: the one that was chosen.
        let second = schedule(&alice, "second", berlin("2026-10-25T02:30", "2026-10-25T01:30:00Z")).await;
        assert_eq!(next().await, "2026-10-25T01:30:00Z");
        let first = schedule(&alice, "first", berlin("2026-10-25T02:30", "2026-10-25T00:30:00Z")).await;
        assert_eq!(next().await, "2026-10-25T00:30:00Z");
        let until = |moment: &str| moment.parse::<Timestamp>().unwrap().0 - team.app.now().0;
        team.advance(until("2026-10-25T00:30:00Z"));
        team.app.let_happen().await.unwrap();
        assert_eq!((said(&alice, "first").await, said(&alice, "second").await), (1, 0));
        team.advance(HOUR);
        team.app.let_happen().await.unwrap();
        assert_eq!((said(&alice, "first").await, said(&alice, "second").await), (1, 1));
        assert_eq!((entry(&alice, first).await, entry(&alice, second).await), (None, None));
        assert_eq!((said(&alice, "nine").await, said(&alice, "gap").await), (0, 0));
    }

    async fn what_was_moved_changed_or_taken_back_in_time_is_sent_so_or_not_at_all(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let (moved, changed, dropped) =
            (schedule(&alice, "moved", soon()).await, schedule(&alice, "a", soon()).await, schedule(&alice, "no", soon()).await);
        let later = When { at: Timestamp(START_MS + 2 * HOUR), ..soon() };
        alice.ask(put(moved, Some(&scheduled(&ChatId::general(), "moved", later)))).await.unwrap();
        alice.ask(put(changed, Some(&scheduled(&ChatId::general(), "b", soon())))).await.unwrap();
        alice.ask(put(dropped, None)).await.unwrap();
        team.advance(HOUR);
        team.app.let_happen().await.unwrap();
        assert_eq!(counts(&alice, ["moved", "a", "b", "no"]).await, [0, 0, 1, 0]);
        team.advance(HOUR);
        team.app.let_happen().await.unwrap();
        assert_eq!(counts(&alice, ["moved", "a", "b", "no"]).await, [1, 0, 1, 0]);
    }

    async fn what_alice_sends_herself_before_its_time_is_not_sent_again(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let id = schedule(&alice, "now", soon()).await;
        let sent: MessageAccepted = alice.post_as(id, text(&ChatId::general(), "now")).await;
        assert_eq!(sent.message_id, MessageId::from(id));
        // Her device is gone before it took the entry away.
        team.advance(HOUR);
        team.app.let_happen().await.unwrap();
        assert_eq!((said(&alice, "now").await, entry(&alice, id).await), (1, None));
    }

    async fn bob_who_was_removed_is_told_that_his_message_was_refused_and_nobody_reads_it(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let group = alice.group(&[bob.id]).await;
        let id = local_id();
        bob.ask(put(id, Some(&scheduled(&group, "bye", soon())))).await.unwrap();
        alice.ask(Request::RemoveMember(MemberRef { chat_id: group.clone(), user_id: bob.id })).await.unwrap();
        team.advance(HOUR);
        team.app.let_happen().await.unwrap();
        assert_eq!(entry(&bob, id).await.unwrap().refused, Some(ErrorCode::NotAMember));
        let page = alice.history(newest(&group, 50)).await;
        assert!(page.messages.iter().all(|message| message.content != "bye"));
        // It is not tried again by itself.
        assert_eq!(team.app.let_happen().await.unwrap(), None);
    }

    async fn those_who_left_before_its_time_are_not_mentioned_and_it_is_sent_all_the_same(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob, carol) = (team.person("alice").await, team.person("bob").await, team.person("carol").await);
        let group = alice.group(&[bob.id, carol.id]).await;
        let mentions = vec![bob.id, carol.id, carol.id];
        let wish = ScheduledMessage { mentions, ..scheduled(&group, "@bob @carol", soon()) };
        alice.ask(put(local_id(), Some(&wish))).await.unwrap();
        alice.ask(Request::RemoveMember(MemberRef { chat_id: group.clone(), user_id: bob.id })).await.unwrap();
        team.advance(HOUR);
        team.app.let_happen().await.unwrap();
        let page = alice.history(newest(&group, 1)).await;
        assert_eq!((page.messages[0].content.as_str(), &page.messages[0].mentions[..]), ("@bob @carol", &[carol.id][..]));
    }

    async fn what_cannot_be_acted_on_is_refused_and_changes_nothing(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let before = team.fingerprint().await;
        let raw = |key: String, value: &str| Request::PutItem(PutItem { key, value: Some(value.to_owned()) });
        let good = serde_json::to_string(&scheduled(&ChatId::general(), "a", soon())).unwrap();
        let far = When { at: Timestamp(START_MS + protocol::limits::SCHEDULE_AHEAD_MS_MAX + 1), ..soon() };
        let no_wall = When { wall: Some("tea time".to_owned()), ..berlin("", "2026-10-25T01:30:00Z") };
        let long = When { zone: Some("x".repeat(65)), ..berlin("2026-03-29T02:30", "2026-10-25T01:30:00Z") };
        for request in [
            raw("scheduled:".to_owned(), &good),
            raw("scheduled:tomorrow".to_owned(), &good),
            raw(scheduled_key(local_id()), "{}"),
            raw(scheduled_key(local_id()), "at nine"),
            put(local_id(), Some(&scheduled(&ChatId::general(), " ", soon()))),
            put(local_id(), Some(&scheduled(&ChatId::general(), "a", far))),
            put(local_id(), Some(&scheduled(&ChatId::general(), "a", no_wall))),
            put(local_id(), Some(&scheduled(&ChatId::general(), "a", long))),
        ] {
            assert_eq!(alice.refused(request).await, ErrorCode::InvalidField);
        }
        assert_eq!(team.fingerprint().await, before);
    }

    async fn the_server_wakes_by_itself_when_something_is_due(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, mut bob) = (team.person("alice").await, team.person("bob").await);
        // Written while its device was offline, and past its time when it comes: nobody asks the server to look.
        let past = When { at: Timestamp(START_MS - HOUR), ..soon() };
        match alice.ask(put(local_id(), Some(&scheduled(&ChatId::general(), "late", past)))).await.unwrap() {
            Reply::ItemState { item } => assert!(item.value.is_some()),
            other => panic!("{other:?}"),
        }
        bob.hear_text("late").await;
    }
}
