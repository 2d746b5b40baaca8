//! Words are found in what the device has at once, and on the server in what it lacks.

use protocol::{ChatId, ChatKind, LocalId, MessageId};
use rand::RngExt;
use view::update::ReplyBody;
use view::{Command, CommandReply, Draft, Failure, SearchHit};

use crate::world::{Stores, Weather, World};

const ALICE: usize = 0;
const BOB: usize = 1;

fn world() -> World {
    let mut world = World::new(8, &["alice", "bob"], Weather::CALM, &mut Stores::default());
    world.run_for(1_000);
    world
}

fn fresh(world: &mut World) -> LocalId {
    let random: [u8; 10] = world.rng.random();
    LocalId::from_parts(u64::try_from(world.now).unwrap(), random)
}

fn say(world: &mut World, person: usize, chat: &ChatId, text: &str) -> MessageId {
    let local_id = fresh(world);
    let draft = Draft { text: text.to_owned(), reply_to: None };
    let (chat_id, mentions) = (chat.clone(), Vec::new());
    world.command(person, Command::Send { chat_id, local_id, draft, mentions, thread: None });
    world.run_for(100);
    MessageId::from(local_id)
}

fn local(world: &mut World, person: usize, typed: &str) -> Vec<String> {
    let id = world.command(person, Command::Search { query: typed.to_owned(), chat_id: None });
    world.run_for(50);
    match world.people[person].screen.reply(id) {
        Some(ReplyBody::Found { hits }) => hits.iter().map(|hit| hit.text.clone()).collect(),
        other => panic!("{other:?}"),
    }
}

fn on_server(
    world: &mut World,
    person: usize,
    typed: &str,
    cursor: Option<String>,
) -> (Vec<SearchHit>, Option<String>) {
    let id = world.command(person, Command::SearchServer { query: typed.to_owned(), chat_id: None, cursor });
    world.run_for(500);
    match world.people[person].screen.reply(id) {
        Some(ReplyBody::FoundMore { hits, next_cursor }) => (hits.clone(), next_cursor.clone()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_device_that_never_had_a_message_finds_it_on_the_server_and_goes_there() {
    let mut world = world();
    let bob = world.user(BOB);
    world.unreachable[BOB] = true;
    world.cut(BOB);
    let general = ChatId::general();
    let id = say(&mut world, ALICE, &general, "ключ от склада под ковриком");
    for n in 0..40 {
        say(&mut world, ALICE, &general, &format!("{n}"));
    }
    world.kill(BOB);
    crate::person::wipe(&mut world.people[BOB].store);
    world.people[BOB].open();
    let (account, now) = (world.people[BOB].account(), world.now);
    let tokens = world.people[BOB].tokens(format!("{bob}:{}:0", now + 900_000), "none".to_owned(), now, 900);
    world.unreachable[BOB] = false;
    world.log_in(BOB, account, tokens);
    world.run_for(2_000);
    assert!(local(&mut world, BOB, "склад").is_empty());
    let (hits, next) = on_server(&mut world, BOB, "склад", None);
    assert_eq!((hits.len(), next), (1, None));
    let hit = &hits[0];
    let (start, end) = hit.highlights[0];
    assert_eq!((&hit.message_id, &hit.text[start as usize..end as usize]), (&id, "склада"));
    // From now on the device has it.
    assert_eq!(local(&mut world, BOB, "склад").len(), 1);
    world.command(BOB, Command::JumpTo { chat_id: general, message_id: id.clone() });
    world.run_for(500);
    assert!(world.people[BOB].screen.rows.iter().any(|row| row.id == id));
}

#[test]
fn the_servers_pages_go_on_where_the_one_before_ended() {
    let mut world = world();
    for n in 0..7 {
        say(&mut world, ALICE, &ChatId::general(), &format!("отчёт {n}"));
    }
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let (hits, next) = on_server(&mut world, BOB, "отчет", cursor);
        found.extend(hits.into_iter().map(|hit| hit.text));
        cursor = next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(found, ["отчёт 6", "отчёт 5", "отчёт 4", "отчёт 3", "отчёт 2", "отчёт 1", "отчёт 0"]);
}

#[test]
fn what_was_typed_narrows_the_search_by_person_chat_and_content() {
    let mut world = world();
    let bob = world.user(BOB);
    let local_id = fresh(&mut world);
    let (kind, name, description) = (ChatKind::Group, "Планы".to_owned(), String::new());
    world.command(
        ALICE,
        Command::CreateChat { local_id, kind, name, description, members: vec![bob], public: false, encrypted: false },
    );
    world.run_for(500);
    let group = ChatId::from(local_id);
    say(&mut world, ALICE, &group, "отчёт готов https://example.org");
    say(&mut world, ALICE, &ChatId::general(), "отчёт скоро");
    say(&mut world, BOB, &ChatId::general(), "какой отчёт?");
    world.run_for(500);
    assert_eq!(local(&mut world, ALICE, "отчет").len(), 3);
    assert_eq!(local(&mut world, ALICE, "отчет from:bob"), ["какой отчёт?"]);
    assert_eq!(local(&mut world, ALICE, "отчет от:alice в:план"), ["отчёт готов https://example.org"]);
    assert_eq!(local(&mut world, ALICE, "has:link"), ["отчёт готов https://example.org"]);
    assert!(local(&mut world, ALICE, "отчет from:nobody").is_empty());
    assert!(local(&mut world, ALICE, "отчет after:2100-01-01").is_empty());
    let (hits, _) = on_server(&mut world, ALICE, "отчет from:bob", None);
    assert_eq!(hits.iter().map(|hit| hit.text.as_str()).collect::<Vec<_>>(), ["какой отчёт?"]);
}

#[test]
fn offline_only_the_device_is_asked() {
    let mut world = world();
    say(&mut world, ALICE, &ChatId::general(), "здесь");
    world.unreachable[ALICE] = true;
    world.cut(ALICE);
    world.run_for(100);
    assert_eq!(local(&mut world, ALICE, "здесь"), ["здесь"]);
    let id = world.command(ALICE, Command::SearchServer { query: "здесь".to_owned(), chat_id: None, cursor: None });
    world.run_for(100);
    let reply = world.people[ALICE].screen.replies.get(&id);
    assert_eq!(reply, Some(&CommandReply::Failed { failure: Failure::Offline }));
}
