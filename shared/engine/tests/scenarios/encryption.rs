//! Encrypted chats with everything that goes wrong: nobody notices, except that nobody else can read. The tablet is alice's
//! second device.

use protocol::{ChatId, ChatKind, LocalId, MessageId, Request, UserId};
use rand::RngExt;
use view::update::ReplyBody;
use view::{Command, CommandReply, Connection, DeviceStanding, Draft, Failure, MessageContent, ReaderRow};

use crate::person::Screen;
use crate::world::{Stores, Weather, World};

pub const ALICE: usize = 0;
pub const BOB: usize = 1;
pub const TABLET: usize = 2;

pub const STORM: Weather = Weather {
    delay_ms: 150,
    event_late: 50,
    event_twice: 50,
    event_lost: 50,
    reply_twice: 30,
    reply_lost: 40,
    cut: 8,
    crash_before: 8,
    crash_after: 8,
    server_dies: 5,
    refused_for_now: 40,
};

/// Alice and bob on a server that takes part in encryption, and somebody who is to become alice's tablet.
pub fn world(seed: u64) -> World {
    let mut world = World::new(seed, &["alice", "bob", "carol"], Weather::CALM, &mut Stores::default());
    world.server.encrypts();
    world.run_for(1_000);
    for person in [ALICE, BOB, TABLET] {
        // The server was upgraded: everyone hears of it at the next connection.
        world.cut(person);
        reconnect(&mut world, person);
    }
    world
}

pub fn dm(world: &World) -> ChatId {
    ChatId::private(world.user(ALICE), world.user(BOB))
}

pub fn fresh(world: &mut World) -> LocalId {
    let random: [u8; 10] = world.rng.random();
    LocalId::from_parts(u64::try_from(world.now).unwrap(), random)
}

pub fn send(world: &mut World, person: usize, chat: &ChatId, text: &str) -> MessageId {
    send_as(world, person, chat, Draft { text: text.to_owned(), reply_to: None }, vec![], None)
}

pub fn send_as(
    world: &mut World,
    person: usize,
    chat: &ChatId,
    draft: Draft,
    mentions: Vec<UserId>,
    thread: Option<MessageId>,
) -> MessageId {
    let local_id = fresh(world);
    world.command(person, Command::Send { chat_id: chat.clone(), local_id, draft, mentions, thread });
    MessageId::from(local_id)
}

/// Opens the private chat of alice and bob on a device.
pub fn open(world: &mut World, person: usize) -> ChatId {
    let chat = dm(world);
    let other = if person == BOB { ALICE } else { BOB };
    let user_id = world.user(other);
    world.command(person, Command::OpenPrivate { user_id });
    world.run_for(1_000);
    world.command(person, Command::OpenChat { chat_id: chat.clone() });
    world.run_for(1_000);
    chat
}

pub fn offline(world: &mut World, person: usize) {
    world.unreachable[person] = true;
    world.cut(person);
    world.run_for(50);
}

pub fn reconnect(world: &mut World, person: usize) {
    world.unreachable[person] = false;
    world.command(person, Command::Reconnect);
    assert!(
        world.run_until(120_000, |world| world.people[person].screen.connection == Some(Connection::Online)),
        "never online again"
    );
    world.run_for(3_000);
}

/// What a device shows of the private chat, with `?` for what it cannot read.
pub fn shown(world: &mut World, person: usize) -> Vec<String> {
    let chat = dm(world);
    world.command(person, Command::OpenChat { chat_id: chat });
    world.run_for(1_000);
    world.people[person]
        .screen
        .rows
        .iter()
        .map(|row| match &row.content {
            MessageContent::Text { text } => text.clone(),
            MessageContent::Deleted => "×".to_owned(),
            _ => "?".to_owned(),
        })
        .collect()
}

pub fn readers(world: &mut World, person: usize) -> Vec<ReaderRow> {
    let chat = dm(world);
    readers_of(world, person, &chat)
}

pub fn readers_of(world: &mut World, person: usize, chat: &ChatId) -> Vec<ReaderRow> {
    let id = world.command(person, Command::ListReaders { chat_id: chat.clone() });
    world.run_for(100);
    match world.people[person].screen.reply(id) {
        Some(ReplyBody::Readers { readers }) => readers.clone(),
        other => panic!("{other:?}"),
    }
}

/// Carol's place becomes alice's second device, not confirmed yet.
pub fn second_device(world: &mut World) {
    further_device(world, TABLET, ALICE);
}

