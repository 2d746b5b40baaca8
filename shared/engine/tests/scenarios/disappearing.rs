//! Messages that go by themselves go on every device at their time, offline too, whatever its clock says; and everyone can be
//! mentioned at once.

use protocol::{ChatId, ChatKind, LocalId, MessageId, UserId};
use rand::RngExt;
use view::update::ReplyBody;
use view::{Command, Draft, MessageContent, SearchHit};

use crate::world::{Stores, Weather, World};

const ALICE: usize = 0;
const BOB: usize = 1;
const MINUTE: i64 = 60_000;

/// People whose clocks are so far apart from the server's.
fn world(skews: [i64; 2]) -> World {
    let mut world = World::new(7, &["alice", "bob"], Weather::CALM, &mut Stores::default());
    for (person, skew) in skews.into_iter().enumerate() {
        world.people[person].clock_skew = skew;
        world.cut(person);
    }
    world.run_for(5_000);
    world
}

fn fresh(world: &mut World) -> LocalId {
    let random: [u8; 10] = world.rng.random();
    LocalId::from_parts(u64::try_from(world.now).unwrap(), random)
}

fn say_in(world: &mut World, person: usize, chat: &ChatId, text: &str, reply_to: Option<MessageId>) -> MessageId {
    let local_id = fresh(world);
    let draft = Draft { text: text.to_owned(), reply_to };
    world.command(person, Command::Send { chat_id: chat.clone(), local_id, draft, mentions: vec![], thread: None });
    world.run_for(200);
    MessageId::from(local_id)
}

fn list(world: &mut World, person: usize, command: Command) -> Vec<SearchHit> {
    let id = world.command(person, command);
    world.run_for(200);
    match world.people[person].screen.reply(id) {
        Some(ReplyBody::Found { hits }) => hits.clone(),
        other => panic!("{other:?}"),
    }
}

fn group(world: &mut World, members: Vec<UserId>) -> ChatId {
    let local_id = fresh(world);
    let (kind, name, description) = (ChatKind::Group, "Планы".to_owned(), String::new());
    world.command(
        ALICE,
        Command::CreateChat { local_id, kind, name, description, members, public: false, encrypted: false },
    );
    world.run_for(500);
    ChatId::from(local_id)
}

/// A group of two whose messages go after a minute, open on both screens.
fn minute_group(world: &mut World) -> ChatId {
    let bob = world.user(BOB);
    let chat = group(world, vec![bob]);
    for person in [ALICE, BOB] {
        world.command(person, Command::OpenChat { chat_id: chat.clone() });
    }
    world.command(ALICE, Command::SetDisappearing { chat_id: chat.clone(), after: Some(60) });
    world.run_for(500);
    for person in [ALICE, BOB] {
        assert_eq!(world.people[person].screen.chat(&chat).unwrap().disappear_after, Some(60));
    }
    chat
}

fn sees(world: &World, person: usize, id: &MessageId) -> bool {
    world.people[person].screen.rows.iter().any(|row| row.id == *id)
}

fn cut_off(world: &mut World, person: usize) {
    world.unreachable[person] = true;
    world.cut(person);
    world.run_for(50);
}

fn back(world: &mut World, person: usize) {
    world.unreachable[person] = false;
    world.command(person, Command::Reconnect);
    world.run_for(3_000);
}

const DAY: i64 = 24 * 60 * MINUTE;

#[test]
fn a_message_goes_at_its_time_from_screen_search_mentions_and_counts_though_the_clocks_are_wrong() {
    for skews in [[0, 0], [DAY, -DAY], [-10 * 366 * DAY, 10 * 366 * DAY]] {
        let mut world = world(skews);
        let chat = minute_group(&mut world);
        let id = say_in(&mut world, BOB, &chat, "@all мимолётное", None);
        let answer = say_in(&mut world, ALICE, &chat, "ответ", Some(id.clone()));
        let row = world.people[ALICE].screen.rows.iter().find(|row| row.id == id).unwrap();
        assert!(row.mentions_me && row.everyone.is_some() && row.expires_at.is_some());
        assert_eq!(world.people[ALICE].screen.chat(&chat).unwrap().unread_mentions, 1);
        world.run_for(50_000);
        assert!(sees(&world, ALICE, &id) && sees(&world, BOB, &id), "{skews:?}: not before its time");
        let search = Command::Search { query: "мимолётное".to_owned(), chat_id: None };
        assert_eq!(list(&mut world, ALICE, search.clone()).len(), 1);
        world.run_for(10_000);
        assert!(!sees(&world, ALICE, &id) && !sees(&world, BOB, &id), "{skews:?}: gone");
        world.run_for(1_000);
        assert!(!sees(&world, ALICE, &answer), "{skews:?}: the answer too");
        for person in [ALICE, BOB] {
            assert!(list(&mut world, person, search.clone()).is_empty());
            assert!(list(&mut world, person, Command::ListMentions).is_empty());
            let row = world.people[person].screen.chat(&chat).unwrap();
            assert_eq!((row.unread_mentions, row.last_text.as_str()), (0, ""));
        }
    }
}

