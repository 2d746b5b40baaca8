//! Random worlds, one per seed.

use std::collections::BTreeMap;

use protocol::{ChatId, ChatKind, Message, MessageId, MessageType, UserId};
use rand::RngExt;
use view::{Command, Delivery, Draft, MessageContent};

use crate::chance::{each_seed, fault, local_id, open, pick_shown, settle, weather};
use crate::world::{Stores, Weather, World};

const NAMES: [&str; 3] = ["alice", "bob", "carol"];
/// Random worlds of a run, unless said otherwise; with `HYBRID_TEST_SCALE=full` the second number.
const SEEDS: (u64, u64) = (300, 10_000);

#[test]
fn three_people_see_every_message_once_and_in_one_order_in_any_weather() {
    each_seed(SEEDS, run);
}

/// What a person asked to post and the step that did it was committed.
#[derive(Default)]
struct Asked {
    /// Per person and chat, in order; the text as last written.
    posts: BTreeMap<(usize, ChatId), Vec<MessageId>>,
    gone: Vec<MessageId>,
    texts: BTreeMap<MessageId, String>,
    count: u64,
}

fn run(seed: u64, stores: &mut Stores) {
    let mut world = World::new(seed, &NAMES, Weather::CALM, stores);
    world.weather = weather(&mut world);
    if world.rng.random() {
        world.server.token_life_s = world.rng.random_range(20..90);
    }
    let mut asked = Asked::default();
    let acts = world.rng.random_range(15..45);
    for _ in 0..acts {
        let pause = world.rng.random_range(0..1_500);
        world.run_for(pause);
        match world.rng.random_range(0..14) {
            0 => fault(&mut world),
            _ => {
                let person = world.rng.random_range(0..3);
                act(&mut world, person, &mut asked);
            }
        }
    }
    settle(&mut world);
    check(&mut world, &asked);
    world.end(stores);
}

fn act(world: &mut World, person: usize, asked: &mut Asked) {
    if world.people[person].engine.is_none() {
        return;
    }
    let chats: Vec<ChatId> = world.people[person].screen.chats.iter().map(|row| row.id.clone()).collect();
    if chats.is_empty() {
        return;
    }
    let chat = chats[world.rng.random_range(0..chats.len())].clone();
    let shown = pick_shown(world, person);
    match world.rng.random_range(0..20) {
        0..=8 => send(world, person, chat, asked),
        9 => open(world, person, chat),
        10 => {
            if let Some((chat, message, own)) = shown.filter(|(_, _, own)| *own) {
                let text = format!("edited {}", asked.count);
                asked.count += 1;
                let edit = Command::Edit {
                    chat_id: chat,
                    message_id: message.clone(),
                    text: text.clone(),
                    mentions: Vec::new(),
                };
                if world.command_commits(person, edit) && own {
                    asked.texts.insert(message, text);
                }
            }
        }
        11 => {
            if let Some((chat_id, message_id, true)) = shown
                && world.command_commits(person, Command::Delete { chat_id, message_id: message_id.clone() })
            {
                asked.gone.push(message_id);
            }
        }
        12 | 13 => {
            if let Some((chat_id, message_id, _)) = shown {
                let emoji = ["👍", "❤️"][world.rng.random_range(0..2)].to_owned();
                let on = world.rng.random_range(0..3) > 0;
                world.command(person, Command::React { chat_id, message_id, emoji, on });
            }
        }
        14 | 15 => {
            let last = world.people[person].screen.rows.last().map(|row| row.seq).unwrap_or(0);
            if let (Some(chat_id), true) = (world.people[person].screen.open.clone(), last > 0) {
                world.command(person, Command::MarkRead { chat_id, seq: last });
            }
        }
        16 => {
            if let Some(chat_id) = world.people[person].screen.open.clone() {
                world.command(person, Command::LoadOlder { chat_id });
            }
        }
        17 => {
            let other = UserId(world.rng.random_range(1..=3));
            world.command(person, Command::OpenPrivate { user_id: other });
        }
        18 => {
            let members = (1..=3).map(UserId).filter(|_| world.rng.random()).collect();
            let local_id = local_id(world);
            let name = format!("group {}", asked.count);
            let create = Command::CreateChat {
                local_id,
                kind: ChatKind::Group,
                name,
                description: String::new(),
                members,
                public: false,
                encrypted: false,
            };
            world.command(person, create);
        }
        _ => {
            world.command(person, Command::Typing { chat_id: chat });
        }
    }
}

