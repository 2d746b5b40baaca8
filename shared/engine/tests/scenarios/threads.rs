//! Threads: beside the main line, followed by those who care, read on each device once.

use protocol::{ChatId, LocalId, MessageId, UserId};
use rand::RngExt;
use view::update::ReplyBody;
use view::{Command, Delivery, Draft, ThreadRow};

use crate::world::{Stores, Weather, World};

const ALICE: usize = 0;
const BOB: usize = 1;
const CAROL: usize = 2;

fn world() -> World {
    let mut world = World::new(3, &["alice", "bob", "carol"], Weather::CALM, &mut Stores::default());
    world.run_for(1_000);
    world
}

fn general() -> ChatId {
    ChatId::general()
}

fn say_in(
    world: &mut World,
    person: usize,
    thread: Option<&MessageId>,
    text: &str,
    mentions: Vec<UserId>,
) -> MessageId {
    let random: [u8; 10] = world.rng.random();
    let local_id = LocalId::from_parts(u64::try_from(world.now).unwrap(), random);
    let draft = Draft { text: text.to_owned(), reply_to: None };
    let thread = thread.cloned();
    world.command(person, Command::Send { chat_id: general(), local_id, draft, mentions, thread });
    world.run_for(200);
    MessageId::from(local_id)
}

fn open_thread(world: &mut World, person: usize, root: &MessageId) {
    world.command(person, Command::OpenThread { chat_id: general(), message_id: root.clone() });
    world.run_for(500);
}

fn thread_texts(world: &World, person: usize) -> Vec<String> {
    world.people[person].screen.thread.as_ref().map(|thread| thread.texts()).unwrap_or_default()
}

fn followed(world: &mut World, person: usize) -> Vec<ThreadRow> {
    let id = world.command(person, Command::ListThreads);
    match world.people[person].screen.reply(id) {
        Some(ReplyBody::Threads { threads }) => threads.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_said_in_a_thread_stands_beside_the_main_line_and_is_counted_under_its_first_message() {
    let mut world = world();
    world.command(ALICE, Command::OpenChat { chat_id: general() });
    let root = say_in(&mut world, ALICE, None, "обед?", vec![]);
    say_in(&mut world, BOB, Some(&root), "я за", vec![]);
    say_in(&mut world, CAROL, Some(&root), "и я", vec![]);
    say_in(&mut world, BOB, None, "другое", vec![]);
    assert_eq!(world.people[ALICE].screen.texts(), ["обед?", "другое"]);
    let replies = world.people[ALICE].screen.rows[0].replies.clone().unwrap();
    assert_eq!((replies.count, replies.unread), (2, true), "it is her thread");
    open_thread(&mut world, ALICE, &root);
    assert_eq!(thread_texts(&world, ALICE), ["обед?", "я за", "и я"]);
    say_in(&mut world, BOB, Some(&root), "в час", vec![]);
    assert_eq!(thread_texts(&world, ALICE), ["обед?", "я за", "и я", "в час"], "live");
    assert_eq!(
        world.people[ALICE].screen.chat(&general()).unwrap().last_text,
        "другое",
        "the list shows the main line"
    );
    assert_eq!(world.people[ALICE].screen.chat(&general()).unwrap().unread, 1, "a thread counts for itself");
}

#[test]
fn a_thread_is_followed_by_who_began_it_wrote_in_it_or_was_mentioned() {
    let mut world = world();
    let carol = world.user(CAROL);
    let root = say_in(&mut world, ALICE, None, "план", vec![]);
    say_in(&mut world, BOB, Some(&root), "первый пункт", vec![]);
    assert_eq!(world.people[ALICE].screen.threads_unread, 1);
    assert_eq!(world.people[BOB].screen.threads_unread, 0, "his own words are read");
    assert_eq!(world.people[CAROL].screen.threads_unread, 0);
    assert!(followed(&mut world, CAROL).is_empty());
    assert!(!world.people[CAROL].screen.notices.iter().any(|notice| notice.text == "первый пункт"));
    assert!(world.people[ALICE].screen.notices.iter().any(|notice| notice.text == "первый пункт"));
    say_in(&mut world, BOB, Some(&root), "@carol второй", vec![carol]);
    assert_eq!(followed(&mut world, CAROL)[0].root.text, "план");
    assert_eq!(world.people[CAROL].screen.threads_unread, 1);
    say_in(&mut world, ALICE, Some(&root), "третий", vec![]);
    assert!(world.people[BOB].screen.notices.iter().any(|notice| notice.text == "третий"));
    world.command(CAROL, Command::MarkThreadRead { chat_id: general(), message_id: root.clone() });
    assert_eq!(world.people[CAROL].screen.threads_unread, 0);
    world.run_for(500);
    world.kill(CAROL);
    world.start(CAROL);
    assert_eq!(world.people[CAROL].screen.threads_unread, 0, "it stays read");
}

#[test]
fn a_thread_can_be_written_in_offline_and_arrives_there_once() {
    let mut world = world();
    let root = say_in(&mut world, BOB, None, "тема", vec![]);
    open_thread(&mut world, ALICE, &root);
    world.unreachable[ALICE] = true;
    world.cut(ALICE);
    let id = say_in(&mut world, ALICE, Some(&root), "из самолёта", vec![]);
    let own = world.people[ALICE].screen.thread.as_ref().unwrap().rows.last().unwrap().clone();
    assert_eq!((own.id.clone(), own.delivery), (id, Some(Delivery::Queued)));
    world.kill(ALICE);
    world.start(ALICE);
    world.unreachable[ALICE] = false;
    world.run_for(10_000);
    world.people[ALICE].screen.thread = None;
    open_thread(&mut world, ALICE, &root);
    open_thread(&mut world, BOB, &root);
    assert_eq!(thread_texts(&world, BOB), ["тема", "из самолёта"]);
    assert_eq!(thread_texts(&world, ALICE), ["тема", "из самолёта"]);
    let texts = world.people[BOB].screen.texts();
    assert!(!texts.contains(&"из самолёта".to_owned()), "not in the main line: {texts:?}");
}

#[test]
fn a_long_thread_that_the_device_never_had_is_fetched_whole() {
    let mut world = world();
    let root = say_in(&mut world, ALICE, None, "начало", vec![]);
    world.unreachable[BOB] = true;
    world.cut(BOB);
    for n in 0..30 {
        say_in(&mut world, ALICE, Some(&root), &format!("{n}"), vec![]);
    }
    world.kill(BOB);
    crate::person::wipe(&mut world.people[BOB].store);
    world.people[BOB].open();
    let (account, now, bob) = (world.people[BOB].account(), world.now, world.user(BOB));
    let tokens = world.people[BOB].tokens(format!("{bob}:{}:0", now + 900_000), "none".to_owned(), now, 900);
    world.unreachable[BOB] = false;
    world.log_in(BOB, account, tokens);
    world.run_for(2_000);
    world.command(BOB, Command::OpenChat { chat_id: general() });
    world.run_for(1_000);
    world.command(BOB, Command::LoadOlder { chat_id: general() });
    world.run_for(1_000);
    assert!(
        world.people[BOB].screen.texts().contains(&"начало".to_owned()),
        "the thread hides nothing of the main line"
    );
    open_thread(&mut world, BOB, &root);
    world.run_for(2_000);
    let expected: Vec<String> = std::iter::once("начало".to_owned()).chain((0..30).map(|n| n.to_string())).collect();
    assert_eq!(thread_texts(&world, BOB), expected);
}
