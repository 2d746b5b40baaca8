//! Messages between people, with the network and the server coming and going.

use client::KeySource;
use protocol::{LocalId, Timestamp};
use view::{Command, Delivery, Draft, Update, When};

use crate::person::{Person, general, text_of};
use crate::team::{Team, invited};

#[test]
fn alice_and_bob_chat_over_pinned_tls() {
    let (team, a, b) = (Team::hosted(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (alice, bob) =
        (Person::start(a.path(), KeySource::None).unwrap(), Person::start(b.path(), KeySource::None).unwrap());
    let link = team.link(2);
    alice.register(&invited(&link), "alice");
    bob.register(&invited(&link), "bob");
    alice.open();
    bob.open();
    alice.say("Привет, Боб! 👋");
    assert!(!bob.reads("Привет, Боб! 👋").own);
    bob.say("Hi Alice");
    assert_eq!(alice.reads("Hi Alice").author.username, "bob");
    alice.sees("her own message as sent", |row| row.own && row.delivery.is_some_and(|d| d != Delivery::Queued));
}

#[test]
fn what_alice_wrote_offline_before_she_quit_arrives_once() {
    let (mut team, a, b) = (Team::open(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let bob = Person::start(b.path(), KeySource::None).unwrap();
    bob.register(&team.address(), "bob");
    let alice = Person::start(a.path(), KeySource::None).unwrap();
    alice.register(&team.address(), "alice");
    team.down();
    alice.offline();
    alice.say("written in the tunnel");
    drop(alice);

    let alice = Person::start(a.path(), KeySource::None).unwrap();
    alice.open();
    assert_eq!(alice.reads("written in the tunnel").delivery, Some(Delivery::Queued));
    team.up();
    bob.ok(Command::Reconnect);
    alice.ok(Command::Reconnect);
    bob.open();
    bob.reads("written in the tunnel");
    alice.sees("it as sent", |row| text_of(row) == "written in the tunnel" && row.delivery != Some(Delivery::Queued));
    // Another round trip after it: a second copy would have come before this.
    alice.say("out again");
    bob.reads("out again");
    let copies = bob.timeline().iter().filter(|row| text_of(row) == "written in the tunnel").count();
    assert_eq!(copies, 1);
}

#[test]
fn both_come_back_after_the_server_was_started_again() {
    let (mut team, a, b) = (Team::hosted(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (alice, bob) =
        (Person::start(a.path(), KeySource::None).unwrap(), Person::start(b.path(), KeySource::None).unwrap());
    let link = team.link(2);
    alice.register(&invited(&link), "alice");
    bob.register(&invited(&link), "bob");
    bob.open();
    team.down();
    alice.offline();
    bob.offline();
    alice.say("while it was away");
    team.up();
    alice.app().network_changed();
    bob.app().network_changed();
    bob.reads("while it was away");
}

#[test]
fn a_token_that_ended_meanwhile_is_renewed_without_a_visible_break() {
    let (mut team, a) = (Team::open(), tempfile::tempdir().unwrap());
    let alice = Person::start(a.path(), KeySource::None).unwrap();
    alice.register(&team.address(), "alice");
    team.down();
    alice.offline();
    team.later_by_minutes(20);
    team.up();
    alice.ok(Command::Reconnect);
    alice.online();
    alice.open();
    alice.say("still me");
    alice.sees("it as sent", |row| text_of(row) == "still me" && row.delivery != Some(Delivery::Queued));
}

#[test]
fn a_thousand_messages_arrive_in_order_without_one_missing() {
    let (team, a, b) = (Team::open(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (alice, bob) =
        (Person::start(a.path(), KeySource::None).unwrap(), Person::start(b.path(), KeySource::None).unwrap());
    alice.register(&team.address(), "alice");
    bob.register(&team.address(), "bob");
    for n in 0..1_000 {
        alice.say(&format!("m {n}"));
    }
    bob.chat_row("the last of them", |row| row.id == general() && row.last_text == "m 999");
    bob.open();
    bob.ok(Command::JumpToLatest { chat_id: general() });
    bob.reads("m 999");
    loop {
        let shown = bob.timeline();
        let first = shown.iter().map(|row| row.seq).min().unwrap();
        if shown.iter().any(|row| text_of(row) == "m 0") {
            break;
        }
        bob.ok(Command::LoadOlder { chat_id: general() });
        bob.sees("older ones", |row| row.seq < first);
    }
    let texts: Vec<String> =
        bob.timeline().iter().map(|row| text_of(row).to_owned()).filter(|text| text.starts_with("m ")).collect();
    let expected: Vec<String> = (0..1_000).map(|n| format!("m {n}")).collect();
    assert_eq!(texts, expected);
}

#[test]
fn bob_reads_what_alice_scheduled_though_she_is_gone_and_the_server_was_down_when_it_was_time() {
    let (mut team, a, b) = (Team::open(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (alice, bob) =
        (Person::start(a.path(), KeySource::None).unwrap(), Person::start(b.path(), KeySource::None).unwrap());
    alice.register(&team.address(), "alice");
    bob.register(&team.address(), "bob");
    bob.open();
    let local_id = LocalId(uuid::Uuid::now_v7());
    let (chat_id, draft) = (general(), Draft { text: "good morning".to_owned(), reply_to: None });
    let in_ten_minutes =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64 + 600_000;
    let when = When { at: Timestamp(in_ten_minutes), zone: None, wall: None };
    alice.ok(Command::Schedule { chat_id, local_id, draft, mentions: Vec::new(), thread: None, when });
    alice.wait("that the server keeps it", |shown| {
        let list = shown.iter().rev().find_map(|update| match update {
            Update::Scheduled { messages } => Some(messages),
            _ => None,
        })?;
        (list.len() == 1 && !list[0].unsent).then_some(())
    });
    drop(alice);
    team.down();
    bob.offline();
    team.later_by_minutes(11);
    team.up();
    bob.ok(Command::Reconnect);
    bob.reads("good morning");
    let alice = Person::start(a.path(), KeySource::None).unwrap();
    alice.online();
    alice.wait("an empty list", |shown| {
        let newest = shown.iter().rev().find(|update| matches!(update, Update::Scheduled { .. }))?;
        (*newest == Update::Scheduled { messages: Vec::new() }).then_some(())
    });
    bob.say("and to you");
    bob.reads("and to you");
    assert_eq!(bob.timeline().iter().filter(|row| text_of(row) == "good morning").count(), 1);
}
