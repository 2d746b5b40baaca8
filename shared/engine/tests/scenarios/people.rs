//! Told scenarios: one thing that can happen to people, each.

use protocol::model::Note;
use protocol::{ChatId, ChatKind, ErrorCode, LocalId, MessageId, Role, UserId};
use rand::RngExt;
use view::update::ReplyBody;
use view::{Command, CommandReply, Connection, Delivery, Draft, Failure, MessageContent, Stage};

use crate::world::{Stores, Weather, World};

const ALICE: usize = 0;
const BOB: usize = 1;
const CAROL: usize = 2;

fn world() -> World {
    let mut world = World::new(7, &["alice", "bob", "carol"], Weather::CALM, &mut Stores::default());
    world.run_for(1_000);
    world
}

fn general() -> ChatId {
    ChatId::general()
}

fn fresh(world: &mut World) -> LocalId {
    let random: [u8; 10] = world.rng.random();
    LocalId::from_parts(u64::try_from(world.now).unwrap(), random)
}

fn say(world: &mut World, person: usize, chat: &ChatId, text: &str) -> MessageId {
    let local_id = fresh(world);
    let draft = Draft { text: text.to_owned(), reply_to: None };
    world.command(person, Command::Send { chat_id: chat.clone(), local_id, draft, mentions: Vec::new(), thread: None });
    MessageId::from(local_id)
}

fn open(world: &mut World, person: usize, chat: &ChatId) {
    world.command(person, Command::OpenChat { chat_id: chat.clone() });
    world.run_for(100);
}

fn texts(world: &World, person: usize) -> Vec<String> {
    world.people[person].screen.texts()
}

#[test]
fn everyone_is_online_and_sees_general_after_the_first_log_in() {
    let world = world();
    for person in &world.people {
        assert_eq!(person.screen.connection, Some(Connection::Online));
        assert!(matches!(&person.screen.stage, Some(Stage::Ready { me }) if me.person.username == person.name));
        assert_eq!(person.screen.chats.iter().map(|row| row.title.as_str()).collect::<Vec<_>>(), ["general"]);
    }
}

#[test]
fn a_bubble_is_on_screen_before_any_network_and_its_ticks_grow() {
    let mut world = world();
    open(&mut world, ALICE, &general());
    open(&mut world, BOB, &general());
    say(&mut world, ALICE, &general(), "привет");
    let tick = |world: &World| world.people[ALICE].screen.rows.last().unwrap().delivery;
    assert_eq!(tick(&world), Some(Delivery::Queued));
    assert_eq!(texts(&world, ALICE), ["привет"]);
    world.run_for(15);
    assert_eq!(tick(&world), Some(Delivery::Sent));
    world.run_for(1_000);
    assert_eq!(tick(&world), Some(Delivery::Delivered));
    assert_eq!(texts(&world, BOB), ["привет"]);
    world.command(BOB, Command::MarkRead { chat_id: general(), seq: 1 });
    world.run_for(1_000);
    assert_eq!(tick(&world), Some(Delivery::Read));
}

#[test]
fn bob_reads_what_alice_sent_while_he_was_offline() {
    let mut world = world();
    world.unreachable[BOB] = true;
    world.cut(BOB);
    world.run_for(100);
    assert!(matches!(world.people[BOB].screen.connection, Some(Connection::Offline { .. })));
    for n in 0..30 {
        say(&mut world, ALICE, &general(), &format!("{n}"));
    }
    world.run_for(5_000);
    world.unreachable[BOB] = false;
    assert!(world.run_until(60_000, |w| w.people[BOB].screen.connection == Some(Connection::Online)));
    open(&mut world, BOB, &general());
    assert_eq!(texts(&world, BOB), (0..30).map(|n| n.to_string()).collect::<Vec<_>>());
    let row = world.people[BOB].screen.chat(&general()).unwrap();
    assert_eq!((row.unread, row.last_text.as_str()), (30, "29"));
    assert_eq!(world.people[BOB].screen.notices.len(), 1, "one notice for the chat, not thirty");
}

