//! A server that lies: what it replays, exchanges, invents or withholds is refused or shown.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::frame::Event;
use protocol::{ChatId, GroupDevice, Message, Row, Scope};
use view::{Command, Draft};

use crate::encryption::{ALICE, BOB, TABLET, dm, open, readers, send, shown, world};
use crate::server::Told;
use crate::world::World;

/// The server puts a message of its own making into the chat.
fn slip_in(world: &mut World, chat: &ChatId, make: impl FnOnce(&[Message]) -> Message) {
    let state = world.server.chats.get_mut(chat).unwrap();
    let mut message = make(&state.messages);
    state.rev += 1;
    (message.rev, message.seq) = (state.rev, state.messages.len() as u64 + 1);
    message.content_rev = Some(state.rev);
    state.messages.push(message.clone());
    let to = world.server.audience(chat);
    world.fan_out(&[Told { to, event: Event::NewMessage { chat_id: chat.clone(), message } }]);
    world.run_for(3_000);
}

fn talk(seed: u64) -> (World, ChatId) {
    let mut world = world(seed);
    let chat = open(&mut world, ALICE);
    send(&mut world, ALICE, &chat, "заплати мне");
    world.run_for(5_000);
    (world, chat)
}

#[test]
fn a_replayed_message_is_not_said_again() {
    let (mut world, chat) = talk(31);
    slip_in(&mut world, &chat, |all| Message { id: protocol::MessageId::new("replay").unwrap(), ..all[0].clone() });
    assert_eq!(shown(&mut world, BOB), ["заплати мне", "?"]);
}

#[test]
fn a_message_under_another_id_or_another_answer_is_not_believed() {
    let mut world = world(32);
    let chat = open(&mut world, ALICE);
    let first = send(&mut world, ALICE, &chat, "привет");
    world.run_for(5_000);
    // What bob did not see yet, so that only what it is sealed to can tell.
    world.unreachable[BOB] = true;
    world.cut(BOB);
    let draft = Draft { text: "да, согласна".to_owned(), reply_to: None };
    let random: [u8; 10] = rand::RngExt::random(&mut world.rng);
    let local_id = protocol::LocalId::from_parts(world.now.unsigned_abs(), random);
    world.command(ALICE, Command::Send { chat_id: chat.clone(), local_id, draft, mentions: vec![], thread: None });
    world.run_for(3_000);
    world.server.chats.get_mut(&chat).unwrap().messages[1].reply_to = Some(first);
    crate::encryption::reconnect(&mut world, BOB);
    assert_eq!(shown(&mut world, BOB), ["привет", "?"]);
}

#[test]
fn a_rewritten_sender_is_not_believed() {
    let mut world = world(33);
    let chat = open(&mut world, ALICE);
    send(&mut world, BOB, &chat, "первое");
    world.run_for(5_000);
    world.unreachable[ALICE] = true;
    world.cut(ALICE);
    send(&mut world, BOB, &chat, "от Боба");
    world.run_for(3_000);
    let alice = world.user(ALICE);
    world.server.chats.get_mut(&chat).unwrap().messages[1].sender_id = alice;
    crate::encryption::reconnect(&mut world, ALICE);
    assert_eq!(shown(&mut world, ALICE), ["первое", "?"]);
}

