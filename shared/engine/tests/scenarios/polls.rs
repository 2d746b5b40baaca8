//! Polls: asked and voted on offline, seen on all devices of their voter, their counts the same for everyone.

use protocol::{ChatId, LocalId, MessageId};
use rand::RngExt;
use view::rows::PollRow;
use view::update::ReplyBody;
use view::{Command, Connection, NewPoll, Quiz};

use crate::world::{Stores, Weather, World};

const ALICE: usize = 0;
const BOB: usize = 1;
/// Alice's second device.
const TABLET: usize = 2;

fn general() -> ChatId {
    ChatId::general()
}

/// Everyone is in; the third is Alice's second device.
fn world(weather: Weather, seed: u64) -> World {
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
    for person in [ALICE, BOB, TABLET] {
        world.command(person, Command::OpenChat { chat_id: general() });
    }
    world.run_for(200);
    world.weather = weather;
    world
}

fn poll(options: &[&str]) -> NewPoll {
    let options = options.iter().map(|option| (*option).to_owned()).collect();
    NewPoll { options, multiple: false, anonymous: false, quiz: None, closes_at: None }
}

fn quiz() -> NewPoll {
    let quiz = Quiz { right: 1, explanation: "с 1913 года".to_owned() };
    NewPoll { quiz: Some(quiz), ..poll(&["Сидней", "Канберра"]) }
}

fn ask(world: &mut World, person: usize, poll: NewPoll) -> MessageId {
    let random: [u8; 10] = world.rng.random();
    let local_id = LocalId::from_parts(u64::try_from(world.now).unwrap(), random);
    let question = "Где?".to_owned();
    world.command(person, Command::SendPoll { chat_id: general(), local_id, question, poll, thread: None });
    MessageId::from(local_id)
}

fn vote(world: &mut World, person: usize, id: &MessageId, options: &[u32]) {
    let (chat_id, message_id) = (general(), id.clone());
    world.command(person, Command::Vote { chat_id, message_id, options: options.to_vec() });
}

fn seen(world: &World, person: usize, id: &MessageId) -> PollRow {
    let row = world.people[person].screen.rows.iter().find(|row| row.id == *id).unwrap();
    row.poll.clone().unwrap()
}

fn counts(poll: &PollRow) -> (Vec<u32>, Vec<bool>, u32) {
    let votes = poll.options.iter().map(|option| option.votes).collect();
    (votes, poll.options.iter().map(|option| option.own).collect(), poll.voters)
}

fn offline(world: &mut World, person: usize) {
    world.unreachable[person] = true;
    world.cut(person);
    world.run_for(50);
}

fn online(world: &mut World, person: usize) {
    world.unreachable[person] = false;
    world.command(person, Command::Reconnect);
    world.run_for(3_000);
}

#[test]
fn a_poll_asked_and_voted_on_offline_shows_at_once_and_reaches_all_devices() {
    let mut world = world(Weather::CALM, 3);
    offline(&mut world, ALICE);
    let id = ask(&mut world, ALICE, poll(&["чай", "кофе"]));
    let own = seen(&world, ALICE, &id);
    assert_eq!((counts(&own), own.can_vote), ((vec![0, 0], vec![false, false], 0), false), "not before it is sent");
    online(&mut world, ALICE);
    assert!(seen(&world, BOB, &id).can_vote);
    offline(&mut world, BOB);
    vote(&mut world, BOB, &id, &[0]);
    vote(&mut world, BOB, &id, &[1]);
    assert_eq!(counts(&seen(&world, BOB, &id)), (vec![0, 1], vec![false, true], 1), "before any network");
    vote(&mut world, ALICE, &id, &[1]);
    world.run_for(500);
    assert_eq!(counts(&seen(&world, ALICE, &id)), (vec![0, 1], vec![false, true], 1));
    assert_eq!(counts(&seen(&world, TABLET, &id)), (vec![0, 1], vec![false, true], 1));
    online(&mut world, BOB);
    for person in [ALICE, BOB, TABLET] {
        assert_eq!(counts(&seen(&world, person, &id)), (vec![0, 2], vec![false, true], 2));
    }
    vote(&mut world, TABLET, &id, &[]);
    world.run_for(500);
    assert_eq!(counts(&seen(&world, ALICE, &id)), (vec![0, 1], vec![false, false], 1));
    assert!(!seen(&world, ALICE, &id).voted);
}

