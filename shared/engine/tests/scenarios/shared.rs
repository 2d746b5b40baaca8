//! What was shared in a chat is listed from the device at once, from the server for what the device lacks, and offline too.

use engine::{Input, Picked, Progress};
use protocol::{About, ChatId, FileId, LocalId};
use rand::RngExt;
use view::update::ReplyBody;
use view::{Command, CommandReply, Draft, Failure, SendFile, SharedKind, SharedRow, Way};

use crate::world::{Stores, Weather, World};

const ALICE: usize = 0;
const BOB: usize = 1;

fn fresh(world: &mut World) -> LocalId {
    let random: [u8; 10] = world.rng.random();
    LocalId::from_parts(u64::try_from(world.now).unwrap(), random)
}

fn say(world: &mut World, text: &str) {
    let local_id = fresh(world);
    let (chat_id, draft) = (ChatId::general(), Draft { text: text.to_owned(), reply_to: None });
    world.command(ALICE, Command::Send { chat_id, local_id, draft, mentions: Vec::new(), thread: None });
    world.run_for(200);
}

fn send_file(world: &mut World, name: &str) {
    let (file_id, local_id) = (FileId::from(fresh(world)), fresh(world));
    let picked =
        Picked { file_id: file_id.clone(), name: name.to_owned(), size: 10, modified_ms: 1, place: format!("/{name}") };
    world.input(ALICE, Input::Picked(vec![picked]));
    let files = vec![SendFile { file_id: file_id.clone(), mime_type: String::new(), about: About::default() }];
    let (chat_id, draft, mentions) = (ChatId::general(), Draft::default(), Vec::new());
    world.command(ALICE, Command::SendFiles { chat_id, local_id, draft, mentions, thread: None, files });
    world.run_for(200);
    world.people[ALICE].jobs.clear();
    world.input(ALICE, Input::Transfer { file_id, way: Way::Up, progress: Progress::Ended(Ok(())) });
    world.run_for(500);
}

fn list(world: &mut World, server: bool, what: SharedKind, cursor: Option<String>) -> (Vec<SharedRow>, Option<String>) {
    let chat_id = ChatId::general();
    let command = match server {
        true => Command::FetchShared { chat_id, what, cursor },
        false => Command::ListShared { chat_id, what, cursor },
    };
    let id = world.command(BOB, command);
    world.run_for(500);
    match world.people[BOB].screen.reply(id) {
        Some(ReplyBody::Shared { rows, next }) => (rows.clone(), next.clone()),
        other => panic!("{other:?}"),
    }
}

/// Bob's device begins anew after alice has said all that.
fn world() -> World {
    let mut world = World::new(11, &["alice", "bob"], Weather::CALM, &mut Stores::default());
    world.run_for(1_000);
    let bob = world.user(BOB);
    world.unreachable[BOB] = true;
    world.cut(BOB);
    for number in 0..5 {
        send_file(&mut world, &format!("{number}.txt"));
    }
    for number in 0..5 {
        say(&mut world, &format!("смотри https://example.org/{number}"));
    }
    for number in 0..30 {
        say(&mut world, &format!("{number}"));
    }
    world.kill(BOB);
    crate::person::wipe(&mut world.people[BOB].store);
    world.people[BOB].open();
    let (account, now) = (world.people[BOB].account(), world.now);
    let tokens = world.people[BOB].tokens(format!("{bob}:{}:0", now + 900_000), "none".to_owned(), now, 900);
    world.unreachable[BOB] = false;
    world.log_in(BOB, account, tokens);
    world.run_for(2_000);
    world
}

#[test]
fn files_and_links_that_a_device_lacks_come_page_by_page_and_stay_for_when_it_is_offline() {
    let mut world = world();
    for (what, want) in [(SharedKind::Files, 5), (SharedKind::Links, 5)] {
        assert!(list(&mut world, false, what, None).0.is_empty(), "the device has none yet");
        let (mut rows, mut cursor) = (Vec::new(), None);
        loop {
            let (page, next) = list(&mut world, true, what, cursor);
            rows.extend(page);
            cursor = next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(rows.len(), want);
        assert!(rows.windows(2).all(|pair| pair[0].order > pair[1].order), "newest first");
        assert_eq!(list(&mut world, false, what, None), (rows, None), "and now the device has them");
    }
    world.unreachable[BOB] = true;
    world.cut(BOB);
    world.run_for(100);
    let (rows, _) = list(&mut world, false, SharedKind::Files, None);
    assert_eq!(rows.iter().map(|row| row.files.len()).sum::<usize>(), 5);
    let (rows, _) = list(&mut world, false, SharedKind::Links, None);
    assert_eq!(rows[0].text, "смотри https://example.org/4");
    let fetch = Command::FetchShared { chat_id: ChatId::general(), what: SharedKind::Files, cursor: None };
    let id = world.command(BOB, fetch);
    world.run_for(100);
    let reply = world.people[BOB].screen.replies.get(&id);
    assert_eq!(reply, Some(&CommandReply::Failed { failure: Failure::Offline }));
}

#[test]
fn the_devices_own_pages_go_on_where_the_one_before_ended() {
    let mut world = World::new(12, &["alice", "bob"], Weather::CALM, &mut Stores::default());
    world.run_for(1_000);
    for number in 0..120 {
        say(&mut world, &format!("https://example.org/{number}"));
    }
    world.run_for(2_000);
    let (first, next) = list(&mut world, false, SharedKind::Links, None);
    assert_eq!((first.len(), first[0].text.as_str()), (50, "https://example.org/119"));
    let (second, next) = list(&mut world, false, SharedKind::Links, next);
    assert_eq!((second.len(), second[0].text.as_str()), (50, "https://example.org/69"));
    let (third, next) = list(&mut world, false, SharedKind::Links, next);
    assert_eq!((third.len(), next), (20, None));
}
