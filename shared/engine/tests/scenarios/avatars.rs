//! Pictures of people and chats, as far as the engine sees them: the driver that moves the bytes is the test.

use engine::{Input, Picked, Progress};
use protocol::{ChatId, ChatKind, FileId, LocalId};
use view::{Command, Failure, Way};

use crate::world::{Stores, Weather, World};

const ALICE: usize = 0;
const BOB: usize = 1;

fn file_id(number: u8) -> FileId {
    FileId::from(LocalId::from_parts(1_700_000_000_000, [number; 10]))
}

/// Alice and bob, who have a group together.
fn world() -> (World, ChatId) {
    let mut world = World::new(7, &["alice", "bob"], Weather::CALM, &mut Stores::default());
    world.run_for(1_000);
    let local_id = LocalId::from_parts(1_700_000_000_000, [200; 10]);
    let members = vec![world.people[BOB].id];
    let create = Command::CreateChat {
        local_id,
        kind: ChatKind::Group,
        name: "Дизайн".to_owned(),
        description: String::new(),
        members,
        public: false,
        encrypted: false,
    };
    world.command(ALICE, create);
    let with_bob = Command::OpenPrivate { user_id: world.people[ALICE].id };
    world.command(BOB, with_bob);
    world.run_for(1_000);
    (world, ChatId::from(local_id))
}

fn choose(world: &mut World, number: u8, chat: Option<&ChatId>) {
    let picked = Picked {
        file_id: file_id(number),
        name: "avatar.webp".to_owned(),
        size: 10,
        modified_ms: 1,
        place: format!("/{number}"),
    };
    world.input(ALICE, Input::Picked(vec![picked]));
    world.command(ALICE, Command::SetAvatar { chat_id: chat.cloned(), file_id: Some(file_id(number)) });
    world.run_for(1_000);
}

fn end(world: &mut World, number: u8, result: Result<(), Failure>) {
    let job = world.people[ALICE].jobs.iter().position(|job| job.file.id == file_id(number)).expect("it was asked for");
    world.people[ALICE].jobs.remove(job);
    world.input(ALICE, Input::Transfer { file_id: file_id(number), way: Way::Up, progress: Progress::Ended(result) });
    world.run_for(2_000);
}

/// What bob's list shows of alice.
fn alice_at_bobs(world: &World) -> Option<FileId> {
    let alice = world.people[ALICE].id;
    let people = world.people[BOB].screen.chats.iter().filter_map(|chat| chat.person.as_ref());
    people.into_iter().find(|person| person.id == alice).expect("they have a chat").avatar.clone()
}

/// What someone's list shows of the group.
fn of_group(world: &World, person: usize, chat: &ChatId) -> Option<FileId> {
    world.people[person].screen.chats.iter().find(|row| row.id == *chat).expect("they are in it").avatar.clone()
}

#[test]
fn bob_sees_the_picture_that_alice_chose_once_its_bytes_are_up() {
    let (mut world, _) = world();
    choose(&mut world, 1, None);
    assert_eq!(alice_at_bobs(&world), None);
    end(&mut world, 1, Ok(()));
    assert_eq!(alice_at_bobs(&world), Some(file_id(1)));
    world.command(ALICE, Command::SetAvatar { chat_id: None, file_id: None });
    world.run_for(2_000);
    assert_eq!(alice_at_bobs(&world), None);
}

#[test]
fn a_picture_of_a_chat_shows_at_once_and_survives_a_crash_before_it_is_up() {
    let (mut world, chat) = world();
    world.cut(ALICE);
    choose(&mut world, 2, Some(&chat));
    assert_eq!(of_group(&world, ALICE, &chat), Some(file_id(2)), "without any network");
    world.kill(ALICE);
    world.start(ALICE);
    world.run_for(60_000);
    assert_eq!(of_group(&world, ALICE, &chat), Some(file_id(2)), "after the crash");
    assert_eq!(of_group(&world, BOB, &chat), None);
    end(&mut world, 2, Ok(()));
    assert_eq!(of_group(&world, BOB, &chat), Some(file_id(2)));
}

#[test]
fn a_picture_that_cannot_go_up_gives_way_to_the_old_one() {
    let (mut world, chat) = world();
    choose(&mut world, 3, Some(&chat));
    end(&mut world, 3, Ok(()));
    choose(&mut world, 4, Some(&chat));
    assert_eq!(of_group(&world, ALICE, &chat), Some(file_id(4)));
    end(&mut world, 4, Err(Failure::FileGone));
    for person in [ALICE, BOB] {
        assert_eq!(of_group(&world, person, &chat), Some(file_id(3)));
    }
}

#[test]
fn of_two_choices_in_a_row_the_last_one_counts() {
    let (mut world, _) = world();
    choose(&mut world, 5, None);
    choose(&mut world, 6, None);
    assert!(world.people[ALICE].jobs.iter().all(|job| job.file.id != file_id(5)), "nobody needs the first any more");
    end(&mut world, 6, Ok(()));
    assert_eq!(alice_at_bobs(&world), Some(file_id(6)));
}