#[test]
fn a_message_goes_at_its_time_on_a_device_that_is_offline_and_on_one_that_was_off() {
    for skew in [0, 3 * DAY] {
        let mut world = world([0, skew]);
        let chat = minute_group(&mut world);
        let id = say_in(&mut world, ALICE, &chat, "мимолётное", None);
        cut_off(&mut world, BOB);
        let late = say_in(&mut world, ALICE, &chat, "пока Боба нет", None);
        world.run_for(50_000);
        assert!(sees(&world, BOB, &id), "{skew}: not before its time");
        world.run_for(12_000);
        assert!(!sees(&world, BOB, &id), "{skew}: gone without any network");
        // Whoever was away never sees what went meanwhile, nor counts it.
        back(&mut world, BOB);
        assert!(!sees(&world, BOB, &late));
        let row = world.people[BOB].screen.chat(&chat).unwrap();
        assert_eq!((row.unread, row.last_text.as_str()), (0, ""));
        // A device that was off lets it go when it starts, before it shows anything.
        let id = say_in(&mut world, ALICE, &chat, "снова", None);
        assert!(sees(&world, BOB, &id));
        world.unreachable[BOB] = true;
        world.kill(BOB);
        world.run_for(2 * MINUTE);
        world.start(BOB);
        world.command(BOB, Command::OpenChat { chat_id: chat.clone() });
        assert!(!sees(&world, BOB, &id));
        let search = Command::Search { query: "снова".to_owned(), chat_id: None };
        assert!(list(&mut world, BOB, search).is_empty());
    }
}

#[test]
fn what_quotes_a_gone_message_says_that_it_is_gone_and_such_a_message_is_not_saved() {
    let mut world = world([0, 0]);
    let chat = minute_group(&mut world);
    let id = say_in(&mut world, ALICE, &chat, "мимолётное", None);
    let save = Command::SaveMessage { chat_id: chat.clone(), message_id: id.clone(), on: true };
    world.command(BOB, save);
    world.run_for(200);
    assert!(list(&mut world, BOB, Command::ListSaved).is_empty());
    world.command(ALICE, Command::SetDisappearing { chat_id: chat.clone(), after: None });
    world.run_for(500);
    let answer = say_in(&mut world, BOB, &chat, "остаётся", Some(id.clone()));
    world.run_for(2 * MINUTE);
    let row = world.people[ALICE].screen.rows.iter().find(|row| row.id == answer).unwrap();
    assert!(row.expires_at.is_none());
    let quote = row.quote.as_ref().unwrap();
    assert!(quote.deleted && quote.text.is_empty());
    let notes =
        world.people[ALICE].screen.rows.iter().filter(|row| matches!(row.content, MessageContent::System { .. }));
    assert_eq!(notes.count(), 3, "made, set, and set back: notes stay");
}

#[test]
fn a_word_that_alice_chose_on_any_device_makes_a_message_a_mention() {
    let mut world = world([0, 0]);
    let bob = world.user(BOB);
    let chat = group(&mut world, vec![bob]);
    let settings = view::notify::NotifySettings { keywords: vec!["релиз".to_owned()], ..Default::default() };
    let key = view::notify::NOTIFY.to_owned();
    world.command(ALICE, Command::Keep { key, value: settings.value() });
    world.run_for(500);
    let called = say_in(&mut world, BOB, &chat, "Релизы переносим", None);
    say_in(&mut world, BOB, &chat, "обедаем", None);
    assert_eq!(world.people[ALICE].screen.chat(&chat).unwrap().unread_mentions, 1);
    // It survives the app: the next one counts too.
    world.kill(ALICE);
    world.start(ALICE);
    let again = say_in(&mut world, BOB, &chat, "после релиза", None);
    let hits = list(&mut world, ALICE, Command::ListMentions);
    assert_eq!(hits.iter().map(|hit| hit.message_id.clone()).collect::<Vec<_>>(), [again, called]);
}

#[test]
fn what_was_written_offline_counts_its_time_from_when_the_server_takes_it() {
    let mut world = world([0, 0]);
    let chat = minute_group(&mut world);
    cut_off(&mut world, ALICE);
    let id = say_in(&mut world, ALICE, &chat, "из тоннеля", None);
    world.run_for(5 * MINUTE);
    assert!(sees(&world, ALICE, &id), "it waits to be sent");
    back(&mut world, ALICE);
    assert!(sees(&world, ALICE, &id) && sees(&world, BOB, &id));
    world.run_for(MINUTE);
    assert!(!sees(&world, ALICE, &id) && !sees(&world, BOB, &id));
}
