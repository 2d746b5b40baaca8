//! What a person's devices share: how chats are kept, drafts. Device two of Alice stands in Carol's place.

use protocol::{ChatId, LocalId, MessageId, Timestamp};
use rand::RngExt;
use view::{
    ChatSettings, Command, CommandReply, Connection, Draft, ErrorCode, Failure, Folder, FolderRule, NotifyAbout,
    OwnEmoji, ScheduledRow, When,
};

use crate::world::{Stores, Weather, World};

const ALICE: usize = 0;
const BOB: usize = 1;
/// Alice's second device.
const TABLET: usize = 2;

/// Everything goes wrong now and then.
const STORM: Weather = Weather {
    delay_ms: 200,
    event_lost: 50,
    reply_twice: 30,
    reply_lost: 50,
    cut: 10,
    crash_before: 10,
    crash_after: 10,
    server_dies: 5,
    refused_for_now: 50,
    ..Weather::CALM
};

fn general() -> ChatId {
    ChatId::general()
}

fn world() -> World {
    seeded(11)
}

/// Everyone is in, in calm weather.
fn seeded(seed: u64) -> World {
    let mut world = World::new(seed, &["alice", "bob", "carol"], Weather::CALM, &mut Stores::default());
    world.run_for(1_000);
    world.kill(TABLET);
    crate::person::wipe(&mut world.people[TABLET].store);
    let alice = world.user(ALICE);
    let tablet = &mut world.people[TABLET];
    (tablet.id, tablet.name) = (alice, "alice".to_owned());
    tablet.open();
    let (account, now) = (world.people[TABLET].account(), world.now);
    let tokens = world.people[TABLET].tokens(format!("{alice}:{}:0", now + 900_000), "none".to_owned(), now, 900);
    world.log_in(TABLET, account, tokens);
    assert!(world.run_until(60_000, |world| world.people[TABLET].screen.connection == Some(Connection::Online)));
    world
}

fn say(world: &mut World, person: usize, text: &str) -> MessageId {
    let random: [u8; 10] = world.rng.random();
    let local_id = LocalId::from_parts(u64::try_from(world.now).unwrap(), random);
    let draft = Draft { text: text.to_owned(), reply_to: None };
    world.command(person, Command::Send { chat_id: general(), local_id, draft, mentions: Vec::new(), thread: None });
    MessageId::from(local_id)
}

fn keep(world: &mut World, person: usize, settings: ChatSettings) {
    world.command(person, Command::SetChatSettings { chat_id: general(), settings });
}

fn kept(world: &World, person: usize) -> ChatSettings {
    world.people[person].screen.chat(&general()).unwrap().settings.clone()
}

#[test]
fn a_chat_kept_in_a_way_on_one_device_is_kept_so_on_the_other() {
    let mut world = world();
    let muted = ChatSettings {
        muted_until: Some(Timestamp(world.now + 3_600_000)),
        pinned_at: Some(Timestamp(world.now)),
        notify: NotifyAbout::Mentions,
        ..ChatSettings::default()
    };
    keep(&mut world, ALICE, muted.clone());
    assert_eq!(kept(&world, ALICE), muted, "at once, before any network");
    world.run_for(1_000);
    assert_eq!(kept(&world, TABLET), muted);
    assert_eq!(kept(&world, BOB), ChatSettings::default(), "it is nobody else's business");
    keep(&mut world, TABLET, ChatSettings::default());
    world.run_for(1_000);
    assert_eq!(kept(&world, ALICE), ChatSettings::default());
}

