//! Polls in an encrypted group, end to end: whole client apps on the real server, on both databases.

use std::time::Duration;

use protocol::{ChatId, ErrorCode, MessageId, Timestamp};
use testkit::{Screen, TestDb, TestServer, new_local_id};
use view::update::ReplyBody;
use view::{Command, CommandReply, Failure, MessageContent, NewPoll, PollRow};

use crate::encrypted_groups::{ALICE, BOB, CAROL, Team, holds};

const HOUR_MS: i64 = 3_600_000;
const PEOPLE: [usize; 3] = [ALICE, BOB, CAROL];
const OPTIONS: [&str; 3] = ["тайна-ладога", "тайна-онега", "тайна-сегозеро"];

fn poll(closes_at: Option<Timestamp>) -> NewPoll {
    NewPoll { options: OPTIONS.map(str::to_owned).to_vec(), multiple: false, anonymous: false, quiz: None, closes_at }
}

fn seen(screen: &Screen, id: &MessageId) -> Option<PollRow> {
    screen.message(id).and_then(|row| row.poll.clone())
}

fn counts(screen: &Screen, id: &MessageId) -> Option<Vec<u32>> {
    Some(seen(screen, id)?.options.iter().map(|option| option.votes).collect())
}

async fn ask(team: &Team, chat: &ChatId, poll: NewPoll) -> MessageId {
    let (chat_id, local_id, question) = (chat.clone(), new_local_id(), "тайна-куда плывём?".to_owned());
    team.done(ALICE, Command::SendPoll { chat_id, local_id, question, poll, thread: None }).await;
    let id = MessageId::from(local_id);
    for person in PEOPLE {
        let open = |screen: &Screen| seen(screen, &id).is_some_and(|poll| poll.can_vote);
        team.app(person).until("an open poll", open).await;
    }
    id
}

async fn vote(team: &Team, person: usize, chat: &ChatId, id: &MessageId, options: &[u32]) {
    let (chat_id, message_id) = (chat.clone(), id.clone());
    team.done(person, Command::Vote { chat_id, message_id, options: options.to_vec() }).await;
}

async fn all_count(team: &Team, id: &MessageId, votes: [u32; 3]) {
    for person in PEOPLE {
        let what = format!("{votes:?} for {person}");
        team.app(person).until(&what, |screen| counts(screen, id).as_deref() == Some(&votes)).await;
    }
}

async fn a_group_asks_votes_and_closes_and_the_server_keeps_none_of_it(server: TestServer) {
    let mut team = Team::meet(server).await;
    let chat = team.group(&[BOB, CAROL]).await;
    let id = ask(&team, &chat, poll(None)).await;
    let messages = |screen: &Screen| {
        screen.timeline.iter().filter(|row| matches!(row.content, MessageContent::Text { .. })).count()
    };
    let before = team.app(BOB).look(messages);
    vote(&team, BOB, &chat, &id, &[0]).await;
    vote(&team, CAROL, &chat, &id, &[2]).await;
    all_count(&team, &id, [1, 0, 1]).await;
    vote(&team, BOB, &chat, &id, &[2]).await;
    vote(&team, ALICE, &chat, &id, &[1]).await;
    all_count(&team, &id, [0, 1, 2]).await;
    vote(&team, ALICE, &chat, &id, &[]).await;
    all_count(&team, &id, [0, 0, 2]).await;
    let list = Command::ListVoters { chat_id: chat.clone(), message_id: id.clone(), option: 2, cursor: None };
    let ReplyBody::Voters { people, .. } = team.done(ALICE, list).await else { panic!("who voted") };
    let mut who: Vec<_> = people.iter().map(|person| person.id).collect();
    who.sort_unstable();
    assert_eq!(who, [team.id(BOB), team.id(CAROL)]);
    assert_eq!(team.app(BOB).look(messages), before, "a vote is no message");

    team.done(ALICE, Command::ClosePoll { chat_id: chat.clone(), message_id: id.clone() }).await;
    for person in PEOPLE {
        let closed = |screen: &Screen| seen(screen, &id).is_some_and(|poll| poll.closed && !poll.can_vote);
        team.app(person).until("a closed poll", closed).await;
    }
    // From an app that did not hear of it: it shows at once, and vanishes with the server's answer.
    vote(&team, BOB, &chat, &id, &[0]).await;
    all_count(&team, &id, [0, 0, 2]).await;

    let now = Timestamp(i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap());
    let timed = ask(&team, &chat, poll(Some(Timestamp(now.0 + HOUR_MS)))).await;
    vote(&team, CAROL, &chat, &timed, &[1]).await;
    all_count(&team, &timed, [0, 1, 0]).await;
    team.server.advance(Duration::from_secs(3_601));
    // What is due later makes the server look at what is due.
    ask(&team, &chat, poll(Some(Timestamp(now.0 + 3 * HOUR_MS)))).await;
    for person in PEOPLE {
        let closed = |screen: &Screen| seen(screen, &timed).is_some_and(|poll| poll.closed);
        team.app(person).until("a poll whose time is over", closed).await;
    }
    vote(&team, BOB, &chat, &timed, &[0]).await;
    all_count(&team, &timed, [0, 1, 0]).await;

    let anonymous = NewPoll { anonymous: true, ..poll(None) };
    let (chat_id, local_id, question) = (chat.clone(), new_local_id(), "кто?".to_owned());
    let refused =
        team.app(ALICE).ask(Command::SendPoll { chat_id, local_id, question, poll: anonymous, thread: None }).await;
    assert_eq!(refused, CommandReply::Failed { failure: Failure::Refused { code: ErrorCode::InvalidField } });

    let kept = team.server.everything_kept().await;
    let holds = |text: &str| holds(&kept, text);
    assert!(holds("Поход") && holds(id.as_str()), "the search itself works");
    assert!(!holds("тайна-"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_asks_votes_and_closes_and_the_server_keeps_none_of_it_on_sqlite() {
    a_group_asks_votes_and_closes_and_the_server_keeps_none_of_it(TestServer::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_asks_votes_and_closes_and_the_server_keeps_none_of_it_on_postgres() {
    match TestDb::postgres() {
        Some(db) => a_group_asks_votes_and_closes_and_the_server_keeps_none_of_it(TestServer::start_on(db).await).await,
        None => sql::testing::cluster::say_none(),
    }
}
