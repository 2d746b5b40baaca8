//! What people let others see, and whom they block: at once here, offline too, and on the server when there is a network.

use protocol::{Audience, ChatId, ChatKind, LocalId, MessageId, Privacy, Timestamp, UserId};
use rand::RngExt;
use view::update::ReplyBody;
use view::{Command, Delivery, Draft, PersonRow};

use crate::world::{Stores, Weather, World};

const ALICE: usize = 0;
const BOB: usize = 1;

fn world() -> World {
    let mut world = World::new(9, &["alice", "bob"], Weather::CALM, &mut Stores::default());
    world.people.iter_mut().for_each(|person| person.clock_skew = 0);
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
    world.command(person, Command::Send { chat_id: chat.clone(), local_id, draft, mentions: vec![], thread: None });
    world.run_for(200);
    MessageId::from(local_id)
}

fn person(world: &mut World, by: usize, user: UserId) -> PersonRow {
    let id = world.command(by, Command::ListPeople { query: String::new() });
    world.run_for(100);
    match world.people[by].screen.reply(id) {
        Some(ReplyBody::People { people }) => people.iter().find(|person| person.id == user).unwrap().clone(),
        other => panic!("{other:?}"),
    }
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

#[test]
fn whoever_is_blocked_is_not_heard_of_and_cannot_write_though_one_blocked_them_offline() {
    let mut world = world();
    let (alice, bob) = (world.user(ALICE), world.user(BOB));
    let private = ChatId::private(alice, bob);
    for by in [ALICE, BOB] {
        let other = if by == ALICE { bob } else { alice };
        world.command(by, Command::OpenPrivate { user_id: other });
        world.run_for(500);
    }
    say(&mut world, BOB, &private, "до того");
    let local_id = fresh(&mut world);
    let (kind, name, description) = (ChatKind::Group, "Планы".to_owned(), String::new());
    world.command(
        ALICE,
        Command::CreateChat { local_id, kind, name, description, members: vec![bob], public: false, encrypted: false },
    );
    world.run_for(500);
    let group = ChatId::from(local_id);
    cut_off(&mut world, ALICE);
    world.command(ALICE, Command::Block { user_id: bob, on: true });
    assert!(person(&mut world, ALICE, bob).blocked, "before any network");
    assert!(!world.people[ALICE].screen.chat(&private).unwrap().may_post);
    back(&mut world, ALICE);
    let heard = world.people[ALICE].screen.notices.len();
    let refused = say(&mut world, BOB, &private, "после того");
    world.command(BOB, Command::OpenChat { chat_id: private.clone() });
    world.run_for(200);
    let row = world.people[BOB].screen.rows.iter().find(|row| row.id == refused).unwrap();
    assert_eq!(row.delivery, Some(Delivery::Failed));
    world.command(ALICE, Command::OpenChat { chat_id: group.clone() });
    let said = say(&mut world, BOB, &group, "в группе");
    let row = world.people[ALICE].screen.rows.iter().find(|row| row.id == said).unwrap();
    assert!(row.author.blocked, "to be folded");
    assert_eq!(world.people[ALICE].screen.notices.len(), heard, "nothing is heard of him");
    let id = world.command(ALICE, Command::ListBlocked);
    let Some(ReplyBody::People { people }) = world.people[ALICE].screen.reply(id) else { panic!() };
    assert_eq!(people.iter().map(|person| person.id).collect::<Vec<_>>(), [bob]);
    // It survives the app, and ends when she wants.
    world.kill(ALICE);
    world.start(ALICE);
    assert!(person(&mut world, ALICE, bob).blocked);
    world.command(ALICE, Command::Block { user_id: bob, on: false });
    world.run_for(1_000);
    let again = say(&mut world, BOB, &private, "снова");
    world.run_for(500);
    let row = world.people[BOB].screen.rows.iter().find(|row| row.id == again).unwrap();
    assert_ne!(row.delivery, Some(Delivery::Failed));
}

#[test]
fn a_status_ends_at_its_time_on_a_device_that_is_offline() {
    let mut world = world();
    let alice = world.user(ALICE);
    let until = Some(Timestamp(world.now + 60_000));
    let status = Command::SetStatus { emoji: "🌴".to_owned(), text: "в отпуске".to_owned(), until };
    world.command(ALICE, status);
    world.run_for(500);
    let seen = person(&mut world, BOB, alice);
    assert_eq!(
        (seen.status_emoji.as_str(), seen.custom_status.as_str(), seen.status_until),
        ("🌴", "в отпуске", until)
    );
    cut_off(&mut world, BOB);
    world.run_for(60_000);
    let seen = person(&mut world, BOB, alice);
    assert_eq!((seen.status_emoji.as_str(), seen.custom_status.as_str(), seen.status_until), ("", "", None));
}

#[test]
fn when_someone_was_last_there_is_asked_for_and_hidden_from_those_who_hide_it() {
    let mut world = world();
    let (alice, bob) = (world.user(ALICE), world.user(BOB));
    let private = ChatId::private(alice, bob);
    world.command(ALICE, Command::OpenPrivate { user_id: bob });
    world.run_for(500);
    world.command(ALICE, Command::OpenChat { chat_id: private });
    world.run_for(500);
    let seen = person(&mut world, ALICE, bob);
    assert_eq!((seen.last_seen, seen.seen_hidden), (Some(Timestamp(7)), false));
    let privacy = Privacy { last_seen: Audience::Nobody, ..Privacy::default() };
    world.command(ALICE, Command::SetPrivacy { privacy: privacy.clone() });
    world.run_for(500);
    assert_eq!(world.people[ALICE].screen.privacy, privacy);
    let seen = person(&mut world, ALICE, bob);
    assert_eq!((seen.last_seen, seen.seen_hidden), (None, true), "one does not see what one hides");
    world.command(BOB, Command::WhenSeen { user_ids: vec![alice] });
    world.run_for(500);
    let seen = person(&mut world, BOB, alice);
    assert_eq!((seen.last_seen, seen.seen_hidden), (None, true));
}
