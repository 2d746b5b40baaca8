//! Messages apart from their place: pinned, forwarded, saved, mentioned, found by date.

use protocol::{ChatId, ChatKind, LocalId, MessageId, Timestamp, UserId};
use rand::RngExt;
use view::update::ReplyBody;
use view::{Command, Draft, MessageRow, SearchHit};

use crate::world::{Stores, Weather, World};

const ALICE: usize = 0;
const BOB: usize = 1;
const CAROL: usize = 2;

fn world() -> World {
    let mut world = World::new(5, &["alice", "bob", "carol"], Weather::CALM, &mut Stores::default());
    world.run_for(1_000);
    world
}

fn general() -> ChatId {
    ChatId::general()
}

fn fresh(world: &mut World) -> LocalId {
    let random: [u8; 10] = world.rng.random();
    LocalId::from_parts(u64::try_from(world.now).unwrap(), random)
}

fn say(world: &mut World, person: usize, chat: &ChatId, text: &str, mentions: Vec<UserId>) -> MessageId {
    let local_id = fresh(world);
    let draft = Draft { text: text.to_owned(), reply_to: None };
    world.command(person, Command::Send { chat_id: chat.clone(), local_id, draft, mentions, thread: None });
    world.run_for(200);
    MessageId::from(local_id)
}

fn open(world: &mut World, person: usize, chat: &ChatId) {
    world.command(person, Command::OpenChat { chat_id: chat.clone() });
    world.run_for(100);
}

fn row(world: &World, person: usize, id: &MessageId) -> MessageRow {
    world.people[person].screen.rows.iter().find(|row| row.id == *id).unwrap().clone()
}

fn offline(world: &mut World, person: usize) {
    world.unreachable[person] = true;
    world.cut(person);
    world.run_for(50);
}

fn online(world: &mut World, person: usize) {
    world.unreachable[person] = false;
    world.command(person, Command::Reconnect);
    world.run_for(3_000);
}

/// A device that has nothing yet takes the place of the person's own.
fn new_device(world: &mut World, person: usize) {
    world.kill(person);
    crate::person::wipe(&mut world.people[person].store);
    world.people[person].open();
    let user = world.user(person);
    let (account, now) = (world.people[person].account(), world.now);
    let tokens = world.people[person].tokens(format!("{user}:{}:0", now + 900_000), "none".to_owned(), now, 900);
    world.unreachable[person] = false;
    world.log_in(person, account, tokens);
}

fn list(world: &mut World, person: usize, command: Command) -> Vec<SearchHit> {
    let id = world.command(person, command);
    world.run_for(200);
    match world.people[person].screen.reply(id) {
        Some(ReplyBody::Found { hits }) => hits.clone(),
        other => panic!("{other:?}"),
    }
}

fn group(world: &mut World, person: usize, members: Vec<UserId>) -> ChatId {
    let local_id = fresh(world);
    let (kind, name, description) = (ChatKind::Group, "Планы".to_owned(), String::new());
    world.command(
        person,
        Command::CreateChat { local_id, kind, name, description, members, public: false, encrypted: false },
    );
    world.run_for(500);
    ChatId::from(local_id)
}

#[test]
fn a_pin_shows_at_once_and_for_everyone_and_can_be_made_offline() {
    let mut world = world();
    let bob = world.user(BOB);
    let chat = group(&mut world, ALICE, vec![bob]);
    let id = say(&mut world, ALICE, &chat, "адрес офиса", vec![]);
    open(&mut world, ALICE, &chat);
    open(&mut world, BOB, &chat);
    offline(&mut world, BOB);
    world.command(BOB, Command::Pin { chat_id: chat.clone(), message_id: id.clone(), on: true });
    assert!(row(&world, BOB, &id).pinned, "before any network");
    assert!(!row(&world, ALICE, &id).pinned);
    online(&mut world, BOB);
    assert!(row(&world, ALICE, &id).pinned);
    let pinned = list(&mut world, ALICE, Command::ListPinned { chat_id: chat.clone() });
    assert_eq!(pinned.iter().map(|hit| hit.text.as_str()).collect::<Vec<_>>(), ["адрес офиса"]);
    world.command(ALICE, Command::Pin { chat_id: chat.clone(), message_id: id.clone(), on: false });
    world.run_for(500);
    assert!(!row(&world, BOB, &id).pinned);
    assert!(list(&mut world, BOB, Command::ListPinned { chat_id: chat }).is_empty());
}

