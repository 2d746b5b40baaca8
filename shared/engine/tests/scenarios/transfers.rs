//! Files on their way, as far as the engine sees them: the driver that moves the bytes is the test.

use engine::{Input, Picked, Progress};
use protocol::{About, ChatId, FileId, LocalId, MessageId};
use view::{Command, Delivery, Draft, Failure, SendFile, TransferState, Way};

use crate::world::{Stores, Weather, World};

const ALICE: usize = 0;
const BOB: usize = 1;

fn world() -> World {
    let mut world = World::new(5, &["alice", "bob"], Weather::CALM, &mut Stores::default());
    world.run_for(1_000);
    for person in [ALICE, BOB] {
        world.command(person, Command::OpenChat { chat_id: ChatId::general() });
    }
    world.run_for(1_000);
    world
}

fn local_id(number: u8) -> LocalId {
    LocalId::from_parts(1_700_000_000_000, [number; 10])
}

fn file_id(number: u8) -> FileId {
    FileId::from(local_id(number))
}

fn draft(text: &str) -> Draft {
    Draft { text: text.to_owned(), reply_to: None }
}

/// Alice picks files and sends them.
fn send(world: &mut World, number: u8, text: &str, files: &[u8]) -> MessageId {
    let picked = |number: &u8| Picked {
        file_id: file_id(*number),
        name: format!("{number}.txt"),
        size: 10,
        modified_ms: 1,
        place: format!("/{number}"),
    };
    world.input(ALICE, Input::Picked(files.iter().map(picked).collect()));
    let files = files
        .iter()
        .map(|number| SendFile { file_id: file_id(*number), mime_type: String::new(), about: About::default() })
        .collect();
    let (chat_id, local_id) = (ChatId::general(), local_id(100 + number));
    let (draft, mentions) = (draft(text), Vec::new());
    world.command(ALICE, Command::SendFiles { chat_id, local_id, draft, mentions, thread: None, files });
    MessageId::from(local_id)
}

/// The driver ends alice's job.
fn end(world: &mut World, number: u8, result: Result<(), Failure>) {
    let job = world.people[ALICE].jobs.iter().position(|job| job.file.id == file_id(number)).expect("it was asked for");
    world.people[ALICE].jobs.remove(job);
    let progress = Progress::Ended(result);
    world.input(ALICE, Input::Transfer { file_id: file_id(number), way: Way::Up, progress });
    world.run_for(1_000);
}

fn has(world: &World, person: usize, id: &MessageId) -> bool {
    world.people[person].screen.rows.iter().any(|row| row.id == *id)
}

fn state_of(world: &World, number: u8) -> Option<TransferState> {
    world.people[ALICE].screen.transfers.iter().find(|row| row.file_id == file_id(number)).map(|row| row.state)
}

#[test]
fn a_message_waits_for_all_of_its_files_and_holds_back_no_other() {
    let mut world = world();
    let id = send(&mut world, 1, "смотри", &[1, 2]);
    world.run_for(1_000);
    assert!(has(&world, ALICE, &id), "on screen before any byte has moved");
    let after = local_id(50);
    let say = Command::Send {
        chat_id: ChatId::general(),
        local_id: after,
        draft: draft("а пока"),
        mentions: Vec::new(),
        thread: None,
    };
    world.command(ALICE, say);
    world.run_for(1_000);
    assert!(has(&world, BOB, &MessageId::from(after)));
    end(&mut world, 1, Ok(()));
    assert!(!has(&world, BOB, &id), "one file is missing");
    end(&mut world, 2, Ok(()));
    assert!(has(&world, BOB, &id));
    assert_eq!(state_of(&world, 2), Some(TransferState::Gone));
    let own = world.people[ALICE].screen.rows.iter().find(|row| row.id == id).unwrap().delivery;
    assert_ne!(own, Some(Delivery::Queued));
}

#[test]
fn what_was_under_way_goes_on_after_a_crash_and_what_was_only_picked_is_forgotten() {
    let mut world = world();
    let id = send(&mut world, 1, "", &[1]);
    let picked = Picked { file_id: file_id(9), name: "9".to_owned(), size: 1, modified_ms: 1, place: "/9".to_owned() };
    world.input(ALICE, Input::Picked(vec![picked]));
    world.kill(ALICE);
    world.start(ALICE);
    world.command(ALICE, Command::OpenChat { chat_id: ChatId::general() });
    world.run_for(5_000);
    assert_eq!(world.people[ALICE].jobs.len(), 1, "asked for again");
    end(&mut world, 1, Ok(()));
    assert!(has(&world, BOB, &id));
    let late = SendFile { file_id: file_id(9), mime_type: String::new(), about: About::default() };
    let again = Command::SendFiles {
        chat_id: ChatId::general(),
        local_id: local_id(60),
        draft: draft(""),
        mentions: Vec::new(),
        thread: None,
        files: vec![late],
    };
    let command = world.command(ALICE, again);
    let refused = &world.people[ALICE].screen.replies[&command];
    assert!(matches!(refused, view::CommandReply::Failed { .. }), "{refused:?}");
}

#[test]
fn a_failure_that_may_pass_is_tried_again_and_another_waits_for_the_person() {
    let mut world = world();
    let id = send(&mut world, 1, "", &[1]);
    end(&mut world, 1, Err(Failure::Unreachable));
    world.run_for(60_000);
    assert_eq!(world.people[ALICE].jobs.len(), 1, "by itself");
    end(&mut world, 1, Err(Failure::FileGone));
    world.run_for(60_000);
    assert_eq!(world.people[ALICE].jobs, [], "not by itself");
    assert_eq!(state_of(&world, 1), Some(TransferState::Failed { failure: Failure::FileGone }));
    world.command(ALICE, Command::ResumeTransfer { file_id: file_id(1), way: Way::Up });
    assert_eq!(state_of(&world, 1), Some(TransferState::Running));
    world.command(ALICE, Command::PauseTransfer { file_id: file_id(1), way: Way::Up });
    assert_eq!((state_of(&world, 1), world.people[ALICE].jobs.len()), (Some(TransferState::Paused), 0));
    world.command(ALICE, Command::CancelTransfer { file_id: file_id(1), way: Way::Up });
    world.run_for(1_000);
    assert!(!has(&world, ALICE, &id), "without text or file there is nothing to send");
}

#[test]
fn a_message_goes_without_the_file_that_was_taken_out() {
    let mut world = world();
    let id = send(&mut world, 1, "два файла", &[1, 2]);
    end(&mut world, 2, Ok(()));
    world.command(ALICE, Command::CancelTransfer { file_id: file_id(1), way: Way::Up });
    world.run_for(1_000);
    assert!(has(&world, BOB, &id));
    let own = world.people[ALICE].screen.rows.iter().find(|row| row.id == id).unwrap();
    assert!(own.attachments.len() <= 1);
}
