//! Three people on five devices, one random world per seed: alice and bob have two each, carol has one. They write, change, react, keep,
//! ask, vote, draft, archive and read, on devices that are offline, killed and in bad weather; then all come back, and see the same.

use std::collections::{BTreeMap, BTreeSet};

use protocol::{ChatId, ChatKind, MessageId, Timestamp, UserId};
use rand::RngExt;
use rand::seq::IndexedRandom as _;
use view::{ChatSettings, Command, Connection, Draft, MessageContent, MessageRow, NewPoll};

use crate::chance::{each_seed, fault, local_id, open, settle, weather};
use crate::person::wipe;
use crate::world::{Stores, Weather, World};

/// Random worlds of a run, unless said otherwise; with `HYBRID_TEST_SCALE=full` the second number.
const SEEDS: (u64, u64) = (80, 500);

/// Whose devices the five are.
const OWNERS: [usize; 5] = [0, 1, 2, 0, 1];
const CAROL: usize = 2;
/// A second device's access: nobody renews it in this world.
const DAY_S: i64 = 86_400;
const EMOJI: [&str; 2] = ["👍", "❤️"];

#[test]
fn three_people_on_five_devices_see_the_same_whatever_they_did_offline() {
    each_seed(SEEDS, run);
}

/// What was asked for, and the step that did it was committed: none of it may be lost.
#[derive(Default)]
struct Asked {
    sent: Vec<MessageId>,
    gone: BTreeSet<MessageId>,
    count: u32,
    /// Of carol, whom no second device contradicts: the last wish for each thing.
    saved: BTreeMap<MessageId, bool>,
    reacted: BTreeMap<(MessageId, &'static str), bool>,
    voted: BTreeMap<MessageId, Vec<u32>>,
    drafts: BTreeMap<ChatId, String>,
    settings: BTreeMap<ChatId, ChatSettings>,
}

fn run(seed: u64, stores: &mut Stores) {
    let mut world =
        World::new(seed, &["alice", "bob", "carol", "alice's tablet", "bob's phone"], Weather::CALM, stores);
    world.run_for(1_000);
    for device in [3, 4] {
        belong(&mut world, device);
    }
    for device in 0..OWNERS.len() {
        open(&mut world, device, ChatId::general());
    }
    world.run_for(200);
    world.weather = weather(&mut world);
    let mut asked = Asked::default();
    for _ in 0..world.rng.random_range(40..90) {
        let pause = world.rng.random_range(0..1_200);
        world.run_for(pause);
        match world.rng.random_range(0..12) {
            0 => fault(&mut world),
            _ => {
                let device = world.rng.random_range(0..OWNERS.len());
                act(&mut world, device, &mut asked);
            }
        }
    }
    settle(&mut world);
    check(&mut world, &asked);
    world.end(stores);
}

/// A device is given to its owner.
fn belong(world: &mut World, device: usize) {
    world.kill(device);
    wipe(&mut world.people[device].store);
    let owner = world.user(OWNERS[device]);
    let name = world.people[OWNERS[device]].name.clone();
    let given = &mut world.people[device];
    (given.id, given.name) = (owner, name);
    given.open();
    let (account, now) = (world.people[device].account(), world.now);
    let tokens =
        world.people[device].tokens(format!("{owner}:{}:0", now + DAY_S * 1_000), "none".to_owned(), now, DAY_S as u32);
    world.log_in(device, account, tokens);
    assert!(world.run_until(60_000, |world| world.people[device].screen.connection == Some(Connection::Online)));
}

fn act(world: &mut World, device: usize, asked: &mut Asked) {
    if world.people[device].engine.is_none() {
        return;
    }
    let chats: Vec<ChatId> = world.people[device].screen.chats.iter().map(|row| row.id.clone()).collect();
    let Some(chat) = chats.choose(&mut world.rng).cloned() else { return };
    match world.rng.random_range(0..20) {
        0..=4 => send(world, device, chat, asked),
        5 => ask(world, device, chat, asked),
        6 => open(world, device, chat),
        7 => draft(world, device, chat, asked),
        8 | 9 => keep(world, device, chat, asked),
        10 => {
            let local_id = local_id(world);
            let members = (1..=3).map(UserId).collect();
            let (kind, name) = (ChatKind::Group, format!("group {}", asked.count));
            let create = Command::CreateChat {
                local_id,
                kind,
                name,
                description: String::new(),
                members,
                public: false,
                encrypted: false,
            };
            // Few, or nobody meets anybody.
            if chats.len() < 3 {
                world.command(device, create);
            }
        }
        _ => touch(world, device, asked),
    }
}

fn send(world: &mut World, device: usize, chat_id: ChatId, asked: &mut Asked) {
    let local_id = local_id(world);
    asked.count += 1;
    let draft = Draft { text: format!("says {}", asked.count), reply_to: None };
    let post = Command::Send { chat_id: chat_id.clone(), local_id, draft, mentions: Vec::new(), thread: None };
    if world.command_commits(device, post) {
        asked.sent.push(local_id.into());
        // What is sent is no draft any more; who typed what after that is another matter.
        asked.drafts.remove(&chat_id);
    }
}

fn ask(world: &mut World, device: usize, chat_id: ChatId, asked: &mut Asked) {
    let local_id = local_id(world);
    let options = ["a", "b", "c"].map(str::to_owned).into();
    let poll = NewPoll { options, multiple: world.rng.random(), anonymous: false, quiz: None, closes_at: None };
    let question = "Where?".to_owned();
    if world.command_commits(device, Command::SendPoll { chat_id, local_id, question, poll, thread: None }) {
        asked.sent.push(local_id.into());
    }
}

fn draft(world: &mut World, device: usize, chat_id: ChatId, asked: &mut Asked) {
    asked.count += 1;
    let text = if world.rng.random_range(0..4) == 0 { String::new() } else { format!("draft {}", asked.count) };
    let draft = Draft { text: text.clone(), reply_to: None };
    let done = world.command_commits(device, Command::SaveDraft { chat_id: chat_id.clone(), draft });
    if done && device == CAROL {
        asked.drafts.insert(chat_id, text);
    }
}

/// Archives, pins, or neither.
fn keep(world: &mut World, device: usize, chat_id: ChatId, asked: &mut Asked) {
    let last = world.people[device].screen.chat(&chat_id).map_or(0, |row| row.last_seq);
    let settings = match world.rng.random_range(0..3) {
        0 => ChatSettings { archived_at_seq: Some(last), ..ChatSettings::default() },
        1 => ChatSettings { pinned_at: Some(Timestamp(world.now)), ..ChatSettings::default() },
        _ => ChatSettings::default(),
    };
    let wish = Command::SetChatSettings { chat_id: chat_id.clone(), settings: settings.clone() };
    if world.command_commits(device, wish) && device == CAROL {
        asked.settings.insert(chat_id, settings);
    }
}

/// Does something with a message on screen.
fn touch(world: &mut World, device: usize, asked: &mut Asked) {
    let screen = &world.people[device].screen;
    let Some(chat_id) = screen.open.clone() else { return };
    let there = |row: &&MessageRow| matches!(row.content, MessageContent::Text { .. });
    let rows: Vec<MessageRow> = screen.rows.iter().filter(there).cloned().collect();
    let Some(row) = rows.choose(&mut world.rng).cloned() else { return };
    let (message_id, own, carol) = (row.id.clone(), row.own, device == CAROL);
    match world.rng.random_range(0..12) {
        0 | 1 if own && row.poll.is_none() => {
            asked.count += 1;
            let text = format!("edited {}", asked.count);
            world.command(device, Command::Edit { chat_id, message_id, text, mentions: Vec::new() });
        }
        2 if own && row.poll.is_none() => {
            if world.command_commits(device, Command::Delete { chat_id, message_id: message_id.clone() }) {
                asked.gone.insert(message_id);
            }
        }
        3..=5 => {
            let (emoji, on) = (EMOJI[world.rng.random_range(0..2)], world.rng.random_range(0..3) > 0);
            let react = Command::React { chat_id, message_id: message_id.clone(), emoji: emoji.to_owned(), on };
            if world.command_commits(device, react) && carol {
                asked.reacted.insert((message_id, emoji), on);
            }
        }
        6 | 7 => {
            let on = world.rng.random_range(0..3) > 0;
            let save = Command::SaveMessage { chat_id, message_id: message_id.clone(), on };
            if world.command_commits(device, save) && carol {
                asked.saved.insert(message_id, on);
            }
        }
        8 | 9 => {
            world.command(device, Command::MarkRead { chat_id, seq: row.seq });
        }
        _ => vote(world, device, chat_id, rows.iter().filter(|row| row.poll.is_some()).collect(), asked),
    }
}

fn vote(world: &mut World, device: usize, chat_id: ChatId, polls: Vec<&MessageRow>, asked: &mut Asked) {
    let Some(row) = polls.choose(&mut world.rng) else { return };
    let multiple = row.poll.as_ref().is_some_and(|poll| poll.multiple);
    let options = match world.rng.random_range(0..5) {
        0 => Vec::new(),
        1 if multiple => vec![0, 2],
        other => vec![other % 3],
    };
    let vote = Command::Vote { chat_id, message_id: row.id.clone(), options: options.clone() };
    if world.command_commits(device, vote) && device == CAROL {
        asked.voted.insert(row.id.clone(), options);
    }
}

/// A message as everyone sees it.
fn public(row: &MessageRow) -> String {
    let reactions: BTreeMap<&str, u32> = row.reactions.iter().map(|r| (r.emoji.as_str(), r.count)).collect();
    let poll = row.poll.as_ref().map(|poll| (poll.voters, poll.options.iter().map(|o| o.votes).collect::<Vec<_>>()));
    format!("{} {} {:?} {} {reactions:?} {poll:?}", row.seq, row.id, row.content, row.edited)
}

/// What its owner's devices show beside that.
fn own(row: &MessageRow) -> String {
    let reactions: BTreeMap<&str, bool> = row.reactions.iter().map(|r| (r.emoji.as_str(), r.own)).collect();
    let poll = row.poll.as_ref().map(|poll| poll.options.iter().map(|option| option.own).collect::<Vec<_>>());
    format!("{} {} {reactions:?} {poll:?}", row.id, row.saved)
}

/// How the list of chats stands.
fn listed(world: &World, device: usize) -> BTreeMap<ChatId, String> {
    let rows = world.people[device].screen.chats.iter();
    rows.map(|row| {
        let shown = (&row.title, &row.draft, &row.settings, row.archived, row.unread, &row.last_text, row.last_seq);
        (row.id.clone(), format!("{shown:?}"))
    })
    .collect()
}

fn check(world: &mut World, asked: &Asked) {
    for id in &asked.sent {
        let there = world.server.chats.values().flat_map(|chat| &chat.messages).filter(|m| m.id == *id).count();
        assert!(there == 1 || (there == 0 && asked.gone.contains(id)), "{id} is there {there} times");
    }
    let chats: Vec<ChatId> = world.server.chats.keys().cloned().collect();
    for chat in chats {
        let seen: Vec<Option<Vec<MessageRow>>> =
            (0..OWNERS.len()).map(|device| history(world, device, &chat)).collect();
        for (device, rows) in seen.iter().enumerate() {
            let Some(rows) = rows else { continue };
            let ids: Vec<MessageId> = rows.iter().map(|row| row.id.clone()).collect();
            let known: Vec<MessageId> = world.server.chats[&chat].messages.iter().map(|m| m.id.clone()).collect();
            assert_eq!(ids, known, "{device} in {chat}: the history, once and in order");
            let first = seen.iter().flatten().next().expect("at least this one");
            let told = |rows: &[MessageRow], how: fn(&MessageRow) -> String| rows.iter().map(how).collect::<Vec<_>>();
            assert_eq!(told(rows, public), told(first, public), "{device} in {chat}: as others see it");
            let owners = seen[OWNERS[device]].as_ref().expect("what one device has, the other has");
            assert_eq!(told(rows, own), told(owners, own), "{device} in {chat}: as on the owner's first device");
        }
        if let Some(rows) = &seen[CAROL] {
            kept_by_carol(world, &chat, rows, asked);
        }
    }
    // Now that each has all messages: until then a device counts those that it lacks as unread, whoever wrote them.
    for device in [3, 4] {
        assert_eq!(listed(world, device), listed(world, OWNERS[device]), "the chats of {device} and its owner's first");
    }
}

/// What carol wished last is so: no other device of hers has wished anything.
fn kept_by_carol(world: &World, chat: &ChatId, rows: &[MessageRow], asked: &Asked) {
    let here = rows.iter().filter(|row| matches!(row.content, MessageContent::Text { .. }));
    for row in here.filter(|row| !asked.gone.contains(&row.id)) {
        if let Some(saved) = asked.saved.get(&row.id) {
            assert_eq!(row.saved, *saved, "{} in {chat}: saved", row.id);
        }
        for emoji in EMOJI {
            if let Some(on) = asked.reacted.get(&(row.id.clone(), emoji)) {
                let own = row.reactions.iter().any(|reaction| reaction.emoji == emoji && reaction.own);
                assert_eq!(own, *on, "{} in {chat}: {emoji}", row.id);
            }
        }
        if let (Some(options), Some(poll)) = (asked.voted.get(&row.id), &row.poll) {
            let own: Vec<u32> = (0..).zip(&poll.options).filter(|(_, option)| option.own).map(|(at, _)| at).collect();
            assert_eq!(own, *options, "{} in {chat}: the vote", row.id);
        }
    }
    let listed = world.people[CAROL].screen.chat(chat).expect("carol lists it");
    if let Some(draft) = asked.drafts.get(chat) {
        assert_eq!(listed.draft, *draft, "in {chat}: the draft");
    }
    if let Some(settings) = asked.settings.get(chat) {
        let shown = (listed.settings.archived_at_seq, listed.settings.pinned_at);
        assert_eq!(shown, (settings.archived_at_seq, settings.pinned_at), "in {chat}: how it is kept");
    }
}

/// All of a chat on a device, from its beginning; `None` where its owner is not in the chat.
fn history(world: &mut World, device: usize, chat: &ChatId) -> Option<Vec<MessageRow>> {
    world.people[device].screen.chat(chat)?;
    world.command(device, Command::CloseChat);
    open(world, device, chat.clone());
    world.run_for(100);
    for more in [true, false] {
        for _ in 0..200 {
            let screen = &world.people[device].screen;
            if !(if more { screen.has_older } else { screen.has_newer }) {
                break;
            }
            let chat_id = chat.clone();
            world.command(device, if more { Command::LoadOlder { chat_id } } else { Command::LoadNewer { chat_id } });
            world.run_for(50);
        }
    }
    Some(world.people[device].screen.rows.clone())
}
