//! Previews of links: they come as changes, are there offline, and go at once when their writer takes them away.

use protocol::{ChatId, LocalId, MessageId};
use rand::RngExt;
use view::{Command, Draft};

use crate::world::{Stores, Weather, World};

const ALICE: usize = 0;
const BOB: usize = 1;
const LINK: &str = "https://example.com/sea";

fn world() -> World {
    let mut world = World::new(8, &["alice", "bob"], Weather::CALM, &mut Stores::default());
    world.run_for(1_000);
    for person in [ALICE, BOB] {
        world.command(person, Command::OpenChat { chat_id: ChatId::general() });
    }
    world.run_for(200);
    world
}

fn say(world: &mut World, person: usize, text: &str) -> MessageId {
    let random: [u8; 10] = world.rng.random();
    let local_id = LocalId::from_parts(u64::try_from(world.now).unwrap(), random);
    let (chat_id, draft) = (ChatId::general(), Draft { text: text.to_owned(), reply_to: None });
    world.command(person, Command::Send { chat_id, local_id, draft, mentions: Vec::new(), thread: None });
    world.run_for(300);
    MessageId::from(local_id)
}

/// The title under a message.
fn title(world: &World, person: usize, id: &MessageId) -> Option<String> {
    let row = world.people[person].screen.rows.iter().find(|row| row.id == *id).unwrap();
    row.preview.as_ref().map(|preview| preview.title.clone())
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

#[test]
fn a_preview_comes_after_its_message_and_is_there_offline_after_a_restart() {
    let mut world = world();
    let id = say(&mut world, ALICE, &format!("смотри {LINK}"));
    let expected = Some(format!("Behind {LINK}"));
    assert_eq!((title(&world, ALICE, &id), title(&world, BOB, &id)), (expected.clone(), expected.clone()));
    offline(&mut world, BOB);
    world.kill(BOB);
    world.start(BOB);
    world.command(BOB, Command::OpenChat { chat_id: ChatId::general() });
    world.run_for(200);
    assert_eq!(title(&world, BOB, &id), expected);
}

#[test]
fn a_preview_that_its_writer_takes_away_offline_is_gone_at_once_and_for_all_later() {
    let mut world = world();
    let id = say(&mut world, ALICE, LINK);
    offline(&mut world, ALICE);
    world.command(ALICE, Command::RemovePreview { chat_id: ChatId::general(), message_id: id.clone() });
    world.run_for(50);
    assert_eq!(title(&world, ALICE, &id), None, "before any network");
    assert!(title(&world, BOB, &id).is_some());
    online(&mut world, ALICE);
    assert_eq!((title(&world, ALICE, &id), title(&world, BOB, &id)), (None, None));
}

#[test]
fn an_edit_that_changes_the_link_hides_the_preview_of_the_old_one_at_once() {
    let mut world = world();
    let id = say(&mut world, ALICE, LINK);
    offline(&mut world, ALICE);
    let edit = |text: &str| Command::Edit {
        chat_id: ChatId::general(),
        message_id: id.clone(),
        text: text.to_owned(),
        mentions: Vec::new(),
    };
    world.command(ALICE, edit(&format!("так: {LINK}")));
    assert!(title(&world, ALICE, &id).is_some(), "the same link");
    world.command(ALICE, edit("https://example.com/hill"));
    assert_eq!(title(&world, ALICE, &id), None);
}