#[test]
fn what_was_changed_offline_is_shared_after_a_restart_and_the_later_change_wins() {
    let mut world = world();
    world.unreachable[ALICE] = true;
    world.cut(ALICE);
    let first = ChatSettings { pinned_at: Some(Timestamp(1)), ..ChatSettings::default() };
    let second = ChatSettings { pinned_at: Some(Timestamp(2)), ..ChatSettings::default() };
    keep(&mut world, ALICE, first);
    keep(&mut world, ALICE, second.clone());
    world.kill(ALICE);
    world.start(ALICE);
    keep(&mut world, TABLET, ChatSettings { marked_unread: true, ..ChatSettings::default() });
    world.run_for(1_000);
    assert_eq!(kept(&world, ALICE), second, "it survived");
    world.unreachable[ALICE] = false;
    assert!(world.run_until(120_000, |world| kept(world, TABLET) == second), "{:?}", kept(&world, TABLET));
    assert_eq!(kept(&world, ALICE), second);
}

#[test]
fn the_emoji_that_alice_uses_are_on_her_other_device_and_stay_after_a_restart() {
    let mut world = world();
    let used = OwnEmoji { recents: vec!["🦊".into(), "👍🏽".into()], tone: 3 };
    world.unreachable[ALICE] = true;
    world.cut(ALICE);
    world.command(ALICE, Command::KeepEmoji { emoji: used.clone() });
    world.kill(ALICE);
    world.start(ALICE);
    assert_eq!(world.people[ALICE].screen.emoji, used, "offline, after a restart");
    world.unreachable[ALICE] = false;
    assert!(world.run_until(120_000, |world| world.people[TABLET].screen.emoji == used));
    assert_eq!(world.people[BOB].screen.emoji, OwnEmoji::default(), "it is nobody else's business");
}

fn folder(world: &World, person: usize, key: &str) -> Option<Folder> {
    Folder::read(key, world.people[person].screen.kept.get(key)?)
}

#[test]
fn a_folder_made_offline_is_on_the_other_device_and_one_taken_away_is_gone_there() {
    let mut world = world();
    let rule = FolderRule { unread: true, ..FolderRule::default() };
    let made =
        Folder { id: "work".into(), name: "Работа".into(), chats: vec![general()], rule, ..Folder::default() };
    world.unreachable[ALICE] = true;
    world.cut(ALICE);
    world.command(ALICE, Command::Keep { key: made.key(), value: Some(made.value()) });
    world.kill(ALICE);
    world.start(ALICE);
    assert_eq!(folder(&world, ALICE, &made.key()), Some(made.clone()), "offline, after a restart");
    world.unreachable[ALICE] = false;
    assert!(world.run_until(120_000, |world| folder(world, TABLET, &made.key()) == Some(made.clone())));
    assert!(world.people[BOB].screen.kept.is_empty(), "it is nobody else's business");
    let renamed = Folder { name: "Дом".into(), ..made.clone() };
    world.command(TABLET, Command::Keep { key: made.key(), value: Some(renamed.value()) });
    assert!(world.run_until(120_000, |world| folder(world, ALICE, &made.key()) == Some(renamed.clone())));
    world.command(TABLET, Command::Keep { key: made.key(), value: None });
    assert!(world.run_until(120_000, |world| world.people[ALICE].screen.kept.is_empty()));
    world.kill(ALICE);
    world.start(ALICE);
    assert!(world.people[ALICE].screen.kept.is_empty(), "it does not come back");
}

#[test]
fn only_wishes_about_the_interface_are_kept_by_the_interface() {
    let mut world = world();
    for (key, value) in [("chat:general", "{}"), ("emoji", "{}"), ("ui:", "1"), ("ui:Big", "1")] {
        let id = world.command(ALICE, Command::Keep { key: key.to_owned(), value: Some(value.to_owned()) });
        let refused = Failure::Refused { code: ErrorCode::InvalidField };
        assert_eq!(world.people[ALICE].screen.replies[&id], CommandReply::Failed { failure: refused }, "{key}");
    }
    let long = "x".repeat(16 * 1024 + 1);
    world.command(ALICE, Command::Keep { key: "ui:long".to_owned(), value: Some(long) });
    world.run_for(1_000);
    assert!(world.people[TABLET].screen.kept.is_empty());
    assert_eq!(kept(&world, ALICE), ChatSettings::default());
}

