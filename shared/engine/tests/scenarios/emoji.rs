//! The team's own emoji, as far as the engine sees them: the driver that moves the bytes is the test.

use engine::{Input, Picked, Progress};
use protocol::{FileId, LocalId};
use view::{Command, CommandReply, Failure, NewEmoji, Way};

use crate::world::{Stores, Weather, World};

const ALICE: usize = 0;
const BOB: usize = 1;

fn file_id(number: u8) -> FileId {
    FileId::from(LocalId::from_parts(1_700_000_000_000, [number; 10]))
}

fn world() -> World {
    let mut world = World::new(9, &["alice", "bob"], Weather::CALM, &mut Stores::default());
    world.run_for(1_000);
    world
}

/// Alice brings a picture under a name; the number of her command.
fn add(world: &mut World, number: u8, name: &str) -> u32 {
    let (name, place) = (name.to_owned(), format!("/{number}"));
    let picked = Picked { file_id: file_id(number), name: "cat.webp".to_owned(), size: 10, modified_ms: 1, place };
    world.input(ALICE, Input::Picked(vec![picked]));
    let emoji = NewEmoji { name, file_id: file_id(number), sticker: false, pack: String::new() };
    let command = world.command(ALICE, Command::AddEmoji { emoji });
    world.run_for(1_000);
    command
}

fn end(world: &mut World, number: u8, result: Result<(), Failure>) {
    let job = world.people[ALICE].jobs.iter().position(|job| job.file.id == file_id(number)).expect("it was asked for");
    world.people[ALICE].jobs.remove(job);
    world.input(ALICE, Input::Transfer { file_id: file_id(number), way: Way::Up, progress: Progress::Ended(result) });
    world.run_for(2_000);
}

fn names(world: &World, person: usize) -> Vec<&str> {
    world.people[person].screen.team_emoji.keys().map(String::as_str).collect()
}

#[test]
fn what_alice_brings_is_bobs_too_once_it_is_up_and_after_a_restart() {
    let mut world = world();
    let command = add(&mut world, 1, "party_cat");
    assert!(names(&world, BOB).is_empty());
    end(&mut world, 1, Ok(()));
    assert!(matches!(world.people[ALICE].screen.replies[&command], CommandReply::Ok { .. }));
    for person in [ALICE, BOB] {
        assert_eq!(names(&world, person), ["party_cat"]);
    }
    world.cut(BOB);
    world.kill(BOB);
    world.people[BOB].screen.team_emoji.clear();
    world.start(BOB);
    assert_eq!(names(&world, BOB), ["party_cat"], "from the cache");
}

#[test]
fn an_emoji_that_was_taken_away_while_bob_was_offline_is_gone_for_him() {
    let mut world = world();
    add(&mut world, 2, "party_cat");
    end(&mut world, 2, Ok(()));
    world.kill(BOB);
    world.command(ALICE, Command::RemoveEmoji { name: "party_cat".to_owned() });
    world.run_for(2_000);
    world.start(BOB);
    world.run_for(60_000);
    assert!(names(&world, ALICE).is_empty() && names(&world, BOB).is_empty());
}

#[test]
fn a_picture_that_cannot_go_up_becomes_no_emoji_and_alice_is_told() {
    let mut world = world();
    let command = add(&mut world, 3, "party_cat");
    end(&mut world, 3, Err(Failure::FileGone));
    let told = &world.people[ALICE].screen.replies[&command];
    assert_eq!(*told, CommandReply::Failed { failure: Failure::FileGone });
    assert!(names(&world, BOB).is_empty());
}