/// A place becomes a further device of another place's person, not confirmed yet.
pub fn further_device(world: &mut World, place: usize, of: usize) {
    const YEAR_S: u32 = 365 * 24 * 3_600;
    world.kill(place);
    crate::person::wipe(&mut world.people[place].store);
    let (user, name) = (world.user(of), world.people[of].name.clone());
    let device = &mut world.people[place];
    (device.id, device.name, device.screen) = (user, name, Screen::default());
    device.open();
    let (account, now) = (world.people[place].account(), world.now);
    let access = format!("{user}:{}:0", now + i64::from(YEAR_S) * 1_000);
    let tokens = world.people[place].tokens(access, "none".to_owned(), now, YEAR_S);
    world.log_in(place, account, tokens);
    assert!(world.run_until(60_000, |world| world.people[place].screen.connection == Some(Connection::Online)));
    world.run_for(2_000);
}

fn code(world: &mut World, person: usize, command: Command) -> String {
    let id = world.command(person, command);
    world.run_for(1_000);
    match world.people[person].screen.reply(id) {
        Some(ReplyBody::Code { code }) => code.clone(),
        other => panic!("{other:?}"),
    }
}

/// Confirms the tablet by a code that alice's first device shows.
pub fn confirm(world: &mut World) {
    confirm_by(world, TABLET, ALICE);
}

/// Confirms a device by a code that another one of its person shows.
pub fn confirm_by(world: &mut World, place: usize, by: usize) {
    let code = code(world, by, Command::MakeLinkCode);
    // Own data may have been refused for now before, and be tried again only after a while; a line may be dead and look alive.
    let user = world.user(by);
    let waits = |world: &World| {
        world.server.items[&user].iter().any(|(key, item)| key.starts_with("link:") && item.value.is_some())
    };
    assert!(world.run_until(120_000, waits), "the code never came to the server");
    world.run_for(3_000);
    let id = world.command(place, Command::EnterCode { code: code.to_lowercase() });
    world.run_for(10_000);
    assert_eq!(world.people[place].screen.reply(id), Some(&ReplyBody::Done));
    assert_eq!(world.people[place].screen.standing, DeviceStanding::Ready);
}

/// Everything that the server ever had of the chat, as text.
pub fn on_the_server(world: &World) -> String {
    let chat = &world.server.chats[&dm(world)];
    let items = world.server.items.values().flat_map(|items| items.values());
    format!("{:?} {:?} {:?}", chat.messages, chat.chat, items.collect::<Vec<_>>())
}

#[test]
fn alice_and_bob_read_each_other_and_the_server_does_not() {
    let mut world = world(1);
    let chat = open(&mut world, ALICE);
    send(&mut world, ALICE, &chat, "Встретимся у фонтана");
    world.run_for(5_000);
    send(&mut world, BOB, &chat, "Хорошо, в шесть");
    world.run_for(5_000);
    for person in [ALICE, BOB] {
        assert_eq!(shown(&mut world, person), ["Встретимся у фонтана", "Хорошо, в шесть"]);
        let row = world.people[person].screen.chat(&chat).unwrap();
        assert!(row.encrypted && !row.waits);
    }
    let kept = on_the_server(&world);
    assert!(!kept.contains("фонтан") && !kept.contains("шесть"));
    assert!(world.server.chats[&chat].messages.iter().all(|message| message.sealed));
    assert_eq!(world.people[BOB].screen.notices.last().unwrap().text, "Встретимся у фонтана");
}

#[test]
fn what_is_said_to_someone_without_a_device_waits_and_goes_when_there_is_one() {
    let mut world = World::new(2, &["alice", "bob", "carol"], Weather::CALM, &mut Stores::default());
    world.run_for(1_000);
    offline(&mut world, BOB);
    world.server.encrypts();
    world.cut(ALICE);
    reconnect(&mut world, ALICE);
    let chat = open(&mut world, ALICE);
    send(&mut world, ALICE, &chat, "ждёт Боба");
    world.run_for(20_000);
    assert!(world.server.chats[&chat].messages.is_empty());
    assert!(world.people[ALICE].screen.chat(&chat).unwrap().waits);
    reconnect(&mut world, BOB);
    world.run_for(60_000);
    assert_eq!(shown(&mut world, BOB), ["ждёт Боба"]);
    assert!(!world.people[ALICE].screen.chat(&chat).unwrap().waits);
    assert!(!on_the_server(&world).contains("ждёт"));
}