#[test]
fn a_message_sent_offline_survives_a_restart_and_arrives_once() {
    let mut world = world();
    world.unreachable[ALICE] = true;
    world.cut(ALICE);
    world.run_for(100);
    say(&mut world, ALICE, &general(), "из поезда");
    assert!(
        matches!(world.people[ALICE].screen.connection, Some(Connection::Offline { waiting: 1, .. })),
        "{:?}",
        world.people[ALICE].screen.connection
    );
    world.kill(ALICE);
    world.run_for(3_600_000);
    world.start(ALICE);
    open(&mut world, ALICE, &general());
    assert_eq!(texts(&world, ALICE), ["из поезда"]);
    world.unreachable[ALICE] = false;
    assert!(world.run_until(60_000, |w| w.people[ALICE].screen.connection == Some(Connection::Online)));
    world.run_for(2_000);
    open(&mut world, BOB, &general());
    assert_eq!(texts(&world, BOB), ["из поезда"]);
    assert_eq!(texts(&world, ALICE), ["из поезда"]);
}

#[test]
fn a_token_that_ended_offline_is_renewed_without_a_break() {
    let mut world = world();
    world.unreachable[ALICE] = true;
    world.cut(ALICE);
    world.run_for(2 * 3_600_000);
    world.unreachable[ALICE] = false;
    world.command(ALICE, Command::Reconnect);
    assert!(world.run_until(60_000, |w| w.people[ALICE].screen.connection == Some(Connection::Online)));
    assert!(!world.people[ALICE].screen.session_ended);
}

#[test]
fn a_token_is_renewed_on_the_open_connection_before_it_ends() {
    let mut world = world();
    let connection = world.people[BOB].connection;
    for _ in 0..60 {
        world.run_for(60_000);
        assert_eq!(world.people[BOB].screen.connection, Some(Connection::Online));
    }
    assert_eq!(world.people[BOB].connection, connection, "it never had to come back");
}

#[test]
fn a_session_ended_elsewhere_keeps_what_waits_for_the_next_log_in() {
    let mut world = world();
    let bob = world.user(BOB);
    world.server.killed.insert(bob);
    world.cut(BOB);
    world.run_for(60_000);
    assert!(world.people[BOB].screen.session_ended);
    assert!(!world.people[BOB].engine.as_ref().unwrap().has_session());
    world.server.killed.remove(&bob);
    let (account, now) = (world.people[BOB].account(), world.now);
    let tokens = world.people[BOB].tokens(format!("{bob}:{}:0", now + 900_000), "none".to_owned(), now, 900);
    let outputs = world.people[BOB].step(now, engine::Input::LoggedIn { account, tokens }, crate::person::Crash::No);
    assert!(outputs.unwrap().iter().any(|o| matches!(o, engine::Output::Connect { .. })));
}

#[test]
fn two_who_write_at_once_see_one_order() {
    let mut world = world();
    for person in [ALICE, BOB, CAROL] {
        open(&mut world, person, &general());
    }
    for n in 0..10 {
        say(&mut world, ALICE, &general(), &format!("a{n}"));
        say(&mut world, BOB, &general(), &format!("b{n}"));
    }
    world.run_for(5_000);
    let seen = texts(&world, CAROL);
    assert_eq!(seen.len(), 20);
    assert_eq!(texts(&world, ALICE), seen);
    assert_eq!(texts(&world, BOB), seen);
}

#[test]
fn an_edit_a_reaction_and_a_deletion_are_shown_at_once_and_reach_everyone() {
    let mut world = world();
    open(&mut world, ALICE, &general());
    open(&mut world, BOB, &general());
    let id = say(&mut world, ALICE, &general(), "опечтка");
    world.run_for(1_000);
    let (chat_id, message_id) = (general(), id);
    let edit = Command::Edit {
        chat_id: chat_id.clone(),
        message_id: message_id.clone(),
        text: "опечатка".to_owned(),
        mentions: Vec::new(),
    };
    world.command(ALICE, edit);
    assert_eq!(texts(&world, ALICE), ["опечатка"]);
    let react =
        Command::React { chat_id: chat_id.clone(), message_id: message_id.clone(), emoji: "👍".to_owned(), on: true };
    world.command(BOB, react);
    assert!(world.people[BOB].screen.rows[0].reactions[0].own);
    world.run_for(1_000);
    assert_eq!(texts(&world, BOB), ["опечатка"]);
    assert!(world.people[BOB].screen.rows[0].edited);
    assert_eq!(world.people[ALICE].screen.rows[0].reactions[0].names, ["bob"]);
    world.command(ALICE, Command::Delete { chat_id, message_id });
    assert_eq!(world.people[ALICE].screen.rows[0].content, MessageContent::Deleted);
    world.run_for(1_000);
    assert_eq!(world.people[BOB].screen.rows[0].content, MessageContent::Deleted);
}

