//! Encrypted groups: who is in them reads, who is not does not, whatever comes between. Alice makes them.

use protocol::{ChatId, ChatKind};
use view::{Command, Draft, MessageContent, ReaderRow};

use crate::encryption::{ALICE, BOB, confirm_by, fresh, further_device, offline, readers_of, reconnect, send, send_as};
use crate::soak::opened_with_what_is_left;
use crate::world::{Stores, Weather, World};

pub const CAROL: usize = 2;
pub const DAVE: usize = 3;

/// People on a server that takes part in encryption, all there.
pub fn team(seed: u64, names: &[&str]) -> World {
    let mut world = World::new(seed, names, Weather::CALM, &mut Stores::default());
    world.server.encrypts();
    world.run_for(1_000);
    for person in 0..names.len() {
        world.cut(person);
        reconnect(&mut world, person);
    }
    world
}

fn four(seed: u64) -> World {
    team(seed, &["alice", "bob", "carol", "dave"])
}

/// Alice makes a group with others and opens it.
pub fn group(world: &mut World, others: &[usize], encrypted: bool) -> ChatId {
    let local_id = fresh(world);
    let create = Command::CreateChat {
        local_id,
        kind: ChatKind::Group,
        name: "Поход".to_owned(),
        description: String::new(),
        members: others.iter().map(|person| world.user(*person)).collect(),
        public: false,
        encrypted,
    };
    world.command(ALICE, create);
    world.command(ALICE, Command::OpenChat { chat_id: ChatId::from(local_id) });
    world.run_for(5_000);
    ChatId::from(local_id)
}

/// What a device shows of a chat, notes apart, with `?` for what it cannot read.
pub fn shown(world: &mut World, person: usize, chat: &ChatId) -> Vec<String> {
    world.command(person, Command::OpenChat { chat_id: chat.clone() });
    world.run_for(1_000);
    let rows = world.people[person].screen.rows.iter();
    rows.filter_map(|row| match &row.content {
        MessageContent::Text { text } => Some(text.clone()),
        MessageContent::System { .. } => None,
        MessageContent::Deleted => Some("×".to_owned()),
        _ => Some("?".to_owned()),
    })
    .collect()
}

fn on_the_server(world: &World, chat: &ChatId) -> String {
    format!("{:?}", world.server.chats[chat].messages)
}

pub fn add(world: &mut World, by: usize, chat: &ChatId, who: usize) {
    let user_id = world.user(who);
    world.command(by, Command::AddMember { chat_id: chat.clone(), user_id });
}

pub fn remove(world: &mut World, by: usize, chat: &ChatId, who: usize) {
    let user_id = world.user(who);
    world.command(by, Command::RemoveMember { chat_id: chat.clone(), user_id });
}

fn who_reads(world: &mut World, person: usize, chat: &ChatId) -> Vec<(i64, u32)> {
    let mut who: Vec<(i64, u32)> =
        readers_of(world, person, chat).iter().map(|reader: &ReaderRow| (reader.person.id.0, reader.devices)).collect();
    who.sort_unstable();
    who
}

fn epoch(world: &mut World, chat: &ChatId) -> (u32, u64) {
    world.server.delivery().groups[chat].group.as_ref().map_or((0, 0), |group| (group.generation, group.epoch))
}

#[test]
fn three_people_read_each_other_in_a_group_and_the_server_does_not() {
    let mut world = four(101);
    let chat = group(&mut world, &[BOB, CAROL], true);
    assert!(world.people[BOB].screen.chat(&chat).unwrap().encrypted);
    for (person, text) in [(ALICE, "едем в Карелию"), (BOB, "беру палатку"), (CAROL, "беру котелок")]
    {
        send(&mut world, person, &chat, text);
        world.run_for(5_000);
    }
    for person in [ALICE, BOB, CAROL] {
        assert_eq!(shown(&mut world, person, &chat), ["едем в Карелию", "беру палатку", "беру котелок"]);
        assert!(!world.people[person].screen.chat(&chat).unwrap().waits);
    }
    let kept = on_the_server(&world, &chat);
    assert!(!kept.contains("Карелию") && !kept.contains("палатку") && !kept.contains("котелок"));
    assert_eq!(world.people[BOB].screen.notices.last().unwrap().text, "беру котелок");
    assert_eq!(who_reads(&mut world, ALICE, &chat), [(1, 1), (2, 1), (3, 1)]);
}

