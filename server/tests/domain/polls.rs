//! Polls: everyone's vote counts once, closes when it should, and tells nobody what it should not.

#![allow(clippy::unwrap_used, reason = "tests")]

use protocol::frame::{
    EditMessage, Event, ListVoters, MemberRef, MessageAccepted, MessageRef, PostMessage, PutItem, Reply, Request, Vote,
    Voters,
};
use protocol::poll::vote_key;
use protocol::{
    ChatId, ChatKind, ErrorCode, Item, Message, MessageId, NewPoll, OwnVote, Poll, ProtocolError, Quiz, Row, Scope,
    Timestamp, UserId,
};

use crate::support::{Person, START_MS, Team, local_id, newest, text};

const HOUR: i64 = 3_600_000;

fn poll(options: &[&str]) -> NewPoll {
    let options = options.iter().map(|option| (*option).to_owned()).collect();
    NewPoll { options, multiple: false, anonymous: false, quiz: None, closes_at: None }
}

fn quiz() -> NewPoll {
    let quiz = Quiz { right: 1, explanation: "since 1913".to_owned() };
    NewPoll { quiz: Some(quiz), ..poll(&["Sydney", "Canberra"]) }
}

fn asking(chat: &ChatId, poll: NewPoll) -> PostMessage {
    PostMessage { poll: Some(Box::new(poll)), ..text(chat, "Where?") }
}

async fn ask(person: &Person, chat: &ChatId, poll: NewPoll) -> MessageId {
    person.post_as(local_id(), asking(chat, poll)).await.message_id
}

fn voting(chat: &ChatId, id: &MessageId, options: &[u32]) -> Request {
    Request::Vote(Vote { chat_id: chat.clone(), message_id: id.clone(), options: options.to_vec(), ballot: None })
}

async fn vote(
    person: &Person,
    chat: &ChatId,
    id: &MessageId,
    options: &[u32],
) -> Result<MessageAccepted, ProtocolError> {
    match person.ask(voting(chat, id, options)).await? {
        Reply::MessageAccepted(accepted) => Ok(accepted),
        other => panic!("{other:?}"),
    }
}

fn closing(chat: &ChatId, id: &MessageId) -> Request {
    Request::ClosePoll(MessageRef { chat_id: chat.clone(), message_id: id.clone() })
}

fn who(chat: &ChatId, id: &MessageId, option: u32, limit: u32, cursor: Option<String>) -> Request {
    Request::ListVoters(ListVoters {
        chat_id: chat.clone(),
        message_id: id.clone(),
        option,
        cursor,
        limit: Some(limit),
    })
}

async fn voters(person: &Person, chat: &ChatId, id: &MessageId, option: u32) -> Vec<UserId> {
    match person.ask(who(chat, id, option, 200, None)).await.unwrap() {
        Reply::Voters(Voters { user_ids, next_cursor: None }) => user_ids,
        other => panic!("{other:?}"),
    }
}

async fn message(person: &Person, chat: &ChatId, id: &MessageId) -> Message {
    let page = person.history(newest(chat, 50)).await;
    page.messages.into_iter().find(|message| message.id == *id).unwrap()
}

async fn seen(person: &Person, chat: &ChatId, id: &MessageId) -> Poll {
    *message(person, chat, id).await.poll.unwrap()
}

fn counts(poll: &Poll) -> (Vec<u32>, u32) {
    (poll.options.iter().map(|option| option.votes).collect(), poll.voters)
}

/// What one's own devices know of one's vote.
async fn own(person: &Person, id: &MessageId) -> Option<OwnVote> {
    let changes = person.sync(Scope::User(person.id), 0).await.unwrap();
    let value = changes.rows.into_iter().find_map(|row| match row {
        Row::Item(Item { key, value, .. }) if key == vote_key(id) => Some(value),
        _ => None,
    });
    value.flatten().map(|value| serde_json::from_str(&value).unwrap())
}

