//! The inbox: what others said that concerns oneself, and that it was seen, on every device.

use protocol::{ChatId, LocalId, MessageId, UserId};
use rand::RngExt;
use view::update::ReplyBody;
use view::{Command, Draft, InboxRow, InboxWhat};

use crate::world::{Stores, Weather, World};

const ALICE: usize = 0;
const BOB: usize = 1;

fn world() -> World {
    let mut world = World::new(3, &["alice", "bob"], Weather::CALM, &mut Stores::default());
    world.run_for(1_000);
    world
}

fn general() -> ChatId {
    ChatId::general()
}

fn say(world: &mut World, person: usize, text: &str, reply_to: Option<MessageId>, mentions: Vec<UserId>) -> MessageId {
    let random: [u8; 10] = world.rng.random();
    let local_id = LocalId::from_parts(u64::try_from(world.now).unwrap(), random);
    let draft = Draft { text: text.to_owned(), reply_to };
    world.command(person, Command::Send { chat_id: general(), local_id, draft, mentions, thread: None });
    world.run_for(300);
    MessageId::from(local_id)
}

fn react(world: &mut World, person: usize, id: &MessageId, on: bool) {
    let react = Command::React { chat_id: general(), message_id: id.clone(), emoji: "🎉".to_owned(), on };
    world.command(person, react);
    world.run_for(300);
}

fn inbox(world: &mut World, person: usize) -> Vec<InboxRow> {
    let id = world.command(person, Command::ListInbox);
    match world.people[person].screen.reply(id) {
        Some(ReplyBody::Inbox { rows }) => rows.clone(),
        other => panic!("{other:?}"),
    }
}

fn unread(world: &World, person: usize) -> u32 {
    world.people[person].screen.inbox_unread
}

#[test]
fn mentions_answers_and_reactions_come_in_and_are_seen_once() {
    let mut world = world();
    let alice = world.user(ALICE);
    let own = say(&mut world, ALICE, "Готово", None, vec![]);
    say(&mut world, BOB, "обычное", None, vec![]);
    let mention = say(&mut world, BOB, "@alice, смотри", None, vec![alice]);
    let answer = say(&mut world, BOB, "Ура", Some(own.clone()), vec![]);
    react(&mut world, BOB, &own, true);
    assert_eq!(unread(&world, ALICE), 3);
    let rows = inbox(&mut world, ALICE);
    let seen: Vec<_> = rows.iter().map(|row| (row.message.message_id.clone(), row.unread)).collect();
    assert_eq!(seen, [(own.clone(), true), (answer, true), (mention, true)]);
    assert!(matches!(&rows[0].what, InboxWhat::Reaction { emoji, who } if emoji == "🎉" && who.username == "bob"));
    assert!(inbox(&mut world, BOB).is_empty());
    world.command(ALICE, Command::MarkInboxRead);
    world.run_for(500);
    assert_eq!(unread(&world, ALICE), 0);
    assert!(inbox(&mut world, ALICE).iter().all(|row| !row.unread));
    // It survives the app; a reaction that is taken back is gone, a new one is new.
    world.kill(ALICE);
    world.start(ALICE);
    world.run_for(3_000);
    assert_eq!(unread(&world, ALICE), 0);
    react(&mut world, BOB, &own, false);
    assert_eq!(inbox(&mut world, ALICE).len(), 2);
    react(&mut world, BOB, &own, true);
    assert_eq!((inbox(&mut world, ALICE).len(), unread(&world, ALICE)), (3, 1));
}

#[test]
fn reading_a_chat_reads_its_mentions_and_a_deleted_message_leaves() {
    let mut world = world();
    let alice = world.user(ALICE);
    let mention = say(&mut world, BOB, "@alice, раз", None, vec![alice]);
    assert_eq!(unread(&world, ALICE), 1);
    let seq = world.people[ALICE].screen.chat(&general()).unwrap().last_seq;
    world.command(ALICE, Command::MarkRead { chat_id: general(), seq });
    world.run_for(500);
    assert_eq!(unread(&world, ALICE), 0);
    world.command(BOB, Command::Delete { chat_id: general(), message_id: mention });
    world.run_for(500);
    assert!(inbox(&mut world, ALICE).is_empty());
}

#[test]
fn what_happened_while_alice_was_away_is_in_her_inbox_when_she_is_back() {
    let mut world = world();
    let alice = world.user(ALICE);
    let own = say(&mut world, ALICE, "Готово", None, vec![]);
    world.unreachable[ALICE] = true;
    world.cut(ALICE);
    world.run_for(100);
    say(&mut world, BOB, "@alice", None, vec![alice]);
    react(&mut world, BOB, &own, true);
    assert_eq!(unread(&world, ALICE), 0);
    world.unreachable[ALICE] = false;
    world.command(ALICE, Command::Reconnect);
    world.run_for(3_000);
    assert_eq!(unread(&world, ALICE), 2);
}
