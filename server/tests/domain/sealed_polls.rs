//! Polls in encrypted chats: the server orders votes that it cannot read, keeps the newest of each member, and takes none once the
//! poll is closed.

#![allow(clippy::unwrap_used, reason = "tests")]

use protocol::frame::{EditMessage, Event, ListVoters, MessageRef, PostMessage, Reply, Request, Vote};
use protocol::{Ballot, ChatId, ErrorCode, Message, MessageId, NewPoll, Poll, Row, Scope, Timestamp};

use crate::encryption::{Couple, accepted, claim, sealed};
use crate::support::{Person, START_MS, local_id, newest, text};

const HOUR: i64 = 3_600_000;

fn outside(closes_at: Option<Timestamp>) -> NewPoll {
    NewPoll { options: vec![], multiple: false, anonymous: false, quiz: None, closes_at }
}

fn asking(c: &mut Couple, poll: NewPoll) -> PostMessage {
    let content = c.hers.seal(&c.chat, 1, "Where, and what can be chosen?");
    PostMessage { poll: Some(Box::new(poll)), ..sealed(&c.chat, content) }
}

async fn ask(c: &mut Couple, poll: NewPoll) -> MessageId {
    let post = asking(c, poll);
    c.alice.post_as(local_id(), post).await.message_id
}

fn casting(chat: &ChatId, id: &MessageId, ballot: Option<String>) -> Request {
    Request::Vote(Vote { chat_id: chat.clone(), message_id: id.clone(), options: vec![], ballot })
}

async fn cast(person: &Person, chat: &ChatId, id: &MessageId, ballot: &str) -> u64 {
    match person.ask(casting(chat, id, Some(ballot.to_owned()))).await.unwrap() {
        Reply::MessageAccepted(accepted) => accepted.rev,
        other => panic!("{other:?}"),
    }
}

fn about(c: &Couple, id: &MessageId) -> MessageRef {
    MessageRef { chat_id: c.chat.clone(), message_id: id.clone() }
}

async fn message(person: &Person, chat: &ChatId, id: &MessageId) -> Message {
    let page = person.history(newest(chat, 50)).await;
    page.messages.into_iter().find(|message| message.id == *id).unwrap()
}

async fn seen(person: &Person, chat: &ChatId, id: &MessageId) -> Poll {
    *message(person, chat, id).await.poll.unwrap()
}

