//! Files in an encrypted chat, as far as the engine sees them: what they are and what opens them is inside of the seal.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use engine::{Input, Job, Picked, Progress};
use protocol::{About, Attachment, ChatId, ErrorCode, FileId, MessageId};
use view::{Command, Draft, SendFile, Way};

use crate::encryption::{
    ALICE, BOB, TABLET, confirm, fresh, offline, on_the_server, open, reconnect, second_device, send, world,
};
use crate::world::{Stores, Weather, World};

const NAME: &str = "снимок тайника.png";

fn pick(world: &mut World, person: usize, name: &str, size: u64) -> FileId {
    let file_id = FileId::from(fresh(world));
    let place = format!("/{name}");
    let picked = Picked { file_id: file_id.clone(), name: name.to_owned(), size, modified_ms: 1, place };
    world.input(person, Input::Picked(vec![picked]));
    file_id
}

/// Somebody sends a picture with a small one of it.
fn send_picture(world: &mut World, person: usize, chat: &ChatId) -> MessageId {
    let (file_id, small) = (pick(world, person, NAME, 700_000), pick(world, person, "picture.webp", 9_000));
    let about = About {
        width: Some(640),
        height: Some(480),
        thumbhash: Some("c2VjcmV0".to_owned()),
        thumbnail_id: Some(small),
        ..About::default()
    };
    send_file(world, person, chat, SendFile { file_id, mime_type: "image/png".to_owned(), about })
}

fn send_file(world: &mut World, person: usize, chat: &ChatId, file: SendFile) -> MessageId {
    let local_id = fresh(world);
    let draft = Draft { text: "там же".to_owned(), reply_to: None };
    let files = vec![file];
    world.command(
        person,
        Command::SendFiles { chat_id: chat.clone(), local_id, draft, mentions: vec![], thread: None, files },
    );
    MessageId::from(local_id)
}

/// The driver moves all that is asked for; returns what that was.
fn move_all(world: &mut World, person: usize) -> Vec<Job> {
    let mut moved = Vec::new();
    while let Some(job) = world.people[person].jobs.pop() {
        let (file_id, way) = (job.file.id.clone(), job.way);
        world.input(person, Input::Transfer { file_id, way, progress: Progress::Ended(Ok(())) });
        moved.push(job);
        world.run_for(200);
    }
    world.run_for(3_000);
    moved
}

fn files(world: &mut World, person: usize, chat: &ChatId) -> Vec<Attachment> {
    world.command(person, Command::OpenChat { chat_id: chat.clone() });
    world.run_for(1_000);
    world.people[person].screen.rows.iter().flat_map(|row| row.attachments.clone()).collect()
}

/// Asks for a file; returns what the driver is told to do.
fn job_of(world: &mut World, person: usize, file: &Attachment) -> Job {
    world.input(person, Input::Save { file: file.file.clone(), place: "/there".to_owned() });
    world.people[person].jobs.pop().expect("it is asked for")
}

#[test]
fn a_file_that_is_sent_offline_goes_up_sealed_after_a_restart_arrives_once_and_opens() {
    let mut world = world(61);
    let chat = open(&mut world, ALICE);
    send(&mut world, ALICE, &chat, "начало");
    world.run_for(5_000);
    world.listen();
    offline(&mut world, ALICE);
    send_picture(&mut world, ALICE, &chat);
    world.kill(ALICE);
    world.start(ALICE);
    reconnect(&mut world, ALICE);
    let before = world.people[ALICE].jobs.clone();
    world.kill_and_start(ALICE);
    reconnect(&mut world, ALICE);
    let up = move_all(&mut world, ALICE);
    assert_eq!(up.len(), 2);
    for job in &up {
        let seal = job.seal.as_ref().expect("nothing goes up as it is");
        let same = before.iter().find(|earlier| earlier.file.id == job.file.id).and_then(|job| job.seal.as_ref());
        assert_eq!(same.map(|seal| seal.to_bytes()), Some(seal.to_bytes()), "the same bytes after a restart");
    }
    open(&mut world, BOB);
    let came = files(&mut world, BOB, &chat);
    let [file] = &came[..] else { panic!("{came:?}") };
    assert_eq!((file.file.name.as_str(), file.file.size), (NAME, 700_000));
    assert_eq!((file.file.mime_type.as_str(), file.about.width), ("image/png", Some(640)));
    for part in [&file.file.id, file.about.thumbnail_id.as_ref().unwrap()] {
        let job = up.iter().find(|job| job.file.id == *part).unwrap();
        let his = world.people[BOB].seal_of(part).expect("he can open it");
        assert_eq!(his.to_bytes(), job.seal.as_ref().unwrap().to_bytes());
    }
    let job = job_of(&mut world, BOB, file);
    assert_eq!((job.way, job.seal.as_ref().map(crypto::FileSeal::length)), (Way::Down, Some(700_000)));
    // Nothing of it is anywhere outside of the seal: not at the server, and in no frame.
    let outside = format!("{} {}", on_the_server(&world), world.heard());
    assert!(outside.contains(up[0].file.id.as_str()), "the search itself works");
    let keys = up.iter().map(|job| URL_SAFE_NO_PAD.encode(job.seal.as_ref().unwrap().to_bytes()));
    for secret in
        keys.chain(["тайник", "image/png", "c2VjcmV0", "size: 700000", "width: Some", "\"width\""].map(str::to_owned))
    {
        assert!(!outside.contains(&secret), "{secret}");
    }
}