#[test]
fn a_newcomer_reads_what_is_said_from_then_on_and_nothing_before() {
    let mut world = four(102);
    let chat = group(&mut world, &[BOB], true);
    send(&mut world, BOB, &chat, "до Кэрол");
    world.run_for(5_000);
    add(&mut world, ALICE, &chat, CAROL);
    world.run_for(10_000);
    send(&mut world, BOB, &chat, "при Кэрол");
    world.run_for(5_000);
    assert_eq!(shown(&mut world, CAROL, &chat), ["?", "при Кэрол"]);
    assert_eq!(shown(&mut world, ALICE, &chat), ["до Кэрол", "при Кэрол"]);
    assert_eq!(opened_with_what_is_left(&mut world, CAROL, &chat, 0), 0, "newly opened, or opened twice");
    send(&mut world, CAROL, &chat, "привет всем");
    world.run_for(5_000);
    assert_eq!(shown(&mut world, BOB, &chat), ["до Кэрол", "при Кэрол", "привет всем"]);
}

#[test]
fn whoever_goes_or_is_put_out_reads_nothing_that_is_said_after() {
    let mut world = four(103);
    let chat = group(&mut world, &[BOB, CAROL, DAVE], true);
    send(&mut world, ALICE, &chat, "все здесь");
    world.run_for(5_000);
    remove(&mut world, ALICE, &chat, CAROL);
    world.command(DAVE, Command::LeaveChat { chat_id: chat.clone() });
    world.run_for(20_000);
    let from = world.server.chats[&chat].messages.len();
    for (person, text) in [(ALICE, "нас двое"), (BOB, "да")] {
        send(&mut world, person, &chat, text);
        world.run_for(5_000);
    }
    assert_eq!(world.server.chats[&chat].messages.len(), from + 2);
    for person in [CAROL, DAVE] {
        assert_eq!(opened_with_what_is_left(&mut world, person, &chat, from), 0, "person {person}");
    }
    assert_eq!(who_reads(&mut world, BOB, &chat), [(1, 1), (2, 1)]);
    // Back again, she reads from then on.
    add(&mut world, ALICE, &chat, CAROL);
    world.run_for(20_000);
    send(&mut world, BOB, &chat, "снова втроём");
    world.run_for(5_000);
    assert_eq!(shown(&mut world, CAROL, &chat), ["все здесь", "?", "?", "снова втроём"]);
}

#[test]
fn what_was_written_offline_before_a_removal_is_not_sealed_for_who_was_removed() {
    let mut world = four(104);
    let chat = group(&mut world, &[BOB, CAROL], true);
    send(&mut world, ALICE, &chat, "раз");
    world.run_for(5_000);
    offline(&mut world, BOB);
    send(&mut world, BOB, &chat, "без Кэрол");
    world.run_for(1_000);
    let from = world.server.chats[&chat].messages.len();
    remove(&mut world, ALICE, &chat, CAROL);
    world.run_for(20_000);
    reconnect(&mut world, BOB);
    world.run_for(10_000);
    assert_eq!(shown(&mut world, ALICE, &chat), ["раз", "без Кэрол"]);
    assert_eq!(opened_with_what_is_left(&mut world, CAROL, &chat, from), 0);
}