sql::each_db! {
    async fn everyone_sees_the_counts_and_who_voted_and_a_new_vote_takes_the_place_of_the_old(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, mut bob) = (team.person("alice").await, team.person("bob").await);
        let chat = ChatId::general();
        let id = ask(&alice, &chat, poll(&["tea", " coffee ", "water"])).await;
        assert_eq!(bob.hear_text("Where?").await.poll.unwrap().options[1].text, "coffee");
        vote(&alice, &chat, &id, &[1]).await.unwrap();
        let accepted = vote(&bob, &chat, &id, &[1]).await.unwrap();
        assert_eq!(counts(&seen(&alice, &chat, &id).await), (vec![0, 2, 0], 2));
        assert_eq!(voters(&alice, &chat, &id, 1).await, [alice.id, bob.id]);
        assert_eq!(own(&bob, &id).await.unwrap(), OwnVote { options: vec![1], rev: accepted.rev, solution: None });
        vote(&alice, &chat, &id, &[2]).await.unwrap();
        assert_eq!(counts(&seen(&bob, &chat, &id).await), (vec![0, 1, 1], 2));
        assert_eq!(voters(&bob, &chat, &id, 1).await, [bob.id]);
        vote(&bob, &chat, &id, &[]).await.unwrap();
        assert_eq!((counts(&seen(&bob, &chat, &id).await), own(&bob, &id).await), ((vec![0, 0, 1], 1), None));
    }

    async fn the_same_vote_again_changes_nothing_and_hears_the_same(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let chat = ChatId::general();
        let id = ask(&alice, &chat, poll(&["a", "b"])).await;
        let once = local_id();
        let first = alice.ask_as(Some(once), voting(&chat, &id, &[0])).await.unwrap();
        vote(&alice, &chat, &id, &[1]).await.unwrap();
        let before = team.fingerprint().await;
        // A device that never heard its first answer.
        assert_eq!(alice.ask_as(Some(once), voting(&chat, &id, &[0])).await.unwrap(), first);
        assert_eq!((counts(&seen(&alice, &chat, &id).await), team.fingerprint().await), ((vec![0, 1], 1), before));
        let rev = message(&alice, &chat, &id).await.rev;
        assert_eq!(vote(&alice, &chat, &id, &[1, 1]).await.unwrap().rev, rev);
    }

    async fn several_answers_may_be_chosen_only_where_the_poll_says_so(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let chat = ChatId::general();
        let many = ask(&alice, &chat, NewPoll { multiple: true, ..poll(&["a", "b", "c"]) }).await;
        vote(&alice, &chat, &many, &[2, 0]).await.unwrap();
        assert_eq!(counts(&seen(&alice, &chat, &many).await), (vec![1, 0, 1], 1));
        assert_eq!(own(&alice, &many).await.unwrap().options, [0, 2]);
        let one = ask(&alice, &chat, poll(&["a", "b"])).await;
        for wrong in [&[0, 1][..], &[2], &[u32::MAX]] {
            assert_eq!(alice.refused(voting(&chat, &one, wrong)).await, ErrorCode::InvalidField);
        }
    }

    async fn what_is_right_in_a_quiz_is_told_to_those_who_answered_and_to_all_when_it_is_closed(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, mut bob, mut carol) = (team.person("alice").await, team.person("bob").await, team.person("carol").await);
        let chat = ChatId::general();
        let id = ask(&alice, &chat, quiz()).await;
        vote(&bob, &chat, &id, &[0]).await.unwrap();
        assert_eq!(own(&bob, &id).await.unwrap().solution, quiz().quiz);
        assert_eq!(vote(&bob, &chat, &id, &[1]).await.unwrap_err().code, ErrorCode::Forbidden);
        assert_eq!(vote(&bob, &chat, &id, &[]).await.unwrap_err().code, ErrorCode::Forbidden);
        // Neither history, nor catching up, nor what was told to carol or alice holds it.
        let everything = format!(
            "{:?} {:?} {:?} {:?}",
            carol.heard_now(),
            carol.history(newest(&chat, 50)).await,
            carol.sync(Scope::Chat(chat.clone()), 0).await.unwrap(),
            carol.sync(Scope::User(carol.id), 0).await.unwrap(),
        );
        assert!(!everything.contains("1913") && everything.contains("Canberra"), "{everything}");
        // His own choice comes before the row that counts it.
        let order: Vec<bool> = bob.heard_now().iter().filter_map(|event| match event {
            Event::RowChanged { row: Row::Item(_), .. } => Some(true),
            Event::RowChanged { row: Row::Message(_), .. } => Some(false),
            _ => None,
        }).collect();
        assert_eq!(order, [true, false]);
        assert_eq!(bob.refused(closing(&chat, &id)).await, ErrorCode::Forbidden);
        alice.ask(closing(&chat, &id)).await.unwrap();
        let closed = seen(&carol, &chat, &id).await;
        assert_eq!((closed.closed_at.is_some(), closed.solution), (true, quiz().quiz));
        assert_eq!(carol.refused(voting(&chat, &id, &[1])).await, ErrorCode::Forbidden);
        let rev = message(&alice, &chat, &id).await.rev;
        alice.ask(closing(&chat, &id)).await.unwrap();
        assert_eq!(message(&alice, &chat, &id).await.rev, rev);
    }

    async fn nobody_is_told_who_voted_in_an_anonymous_poll(db: sql::Db) {
        let team = Team::new(db).await;
        let (mut alice, bob, mut carol) = (team.person("alice").await, team.person("bob").await, team.person("carol").await);
        let group = alice.group(&[bob.id, carol.id]).await;
        let id = ask(&alice, &group, NewPoll { anonymous: true, ..poll(&["yes", "no"]) }).await;
        alice.heard_now();
        carol.heard_now();
        vote(&bob, &group, &id, &[1]).await.unwrap();
        for other in [&mut alice, &mut carol] {
            // Who is there is told a moment later, beside what changes.
            let heard: Vec<Message> = other.heard_now().into_iter().filter_map(|event| match event {
                Event::RowChanged { row: Row::Message(message), .. } => Some(message),
                Event::Presence { .. } => None,
                unexpected => panic!("{unexpected:?}"),
            }).collect();
            let [row] = &heard[..] else { panic!("{heard:?}") };
            assert_eq!(counts(row.poll.as_ref().unwrap()), (vec![0, 1], 1));
            let told = serde_json::to_string(&row).unwrap();
            assert!(!told.contains("bob") && !told.contains(&format!("[{}]", bob.id)), "{told}");
            assert_eq!(other.refused(who(&group, &id, 1, 50, None)).await, ErrorCode::Forbidden);
            let synced = other.sync(Scope::User(other.id), 0).await.unwrap();
            assert!(!format!("{synced:?}").contains("vote:"), "{synced:?}");
            assert_eq!(other.sync(Scope::User(bob.id), 0).await.unwrap_err().code, ErrorCode::Forbidden);
        }
        // Not even its writer, after it is closed.
        alice.ask(closing(&group, &id)).await.unwrap();
        assert_eq!(alice.refused(who(&group, &id, 1, 50, None)).await, ErrorCode::Forbidden);
    }

    async fn voters_come_in_pages_without_gaps_and_doubles(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let chat = ChatId::general();
        let id = ask(&alice, &chat, poll(&["a", "b"])).await;
        let mut expected = Vec::new();
        for n in 0..7 {
            let person = team.person(&format!("p{n}")).await;
            vote(&person, &chat, &id, &[u32::from(n == 3)]).await.unwrap();
            if n != 3 {
                expected.push(person.id);
            }
        }
        let (mut found, mut cursor) = (Vec::new(), None);
        loop {
            let Reply::Voters(page) = alice.ask(who(&chat, &id, 0, 2, cursor)).await.unwrap() else { panic!() };
            assert!(page.user_ids.len() <= 2);
            found.extend(page.user_ids);
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(found, expected);
        assert_eq!(alice.refused(who(&chat, &id, 0, 2, Some("x".to_owned()))).await, ErrorCode::InvalidField);
        assert_eq!(alice.refused(who(&chat, &id, 2, 2, None)).await, ErrorCode::InvalidField);
    }

    async fn a_poll_closes_once_at_its_time_though_servers_start_anew_and_clocks_go_back_and_forth(db: sql::Db) {
        let team = Team::new(db.clone()).await;
        let alice = team.person("alice").await;
        let chat = ChatId::general();
        let end = Timestamp(START_MS + HOUR);
        let id = ask(&alice, &chat, NewPoll { closes_at: Some(end), ..quiz() }).await;
        vote(&alice, &chat, &id, &[1]).await.unwrap();
        for ms in [-24 * HOUR, 0, HOUR - 1] {
            let team = Team::at(db.clone(), START_MS + ms).await;
            team.app.let_happen().await.unwrap();
            let poll = seen(&team.online(alice.id).await, &chat, &id).await;
            assert_eq!((poll.closed_at, poll.solution), (None, None));
        }
        let mut rev = None;
        for ms in [HOUR, -24 * HOUR, 2 * HOUR, HOUR - 1, 365 * 24 * HOUR] {
            let team = Team::at(db.clone(), START_MS + ms).await;
            team.app.let_happen().await.unwrap();
            let alice = team.online(alice.id).await;
            let message = message(&alice, &chat, &id).await;
            let poll = message.poll.unwrap();
            assert_eq!((poll.closed_at, &poll.solution, counts(&poll)), (Some(end), &quiz().quiz, (vec![0, 1], 1)));
            assert_eq!(*rev.get_or_insert(message.rev), message.rev);
            assert_eq!(alice.refused(voting(&chat, &id, &[])).await, ErrorCode::Forbidden);
        }
    }

    async fn a_vote_after_the_time_does_not_count_though_the_server_has_not_closed_the_poll_yet(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let chat = ChatId::general();
        let end = Timestamp(START_MS + HOUR);
        let id = ask(&alice, &chat, NewPoll { closes_at: Some(end), ..poll(&["a", "b"]) }).await;
        team.advance(HOUR - 1);
        vote(&bob, &chat, &id, &[0]).await.unwrap();
        team.advance(1);
        assert_eq!(vote(&alice, &chat, &id, &[1]).await.unwrap_err().code, ErrorCode::Forbidden);
        team.app.let_happen().await.unwrap();
        assert_eq!(counts(&seen(&alice, &chat, &id).await), (vec![1, 0], 1));
    }

    async fn a_poll_that_its_writer_closed_or_deleted_before_its_time_is_left_alone_then(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let chat = ChatId::general();
        let timed = || NewPoll { closes_at: Some(Timestamp(START_MS + HOUR)), ..poll(&["a", "b"]) };
        let (closed, deleted) = (ask(&alice, &chat, timed()).await, ask(&alice, &chat, timed()).await);
        vote(&alice, &chat, &deleted, &[0]).await.unwrap();
        alice.ask(closing(&chat, &closed)).await.unwrap();
        alice.ask(Request::DeleteMessage(MessageRef { chat_id: chat.clone(), message_id: deleted.clone() })).await.unwrap();
        assert_eq!(team.app.let_happen().await.unwrap(), None);
        team.advance(HOUR);
        team.app.let_happen().await.unwrap();
        assert_eq!(seen(&alice, &chat, &closed).await.closed_at, Some(Timestamp(START_MS)));
        assert_eq!(message(&alice, &chat, &deleted).await.poll, None);
        assert_eq!(alice.refused(voting(&chat, &deleted, &[0])).await, ErrorCode::NotFound);
    }

    async fn an_open_poll_is_forwarded_as_a_new_one_and_a_closed_one_with_its_results_but_no_names(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let (chat, group) = (ChatId::general(), alice.group(&[bob.id]).await);
        let id = ask(&bob, &chat, quiz()).await;
        vote(&bob, &chat, &id, &[0]).await.unwrap();
        let again = |id: &MessageId| {
            let original = MessageRef { chat_id: chat.clone(), message_id: id.clone() };
            PostMessage { forward_of: Some(original), ..text(&group, "Where?") }
        };
        let open = alice.post_as(local_id(), again(&id)).await.message_id;
        assert_eq!(counts(&seen(&alice, &group, &open).await), (vec![0, 0], 0));
        vote(&alice, &group, &open, &[1]).await.unwrap();
        assert_eq!(own(&alice, &open).await.unwrap().solution, quiz().quiz);
        assert_eq!(counts(&seen(&bob, &chat, &id).await), (vec![1, 0], 1));
        bob.ask(closing(&chat, &id)).await.unwrap();
        let told = alice.post_as(local_id(), again(&id)).await.message_id;
        let poll = seen(&alice, &group, &told).await;
        assert_eq!((counts(&poll), &poll.solution), ((vec![1, 0], 1), &quiz().quiz));
        assert_eq!(alice.refused(voting(&group, &told, &[1])).await, ErrorCode::Forbidden);
        assert_eq!(alice.refused(who(&group, &told, 0, 50, None)).await, ErrorCode::Forbidden);
        // The one that was asked anew goes on.
        assert_eq!(seen(&alice, &group, &open).await.closed_at, None);
    }

    async fn a_poll_stays_as_it_was_asked_and_a_stranger_cannot_vote_or_look(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob, eve) = (team.person("alice").await, team.person("bob").await, team.person("eve").await);
        let group = alice.group(&[bob.id]).await;
        let id = ask(&alice, &group, poll(&["a", "b"])).await;
        let plain = alice.post(&group, "no question").await.message_id;
        let edit = EditMessage { chat_id: group.clone(), message_id: id.clone(), content: "?".to_owned(), mentions: vec![], encrypt_for_recipients: false };
        assert_eq!(alice.refused(Request::EditMessage(edit)).await, ErrorCode::Forbidden);
        for request in [voting(&group, &id, &[0]), closing(&group, &id), who(&group, &id, 0, 50, None)] {
            assert_eq!(eve.refused(request).await, ErrorCode::NotAMember);
        }
        for request in [voting(&group, &plain, &[0]), closing(&group, &plain), who(&group, &plain, 0, 50, None)] {
            assert_eq!(alice.refused(request).await, ErrorCode::NotFound);
        }
        vote(&bob, &group, &id, &[0]).await.unwrap();
        alice.ask(Request::RemoveMember(MemberRef { chat_id: group.clone(), user_id: bob.id })).await.unwrap();
        assert_eq!(bob.refused(voting(&group, &id, &[1])).await, ErrorCode::NotAMember);
        assert_eq!(counts(&seen(&alice, &group, &id).await), (vec![1, 0], 1));
    }

    async fn who_may_only_read_votes_and_an_admin_closes(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let channel = alice.chat(ChatKind::Channel, "news", &[bob.id], false).await.id;
        let set = |role| Request::SetRole(protocol::frame::SetRole { chat_id: channel.clone(), user_id: bob.id, role });
        alice.ask(set(protocol::Role::ReadOnly)).await.unwrap();
        let id = ask(&alice, &channel, poll(&["a", "b"])).await;
        vote(&bob, &channel, &id, &[1]).await.unwrap();
        assert_eq!(bob.refused(closing(&channel, &id)).await, ErrorCode::Forbidden);
        alice.ask(set(protocol::Role::Admin)).await.unwrap();
        bob.ask(closing(&channel, &id)).await.unwrap();
        assert_eq!(counts(&seen(&alice, &channel, &id).await), (vec![0, 1], 1));
    }

    async fn what_is_no_poll_is_refused_and_changes_nothing(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let chat = ChatId::general();
        let id = ask(&alice, &chat, poll(&["a", "b"])).await;
        let before = team.fingerprint().await;
        let long = "x".repeat(101);
        let many: Vec<String> = (0..13).map(|n| n.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let solved = |right, explanation: &str| Some(Quiz { right, explanation: explanation.to_owned() });
        for wrong in [
            poll(&[]),
            poll(&["a"]),
            poll(&many),
            poll(&["a", " "]),
            poll(&["a", "a "]),
            poll(&["a", "b\nc"]),
            poll(&["a", &long]),
            NewPoll { multiple: true, ..quiz() },
            NewPoll { quiz: solved(2, ""), ..quiz() },
            NewPoll { quiz: solved(0, &"y".repeat(201)), ..quiz() },
            NewPoll { closes_at: Some(Timestamp(START_MS)), ..quiz() },
            NewPoll { closes_at: Some(Timestamp(i64::MAX)), ..quiz() },
        ] {
            assert_eq!(alice.refused(Request::Message(asking(&chat, wrong))).await, ErrorCode::InvalidField);
        }
        let sealed = PostMessage { encrypt_for_recipients: true, ..asking(&chat, quiz()) };
        let silent = PostMessage { content: " ".to_owned(), ..asking(&chat, quiz()) };
        let forged = PutItem { key: vote_key(&id), value: Some("{\"options\":[0],\"rev\":1}".to_owned()) };
        for request in [Request::Message(sealed), Request::Message(silent), Request::PutItem(forged)] {
            assert_eq!(alice.refused(request).await, ErrorCode::InvalidField);
        }
        assert_eq!(team.fingerprint().await, before);
    }

    async fn of_many_who_vote_at_once_every_vote_counts(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let chat = ChatId::general();
        let id = ask(&alice, &chat, poll(&["a", "b", "c"])).await;
        let mut people = Vec::new();
        for n in 0..24_u32 {
            people.push((team.person(&format!("p{n}")).await, n % 3));
        }
        let (chat_id, poll_id) = (&chat, &id);
        let all = people.iter().map(|(person, option)| async move { vote(person, chat_id, poll_id, &[*option]).await.unwrap() });
        futures_util::future::join_all(all).await;
        assert_eq!(counts(&seen(&alice, &chat, &id).await), (vec![8, 8, 8], 24));
    }
}
