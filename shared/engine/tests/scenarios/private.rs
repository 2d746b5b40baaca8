//! All that an app can do besides talking, in an encrypted chat: it works, or it is refused, and nothing of what is said leaves the
//! device in the clear.

use protocol::{ChatId, ErrorCode, NewPoll, UserId};
use view::update::ReplyBody;
use view::{Command, CommandReply, Draft, Failure, InboxWhat};

use crate::encryption::{
    ALICE, BOB, TABLET, confirm, fresh, offline, on_the_server, open, reconnect, second_device, send, send_as, shown,
    world,
};
use crate::world::World;

const REFUSED: CommandReply = CommandReply::Failed { failure: Failure::Refused { code: ErrorCode::PlaintextRefused } };

fn reply(world: &mut World, person: usize, command: Command) -> CommandReply {
    let id = world.command(person, command);
    world.run_for(500);
    world.people[person].screen.replies[&id].clone()
}

fn poll() -> NewPoll {
    let options = vec!["да".to_owned(), "нет".to_owned()];
    NewPoll { options, multiple: false, anonymous: false, quiz: None, closes_at: None }
}

fn forward(from: &ChatId, message: protocol::MessageId, to: &ChatId) -> Command {
    Command::Forward { chat_id: from.clone(), message_ids: vec![message], to: vec![to.clone()] }
}

#[test]
fn an_anonymous_poll_does_not_leave_the_device_for_an_encrypted_chat() {
    let mut world = world(51);
    let chat = open(&mut world, ALICE);
    let local_id = fresh(&mut world);
    let question = "Когда встречаемся тайно?".to_owned();
    let poll = NewPoll { anonymous: true, ..poll() };
    let ask = Command::SendPoll { chat_id: chat.clone(), local_id, question, poll, thread: None };
    let refused = CommandReply::Failed { failure: Failure::Refused { code: ErrorCode::InvalidField } };
    assert_eq!(reply(&mut world, ALICE, ask), refused);
    world.run_for(5_000);
    assert!(world.server.chats[&chat].messages.is_empty());
    assert!(shown(&mut world, ALICE).is_empty(), "nothing stands there as if it were on its way");
}

#[test]
fn what_is_forwarded_into_an_encrypted_chat_is_sealed_and_a_poll_is_not_forwarded() {
    let mut world = world(52);
    let chat = open(&mut world, ALICE);
    let general = ChatId::general();
    let text = send(&mut world, BOB, &general, "объявление для всех");
    let local_id = fresh(&mut world);
    let question = "Где обедаем?".to_owned();
    world
        .command(ALICE, Command::SendPoll { chat_id: general.clone(), local_id, question, poll: poll(), thread: None });
    world.run_for(1_000);
    assert_eq!(reply(&mut world, ALICE, forward(&general, local_id.into(), &chat)), REFUSED);
    reply(&mut world, ALICE, forward(&general, text, &chat));
    world.run_for(5_000);
    assert_eq!(shown(&mut world, BOB), ["объявление для всех"]);
    let row = world.people[BOB].screen.rows[0].clone();
    assert_eq!(row.forwarded.unwrap().author.username, "bob");
    let kept = &world.server.chats[&chat].messages;
    assert!(kept.iter().all(|message| message.sealed && message.forwarded.is_none()), "{kept:?}");
    assert!(!on_the_server(&world).contains("объявление"));
    // Nor does one go out of it.
    let (local_id, question) = (fresh(&mut world), "Куда едем тайно?".to_owned());
    world.command(ALICE, Command::SendPoll { chat_id: chat.clone(), local_id, question, poll: poll(), thread: None });
    world.run_for(5_000);
    assert_eq!(shown(&mut world, BOB).len(), 2);
    let refused = CommandReply::Failed { failure: Failure::Refused { code: ErrorCode::Forbidden } };
    assert_eq!(reply(&mut world, BOB, forward(&chat, local_id.into(), &general)), refused);
}