#[test]
fn pinned_messages_that_the_device_never_had_are_fetched_and_open_where_they_were_said() {
    let mut world = world();
    let bob = world.user(BOB);
    let chat = group(&mut world, ALICE, vec![bob]);
    offline(&mut world, BOB);
    let id = say(&mut world, ALICE, &chat, "правила", vec![]);
    world.command(ALICE, Command::Pin { chat_id: chat.clone(), message_id: id.clone(), on: true });
    for n in 0..40 {
        say(&mut world, ALICE, &chat, &format!("{n}"), vec![]);
    }
    new_device(&mut world, BOB);
    world.run_for(2_000);
    let pinned = list(&mut world, BOB, Command::ListPinned { chat_id: chat.clone() });
    assert_eq!(pinned[0].message_id, id);
    world.command(BOB, Command::JumpTo { chat_id: chat, message_id: id.clone() });
    world.run_for(500);
    let near: Vec<String> = world.people[BOB].screen.texts();
    assert!(near.windows(2).any(|two| two == ["правила", "0"]) || near.contains(&"правила".to_owned()), "{near:?}");
    assert!(row(&world, BOB, &id).pinned);
}

#[test]
fn a_reaction_to_an_old_message_that_the_device_never_had_notifies_nobody() {
    let mut world = world();
    let bob = world.user(BOB);
    let chat = group(&mut world, ALICE, vec![bob]);
    let message_id = say(&mut world, ALICE, &chat, "первое", vec![]);
    for n in 0..40 {
        say(&mut world, ALICE, &chat, &format!("{n}"), vec![]);
    }
    new_device(&mut world, BOB);
    world.run_for(2_000);
    world.people[BOB].screen.notices.clear();
    let react = Command::React { chat_id: chat.clone(), message_id, emoji: "👍".to_owned(), on: true };
    world.command(ALICE, react);
    world.run_for(2_000);
    say(&mut world, ALICE, &chat, "новое", vec![]);
    let told: Vec<&str> = world.people[BOB].screen.notices.iter().map(|notice| notice.text.as_str()).collect();
    assert_eq!(told, ["новое"]);
}

#[test]
fn after_a_time_offline_one_is_notified_of_a_call_that_somebody_reacted_to_meanwhile() {
    let mut world = world();
    let (bob, carol) = (world.user(BOB), world.user(CAROL));
    let chat = group(&mut world, ALICE, vec![bob]);
    say(&mut world, ALICE, &chat, "раньше", vec![]);
    world.people[BOB].screen.notices.clear();
    offline(&mut world, BOB);
    let message_id = say(&mut world, ALICE, &chat, "нужен Боб", vec![bob]);
    // A note stands behind it, and the call itself comes last, for it changed last.
    world.command(ALICE, Command::AddMember { chat_id: chat.clone(), user_id: carol });
    world.run_for(200);
    world.command(ALICE, Command::React { chat_id: chat, message_id, emoji: "👍".to_owned(), on: true });
    world.run_for(200);
    online(&mut world, BOB);
    let told: Vec<&str> = world.people[BOB].screen.notices.iter().map(|notice| notice.text.as_str()).collect();
    assert_eq!(told, ["нужен Боб"]);
}

#[test]
fn a_forwarded_message_names_its_writer_and_goes_out_when_the_network_is_back() {
    let mut world = world();
    let bob = world.user(BOB);
    let chat = group(&mut world, ALICE, vec![bob]);
    let said = say(&mut world, BOB, &general(), "**важно**: в пять", vec![]);
    offline(&mut world, ALICE);
    let forward =
        Command::Forward { chat_id: general(), message_ids: vec![said.clone()], to: vec![chat.clone(), general()] };
    world.command(ALICE, forward);
    open(&mut world, ALICE, &chat);
    let own = world.people[ALICE].screen.rows.last().unwrap().clone();
    assert_eq!(own.forwarded.as_ref().unwrap().author.id, bob, "before any network");
    assert!(own.own && !own.can_edit, "it stays as it was said");
    online(&mut world, ALICE);
    open(&mut world, BOB, &chat);
    let seen = world.people[BOB].screen.rows.last().unwrap().clone();
    let first = seen.forwarded.unwrap();
    assert_eq!((first.author.id, first.message_id, first.chat_id), (bob, said, Some(general())));
    assert_eq!(world.people[BOB].screen.texts().last().unwrap(), "**важно**: в пять");
}