fn send(world: &mut World, person: usize, chat: ChatId, asked: &mut Asked) {
    let local_id = local_id(world);
    let text = format!("{} says {}", NAMES[person], asked.count);
    asked.count += 1;
    let reply_to = pick_shown(world, person).filter(|(of, _, _)| *of == chat).map(|(_, id, _)| id);
    let draft = Draft { text: text.clone(), reply_to };
    let post = Command::Send { chat_id: chat.clone(), local_id, draft, mentions: vec![UserId(1)], thread: None };
    if world.command_commits(person, post) {
        let id = MessageId::from(local_id);
        asked.texts.insert(id.clone(), text);
        asked.posts.entry((person, chat)).or_default().push(id);
    }
}

fn check(world: &mut World, asked: &Asked) {
    let chats: Vec<ChatId> = world.server.chats.keys().cloned().collect();
    for ((person, chat), posts) in &asked.posts {
        let state = world.server.chats.get(chat).unwrap_or_else(|| panic!("{chat} is not at the server"));
        let user = world.people[*person].id;
        let there: Vec<&MessageId> =
            state.messages.iter().filter(|m| m.sender_id == user && posts.contains(&m.id)).map(|m| &m.id).collect();
        let expected: Vec<&MessageId> =
            posts.iter().filter(|id| !asked.gone.contains(id) || there.contains(id)).collect();
        assert_eq!(there, expected, "{} in {chat}: each once, in order", NAMES[*person]);
    }
    for chat in chats {
        for person in 0..3 {
            if world.server.chats[&chat].members.get(&UserId(person as i64 + 1)).is_some_and(|m| !m.left) {
                check_chat(world, person, &chat, asked);
            }
        }
    }
    for person in &world.people {
        let sum: u64 = person.screen.chats.iter().map(|row| row.unread).sum();
        assert_eq!(person.screen.unread.0, sum, "{}: the badge is the sum", person.name);
    }
}

/// Opens the chat, goes up to its beginning and down to its end, and compares with the server.
fn check_chat(world: &mut World, person: usize, chat: &ChatId, asked: &Asked) {
    let name = NAMES[person];
    world.command(person, Command::CloseChat);
    open(world, person, chat.clone());
    world.run_for(100);
    assert!(world.people[person].screen.ready, "{name} sees {chat}");
    for _ in 0..200 {
        if !world.people[person].screen.has_older {
            break;
        }
        world.command(person, Command::LoadOlder { chat_id: chat.clone() });
        world.run_for(50);
    }
    for _ in 0..200 {
        if !world.people[person].screen.has_newer {
            break;
        }
        world.command(person, Command::LoadNewer { chat_id: chat.clone() });
        world.run_for(50);
    }
    let messages = &world.server.chats[chat].messages;
    let shown = &world.people[person].screen.rows;
    let ids = |m: &Message| m.id.clone();
    assert_eq!(
        shown.iter().map(|row| row.id.clone()).collect::<Vec<_>>(),
        messages.iter().map(ids).collect::<Vec<_>>(),
        "{name} in {chat}: the history, once and in order"
    );
    let user = world.people[person].id;
    for (row, message) in shown.iter().zip(messages) {
        assert_eq!(row.seq, message.seq);
        match (&row.content, message.deleted_at, message.message_type) {
            (MessageContent::Deleted, Some(_), _) | (MessageContent::System { .. }, _, MessageType::System) => {}
            (MessageContent::Text { text }, None, MessageType::Text) => {
                assert_eq!(text, &message.content, "{name} in {chat}");
                if !asked.gone.contains(&row.id) {
                    assert_eq!(Some(text), asked.texts.get(&row.id), "{name} in {chat}: the last text");
                }
            }
            other => panic!("{name} in {chat}: {other:?}"),
        }
        let reactions: BTreeMap<&str, u32> = row.reactions.iter().map(|r| (r.emoji.as_str(), r.count)).collect();
        let expected: BTreeMap<&str, u32> =
            message.reactions.iter().map(|(emoji, who)| (emoji.as_str(), who.len() as u32)).collect();
        assert_eq!(reactions, expected, "{name} in {chat}: reactions");
        let others = world.server.chats[chat].members.values().filter(|m| !m.left && m.user_id != user).count();
        if row.own && others > 0 && message.deleted_at.is_none() {
            assert!(
                matches!(row.delivery, Some(Delivery::Delivered | Delivery::Read)),
                "{name} in {chat}: everyone has {} but the tick is {:?}",
                message.seq,
                row.delivery
            );
        }
    }
    let membership = &world.server.memberships[&user][chat];
    let unread = messages
        .iter()
        .filter(|m| {
            m.seq > membership.read_seq
                && m.sender_id != user
                && m.deleted_at.is_none()
                && m.message_type == MessageType::Text
        })
        .count() as u64;
    let row = world.people[person].screen.chat(chat).unwrap_or_else(|| panic!("{name} lists {chat}"));
    assert_eq!(row.unread, unread, "{name} in {chat}: unread");
}