#[test]
fn a_name_or_an_answer_inside_of_the_seal_comes_into_the_inbox_once() {
    let mut world = world(53);
    let chat = open(&mut world, ALICE);
    let own = send(&mut world, ALICE, &chat, "Готово");
    world.run_for(5_000);
    let alice: UserId = world.user(ALICE);
    let draft = Draft { text: "@alice, спасибо".to_owned(), reply_to: Some(own) };
    let id = send_as(&mut world, BOB, &chat, draft, vec![alice], None);
    world.run_for(5_000);
    let listed = reply(&mut world, ALICE, Command::ListInbox);
    let CommandReply::Ok { body: ReplyBody::Inbox { rows } } = listed else { panic!("{listed:?}") };
    assert!(
        matches!(&rows[..], [row] if row.message.message_id == id && row.what == InboxWhat::Mention && row.unread),
        "{rows:?}"
    );
    assert_eq!(rows[0].message.text, "@alice, спасибо");
}

#[test]
fn what_is_looked_for_in_an_encrypted_chat_is_not_told_to_the_server() {
    let mut world = world(54);
    let chat = open(&mut world, ALICE);
    send(&mut world, BOB, &chat, "встреча у фонтана");
    world.run_for(5_000);
    let found = reply(&mut world, ALICE, Command::Search { query: "фонтаны".to_owned(), chat_id: Some(chat.clone()) });
    assert!(matches!(found, CommandReply::Ok { body: ReplyBody::Found { hits } } if hits.len() == 1));
    // Without a server it answers as well: it does not need one. In another chat it does.
    offline(&mut world, ALICE);
    let ask =
        |chat_id| Command::SearchServer { query: "фонтаны".to_owned(), chat_id: Some(chat_id), cursor: None };
    let here = reply(&mut world, ALICE, ask(chat));
    assert!(matches!(here, CommandReply::Ok { body: ReplyBody::FoundMore { hits, .. } } if hits.is_empty()));
    let there = reply(&mut world, ALICE, ask(ChatId::general()));
    assert_eq!(there, CommandReply::Failed { failure: Failure::Offline });
}

#[test]
fn what_disappears_in_an_encrypted_chat_is_gone_from_all_devices_and_from_what_is_kept_for_further_ones() {
    let mut world = world(55);
    let chat = open(&mut world, ALICE);
    send(&mut world, BOB, &chat, "останется");
    world.run_for(5_000);
    world.command(ALICE, Command::SetDisappearing { chat_id: chat.clone(), after: Some(60) });
    world.run_for(1_000);
    send(&mut world, BOB, &chat, "исчезнет");
    world.run_for(30_000);
    let said = |world: &mut World, person| {
        let mut texts = shown(world, person);
        // The system's note that messages go.
        texts.retain(|text| text != "?");
        texts
    };
    assert_eq!(said(&mut world, ALICE), ["останется", "исчезнет"]);
    // Her second device comes while it is still there, and is confirmed after it went.
    second_device(&mut world);
    world.run_for(60_000);
    confirm(&mut world);
    world.run_for(30_000);
    for person in [ALICE, TABLET] {
        assert_eq!(said(&mut world, person), ["останется"], "{person}");
    }
}

#[test]
fn a_message_that_is_deleted_or_changed_while_bob_is_away_never_shows_what_it_said_first() {
    let mut world = world(56);
    let chat = open(&mut world, ALICE);
    send(&mut world, ALICE, &chat, "первое");
    world.run_for(5_000);
    offline(&mut world, BOB);
    let doomed = send(&mut world, ALICE, &chat, "сгоряча");
    let wrong = send(&mut world, ALICE, &chat, "в пять");
    world.run_for(3_000);
    world.command(ALICE, Command::Delete { chat_id: chat.clone(), message_id: doomed });
    let text = "в шесть".to_owned();
    world.command(ALICE, Command::Edit { chat_id: chat.clone(), message_id: wrong, text, mentions: vec![] });
    world.run_for(3_000);
    reconnect(&mut world, BOB);
    world.run_for(3_000);
    assert_eq!(shown(&mut world, BOB), ["первое", "×", "в шесть"]);
    assert!(world.people[BOB].screen.notices.iter().all(|notice| notice.text != "сгоряча" && notice.text != "в пять"));
}