#[test]
fn saved_messages_are_listed_last_saved_first_also_offline_and_after_a_restart() {
    let mut world = world();
    let first = say(&mut world, BOB, &general(), "первое", vec![]);
    let second = say(&mut world, BOB, &general(), "второе", vec![]);
    open(&mut world, ALICE, &general());
    for id in [&second, &first] {
        world.command(ALICE, Command::SaveMessage { chat_id: general(), message_id: id.clone(), on: true });
        world.run_for(100);
    }
    assert!(row(&world, ALICE, &first).saved);
    offline(&mut world, ALICE);
    world.kill(ALICE);
    world.start(ALICE);
    let saved = list(&mut world, ALICE, Command::ListSaved);
    assert_eq!(saved.iter().map(|hit| hit.text.as_str()).collect::<Vec<_>>(), ["первое", "второе"]);
    world.command(ALICE, Command::SaveMessage { chat_id: general(), message_id: first, on: false });
    assert_eq!(list(&mut world, ALICE, Command::ListSaved).len(), 1);
    assert!(list(&mut world, BOB, Command::ListSaved).is_empty(), "they are Alice's alone");
}

#[test]
fn mentions_of_oneself_are_listed_newest_first() {
    let mut world = world();
    let alice = world.user(ALICE);
    say(&mut world, BOB, &general(), "@alice раз", vec![alice]);
    say(&mut world, BOB, &general(), "мимо", vec![]);
    say(&mut world, CAROL, &general(), "@alice два", vec![alice]);
    let mentions = list(&mut world, ALICE, Command::ListMentions);
    assert_eq!(mentions.iter().map(|hit| hit.text.as_str()).collect::<Vec<_>>(), ["@alice два", "@alice раз"]);
    assert!(list(&mut world, BOB, Command::ListMentions).is_empty());
}

#[test]
fn a_date_opens_the_first_message_of_that_day() {
    let mut world = world();
    // Whoever is connected says so every half minute: for two weeks, one is enough.
    offline(&mut world, ALICE);
    offline(&mut world, CAROL);
    for n in 0..16 {
        say(&mut world, BOB, &general(), &format!("день {n}"), vec![]);
        world.run_for(24 * 3_600_000);
    }
    let sixth = world.server.chats[&general()].messages.iter().find(|m| m.content == "день 6").unwrap().timestamp;
    online(&mut world, ALICE);
    open(&mut world, ALICE, &general());
    world.command(ALICE, Command::JumpToTime { chat_id: general(), at: Timestamp(sixth.0 - 3_600_000) });
    world.run_for(500);
    let screen = &world.people[ALICE].screen;
    assert!(screen.texts().contains(&"день 6".to_owned()), "{:?}", screen.texts());
    offline(&mut world, ALICE);
    world.command(ALICE, Command::JumpToTime { chat_id: general(), at: Timestamp(i64::MAX / 2) });
    assert_eq!(world.people[ALICE].screen.texts().last().unwrap(), "день 15", "a day to come is the end");
}

#[test]
fn a_page_that_comes_late_takes_nobody_back_to_where_they_have_left() {
    let mut world = world();
    let mut first_day = None;
    for n in 0..300 {
        say(&mut world, BOB, &general(), &format!("слово {n}"), vec![]);
        first_day.get_or_insert(world.server.chats[&general()].messages.last().unwrap().timestamp);
    }
    open(&mut world, ALICE, &general());
    world.command(ALICE, Command::JumpToTime { chat_id: general(), at: first_day.unwrap() });
    world.command(ALICE, Command::JumpToLatest { chat_id: general() });
    world.run_for(5_000);
    let texts = world.people[ALICE].screen.texts();
    assert_eq!(texts.last().unwrap(), "слово 299", "the page came while she looked at the end");
}