sql::each_db! {
    async fn a_sealed_vote_takes_the_place_of_its_members_earlier_one_and_live_only_the_new_one_is_told(db: sql::Db) {
        let mut c = Couple::together(db).await;
        let id = ask(&mut c, outside(None)).await;
        let before = c.bob.sync(Scope::Chat(c.chat.clone()), 0).await.unwrap().head;
        let (first, hers, second) = (c.his.seal(&c.chat, 1, "0"), c.hers.seal(&c.chat, 1, "1"), c.his.seal(&c.chat, 1, "2"));
        cast(&c.bob, &c.chat, &id, &first).await;
        let her_rev = cast(&c.alice, &c.chat, &id, &hers).await;
        let once = local_id();
        let casting = casting(&c.chat, &id, Some(second.clone()));
        let answer = c.bob.ask_as(Some(once), casting.clone()).await.unwrap();
        let Reply::MessageAccepted(done) = &answer else { panic!("{answer:?}") };
        let (bob, alice) = (c.bob.id, c.alice.id);
        let both = vec![
            Ballot { user_id: alice, content: hers, rev: her_rev },
            Ballot { user_id: bob, content: second, rev: done.rev },
        ];
        let live = c.alice.hear(|event| match event {
            Event::RowChanged { row: Row::Message(message), .. } if message.rev == done.rev => message.poll.clone(),
            _ => None,
        }).await;
        assert_eq!((live.ballots, live.sealed, live.voters, live.options), (both[1..].to_vec(), true, 0, vec![]));
        assert_eq!(seen(&c.bob, &c.chat, &id).await.ballots, both);
        let changes = c.alice.sync(Scope::Chat(c.chat.clone()), before).await.unwrap();
        let caught_up = changes.rows.into_iter().find_map(|row| match row {
            Row::Message(message) if message.id == id => message.poll,
            _ => None,
        });
        assert_eq!(caught_up.unwrap().ballots, both);
        // The answer got lost.
        let before = c.team.fingerprint().await;
        assert_eq!(c.bob.ask_as(Some(once), casting).await.unwrap(), answer);
        assert_eq!(c.team.fingerprint().await, before);
        let row = message(&c.bob, &c.chat, &id).await;
        assert_eq!((row.edited_at, row.content_rev.unwrap() < row.rev), (None, true), "its content is as it was");
    }

    async fn a_sealed_poll_takes_no_vote_after_it_was_closed_and_no_vote_in_the_clear(db: sql::Db) {
        let mut c = Couple::together(db).await;
        let (open, timed) = (ask(&mut c, outside(None)).await, ask(&mut c, outside(Some(Timestamp(START_MS + HOUR)))).await);
        let clear = Vote { chat_id: c.chat.clone(), message_id: open.clone(), options: vec![0], ballot: None };
        assert_eq!(c.bob.refused(Request::Vote(clear)).await, ErrorCode::PlaintextRefused);
        assert_eq!(c.bob.refused(casting(&c.chat, &open, Some("AAAA".to_owned()))).await, ErrorCode::InvalidField);
        assert_eq!(c.bob.refused(Request::ClosePoll(about(&c, &open))).await, ErrorCode::Forbidden);
        let ballot = c.his.seal(&c.chat, 1, "0");
        cast(&c.bob, &c.chat, &open, &ballot).await;
        cast(&c.bob, &c.chat, &timed, &ballot).await;
        c.alice.ask(Request::ClosePoll(about(&c, &open))).await.unwrap();
        c.team.advance(HOUR);
        for id in [&open, &timed] {
            let late = c.his.seal(&c.chat, 1, "1");
            assert_eq!(c.bob.refused(casting(&c.chat, id, Some(late))).await, ErrorCode::Forbidden);
            c.team.app.let_happen().await.unwrap();
            let poll = seen(&c.alice, &c.chat, id).await;
            assert_eq!((poll.closed_at.is_some(), poll.ballots.len(), poll.ballots[0].content == ballot), (true, 1, true));
        }
    }

    async fn a_ballot_of_another_group_or_an_old_epoch_is_refused_and_so_is_one_of_a_stranger(db: sql::Db) {
        let mut c = Couple::together(db).await;
        let carol = c.team.person("carol").await;
        let id = ask(&mut c, outside(None)).await;
        let old = c.his.seal(&c.chat, 1, "0");
        assert_eq!(carol.refused(casting(&c.chat, &id, Some(old.clone()))).await, ErrorCode::NotAMember);
        let none = protocol::frame::Keys { keys: vec![], ..claim(&c.alice, &c.chat).await };
        for _ in 0..6 {
            let commit = c.hers.commit(&c.chat, 1, &none);
            accepted(&c.alice, &commit).await;
            c.hers.confirm(&commit);
        }
        assert_eq!(c.bob.refused(casting(&c.chat, &id, Some(old))).await, ErrorCode::StaleEpoch);
        assert!(seen(&c.alice, &c.chat, &id).await.ballots.is_empty());
    }

    async fn of_a_sealed_poll_the_server_is_told_nothing_and_tells_nothing_but_until_when(db: sql::Db) {
        let mut c = Couple::together(db).await;
        let options = vec!["a".to_owned(), "b".to_owned()];
        let quiz = Some(protocol::Quiz { right: 0, explanation: String::new() });
        for told in [
            NewPoll { options, ..outside(None) },
            NewPoll { multiple: true, ..outside(None) },
            NewPoll { anonymous: true, ..outside(None) },
            NewPoll { quiz, ..outside(None) },
            outside(Some(Timestamp(START_MS))),
        ] {
            let post = asking(&mut c, told);
            assert_eq!(c.alice.refused(Request::Message(post)).await, ErrorCode::InvalidField);
        }
        let id = ask(&mut c, outside(None)).await;
        let who = ListVoters { chat_id: c.chat.clone(), message_id: id.clone(), option: 0, cursor: None, limit: None };
        assert_eq!(c.alice.refused(Request::ListVoters(who)).await, ErrorCode::Forbidden);
        let content = c.hers.seal(&c.chat, 1, "Something else?");
        let (chat_id, message_id) = (c.chat.clone(), id.clone());
        let edit = EditMessage { chat_id, message_id, content, mentions: vec![], encrypt_for_recipients: true };
        assert_eq!(c.alice.refused(Request::EditMessage(edit)).await, ErrorCode::Forbidden);
        // Said again in the clear it asks nothing.
        let again = PostMessage { forward_of: Some(about(&c, &id)), ..text(&ChatId::general(), "Where?") };
        let posted = c.alice.post_as(local_id(), again).await;
        assert_eq!(c.alice.message(&ChatId::general(), posted.seq).await.poll, None);
    }

    async fn a_deleted_sealed_poll_leaves_no_votes(db: sql::Db) {
        let mut c = Couple::together(db.clone()).await;
        let id = ask(&mut c, outside(Some(Timestamp(START_MS + HOUR)))).await;
        let ballot = c.his.seal(&c.chat, 1, "0");
        cast(&c.bob, &c.chat, &id, &ballot).await;
        c.alice.ask(Request::DeleteMessage(about(&c, &id))).await.unwrap();
        let left: Result<u64, sql::Error> =
            db.read(|tx| tx.one("SELECT count(*) FROM sealed_votes", &[], |row| row.count(0))).await;
        assert_eq!(left.unwrap(), 0);
        assert_eq!(message(&c.bob, &c.chat, &id).await.poll, None);
        assert_eq!(c.bob.refused(casting(&c.chat, &id, Some(ballot))).await, ErrorCode::NotFound);
        c.team.advance(HOUR);
        c.team.app.let_happen().await.unwrap();
        assert_eq!(message(&c.bob, &c.chat, &id).await.poll, None);
    }
}
