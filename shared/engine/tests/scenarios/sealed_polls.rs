//! Polls in encrypted chats: every device counts the same, whatever comes between, and the server learns neither what is asked nor
//! what is answered.

use protocol::{ChatId, ErrorCode, MessageId, Timestamp};
use rand::RngExt;
use view::rows::PollRow;
use view::update::ReplyBody;
use view::{Command, CommandReply, Failure, NewPoll, Quiz};

use crate::encryption::{ALICE, BOB, STORM, confirm_by, fresh, further_device, offline, reconnect, send};
use crate::groups::{CAROL, DAVE, add, group, remove, shown, team};
use crate::world::{Weather, World};

const NAMES: [&str; 4] = ["alice", "bob", "carol", "dave"];
const EVERYONE: [usize; 3] = [ALICE, BOB, CAROL];

/// Alice, bob and carol in an encrypted group.
fn three(seed: u64) -> (World, ChatId) {
    let mut world = team(seed, &NAMES);
    let chat = group(&mut world, &[BOB, CAROL], true);
    send(&mut world, ALICE, &chat, "начало");
    world.run_for(5_000);
    for person in EVERYONE {
        look(&mut world, person, &chat);
    }
    (world, chat)
}

fn look(world: &mut World, person: usize, chat: &ChatId) {
    world.command(person, Command::OpenChat { chat_id: chat.clone() });
    world.run_for(1_000);
}

fn poll() -> NewPoll {
    let options = ["Ладога", "Онега", "Сегозеро"].map(str::to_owned).to_vec();
    NewPoll { options, multiple: false, anonymous: false, quiz: None, closes_at: None }
}

fn ask(world: &mut World, person: usize, chat: &ChatId, poll: NewPoll) -> MessageId {
    let (chat_id, local_id, question) = (chat.clone(), fresh(world), "Куда плывём?".to_owned());
    world.command(person, Command::SendPoll { chat_id, local_id, question, poll, thread: None });
    MessageId::from(local_id)
}

fn asked(world: &mut World, chat: &ChatId, poll: NewPoll) -> MessageId {
    let id = ask(world, ALICE, chat, poll);
    world.run_for(5_000);
    id
}

fn vote(world: &mut World, person: usize, chat: &ChatId, id: &MessageId, options: &[u32]) {
    let (chat_id, message_id) = (chat.clone(), id.clone());
    world.command(person, Command::Vote { chat_id, message_id, options: options.to_vec() });
}

fn close(world: &mut World, person: usize, chat: &ChatId, id: &MessageId) {
    world.command(person, Command::ClosePoll { chat_id: chat.clone(), message_id: id.clone() });
}

fn seen(world: &World, person: usize, id: &MessageId) -> Option<PollRow> {
    world.people[person].screen.rows.iter().find(|row| row.id == *id)?.poll.clone()
}

fn counts(world: &World, person: usize, id: &MessageId) -> (Vec<u32>, u32) {
    let poll = seen(world, person, id).unwrap();
    (poll.options.iter().map(|option| option.votes).collect(), poll.voters)
}

fn own(world: &World, person: usize, id: &MessageId) -> Vec<u32> {
    let options = seen(world, person, id).unwrap().options;
    (0..).zip(options).filter(|(_, option)| option.own).map(|(n, _)| n).collect()
}

fn all_count(world: &World, people: &[usize], id: &MessageId, votes: &[u32], voters: u32) {
    for person in people {
        assert_eq!(counts(world, *person, id), (votes.to_vec(), voters), "person {person}");
    }
}

fn on_the_server(world: &World, chat: &ChatId) -> String {
    format!("{:?} {:?}", world.server.chats[chat].messages, world.server.items)
}

fn ballots<'w>(world: &'w mut World, chat: &ChatId, id: &MessageId) -> &'w mut Vec<protocol::Ballot> {
    let messages = &mut world.server.chats.get_mut(chat).unwrap().messages;
    let message = messages.iter_mut().find(|message| message.id == *id).unwrap();
    &mut message.poll.as_mut().unwrap().ballots
}