#[test]
fn an_archived_chat_comes_back_with_the_next_message_unless_it_is_muted() {
    let mut world = world();
    say(&mut world, BOB, "до архива");
    world.run_for(500);
    let archived = |world: &World| world.people[ALICE].screen.chat(&general()).unwrap().archived;
    let now = ChatSettings { archived_at_seq: Some(1), ..ChatSettings::default() };
    keep(&mut world, ALICE, now.clone());
    assert!(archived(&world));
    say(&mut world, BOB, "после");
    world.run_for(500);
    assert!(!archived(&world));
    keep(&mut world, ALICE, ChatSettings { muted_until: Some(Timestamp(i64::MAX)), ..now });
    say(&mut world, BOB, "тихо");
    world.run_for(500);
    assert!(archived(&world));
    assert_eq!(world.people[ALICE].screen.unread, (0, 0), "a muted chat adds nothing to the badge");
}

#[test]
fn a_mark_of_unread_goes_when_the_chat_is_read_on_any_device() {
    let mut world = world();
    keep(&mut world, ALICE, ChatSettings { marked_unread: true, ..ChatSettings::default() });
    world.run_for(500);
    assert!(kept(&world, TABLET).marked_unread);
    assert_eq!(world.people[TABLET].screen.unread.0, 1, "it counts as one");
    world.command(TABLET, Command::MarkRead { chat_id: general(), seq: 0 });
    world.run_for(500);
    assert!(!kept(&world, ALICE).marked_unread);
}

#[test]
fn a_draft_follows_its_writer_and_goes_everywhere_when_it_is_sent() {
    let mut world = world();
    let draft = Draft { text: "начато на столе".to_owned(), reply_to: None };
    world.command(ALICE, Command::SaveDraft { chat_id: general(), draft: draft.clone() });
    world.run_for(1_000);
    world.command(TABLET, Command::OpenChat { chat_id: general() });
    assert_eq!(world.people[TABLET].screen.draft, Some(draft));
    say(&mut world, TABLET, "закончено на планшете");
    world.run_for(1_000);
    assert_eq!(world.people[ALICE].screen.chat(&general()).unwrap().draft, "");
}

#[test]
fn a_draft_from_elsewhere_never_replaces_what_is_being_typed() {
    let mut world = world();
    world.command(TABLET, Command::OpenChat { chat_id: general() });
    let own = world.people[TABLET].screen.draft.clone();
    let draft = Draft { text: "с другого устройства".to_owned(), reply_to: None };
    world.command(ALICE, Command::SaveDraft { chat_id: general(), draft });
    world.run_for(1_000);
    assert_eq!(world.people[TABLET].screen.draft, own, "an open composer is left alone");
}

#[test]
fn devices_agree_whatever_the_weather() {
    for seed in 0..200 {
        let mut world = seeded(seed);
        let alice = world.user(ALICE);
        world.weather = STORM;
        for step in 0..40 {
            let person = if world.rng.random_range(0..2) == 0 { ALICE } else { TABLET };
            keep(&mut world, person, ChatSettings { pinned_at: Some(Timestamp(step)), ..ChatSettings::default() });
            let pause = world.rng.random_range(0..2_000);
            world.run_for(pause);
        }
        world.weather = Weather::CALM;
        let agreed = |world: &World| {
            let quiet =
                [ALICE, TABLET].iter().all(|one| world.people[*one].screen.connection == Some(Connection::Online));
            let stored = world.server.items[&alice].get("chat:general").and_then(|item| item.value.clone());
            let expected = stored.map(|json| serde_json::from_str(&json).unwrap()).unwrap_or_default();
            quiet && kept(world, ALICE) == expected && kept(world, TABLET) == expected
        };
        let happened = world.run_until(300_000, agreed);
        let states = [ALICE, TABLET].map(|one| (kept(&world, one), world.people[one].screen.connection));
        assert!(happened, "seed {seed}: {states:?}, the server has {:?}", world.server.items[&alice]);
    }
}