#[test]
fn two_who_change_the_members_at_the_same_time_end_in_one_group() {
    let mut world = team(105, &["alice", "bob", "carol", "dave", "eve"]);
    let chat = group(&mut world, &[BOB, CAROL], true);
    send(&mut world, ALICE, &chat, "раз");
    world.run_for(5_000);
    add(&mut world, ALICE, &chat, DAVE);
    add(&mut world, BOB, &chat, 4);
    remove(&mut world, ALICE, &chat, CAROL);
    world.run_for(30_000);
    send(&mut world, DAVE, &chat, "два");
    world.run_for(5_000);
    send(&mut world, 4, &chat, "три");
    world.run_for(5_000);
    for person in [ALICE, BOB] {
        assert_eq!(shown(&mut world, person, &chat), ["раз", "два", "три"]);
        assert_eq!(who_reads(&mut world, person, &chat), [(1, 1), (2, 1), (4, 1), (5, 1)]);
    }
    assert_eq!(epoch(&mut world, &chat).0, 1, "nobody had to begin anew");
}

#[test]
fn whoever_was_away_while_many_came_and_went_reads_all_that_was_said() {
    let mut world = four(106);
    let chat = group(&mut world, &[BOB, CAROL], true);
    send(&mut world, ALICE, &chat, "0");
    world.run_for(5_000);
    offline(&mut world, CAROL);
    for n in 1..7 {
        if n % 2 == 1 {
            add(&mut world, ALICE, &chat, DAVE);
        } else {
            remove(&mut world, ALICE, &chat, DAVE);
        }
        world.run_for(10_000);
        send(&mut world, BOB, &chat, &n.to_string());
        world.run_for(3_000);
    }
    reconnect(&mut world, CAROL);
    world.run_for(5_000);
    assert_eq!(shown(&mut world, CAROL, &chat), ["0", "1", "2", "3", "4", "5", "6"]);
    assert_eq!(epoch(&mut world, &chat).0, 1, "nobody had to begin anew");
    assert_eq!(who_reads(&mut world, CAROL, &chat), [(1, 1), (2, 1), (3, 1)]);
}

#[test]
fn a_person_and_everyone_are_called_from_inside_the_seal() {
    let mut world = four(107);
    let chat = group(&mut world, &[BOB, CAROL], true);
    let bob = world.user(BOB);
    let draft = |text: &str| Draft { text: text.to_owned(), reply_to: None };
    let one = send_as(&mut world, ALICE, &chat, draft("@bob глянь"), vec![bob], None);
    let all = send_as(&mut world, ALICE, &chat, draft("@all собираемся"), vec![], None);
    world.run_for(10_000);
    let mentions = |world: &World, person: usize, id: &protocol::MessageId| {
        world.people[person].screen.rows.iter().find(|row| row.id == *id).unwrap().mentions_me
    };
    for (person, called) in [(BOB, [true, true]), (CAROL, [false, true])] {
        assert_eq!(shown(&mut world, person, &chat), ["@bob глянь", "@all собираемся"]);
        assert_eq!([mentions(&world, person, &one), mentions(&world, person, &all)], called, "person {person}");
    }
    let kept = &world.server.chats[&chat].messages;
    assert!(kept.iter().all(|message| message.mentions.is_empty() && !message.content.contains("@all")));
    // A server that says of other words that they call everyone calls nobody.
    offline(&mut world, CAROL);
    send(&mut world, ALICE, &chat, "ничего особенного");
    world.run_for(3_000);
    world.server.chats.get_mut(&chat).unwrap().messages.last_mut().unwrap().everyone = Some(protocol::Everyone::All);
    reconnect(&mut world, CAROL);
    world.run_for(2_000);
    assert_eq!(shown(&mut world, CAROL, &chat).last().unwrap(), "ничего особенного");
    let last = world.people[CAROL].screen.rows.last().unwrap();
    assert!(!last.mentions_me && last.everyone.is_none());
}