fn voters(world: &mut World, person: usize, chat: &ChatId, id: &MessageId, option: u32) -> Vec<String> {
    let list = Command::ListVoters { chat_id: chat.clone(), message_id: id.clone(), option, cursor: None };
    let asked = world.command(person, list);
    match world.people[person].screen.reply(asked) {
        Some(ReplyBody::Voters { people, next_cursor: None }) => people.iter().map(|who| who.name.clone()).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn everyone_counts_the_same_and_the_server_learns_neither_what_is_asked_nor_what_is_answered() {
    let (mut world, chat) = three(401);
    world.listen();
    let id = asked(&mut world, &chat, poll());
    let (notices, unread) = (world.people[BOB].screen.notices.len(), world.people[BOB].screen.unread);
    for (person, option) in [(BOB, 1), (CAROL, 1), (ALICE, 0)] {
        vote(&mut world, person, &chat, &id, &[option]);
        world.run_for(1_000);
    }
    all_count(&world, &EVERYONE, &id, &[1, 2, 0], 3);
    assert_eq!(voters(&mut world, ALICE, &chat, &id, 1), ["bob", "carol"]);
    let before: Vec<usize> = ballots(&mut world, &chat, &id).iter().map(|ballot| ballot.content.len()).collect();
    // Changed, and taken back.
    vote(&mut world, BOB, &chat, &id, &[2]);
    vote(&mut world, CAROL, &chat, &id, &[]);
    world.run_for(3_000);
    all_count(&world, &EVERYONE, &id, &[1, 0, 1], 2);
    assert_eq!((own(&world, BOB, &id), own(&world, CAROL, &id)), (vec![2], vec![]));
    let after: Vec<usize> = ballots(&mut world, &chat, &id).iter().map(|ballot| ballot.content.len()).collect();
    assert!(before == after && before.iter().all(|length| *length == before[0]), "{before:?} {after:?}");
    eprintln!("a sealed vote has {} bytes", before[0]);
    assert!(before[0] < protocol::limits::BALLOT_BYTES_MAX / 2);
    // A vote is no message: nothing stands there, nobody is told, nothing is unread.
    assert_eq!(shown(&mut world, BOB, &chat), ["начало", "Куда плывём?"]);
    let after = &world.people[BOB].screen;
    assert_eq!((after.notices.len(), after.unread), (notices, unread));
    assert_eq!((after.chat(&chat).unwrap().last_text.as_str(), after.inbox_unread), ("Куда плывём?", 0));
    let outside = format!("{} {}", on_the_server(&world, &chat), world.heard());
    assert!(outside.contains(id.as_str()), "the search itself works");
    for secret in ["плывём", "Ладога", "Онега", "Сегозеро", "\"options\":[1]", "\"options\":[2]", "options: [1]"]
    {
        assert!(!outside.contains(secret), "{secret}");
    }
}

#[test]
fn a_poll_is_asked_and_voted_on_offline_and_through_restarts_and_each_vote_arrives_once() {
    let (mut world, chat) = three(402);
    offline(&mut world, ALICE);
    let id = ask(&mut world, ALICE, &chat, poll());
    assert!(!seen(&world, ALICE, &id).unwrap().can_vote, "not before it is sent");
    world.kill_and_start(ALICE);
    reconnect(&mut world, ALICE);
    look(&mut world, ALICE, &chat);
    assert!(seen(&world, BOB, &id).unwrap().can_vote);
    offline(&mut world, BOB);
    vote(&mut world, BOB, &chat, &id, &[0]);
    vote(&mut world, BOB, &chat, &id, &[2]);
    assert_eq!(counts(&world, BOB, &id), (vec![0, 0, 1], 1), "before any network");
    world.kill_and_start(BOB);
    look(&mut world, BOB, &chat);
    assert_eq!(counts(&world, BOB, &id), (vec![0, 0, 1], 1), "after a restart");
    let group = world.server.chats[&chat].rev;
    reconnect(&mut world, BOB);
    world.kill_and_start(BOB);
    reconnect(&mut world, BOB);
    look(&mut world, BOB, &chat);
    all_count(&world, &EVERYONE, &id, &[0, 0, 1], 1);
    assert_eq!(world.server.chats[&chat].rev, group + 2, "two votes, each once");
}

#[test]
fn two_own_devices_share_one_vote_and_a_device_that_is_added_later_has_the_counts() {
    let (mut world, chat) = three(403);
    let early = asked(&mut world, &chat, poll());
    for (person, option) in [(BOB, 1), (ALICE, 1), (CAROL, 0)] {
        vote(&mut world, person, &chat, &early, &[option]);
        world.run_for(1_000);
    }
    world.run_for(30_000);
    // Dave's place becomes alice's second device.
    further_device(&mut world, DAVE, ALICE);
    confirm_by(&mut world, DAVE, ALICE);
    world.run_for(20_000);
    look(&mut world, DAVE, &chat);
    assert_eq!((counts(&world, DAVE, &early), own(&world, DAVE, &early)), ((vec![1, 2, 0], 3), vec![1]));
    assert_eq!(voters(&mut world, DAVE, &chat, &early, 1), ["bob", "alice"]);
    // From either device.
    vote(&mut world, DAVE, &chat, &early, &[2]);
    world.run_for(3_000);
    let all = [ALICE, BOB, CAROL, DAVE];
    all_count(&world, &all, &early, &[1, 1, 1], 3);
    assert_eq!(own(&world, ALICE, &early), [2]);
    vote(&mut world, ALICE, &chat, &early, &[]);
    world.run_for(3_000);
    all_count(&world, &all, &early, &[1, 1, 0], 2);
    assert!(own(&world, DAVE, &early).is_empty());
}

#[test]
fn a_vote_that_comes_after_the_closing_counts_nowhere_and_the_one_before_it_stays() {
    let (mut world, chat) = three(404);
    let id = asked(&mut world, &chat, poll());
    offline(&mut world, CAROL);
    vote(&mut world, BOB, &chat, &id, &[0]);
    world.run_for(1_000);
    offline(&mut world, BOB);
    vote(&mut world, BOB, &chat, &id, &[1]);
    vote(&mut world, CAROL, &chat, &id, &[1]);
    assert_eq!(counts(&world, BOB, &id), (vec![0, 1, 0], 1));
    close(&mut world, ALICE, &chat, &id);
    assert!(seen(&world, ALICE, &id).unwrap().closed, "at once");
    world.run_for(2_000);
    // Carol hears of everything at once, and only after that.
    reconnect(&mut world, BOB);
    reconnect(&mut world, CAROL);
    all_count(&world, &EVERYONE, &id, &[1, 0, 0], 1);
    for person in EVERYONE {
        let row = seen(&world, person, &id).unwrap();
        assert!(row.closed && !row.can_vote, "person {person}");
    }
    assert!(!seen(&world, BOB, &id).unwrap().can_close, "nor could he have");
}

#[test]
fn a_poll_closes_at_its_moment_for_votes_that_are_on_their_way_too() {
    let (mut world, chat) = three(405);
    let closes_at = Some(Timestamp(world.now + 60_000));
    let id = asked(&mut world, &chat, NewPoll { closes_at, ..poll() });
    assert_eq!(seen(&world, BOB, &id).unwrap().closes_at, closes_at);
    vote(&mut world, BOB, &chat, &id, &[2]);
    world.run_for(2_000);
    offline(&mut world, CAROL);
    vote(&mut world, CAROL, &chat, &id, &[1]);
    world.run_for(60_000);
    reconnect(&mut world, CAROL);
    all_count(&world, &EVERYONE, &id, &[0, 0, 1], 1);
    assert!(EVERYONE.iter().all(|person| seen(&world, *person, &id).unwrap().closed));
}

#[test]
fn a_vote_is_its_senders_and_for_its_poll_whatever_the_server_says() {
    let (mut world, chat) = three(406);
    let (first, second) = (asked(&mut world, &chat, poll()), asked(&mut world, &chat, poll()));
    let carol = world.user(CAROL);
    offline(&mut world, ALICE);
    vote(&mut world, BOB, &chat, &first, &[1]);
    world.run_for(2_000);
    // Bob's vote under carol's name, and as one of another poll.
    let forged = ballots(&mut world, &chat, &first)[0].clone();
    ballots(&mut world, &chat, &first)[0].user_id = carol;
    ballots(&mut world, &chat, &second).push(forged);
    let rev = world.server.chats[&chat].rev + 1;
    let state = world.server.chats.get_mut(&chat).unwrap();
    state.rev = rev;
    state.messages.iter_mut().find(|message| message.id == second).unwrap().rev = rev;
    reconnect(&mut world, ALICE);
    look(&mut world, ALICE, &chat);
    for id in [&first, &second] {
        assert_eq!(counts(&world, ALICE, id), (vec![0, 0, 0], 0));
    }
    // Her own vote under carol's name, before she hears of it: she knows what is in it, and does not take it for carol's.
    world.weather = Weather { event_lost: 1_000, ..Weather::CALM };
    vote(&mut world, ALICE, &chat, &second, &[2]);
    world.run_for(200);
    let alice = world.user(ALICE);
    let hers = ballots(&mut world, &chat, &second).iter_mut().find(|ballot| ballot.user_id == alice);
    hers.expect("it is with the server").user_id = carol;
    world.weather = Weather::CALM;
    world.cut(ALICE);
    reconnect(&mut world, ALICE);
    look(&mut world, ALICE, &chat);
    assert_eq!((counts(&world, ALICE, &second), own(&world, ALICE, &second)), ((vec![0, 0, 0], 0), vec![]));
}

#[test]
fn a_vote_for_what_was_not_asked_counts_nowhere() {
    let (mut world, chat) = three(407);
    let id = asked(&mut world, &chat, poll());
    vote(&mut world, BOB, &chat, &id, &[1]);
    world.run_for(1_000);
    // As an app would that was changed: no such answer, and two where one may be chosen.
    for wrong in [&[7][..], &[0, 1]] {
        vote(&mut world, BOB, &chat, &id, wrong);
        vote(&mut world, CAROL, &chat, &id, &[2]);
        world.run_for(3_000);
        all_count(&world, &EVERYONE, &id, &[0, 0, 1], 1);
    }
    let several = asked(&mut world, &chat, NewPoll { multiple: true, ..poll() });
    vote(&mut world, BOB, &chat, &several, &[2, 0]);
    world.run_for(3_000);
    all_count(&world, &EVERYONE, &several, &[1, 0, 1], 1);
    // Who is in no group can seal nothing for it.
    let voted = Command::Vote { chat_id: chat.clone(), message_id: id, options: vec![0] };
    let reply = world.command(DAVE, voted);
    world.run_for(2_000);
    let refused = CommandReply::Failed { failure: Failure::Refused { code: ErrorCode::NotFound } };
    assert_eq!(world.people[DAVE].screen.replies[&reply], refused);
}

#[test]
fn a_newcomer_sees_nothing_wrong_and_votes_in_what_is_asked_from_then_on() {
    let (mut world, chat) = three(408);
    let early = asked(&mut world, &chat, poll());
    vote(&mut world, BOB, &chat, &early, &[1]);
    world.run_for(2_000);
    add(&mut world, ALICE, &chat, DAVE);
    world.run_for(20_000);
    assert_eq!(shown(&mut world, DAVE, &chat), ["?", "?"]);
    let before = (world.people[DAVE].screen.notices.len(), world.people[DAVE].screen.unread);
    vote(&mut world, CAROL, &chat, &early, &[0]);
    vote(&mut world, BOB, &chat, &early, &[0]);
    world.run_for(5_000);
    assert_eq!(shown(&mut world, DAVE, &chat), ["?", "?"]);
    assert_eq!(seen(&world, DAVE, &early), None);
    assert_eq!((world.people[DAVE].screen.notices.len(), world.people[DAVE].screen.unread), before);
    all_count(&world, &EVERYONE, &early, &[2, 0, 0], 2);
    let late = asked(&mut world, &chat, poll());
    vote(&mut world, DAVE, &chat, &late, &[2]);
    world.run_for(3_000);
    all_count(&world, &[ALICE, BOB, CAROL, DAVE], &late, &[0, 0, 1], 1);
    // What he chose stays when he goes, and he chooses nothing else.
    remove(&mut world, ALICE, &chat, DAVE);
    world.run_for(10_000);
    vote(&mut world, DAVE, &chat, &late, &[0]);
    world.run_for(5_000);
    all_count(&world, &EVERYONE, &late, &[0, 0, 1], 1);
}

#[test]
fn whoever_was_away_while_people_came_and_went_counts_every_vote() {
    let (mut world, chat) = three(409);
    let id = asked(&mut world, &chat, poll());
    offline(&mut world, CAROL);
    for n in 0..8_u32 {
        vote(&mut world, if n % 4 < 2 { ALICE } else { BOB }, &chat, &id, &[n % 3]);
        world.run_for(2_000);
        if n % 2 == 0 {
            add(&mut world, ALICE, &chat, DAVE);
        } else {
            remove(&mut world, ALICE, &chat, DAVE);
        }
        world.run_for(10_000);
    }
    reconnect(&mut world, CAROL);
    world.run_for(5_000);
    look(&mut world, CAROL, &chat);
    all_count(&world, &EVERYONE, &id, &[0, 1, 1], 2);
}

#[test]
fn a_quiz_shows_what_was_right_once_it_was_answered_or_is_closed() {
    let (mut world, chat) = three(410);
    let quiz = Some(Quiz { right: 1, explanation: "там глубже".to_owned() });
    let id = asked(&mut world, &chat, NewPoll { quiz, ..poll() });
    let right = |world: &World, person: usize| {
        let row = seen(world, person, &id).unwrap();
        (row.options[1].right, row.explanation, row.can_vote)
    };
    assert_eq!(right(&world, BOB), (None, String::new(), true));
    vote(&mut world, BOB, &chat, &id, &[0]);
    world.run_for(2_000);
    assert_eq!(right(&world, BOB), (Some(true), "там глубже".to_owned(), false));
    assert_eq!(right(&world, CAROL), (None, String::new(), true));
    close(&mut world, ALICE, &chat, &id);
    world.run_for(2_000);
    assert_eq!(right(&world, CAROL), (Some(true), "там глубже".to_owned(), false));
    assert!(!on_the_server(&world, &chat).contains("глубже"));
}

#[test]
fn a_deleted_poll_leaves_nothing_and_takes_no_votes() {
    let (mut world, chat) = three(411);
    let id = asked(&mut world, &chat, poll());
    vote(&mut world, BOB, &chat, &id, &[1]);
    world.run_for(2_000);
    offline(&mut world, CAROL);
    vote(&mut world, CAROL, &chat, &id, &[1]);
    world.command(ALICE, Command::Delete { chat_id: chat.clone(), message_id: id.clone() });
    world.run_for(3_000);
    reconnect(&mut world, CAROL);
    for person in EVERYONE {
        assert_eq!(shown(&mut world, person, &chat), ["начало", "×"]);
        let left = world.people[person].count("SELECT count(*) FROM sealed_votes")
            + world.people[person].count("SELECT count(*) FROM sealed_log WHERE message_id <> ''");
        assert_eq!((seen(&world, person, &id), left), (None, 0), "person {person}");
    }
    assert_eq!(world.people[CAROL].count("SELECT count(*) FROM outbox"), 0);
}

#[test]
fn whatever_the_network_does_all_devices_end_with_the_same_counts() {
    for seed in 420..432 {
        let (mut world, chat) = three(seed);
        let id = asked(&mut world, &chat, NewPoll { multiple: true, ..poll() });
        world.weather = STORM;
        for n in 0..15_u32 {
            let person = EVERYONE[world.rng.random_range(0..3)];
            vote(&mut world, person, &chat, &id, &[n % 3, (n + 1) % 3][..(n as usize % 3).min(2)]);
            world.run_for(1_000);
        }
        world.weather = Weather::CALM;
        world.run_for(120_000);
        for person in EVERYONE {
            look(&mut world, person, &chat);
        }
        let same = |world: &World| {
            let all = EVERYONE.map(|person| {
                let row = seen(world, person, &id)?;
                let own = u32::from(row.options.iter().any(|option| option.own));
                Some((row.options.iter().map(|option| option.votes).collect::<Vec<_>>(), row.voters, own))
            });
            let [Some(alice), Some(bob), Some(carol)] = all else { return false };
            (&alice.0, alice.1) == (&bob.0, bob.1)
                && (&alice.0, alice.1) == (&carol.0, carol.1)
                && alice.1 == alice.2 + bob.2 + carol.2
        };
        let happened = world.run_until(120_000, same);
        assert!(happened, "seed {seed}: {:?}", EVERYONE.map(|person| seen(&world, person, &id)));
    }
}