#[test]
fn a_quiz_tells_what_was_right_once_it_was_answered_and_takes_no_other_answer() {
    let mut world = world(Weather::CALM, 4);
    let id = ask(&mut world, ALICE, quiz());
    world.run_for(500);
    offline(&mut world, BOB);
    vote(&mut world, BOB, &id, &[0]);
    let waiting = seen(&world, BOB, &id);
    assert_eq!((waiting.voted, waiting.can_vote, waiting.options[1].right), (true, false, None));
    online(&mut world, BOB);
    let answered = seen(&world, BOB, &id);
    let right: Vec<Option<bool>> = answered.options.iter().map(|option| option.right).collect();
    assert_eq!((right, answered.explanation.as_str()), (vec![Some(false), Some(true)], "с 1913 года"));
    let other = seen(&world, TABLET, &id);
    assert_eq!((other.options[1].right, other.explanation.as_str(), other.can_vote), (None, "", true));
    world.command(ALICE, Command::ClosePoll { chat_id: general(), message_id: id.clone() });
    assert!(seen(&world, ALICE, &id).closed, "at once");
    world.run_for(500);
    let closed = seen(&world, TABLET, &id);
    assert_eq!((closed.closed, closed.can_vote, closed.options[1].right), (true, false, Some(true)));
}

#[test]
fn a_vote_that_comes_too_late_vanishes_and_the_counts_are_those_of_all_others() {
    let mut world = world(Weather::CALM, 5);
    let id = ask(&mut world, ALICE, poll(&["чай", "кофе"]));
    world.run_for(500);
    offline(&mut world, BOB);
    vote(&mut world, BOB, &id, &[0]);
    world.command(ALICE, Command::ClosePoll { chat_id: general(), message_id: id.clone() });
    world.run_for(500);
    online(&mut world, BOB);
    let late = seen(&world, BOB, &id);
    assert_eq!((counts(&late), late.closed, late.voted), ((vec![0, 0], vec![false, false], 0), true, false));
}

#[test]
fn who_voted_is_told_by_name() {
    let mut world = world(Weather::CALM, 6);
    let id = ask(&mut world, ALICE, poll(&["чай", "кофе"]));
    world.run_for(500);
    vote(&mut world, BOB, &id, &[1]);
    world.run_for(500);
    let (chat_id, message_id) = (general(), id);
    let asked = world.command(ALICE, Command::ListVoters { chat_id, message_id, option: 1, cursor: None });
    world.run_for(500);
    match world.people[ALICE].screen.reply(asked) {
        Some(ReplyBody::Voters { people, next_cursor: None }) => {
            assert_eq!(people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>(), ["bob"]);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_open_poll_said_again_elsewhere_is_asked_anew() {
    let mut world = world(Weather::CALM, 7);
    let id = ask(&mut world, ALICE, poll(&["чай", "кофе"]));
    world.run_for(500);
    vote(&mut world, BOB, &id, &[1]);
    world.run_for(500);
    let again = Command::Forward { chat_id: general(), message_ids: vec![id.clone()], to: vec![general()] };
    world.command(BOB, again);
    world.run_for(500);
    let asked_anew = world.people[ALICE].screen.rows.last().unwrap();
    assert!(asked_anew.id != id && asked_anew.forwarded.is_some());
    assert_eq!(counts(asked_anew.poll.as_ref().unwrap()), (vec![0, 0], vec![false, false], 0));
}

#[test]
fn whatever_the_network_does_everyone_ends_with_the_same_counts() {
    let storm = Weather {
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
    for seed in 0..20 {
        let mut world = world(Weather::CALM, seed);
        let id = ask(&mut world, ALICE, NewPoll { multiple: true, ..poll(&["а", "б", "в"]) });
        world.run_for(500);
        world.weather = storm;
        for n in 0..12_u32 {
            let person = [ALICE, BOB, TABLET][world.rng.random_range(0..3)];
            vote(&mut world, person, &id, &[n % 3, (n + 1) % 3][..(n as usize % 3).min(2)]);
            world.run_for(300);
        }
        world.weather = Weather::CALM;
        world.run_for(60_000);
        for person in [ALICE, BOB, TABLET] {
            world.command(person, Command::OpenChat { chat_id: general() });
        }
        let same = |world: &World| {
            let all = [ALICE, BOB, TABLET].map(|person| {
                let row = world.people[person].screen.rows.iter().find(|row| row.id == id)?;
                row.poll.clone().map(|poll| counts(&poll))
            });
            let [Some(alice), Some(bob), Some(tablet)] = all else { return false };
            let own = |own: &[bool]| u32::from(own.iter().any(|own| *own));
            alice == tablet && alice.0 == bob.0 && alice.2 == own(&alice.1) + own(&bob.1)
        };
        let happened = world.run_until(120_000, same);
        let all = [ALICE, BOB, TABLET].map(|person| {
            let row = world.people[person].screen.rows.iter().find(|row| row.id == id);
            (row.and_then(|row| row.poll.as_ref().map(counts)), world.people[person].screen.connection)
        });
        assert!(happened, "seed {seed}: {all:?}");
    }
}