#[test]
fn an_edited_message_keeps_its_files_and_a_deleted_one_leaves_no_key() {
    let mut world = world(62);
    let chat = open(&mut world, ALICE);
    open(&mut world, BOB);
    let id = send_picture(&mut world, ALICE, &chat);
    move_all(&mut world, ALICE);
    let edit =
        Command::Edit {
            chat_id: chat.clone(), message_id: id.clone(), text: "не там".to_owned(), mentions: vec![]
        };
    world.command(ALICE, edit);
    world.run_for(5_000);
    let came = files(&mut world, BOB, &chat);
    assert_eq!(came.len(), 1, "{came:?}");
    let file = came[0].file.id.clone();
    assert!(world.people[BOB].seal_of(&file).is_some());
    world.command(ALICE, Command::Delete { chat_id: chat.clone(), message_id: id });
    world.run_for(5_000);
    for person in [ALICE, BOB] {
        assert!(files(&mut world, person, &chat).is_empty());
        assert!(world.people[person].seal_of(&file).is_none(), "{person} could still open it");
    }
}

#[test]
fn files_are_brought_along_when_they_are_forwarded_into_and_out_of_an_encrypted_chat() {
    let mut world = world(63);
    let chat = open(&mut world, ALICE);
    open(&mut world, BOB);
    let general = ChatId::general();
    let file_id = pick(&mut world, BOB, "план.txt", 5_000);
    let plain = SendFile { file_id, mime_type: "text/plain".to_owned(), about: About::default() };
    let told = send_file(&mut world, BOB, &general, plain);
    assert!(move_all(&mut world, BOB)[0].seal.is_none(), "everybody may read it there");

    // In: it goes up once more, sealed.
    let forward = |from: &ChatId, id: &MessageId, to: &ChatId| Command::Forward {
        chat_id: from.clone(),
        message_ids: vec![id.clone()],
        to: vec![to.clone()],
    };
    let source = files(&mut world, ALICE, &general)[0].file.id.clone();
    world.command(ALICE, forward(&general, &told, &chat));
    world.run_for(1_000);
    assert!(files(&mut world, BOB, &chat).is_empty(), "not before its bytes are there");
    let up = move_all(&mut world, ALICE);
    assert_eq!(up[0].source.as_ref().map(|source| (&source.file_id, source.seal.is_none())), Some((&source, true)));
    assert!(up[0].seal.is_some());
    let sealed = files(&mut world, BOB, &chat);
    assert_eq!(sealed.len(), 1);
    assert!(sealed[0].file.encrypted && sealed[0].file.id != source);

    // Out: it goes up once more, in the clear, and says whose it is.
    let id = world.people[BOB].screen.rows.iter().find(|row| !row.attachments.is_empty()).unwrap().id.clone();
    world.command(BOB, forward(&chat, &id, &general));
    world.run_for(1_000);
    let up = move_all(&mut world, BOB);
    let from = up[0].source.as_ref().unwrap();
    assert_eq!((&from.file_id, from.seal.is_some()), (&sealed[0].file.id, true));
    assert!(up[0].seal.is_none());
    files(&mut world, ALICE, &general);
    let row = world.people[ALICE].screen.rows.last().unwrap().clone();
    assert_eq!(row.forwarded.unwrap().author.username, "bob");
    assert_eq!(row.attachments.len(), 1);
    assert_ne!(row.attachments[0].file.id, sealed[0].file.id);
}

#[test]
fn a_device_that_is_confirmed_later_opens_the_files_of_before() {
    let mut world = world(64);
    let chat = open(&mut world, ALICE);
    // More than one entry of own data holds.
    for _ in 0..40 {
        send_picture(&mut world, BOB, &chat);
        move_all(&mut world, BOB);
    }
    world.run_for(60_000);
    second_device(&mut world);
    confirm(&mut world);
    world.run_for(60_000);
    let came = files(&mut world, TABLET, &chat);
    assert_eq!(came.len(), 40);
    for file in &came {
        assert_eq!(file.file.name, NAME);
        assert!(world.people[TABLET].seal_of(&file.file.id).is_some());
        assert!(world.people[TABLET].seal_of(file.about.thumbnail_id.as_ref().unwrap()).is_some());
    }
    assert!(!on_the_server(&world).contains("тайник"));
}

#[test]
fn a_file_that_went_up_before_the_chat_was_encrypted_is_not_said_in_it() {
    let mut world = World::new(65, &["alice", "bob"], Weather::CALM, &mut Stores::default());
    world.run_for(1_000);
    let chat = open(&mut world, ALICE);
    let file_id = pick(&mut world, ALICE, "план.txt", 5_000);
    let file = SendFile { file_id, mime_type: "text/plain".to_owned(), about: About::default() };
    let id = send_file(&mut world, ALICE, &chat, file);
    world.run_for(1_000);
    assert!(world.people[ALICE].jobs[0].seal.is_none());
    world.server.encrypts();
    for person in [ALICE, BOB] {
        world.cut(person);
        reconnect(&mut world, person);
    }
    open(&mut world, BOB);
    move_all(&mut world, ALICE);
    world.run_for(30_000);
    files(&mut world, ALICE, &chat);
    let row = world.people[ALICE].screen.rows.iter().find(|row| row.id == id).unwrap();
    assert_eq!(row.failure, Some(ErrorCode::PlaintextRefused));
    let kept = world.server.chats.get(&chat).map_or(0, |chat| chat.messages.len());
    assert_eq!(kept, 0);
}