#[test]
fn both_write_while_both_are_offline_and_both_begin_the_group() {
    let mut world = world(3);
    let chat = dm(&world);
    for person in [ALICE, BOB] {
        let other = if person == BOB { ALICE } else { BOB };
        let user_id = world.user(other);
        offline(&mut world, person);
        world.command(person, Command::OpenPrivate { user_id });
        send(&mut world, person, &chat, if person == ALICE { "от Алисы" } else { "от Боба" });
    }
    for person in [ALICE, BOB] {
        world.unreachable[person] = false;
        world.command(person, Command::Reconnect);
    }
    world.run_for(120_000);
    let (hers, his) = (shown(&mut world, ALICE), shown(&mut world, BOB));
    assert_eq!(hers, his);
    assert!(hers.contains(&"от Алисы".to_owned()) && hers.contains(&"от Боба".to_owned()) && hers.len() == 2);
    assert_eq!(world.server.delivery().groups[&chat].group.as_ref().unwrap().generation, 1);
}

#[test]
fn an_edit_a_reaction_an_answer_a_thread_and_a_deletion_work_as_everywhere() {
    let mut world = world(4);
    let chat = open(&mut world, ALICE);
    let first = send(&mut world, ALICE, &chat, "первое");
    world.run_for(5_000);
    open(&mut world, BOB);
    world.command(
        BOB,
        Command::React { chat_id: chat.clone(), message_id: first.clone(), emoji: "👍".to_owned(), on: true },
    );
    let answer = Draft { text: "ответ".to_owned(), reply_to: Some(first.clone()) };
    let alice = world.user(ALICE);
    let answer = send_as(&mut world, BOB, &chat, answer, vec![alice], None);
    let inside = Draft { text: "в ветке".to_owned(), reply_to: None };
    let inside = send_as(&mut world, BOB, &chat, inside, vec![], Some(first.clone()));
    world.run_for(3_000);
    let edit = Command::Edit {
        chat_id: chat.clone(),
        message_id: first.clone(),
        text: "исправлено".to_owned(),
        mentions: vec![],
    };
    world.command(ALICE, edit);
    world.run_for(3_000);
    let row = |world: &World, person: usize, id: &MessageId| {
        world.people[person].screen.rows.iter().find(|row| row.id == *id).unwrap().clone()
    };
    let hers = row(&world, ALICE, &first);
    assert_eq!((hers.reactions[0].count, hers.replies.unwrap().count), (1, 1));
    let his = row(&world, BOB, &first);
    assert!(his.edited && matches!(his.content, MessageContent::Text { text } if text == "исправлено"));
    let answered = row(&world, ALICE, &answer);
    assert_eq!(answered.quote.unwrap().text, "исправлено");
    assert!(answered.mentions_me, "a mention travels inside the seal");
    assert!(world.server.chats[&chat].messages.iter().all(|message| message.mentions.is_empty()));
    world.command(ALICE, Command::OpenThread { chat_id: chat.clone(), message_id: first.clone() });
    world.run_for(1_000);
    let thread = world.people[ALICE].screen.thread.as_ref().unwrap();
    assert!(thread.rows.iter().any(|row| row.id == inside), "{:?}", thread.texts());
    let found = world.command(ALICE, Command::Search { query: "ветки".to_owned(), chat_id: None });
    world.run_for(100);
    assert!(matches!(world.people[ALICE].screen.reply(found), Some(ReplyBody::Found { hits }) if hits.len() == 1));
    world.command(ALICE, Command::Delete { chat_id: chat.clone(), message_id: first });
    world.run_for(3_000);
    assert_eq!(shown(&mut world, BOB), ["×", "ответ"]);
    assert!(!on_the_server(&world).contains("исправлено") && !on_the_server(&world).contains("ветке"));
}

#[test]
fn a_draft_and_a_saved_message_are_shared_by_own_devices_and_sealed() {
    let mut world = world(5);
    let chat = open(&mut world, ALICE);
    second_device(&mut world);
    confirm(&mut world);
    let id = send(&mut world, BOB, &chat, "сохрани меня");
    world.run_for(20_000);
    world.command(ALICE, Command::SaveMessage { chat_id: chat.clone(), message_id: id, on: true });
    let draft = Draft { text: "недописанное".to_owned(), reply_to: None };
    world.command(ALICE, Command::SaveDraft { chat_id: chat.clone(), draft });
    world.run_for(2_000);
    let saved = world.command(TABLET, Command::ListSaved);
    world.command(TABLET, Command::OpenChat { chat_id: chat.clone() });
    world.run_for(1_000);
    assert!(
        matches!(world.people[TABLET].screen.reply(saved), Some(ReplyBody::Found { hits }) if hits[0].text == "сохрани меня")
    );
    assert_eq!(world.people[TABLET].screen.draft.as_ref().unwrap().text, "недописанное");
    let kept = on_the_server(&world);
    assert!(!kept.contains("недописанное") && !kept.contains("сохрани"));
}