#[test]
fn an_open_group_becomes_encrypted_and_what_was_said_before_stays() {
    let mut world = four(108);
    let chat = group(&mut world, &[BOB, CAROL], false);
    send(&mut world, BOB, &chat, "открыто");
    world.run_for(3_000);
    assert!(on_the_server(&world, &chat).contains("открыто"));
    let done = world.command(ALICE, Command::EncryptChat { chat_id: chat.clone() });
    world.run_for(5_000);
    assert!(world.people[ALICE].screen.reply(done).is_some());
    send(&mut world, CAROL, &chat, "закрыто");
    world.run_for(5_000);
    for person in [ALICE, BOB, CAROL] {
        assert_eq!(shown(&mut world, person, &chat), ["открыто", "закрыто"]);
        assert!(world.people[person].screen.chat(&chat).unwrap().encrypted);
    }
    assert!(!on_the_server(&world, &chat).contains("закрыто"));
}

#[test]
fn a_group_where_nobody_else_has_a_device_waits_and_one_alone_writes() {
    let mut world = World::new(109, &["alice", "bob", "carol"], Weather::CALM, &mut Stores::default());
    world.run_for(1_000);
    offline(&mut world, BOB);
    offline(&mut world, CAROL);
    world.server.encrypts();
    world.cut(ALICE);
    reconnect(&mut world, ALICE);
    let alone = group(&mut world, &[], true);
    send(&mut world, ALICE, &alone, "заметка");
    let chat = group(&mut world, &[BOB, CAROL], true);
    send(&mut world, ALICE, &chat, "ждёт кого-нибудь");
    world.run_for(20_000);
    let texts = |world: &World, chat: &ChatId| {
        world.server.chats[chat].messages.iter().filter(|message| message.sealed).count()
    };
    assert_eq!((texts(&world, &alone), texts(&world, &chat)), (1, 0));
    assert!(world.people[ALICE].screen.chat(&chat).unwrap().waits);
    reconnect(&mut world, BOB);
    world.run_for(60_000);
    assert_eq!(shown(&mut world, BOB, &chat), ["ждёт кого-нибудь"]);
    assert!(!world.people[ALICE].screen.chat(&chat).unwrap().waits);
    reconnect(&mut world, CAROL);
    world.run_for(20_000);
    send(&mut world, BOB, &chat, "нас трое");
    world.run_for(5_000);
    assert_eq!(shown(&mut world, CAROL, &chat), ["?", "нас трое"]);
}

#[test]
fn a_group_that_was_made_and_written_in_offline_begins_when_the_network_is_back() {
    let mut world = four(110);
    offline(&mut world, ALICE);
    let chat = group(&mut world, &[BOB, CAROL], true);
    assert!(world.people[ALICE].screen.chat(&chat).unwrap().encrypted);
    send(&mut world, ALICE, &chat, "написано в поезде");
    world.run_for(5_000);
    reconnect(&mut world, ALICE);
    world.run_for(20_000);
    for person in [BOB, CAROL] {
        assert_eq!(shown(&mut world, person, &chat), ["написано в поезде"]);
    }
    assert!(!on_the_server(&world, &chat).contains("поезде"));
}

#[test]
fn a_device_of_somebody_who_is_no_member_is_not_added_though_the_server_asks_for_it() {
    let mut world = four(111);
    let chat = group(&mut world, &[BOB], true);
    send(&mut world, ALICE, &chat, "раз");
    world.run_for(5_000);
    // The server takes dave for a member and tells nobody so.
    let dave = world.user(DAVE);
    let state = world.server.chats.get_mut(&chat).unwrap();
    let member = protocol::Member { user_id: dave, ..state.members.values().next().unwrap().clone() };
    state.members.insert(dave, protocol::Member { rev: 1, ..member });
    let mut told = Vec::new();
    world.server.refresh_groups(&mut told);
    world.fan_out(&told);
    world.run_for(60_000);
    let state = world.server.delivery().groups[&chat].group.clone().unwrap();
    assert_eq!(state.missing.len(), 1, "it was asked for");
    let from = world.server.chats[&chat].messages.len();
    send(&mut world, BOB, &chat, "два");
    world.run_for(20_000);
    assert_eq!(shown(&mut world, ALICE, &chat), ["раз", "два"]);
    assert_eq!(who_reads(&mut world, ALICE, &chat), [(1, 1), (2, 1)]);
    assert_eq!(opened_with_what_is_left(&mut world, DAVE, &chat, from), 0);
}