#[test]
fn messages_in_another_order_are_all_read() {
    let mut world = world(34);
    let chat = open(&mut world, ALICE);
    send(&mut world, ALICE, &chat, "0");
    world.run_for(5_000);
    world.unreachable[BOB] = true;
    world.cut(BOB);
    for n in 1..20 {
        send(&mut world, ALICE, &chat, &n.to_string());
        world.run_for(500);
    }
    // The server changes their places and revisions among each other.
    let messages = &mut world.server.chats.get_mut(&chat).unwrap().messages;
    let places: Vec<_> = messages.iter().map(|m| (m.seq, m.rev, m.content_rev)).collect();
    messages[1..].reverse();
    for (message, (seq, rev, content_rev)) in messages.iter_mut().zip(places) {
        (message.seq, message.rev, message.content_rev) = (seq, rev, content_rev);
    }
    crate::encryption::reconnect(&mut world, BOB);
    world.run_for(3_000);
    let mut texts = shown(&mut world, BOB);
    texts.sort_by_key(|text| text.parse::<u32>().unwrap());
    assert_eq!(texts, (0..20).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[test]
fn a_device_that_the_server_puts_into_an_account_is_never_added() {
    let (mut world, chat) = talk(35);
    // It has carol's key package, and says that it is a device of bob's.
    let (alice, bob, carol) = (world.user(ALICE), world.user(BOB), world.user(TABLET));
    let device = {
        let delivery = world.server.delivery();
        let kept = delivery.devices.values_mut().find(|kept| kept.user == carol).unwrap();
        kept.user = bob;
        kept.device.id.clone()
    };
    let mut told = Vec::new();
    world.server.refresh_groups(&mut told);
    world.fan_out(&told);
    let state = world.server.delivery().groups[&chat].group.clone().unwrap();
    assert_eq!(state.missing, [GroupDevice { device_id: device, user_id: bob }]);
    world.run_for(60_000);
    let who: Vec<_> = readers(&mut world, ALICE).iter().map(|reader| (reader.person.id, reader.devices)).collect();
    assert_eq!(who, [(alice, 1), (bob, 1)]);
    send(&mut world, ALICE, &chat, "дальше");
    world.run_for(5_000);
    assert_eq!(shown(&mut world, BOB), ["заплати мне", "дальше"]);
}

#[test]
fn a_commit_that_the_server_makes_up_changes_nothing_for_good() {
    let (mut world, chat) = talk(36);
    let state = world.server.chats.get_mut(&chat).unwrap();
    state.rev += 1;
    let rev = state.rev;
    let delivery = world.server.delivery();
    let group = delivery.groups.get_mut(&chat).unwrap();
    let mut forged = group.commits[0].clone();
    let mut bytes = URL_SAFE_NO_PAD.decode(&forged.content).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    (forged.content, forged.epoch, forged.rev) = (URL_SAFE_NO_PAD.encode(bytes), 1, rev);
    group.commits.push(forged.clone());
    group.group.as_mut().unwrap().epoch = 2;
    let to = world.server.audience(&chat);
    let event = Event::RowChanged { scope: Scope::Chat(chat.clone()), row: Row::Handshake(forged) };
    world.fan_out(&[Told { to, event }]);
    world.run_for(120_000);
    // Nobody could follow it: they began anew, with the same people.
    send(&mut world, BOB, &chat, "после подлога");
    world.run_for(60_000);
    assert_eq!(shown(&mut world, ALICE), ["заплати мне", "после подлога"]);
    assert_eq!(readers(&mut world, ALICE).len(), 2);
}

#[test]
fn a_server_that_says_a_chat_is_not_encrypted_any_more_gets_no_clear_text() {
    let (mut world, chat) = talk(37);
    let state = world.server.chats.get_mut(&chat).unwrap();
    state.rev += 1;
    (state.chat.encrypted, state.chat.rev) = (false, state.rev);
    let row = Row::Chat(state.chat.clone());
    let to = world.server.audience(&chat);
    world.fan_out(&[Told { to, event: Event::RowChanged { scope: Scope::Chat(chat.clone()), row } }]);
    world.run_for(1_000);
    world.server.delivery = None;
    world.restart_server();
    world.run_for(60_000);
    send(&mut world, ALICE, &chat, "тайное");
    world.run_for(20_000);
    assert!(world.people[ALICE].screen.chat(&dm(&world)).unwrap().encrypted);
    assert!(!format!("{:?}", world.server.chats[&chat].messages).contains("тайное"));
}