#[test]
fn a_new_device_waits_for_its_person_and_then_reads_what_is_said_from_then_on() {
    let mut world = world(6);
    let chat = open(&mut world, ALICE);
    send(&mut world, ALICE, &chat, "до планшета");
    world.run_for(30_000);
    second_device(&mut world);
    assert_eq!(world.people[TABLET].screen.standing, DeviceStanding::Unconfirmed);
    let wrong = world.command(TABLET, Command::EnterCode { code: "0000-0000-0000-0000-0000".to_owned() });
    world.run_for(500);
    assert_eq!(
        world.people[TABLET].screen.replies.get(&wrong),
        Some(&CommandReply::Failed { failure: Failure::WrongPassphrase })
    );
    assert_eq!(readers(&mut world, ALICE).iter().map(|reader| reader.devices).collect::<Vec<_>>(), [1, 1]);
    confirm(&mut world);
    world.run_for(20_000);
    assert_eq!(readers(&mut world, BOB).iter().map(|reader| reader.devices).collect::<Vec<_>>(), [1, 2]);
    send(&mut world, BOB, &chat, "на оба устройства");
    world.run_for(5_000);
    send(&mut world, TABLET, &chat, "с планшета");
    world.run_for(5_000);
    // What was said before came as own data, sealed by her first device.
    assert_eq!(shown(&mut world, TABLET), ["до планшета", "на оба устройства", "с планшета"]);
    assert!(!on_the_server(&world).contains("планшета"));
    for person in [ALICE, BOB] {
        assert_eq!(shown(&mut world, person), ["до планшета", "на оба устройства", "с планшета"]);
    }
    assert_eq!(world.people[ALICE].screen.devices.len(), 2);
}

#[test]
fn the_recovery_key_confirms_a_device_when_no_other_is_left() {
    let mut world = world(7);
    let chat = open(&mut world, ALICE);
    let key = code(&mut world, ALICE, Command::MakeRecoveryKey);
    send(&mut world, BOB, &chat, "прежнее");
    world.run_for(40_000);
    offline(&mut world, ALICE);
    second_device(&mut world);
    let id = world.command(TABLET, Command::EnterCode { code: key });
    world.run_for(60_000);
    assert_eq!(world.people[TABLET].screen.reply(id), Some(&ReplyBody::Done));
    send(&mut world, TABLET, &chat, "снова здесь");
    world.run_for(5_000);
    assert_eq!(shown(&mut world, BOB), ["прежнее", "снова здесь"]);
    assert_eq!(shown(&mut world, TABLET), ["прежнее", "снова здесь"], "lost with the device, and found again");
    let number = |readers: &[ReaderRow]| readers.iter().find_map(|reader| reader.safety_number.clone()).unwrap();
    assert_eq!(number(&readers(&mut world, BOB)), number(&readers(&mut world, TABLET)), "the same person");
}

#[test]
fn who_lost_everything_begins_anew_and_the_other_is_told() {
    let mut world = world(8);
    let chat = open(&mut world, ALICE);
    send(&mut world, ALICE, &chat, "раньше");
    world.run_for(5_000);
    let before = readers(&mut world, BOB);
    offline(&mut world, ALICE);
    second_device(&mut world);
    world.command(TABLET, Command::BeginAnew);
    world.run_for(90_000);
    send(&mut world, TABLET, &chat, "это снова я");
    world.run_for(10_000);
    assert_eq!(shown(&mut world, BOB), ["раньше", "это снова я"]);
    let after = readers(&mut world, BOB);
    assert_ne!(before[1].safety_number, after[1].safety_number);
    assert!(before[1].changed_at.is_none() && after[1].changed_at.is_some());
    assert_eq!(after[1].devices, 1, "the lost one reads no more");
}