/// Schedules for tomorrow; changes what is kept under `id`, or makes it.
fn schedule(world: &mut World, person: usize, id: Option<LocalId>, text: &str) -> LocalId {
    let random: [u8; 10] = world.rng.random();
    let local_id = id.unwrap_or_else(|| LocalId::from_parts(u64::try_from(world.now).unwrap(), random));
    let when = When { at: Timestamp(world.now + 86_400_000), zone: None, wall: None };
    let draft = Draft { text: text.to_owned(), reply_to: None };
    let (mentions, thread) = (Vec::new(), None);
    world.command(person, Command::Schedule { chat_id: general(), local_id, draft, mentions, thread, when });
    local_id
}

fn scheduled(world: &World, person: usize) -> Vec<ScheduledRow> {
    world.people[person].screen.scheduled.clone()
}

fn said(world: &World, person: usize, id: LocalId) -> usize {
    world.people[person].screen.rows.iter().filter(|row| row.id == MessageId::from(id)).count()
}

#[test]
fn a_message_scheduled_in_the_tunnel_is_on_the_tablet_later_and_can_be_changed_there() {
    let mut world = world();
    world.unreachable[ALICE] = true;
    world.cut(ALICE);
    world.run_for(100);
    world.command(
        ALICE,
        Command::SaveDraft { chat_id: general(), draft: Draft { text: "good".into(), reply_to: None } },
    );
    let id = schedule(&mut world, ALICE, None, "good morning");
    assert!(scheduled(&world, ALICE)[0].unsent, "the server does not know of it yet");
    assert_eq!(world.people[ALICE].screen.chat(&general()).unwrap().draft, "", "the composer is free again");
    world.kill(ALICE);
    world.start(ALICE);
    world.unreachable[ALICE] = false;
    world.command(ALICE, Command::Reconnect);
    world.run_for(3_000);
    let there = scheduled(&world, TABLET);
    assert_eq!((there[0].id, there[0].text.as_str()), (id, "good morning"));
    assert!(!scheduled(&world, ALICE)[0].unsent);
    schedule(&mut world, TABLET, Some(id), "good evening");
    world.run_for(1_000);
    assert_eq!(scheduled(&world, ALICE).iter().map(|row| row.text.as_str()).collect::<Vec<_>>(), ["good evening"]);
    world.command(ALICE, Command::DropScheduled { local_id: id });
    world.run_for(1_000);
    assert!(scheduled(&world, ALICE).is_empty() && scheduled(&world, TABLET).is_empty());
}

#[test]
fn what_both_devices_send_now_in_a_storm_is_said_once() {
    for seed in 1..=10 {
        let mut world = seeded(seed);
        let id = schedule(&mut world, ALICE, None, "now");
        world.run_for(1_000);
        world.weather = STORM;
        for person in [ALICE, TABLET] {
            // A person whose app died presses again.
            while !world.command_commits(person, Command::SendScheduled { local_id: id }) {
                world.run_for(1_000);
            }
        }
        world.run_for(20_000);
        world.weather = Weather::CALM;
        world.run_for(5_000);
        world.command(BOB, Command::OpenChat { chat_id: general() });
        let gone = |world: &World| scheduled(world, ALICE).is_empty() && scheduled(world, TABLET).is_empty();
        assert!(world.run_until(120_000, |world| gone(world) && said(world, BOB, id) == 1), "seed {seed}");
        world.run_for(60_000);
        assert_eq!(said(&world, BOB, id), 1, "seed {seed}");
    }
}

#[test]
fn a_message_too_long_for_an_entry_is_refused_at_once_and_the_draft_stays() {
    let mut world = world();
    world.command(
        ALICE,
        Command::SaveDraft { chat_id: general(), draft: Draft { text: "long".into(), reply_to: None } },
    );
    schedule(&mut world, ALICE, None, &"я".repeat(protocol::limits::ITEM_VALUE_BYTES_MAX / 2));
    assert!(scheduled(&world, ALICE).is_empty());
    assert_eq!(world.people[ALICE].screen.chat(&general()).unwrap().draft, "long");
}