#[test]
fn a_member_who_lets_a_stranger_in_is_not_followed() {
    let mut world = four(112);
    let chat = group(&mut world, &[BOB], true);
    send(&mut world, ALICE, &chat, "раз");
    world.run_for(5_000);
    // Bob, and only bob, is told that dave is a member: his device adds dave's.
    let (bob, dave) = (world.user(BOB), world.user(DAVE));
    offline(&mut world, ALICE);
    let state = world.server.chats.get_mut(&chat).unwrap();
    state.rev += 1;
    let member = protocol::Member { user_id: dave, rev: state.rev, ..state.members.values().next().unwrap().clone() };
    state.members.insert(dave, member.clone());
    let row = protocol::Row::Member(member);
    let event = protocol::frame::Event::RowChanged { scope: protocol::Scope::Chat(chat.clone()), row };
    let mut told = vec![crate::server::Told { to: vec![bob], event }];
    world.server.refresh_groups(&mut told);
    world.fan_out(&told);
    world.run_for(30_000);
    assert_eq!(epoch(&mut world, &chat).1, 2, "bob let dave in");
    world.server.chats.get_mut(&chat).unwrap().members.remove(&dave);
    reconnect(&mut world, ALICE);
    let from = world.server.chats[&chat].messages.len();
    send(&mut world, ALICE, &chat, "тайна");
    world.run_for(120_000);
    assert_eq!(opened_with_what_is_left(&mut world, DAVE, &chat, from), 0);
    let who = who_reads(&mut world, ALICE, &chat);
    assert!(who.iter().all(|(user, _)| *user != dave.0), "{who:?}");
}

#[test]
fn a_server_that_takes_an_encrypted_group_for_an_open_one_gets_no_clear_text() {
    let mut world = four(113);
    let chat = group(&mut world, &[BOB], true);
    send(&mut world, ALICE, &chat, "раз");
    world.run_for(5_000);
    let state = world.server.chats.get_mut(&chat).unwrap();
    state.rev += 1;
    (state.chat.encrypted, state.chat.rev) = (false, state.rev);
    world.restart_server();
    world.run_for(60_000);
    for person in [ALICE, BOB] {
        assert!(world.people[person].screen.chat(&chat).unwrap().encrypted);
        send(&mut world, person, &chat, "тайна");
    }
    world.run_for(20_000);
    assert!(!on_the_server(&world, &chat).contains("тайна"));
}