#[test]
fn a_removed_device_reads_nothing_that_is_said_after_that() {
    let mut world = world(9);
    let chat = open(&mut world, ALICE);
    second_device(&mut world);
    confirm(&mut world);
    world.run_for(20_000);
    send(&mut world, BOB, &chat, "ещё все");
    world.run_for(5_000);
    let device_id = world.people[TABLET].screen.devices.iter().find(|device| device.this).unwrap().id.clone();
    world.command(ALICE, Command::RemoveDevice { device_id });
    // Its session ends with it.
    offline(&mut world, TABLET);
    world.run_for(20_000);
    send(&mut world, BOB, &chat, "уже без планшета");
    world.run_for(10_000);
    assert_eq!(readers(&mut world, BOB).iter().map(|reader| reader.devices).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(shown(&mut world, ALICE), ["ещё все", "уже без планшета"]);
}

#[test]
fn an_absence_over_many_commits_and_reactions_costs_no_message() {
    let mut world = world(10);
    let chat = open(&mut world, ALICE);
    let first = send(&mut world, ALICE, &chat, "самое первое");
    world.run_for(5_000);
    offline(&mut world, BOB);
    for n in 0..4 {
        send(&mut world, ALICE, &chat, &format!("без Боба {n}"));
        world.run_for(2_000);
        second_device(&mut world);
        confirm(&mut world);
        world.run_for(20_000);
        let device = world.people[TABLET].screen.devices.iter().find(|device| device.this).unwrap().id.clone();
        world.command(ALICE, Command::RemoveDevice { device_id: device });
        world.run_for(20_000);
    }
    // Its row comes by its last change, long after its epoch.
    let react = Command::React { chat_id: chat.clone(), message_id: first, emoji: "🔥".to_owned(), on: true };
    world.command(ALICE, react);
    let oldest = world.people[ALICE].screen.rows[1].id.clone();
    let react = Command::React { chat_id: chat.clone(), message_id: oldest, emoji: "🔥".to_owned(), on: true };
    world.command(ALICE, react);
    world.run_for(5_000);
    let epoch = world.server.delivery().groups[&chat].group.as_ref().unwrap().epoch;
    assert!(epoch > 7, "{epoch}");
    reconnect(&mut world, BOB);
    world.run_for(10_000);
    assert_eq!(shown(&mut world, BOB), ["самое первое", "без Боба 0", "без Боба 1", "без Боба 2", "без Боба 3"]);
}

#[test]
fn more_than_a_page_from_someone_new_is_all_read_though_the_newest_comes_first() {
    let mut world = world(15);
    offline(&mut world, ALICE);
    let chat = open(&mut world, BOB);
    for n in 0..330 {
        send(&mut world, BOB, &chat, &format!("письмо {n}"));
        world.run_for(100);
    }
    world.run_for(20_000);
    assert_eq!(world.server.chats[&chat].messages.len(), 330);
    reconnect(&mut world, ALICE);
    world.command(ALICE, Command::OpenChat { chat_id: chat.clone() });
    world.run_for(3_000);
    for _ in 0..20 {
        world.command(ALICE, Command::LoadOlder { chat_id: chat.clone() });
        world.command(ALICE, Command::LoadNewer { chat_id: chat.clone() });
        world.run_for(500);
    }
    let texts = world.people[ALICE].screen.texts();
    let all: Vec<String> = (0..330).map(|n| format!("письмо {n}")).collect();
    assert_eq!(texts, all);
}

#[test]
fn a_scheduled_message_is_sealed_and_sent_by_the_writers_own_device() {
    let mut world = world(11);
    let chat = open(&mut world, ALICE);
    let local_id = fresh(&mut world);
    let draft = Draft { text: "с днём рождения".to_owned(), reply_to: None };
    let when = view::When { at: protocol::Timestamp(world.now + 3_600_000), zone: None, wall: None };
    world.command(
        ALICE,
        Command::Schedule { chat_id: chat.clone(), local_id, draft, mentions: vec![], thread: None, when },
    );
    world.run_for(2_000);
    assert_eq!(world.people[ALICE].screen.scheduled[0].text, "с днём рождения");
    assert!(!on_the_server(&world).contains("рождения"));
    // It is time, and the server cannot: it says so.
    let alice = world.user(ALICE);
    let key = format!("scheduled:{local_id}");
    let value = world.server.items[&alice][&key].value.clone().unwrap();
    let mut refused: serde_json::Value = serde_json::from_str(&value).unwrap();
    refused["refused"] = "plaintext_refused".into();
    let put = protocol::frame::PutItem { key, value: Some(refused.to_string()) };
    let mut session = crate::server::Session { user: Some(alice), token_until: i64::MAX };
    let (_, told) = world.server.handle(&mut session, None, Request::PutItem(put), world.now);
    world.fan_out(&told);
    world.run_for(10_000);
    assert_eq!(shown(&mut world, BOB), ["с днём рождения"]);
    assert!(world.people[ALICE].screen.scheduled.is_empty());
}

#[test]
fn a_server_that_was_restored_from_a_backup_costs_no_message() {
    let mut world = world(12);
    let chat = open(&mut world, ALICE);
    send(&mut world, ALICE, &chat, "до копии");
    world.run_for(5_000);
    let backup = world.server.clone();
    second_device(&mut world);
    confirm(&mut world);
    world.run_for(20_000);
    send(&mut world, BOB, &chat, "после копии");
    world.run_for(5_000);
    world.kill(TABLET);
    world.server = backup;
    world.server.incarnation = "second".to_owned();
    world.restart_server();
    world.run_for(200_000);
    send(&mut world, ALICE, &chat, "дальше");
    world.run_for(60_000);
    for person in [ALICE, BOB] {
        assert_eq!(shown(&mut world, person), ["до копии", "после копии", "дальше"]);
    }
}

#[test]
fn a_chat_from_before_encryption_is_encrypted_when_it_is_opened_and_stays_readable() {
    let mut world = World::new(13, &["alice", "bob", "carol"], Weather::CALM, &mut Stores::default());
    world.run_for(1_000);
    let chat = open(&mut world, ALICE);
    send(&mut world, ALICE, &chat, "давнее");
    world.run_for(2_000);
    world.server.encrypts();
    for person in [ALICE, BOB, TABLET] {
        world.cut(person);
        reconnect(&mut world, person);
    }
    open(&mut world, BOB);
    world.run_for(10_000);
    assert!(world.server.chats[&chat].chat.encrypted);
    send(&mut world, BOB, &chat, "новое");
    world.run_for(5_000);
    assert_eq!(shown(&mut world, ALICE), ["давнее", "новое"]);
    assert!(!on_the_server(&world).contains("новое"));
}

#[test]
fn other_chats_are_as_they_were() {
    let mut world = world(14);
    let general = ChatId::general();
    send(&mut world, ALICE, &general, "всем привет");
    let local_id = fresh(&mut world);
    let bob = world.user(BOB);
    let create = Command::CreateChat {
        local_id,
        kind: ChatKind::Group,
        name: "Планы".to_owned(),
        description: String::new(),
        members: vec![bob],
        public: false,
        encrypted: false,
    };
    world.command(ALICE, create);
    world.run_for(1_000);
    send(&mut world, BOB, &ChatId::from(local_id), "и тут");
    world.run_for(2_000);
    assert_eq!(world.server.chats[&general].messages.last().unwrap().content, "всем привет");
    assert_eq!(world.server.chats[&ChatId::from(local_id)].messages.last().unwrap().content, "и тут");
}

/// Storms from many seeds: two people and a second device write, react and come and go; in the end everyone has the same,
/// and nothing that was said to a device is unreadable on it.
#[test]
fn storms_cost_no_message() {
    let seeds: u64 = std::env::var("HYBRID_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(200) / 20;
    for seed in 0..seeds.max(4) {
        storm(1_000 + seed);
    }
}

fn storm(seed: u64) {
    let mut world = world(seed);
    let chat = open(&mut world, ALICE);
    second_device(&mut world);
    confirm(&mut world);
    world.run_for(20_000);
    world.weather = STORM;
    let mut said = Vec::new();
    for n in 0..40 {
        let person = world.rng.random_range(0..3);
        match world.rng.random_range(0..10) {
            0 => {
                world.unreachable[person] = true;
                world.cut(person);
            }
            1 => {
                world.unreachable = vec![false; 3];
            }
            2 if world.people[person].engine.is_some() => world.kill_and_start(person),
            _ => {
                let (local_id, text) = (fresh(&mut world), format!("{seed}-{n}"));
                let draft = Draft { text: text.clone(), reply_to: None };
                let send = Command::Send { chat_id: chat.clone(), local_id, draft, mentions: vec![], thread: None };
                if world.command_commits(person, send) {
                    said.push(text);
                }
            }
        }
        let pause = world.rng.random_range(0..4_000);
        world.run_for(pause);
    }
    world.weather = Weather::CALM;
    world.unreachable = vec![false; 3];
    world.run_for(400_000);
    for person in [ALICE, BOB, TABLET] {
        let mut texts = shown(&mut world, person);
        texts.sort();
        let mut all = said.clone();
        all.sort();
        assert_eq!(texts, all, "seed {seed}, person {person}");
    }
}