#[test]
fn a_refused_change_shows_the_old_state_again() {
    let mut world = world();
    open(&mut world, ALICE, &general());
    open(&mut world, BOB, &general());
    let message_id = say(&mut world, ALICE, &general(), "mine");
    world.run_for(1_000);
    // Bob's UI would not offer it; the server refuses it in any case.
    let edit = Command::Edit { chat_id: general(), message_id, text: "his".to_owned(), mentions: Vec::new() };
    world.command(BOB, edit);
    assert_eq!(texts(&world, BOB), ["his"]);
    world.run_for(1_000);
    assert_eq!(texts(&world, BOB), ["mine"]);
    assert_eq!(texts(&world, ALICE), ["mine"]);
}

#[test]
fn a_refused_message_can_be_changed_and_sent_again_or_thrown_away() {
    let mut world = world();
    open(&mut world, ALICE, &general());
    let first = say(&mut world, ALICE, &general(), "forbidden words");
    let second = say(&mut world, ALICE, &general(), "forbidden words");
    say(&mut world, ALICE, &general(), "fine");
    world.run_for(1_000);
    let row = |world: &World, id: &MessageId| world.people[ALICE].screen.rows.iter().find(|r| r.id == *id).cloned();
    assert_eq!(row(&world, &first).unwrap().delivery, Some(Delivery::Failed));
    assert_eq!(row(&world, &first).unwrap().failure, Some(ErrorCode::InvalidField));
    world.command(ALICE, Command::DiscardSend { chat_id: general(), message_id: second.clone() });
    assert_eq!(row(&world, &second), None);
    let edit = Command::Edit {
        chat_id: general(),
        message_id: first.clone(),
        text: "kind words".to_owned(),
        mentions: Vec::new(),
    };
    world.command(ALICE, edit);
    world.command(ALICE, Command::RetrySend { chat_id: general(), message_id: first });
    world.run_for(1_000);
    assert_eq!(texts(&world, ALICE), ["fine", "kind words"]);
    open(&mut world, BOB, &general());
    assert_eq!(texts(&world, BOB), ["fine", "kind words"]);
}

#[test]
fn a_group_and_its_first_messages_can_be_made_offline() {
    let mut world = world();
    world.unreachable[ALICE] = true;
    world.cut(ALICE);
    world.run_for(100);
    let local_id = fresh(&mut world);
    let create = Command::CreateChat {
        local_id,
        kind: ChatKind::Group,
        name: "Поход".to_owned(),
        description: String::new(),
        members: vec![UserId(2)],
        public: false,
        encrypted: false,
    };
    let id = world.command(ALICE, create);
    let group = ChatId::from(local_id);
    assert_eq!(world.people[ALICE].screen.reply(id), Some(&ReplyBody::Chat { chat_id: group.clone() }));
    open(&mut world, ALICE, &group);
    say(&mut world, ALICE, &group, "идём?");
    assert_eq!(texts(&world, ALICE), ["идём?"]);
    let id = world.command(ALICE, Command::OpenPrivate { user_id: UserId(3) });
    let private = ChatId::private(UserId(1), UserId(3));
    assert_eq!(world.people[ALICE].screen.reply(id), Some(&ReplyBody::Chat { chat_id: private.clone() }));
    say(&mut world, ALICE, &private, "и ты?");
    world.unreachable[ALICE] = false;
    world.command(ALICE, Command::Reconnect);
    world.run_for(5_000);
    open(&mut world, BOB, &group);
    assert_eq!(texts(&world, BOB), ["идём?"]);
    assert_eq!(world.people[BOB].screen.chat(&group).unwrap().title, "Поход");
    assert_eq!(world.people[CAROL].screen.chat(&private).unwrap().title, "alice");
    assert_eq!(world.people[CAROL].screen.chat(&private).unwrap().unread, 1);
    assert!(world.people[CAROL].screen.chat(&group).is_none());
}