/// `cargo nextest run -p engine twenty --no-capture` shows the figures.
#[test]
fn twenty_people_with_two_devices_each_form_a_group() {
    const PEOPLE: usize = 20;
    let names: Vec<String> = (0..2 * PEOPLE).map(|n| format!("p{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut world = team(114, &names);
    for person in 0..PEOPLE {
        further_device(&mut world, PEOPLE + person, person);
        confirm_by(&mut world, PEOPLE + person, person);
    }
    let (begun, others) = (world.now, (1..PEOPLE).collect::<Vec<_>>());
    let local_id = fresh(&mut world);
    let create = Command::CreateChat {
        local_id,
        kind: ChatKind::Group,
        name: "Все".to_owned(),
        description: String::new(),
        members: others.iter().map(|person| world.user(*person)).collect(),
        public: false,
        encrypted: true,
    };
    let chat = ChatId::from(local_id);
    world.command(ALICE, create);
    send(&mut world, ALICE, &chat, "первое слово");
    let all_in = |world: &World| {
        let groups = &world.server.delivery.as_ref().unwrap().groups;
        let group = groups.get(&chat).filter(|state| state.roster.len() == 2 * PEOPLE);
        group.is_some() && world.server.chats[&chat].messages.iter().any(|message| message.sealed)
    };
    assert!(world.run_until(300_000, all_in), "they never came together");
    let formed = world.now - begun;
    let (_, commits) = epoch(&mut world, &chat);
    let longest = std::mem::take(&mut world.server.delivery().longest);
    world.run_for(5_000);
    for person in [BOB, PEOPLE - 1, PEOPLE, 2 * PEOPLE - 1] {
        assert_eq!(shown(&mut world, person, &chat), ["первое слово"], "device {person}");
    }
    remove(&mut world, ALICE, &chat, CAROL);
    let out = |world: &World| world.server.delivery.as_ref().unwrap().groups[&chat].roster.len() == 2 * PEOPLE - 2;
    let removed_at = world.now;
    assert!(world.run_until(60_000, out), "she was never taken out");
    eprintln!(
        "{} devices: formed in {formed} ms and {commits} commits, the longest frame {longest} bytes; one person out after \
         {} ms with {} bytes",
        2 * PEOPLE,
        world.now - removed_at,
        world.server.delivery().longest
    );
    assert!(commits <= 5 && formed < 10_000, "{commits} commits in {formed} ms");
}

#[test]
fn an_edit_a_reaction_an_answer_a_thread_a_draft_and_a_search_work_as_everywhere() {
    let mut world = four(115);
    let chat = group(&mut world, &[BOB, CAROL], true);
    let first = send(&mut world, ALICE, &chat, "первое");
    world.run_for(5_000);
    for person in [BOB, CAROL] {
        shown(&mut world, person, &chat);
    }
    let react = Command::React { chat_id: chat.clone(), message_id: first.clone(), emoji: "👍".to_owned(), on: true };
    world.command(BOB, react);
    let answer = Draft { text: "ответ Боба".to_owned(), reply_to: Some(first.clone()) };
    let answer = send_as(&mut world, BOB, &chat, answer, vec![], None);
    let inside = Draft { text: "в ветке".to_owned(), reply_to: None };
    send_as(&mut world, CAROL, &chat, inside, vec![], Some(first.clone()));
    let text = "исправленное".to_owned();
    world.command(ALICE, Command::Edit { chat_id: chat.clone(), message_id: first.clone(), text, mentions: vec![] });
    let draft = Draft { text: "недописанное".to_owned(), reply_to: None };
    world.command(CAROL, Command::SaveDraft { chat_id: chat.clone(), draft });
    world.run_for(10_000);
    for person in [ALICE, BOB, CAROL] {
        assert_eq!(shown(&mut world, person, &chat), ["исправленное", "ответ Боба"], "person {person}");
        let rows = &world.people[person].screen.rows;
        let row = rows.iter().find(|row| row.id == first).unwrap();
        assert!(row.edited && row.reactions.len() == 1 && row.replies.as_ref().unwrap().count == 1);
        assert_eq!(rows.iter().find(|row| row.id == answer).unwrap().quote.as_ref().unwrap().text, "исправленное");
    }
    let found = world.command(BOB, Command::Search { query: "ветке".to_owned(), chat_id: Some(chat.clone()) });
    world.run_for(500);
    let reply = world.people[BOB].screen.reply(found);
    assert!(matches!(reply, Some(view::update::ReplyBody::Found { hits }) if hits.len() == 1), "{reply:?}");
    let kept = format!("{:?} {}", world.server.items, on_the_server(&world, &chat));
    for word in ["исправленное", "ответ", "ветке", "недописанное", "первое"] {
        assert!(!kept.contains(word), "{word}");
    }
}