#[test]
fn a_member_removed_while_offline_sees_the_queued_message_fail_and_keeps_reading() {
    let mut world = world();
    open(&mut world, BOB, &general());
    say(&mut world, ALICE, &general(), "до свидания");
    world.run_for(500);
    world.unreachable[BOB] = true;
    world.cut(BOB);
    world.run_for(100);
    let waiting = say(&mut world, BOB, &general(), "ещё тут?");
    let mut told = Vec::new();
    let bob = world.user(BOB);
    world.server.set_membership(&general(), bob, None, &mut told);
    world.fan_out(&told);
    world.unreachable[BOB] = false;
    world.command(BOB, Command::Reconnect);
    world.run_for(5_000);
    let row = world.people[BOB].screen.rows.iter().find(|r| r.id == waiting).unwrap();
    assert_eq!((row.delivery, row.failure), (Some(Delivery::Failed), Some(ErrorCode::NotAMember)));
    assert!(texts(&world, BOB).contains(&"до свидания".to_owned()));
    assert_eq!(world.people[BOB].screen.chat(&general()).unwrap().role, None);
    assert_eq!(world.people[BOB].screen.connection, Some(Connection::Online));
}

#[test]
fn someone_added_to_a_chat_sees_it_and_someone_removed_comes_back() {
    let mut world = world();
    let mut told = Vec::new();
    let carol = world.user(CAROL);
    world.server.set_membership(&general(), carol, None, &mut told);
    world.fan_out(&told);
    world.run_for(500);
    say(&mut world, ALICE, &general(), "без неё");
    world.run_for(500);
    assert_eq!(world.people[CAROL].screen.chat(&general()).unwrap().last_text, "");
    let mut told = Vec::new();
    world.server.set_membership(&general(), carol, Some(Role::Member), &mut told);
    let now = world.now;
    world.server.note(&general(), &Note::MemberJoined { user_id: carol }, now, &mut told);
    world.fan_out(&told);
    world.run_for(500);
    open(&mut world, CAROL, &general());
    assert_eq!(texts(&world, CAROL), ["без неё"]);
    let row = world.people[CAROL].screen.chat(&general()).unwrap();
    assert_eq!(row.last_note, Some(view::SystemNote::MemberJoined { who: "carol".to_owned() }));
}

#[test]
fn what_a_restored_server_forgot_is_sent_again_by_who_wrote_it() {
    let mut world = world();
    say(&mut world, ALICE, &general(), "старое");
    world.run_for(1_000);
    let backup = world.server.clone();
    say(&mut world, ALICE, &general(), "новое от алисы");
    say(&mut world, BOB, &general(), "новое от боба");
    world.run_for(1_000);
    world.server = backup;
    world.server.incarnation = "second".to_owned();
    for person in [ALICE, BOB, CAROL] {
        world.cut(person);
    }
    world.run_for(40_000);
    open(&mut world, CAROL, &general());
    let mut seen = texts(&world, CAROL);
    assert_eq!(seen[0], "старое");
    seen.sort();
    assert_eq!(seen, ["новое от алисы", "новое от боба", "старое"]);
}

#[test]
fn long_history_is_loaded_page_by_page_and_a_hole_is_never_shown() {
    let mut world = world();
    world.unreachable[CAROL] = true;
    world.cut(CAROL);
    for n in 0..300 {
        say(&mut world, ALICE, &general(), &format!("{n}"));
        world.run_for(30);
    }
    world.run_for(5_000);
    // Carol's device forgot everything: she gets the newest page, the rest on demand.
    world.kill(CAROL);
    crate::person::wipe(&mut world.people[CAROL].store);
    world.unreachable[CAROL] = false;
    world.people[CAROL].open();
    let (account, now) = (world.people[CAROL].account(), world.now);
    let carol = world.user(CAROL);
    let tokens = world.people[CAROL].tokens(format!("{carol}:{}:0", now + 900_000), "none".to_owned(), now, 900);
    world.log_in(CAROL, account, tokens);
    world.run_for(3_000);
    assert_eq!(world.people[CAROL].screen.chat(&general()).unwrap().unread, 300);
    open(&mut world, CAROL, &general());
    let screen = &world.people[CAROL].screen;
    assert_eq!(screen.rows[0].seq, 1, "it opens at the first unread");
    assert!(screen.has_newer);
    for _ in 0..20 {
        if world.people[CAROL].screen.has_newer {
            world.command(CAROL, Command::LoadNewer { chat_id: general() });
            world.run_for(100);
        }
    }
    assert_eq!(texts(&world, CAROL), (0..300).map(|n| n.to_string()).collect::<Vec<_>>());
    // And to the end and up again.
    world.command(CAROL, Command::JumpToLatest { chat_id: general() });
    world.run_for(100);
    assert_eq!(world.people[CAROL].screen.rows.last().unwrap().seq, 300);
    let id = world.command(CAROL, Command::Search { query: "17".to_owned(), chat_id: None });
    let Some(ReplyBody::Found { hits }) = world.people[CAROL].screen.reply(id) else { panic!("found") };
    assert_eq!(hits[0].text, "179", "newest first, by the beginning of a word");
    let message_id = hits.last().unwrap().message_id.clone();
    world.command(CAROL, Command::JumpTo { chat_id: general(), message_id: message_id.clone() });
    world.run_for(100);
    assert!(world.people[CAROL].screen.rows.iter().any(|row| row.id == message_id));
}

#[test]
fn older_history_cannot_be_loaded_offline_and_says_so() {
    let mut world = world();
    for n in 0..40 {
        say(&mut world, ALICE, &general(), &format!("{n}"));
        world.run_for(30);
    }
    world.kill(BOB);
    crate::person::wipe(&mut world.people[BOB].store);
    world.people[BOB].open();
    let (account, now, bob) = (world.people[BOB].account(), world.now, world.user(BOB));
    let tokens = world.people[BOB].tokens(format!("{bob}:{}:0", now + 900_000), "none".to_owned(), now, 900);
    world.log_in(BOB, account, tokens);
    world.run_for(2_000);
    world.unreachable[BOB] = true;
    world.cut(BOB);
    world.run_for(100);
    open(&mut world, BOB, &general());
    assert!(world.people[BOB].screen.ready, "what is there is shown");
    world.command(BOB, Command::LoadOlder { chat_id: general() });
    assert!(world.people[BOB].screen.failed_page);
    assert!(world.people[BOB].screen.has_older);
    let id = world.command(BOB, Command::ListChannels { query: String::new() });
    let reply = world.people[BOB].screen.replies.get(&id);
    assert_eq!(reply, Some(&CommandReply::Failed { failure: Failure::Offline }));
}

#[test]
fn typing_is_seen_and_fades() {
    let mut world = world();
    world.command(ALICE, Command::Typing { chat_id: general() });
    world.run_for(100);
    assert_eq!(world.people[BOB].screen.chat(&general()).unwrap().typing, ["alice"]);
    assert!(world.people[ALICE].screen.chat(&general()).unwrap().typing.is_empty());
    world.run_for(7_000);
    assert!(world.people[BOB].screen.chat(&general()).unwrap().typing.is_empty());
}

#[test]
fn drafts_stay_over_a_restart_and_go_when_sent() {
    let mut world = world();
    let draft = Draft { text: "недописа".to_owned(), reply_to: None };
    world.command(ALICE, Command::SaveDraft { chat_id: general(), draft: draft.clone() });
    assert_eq!(world.people[ALICE].screen.chat(&general()).unwrap().draft, "недописа");
    world.kill(ALICE);
    world.start(ALICE);
    open(&mut world, ALICE, &general());
    assert_eq!(world.people[ALICE].screen.draft, Some(draft));
    say(&mut world, ALICE, &general(), "недописанное");
    assert_eq!(world.people[ALICE].screen.chat(&general()).unwrap().draft, "");
}

#[test]
fn words_are_found_in_any_form() {
    let mut world = world();
    say(&mut world, ALICE, &general(), "Завтра смотрим новые ёлки");
    say(&mut world, ALICE, &general(), "The meetings were moved");
    world.run_for(1_000);
    for (query, expected) in [("елка", 1), ("ЁЛКАМИ", 1), ("meeting", 1), ("смотр", 1), ("завтра ёлки", 1), ("нет", 0)]
    {
        let id = world.command(BOB, Command::Search { query: query.to_owned(), chat_id: None });
        let Some(ReplyBody::Found { hits }) = world.people[BOB].screen.reply(id) else { panic!("an answer") };
        assert_eq!(hits.len(), expected, "{query}");
        for hit in hits {
            assert!(!hit.highlights.is_empty(), "{query}");
        }
    }
}

#[test]
fn logging_out_erases_the_cache() {
    let mut world = world();
    say(&mut world, ALICE, &general(), "секрет");
    world.run_for(500);
    world.command(ALICE, Command::Logout);
    assert!(world.people[ALICE].screen.erased);
    assert!(world.people[ALICE].engine.as_ref().unwrap().account().is_none());
    let left: i64 = world.people[ALICE]
        .store
        .write(|tx| tx.one("SELECT (SELECT count(*) FROM messages) + (SELECT count(*) FROM people)", &[], |r| r.int(0)))
        .unwrap();
    assert_eq!(left, 0);
}
